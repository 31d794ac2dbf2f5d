import { call } from "../../lib/backend";
import type { SessionForm } from "../../lib/generated/contract";
import * as m from "../../lib/paraglide/messages.js";
import { remember } from "../../shared/undo.svelte";

/** Deletes sessions at once; “Hoàn tác” brings them back by another operation. */
export async function voidSessions(ids: string[]): Promise<void> {
  const { count } = await call("session.void", { ids, reason: "" });
  remember({
    done: m.sessions_voided({ count }),
    undone: m.sessions_restored({ count }),
    undo: async () => void (await call("session.restore", { ids, reason: "" })),
    redo: async () => void (await call("session.void", { ids, reason: "" })),
  });
}

export async function restoreSessions(ids: string[]): Promise<void> {
  const { count } = await call("session.restore", { ids, reason: "" });
  remember({
    done: m.sessions_restored({ count }),
    undone: m.sessions_voided({ count }),
    undo: async () => void (await call("session.void", { ids, reason: "" })),
    redo: async () => void (await call("session.restore", { ids, reason: "" })),
  });
}

/** Takes a saved edit back by its inverse: what somebody else changed meanwhile stays. */
export async function takeBackEdit(id: string, before: SessionForm, after: SessionForm): Promise<void> {
  await call("session.change", { id, from: after, to: before });
  remember({
    done: m.edit_undone(),
    undone: m.edit_redone(),
    undo: async () => void (await call("session.change", { id, from: before, to: after })),
    redo: async () => void (await call("session.change", { id, from: after, to: before })),
  });
}
