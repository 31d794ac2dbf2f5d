import { call } from "../../lib/backend";
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
