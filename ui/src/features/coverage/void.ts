import { call } from "../../lib/backend";
import * as m from "../../lib/paraglide/messages.js";
import { remember } from "../../shared/undo.svelte";

/** An emptied cell's record is void; “Hoàn tác” says it again. */
export function offerBack(ids: string[]): void {
  const count = ids.length;
  remember({
    done: m.coverage_voided({ count }),
    undone: m.coverage_restored({ count }),
    undo: async () => void (await call("record.restore", { ids, reason: "" })),
    redo: async () => void (await call("record.void", { ids, reason: "" })),
  });
}
