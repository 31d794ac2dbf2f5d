import { call, CallError } from "../../lib/backend";
import * as m from "../../lib/paraglide/messages.js";
import { remember } from "../../shared/undo.svelte";

/** Declares a record void; “Hoàn tác” says it again. What others wrote needs a reason. */
export async function dropFigure(id: string, reason: string, needsReason: boolean): Promise<void> {
  if (needsReason && reason.trim() === "") {
    throw new CallError({ code: "invalid", findings: [{ code: "reason_missing", path: "reason", severity: "error", params: {} }], reference: null }, "record.void");
  }
  await call("record.void", { ids: [id], reason });
  remember({
    done: m.figures_voided(),
    undone: m.figures_restored(),
    undo: async () => void (await call("record.restore", { ids: [id], reason: "" })),
    redo: async () => void (await call("record.void", { ids: [id], reason })),
  });
}
