import { call, CallError } from "../lib/backend";
import { remember } from "./undo.svelte";

/** What is said of records when they are gone, and when they are back. */
export interface VoidWords {
  done: string;
  undone: string;
}

/** Records were declared void; “Hoàn tác” says them again. */
export function offerBack(ids: string[], reason: string, { done, undone }: VoidWords): void {
  remember({ done, undone, undo: () => restore(ids), redo: () => declareVoid(ids, reason) });
}

/** Declares a record void, which can be taken back. What others wrote needs a reason, asked for where it is typed. */
export async function dropRecord(id: string, reason: string, needsReason: boolean, words: VoidWords): Promise<void> {
  if (needsReason && reason.trim() === "") {
    throw new CallError({ code: "invalid", findings: [{ code: "reason_missing", path: "reason", severity: "error", params: {} }], reference: null }, "record.void");
  }
  await declareVoid([id], reason);
  offerBack([id], reason, words);
}

/** Says a record again that was declared void, for `reason` if that is to be done once more. */
export async function restoreRecord(id: string, reason: string, { done, undone }: VoidWords): Promise<void> {
  await restore([id]);
  remember({ done: undone, undone: done, undo: () => declareVoid([id], reason), redo: () => restore([id]) });
}

async function declareVoid(ids: string[], reason: string): Promise<void> {
  await call("record.void", { ids, reason });
}

async function restore(ids: string[]): Promise<void> {
  await call("record.restore", { ids, reason: "" });
}
