import CircleAlert from "@lucide/svelte/icons/circle-alert";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleX from "@lucide/svelte/icons/circle-x";
import Clock from "@lucide/svelte/icons/clock";
import GitMerge from "@lucide/svelte/icons/git-merge";
import Send from "@lucide/svelte/icons/send";
import type { Component } from "svelte";

import type { Status, SyncStatus } from "./generated/contract";
import * as m from "./paraglide/messages.js";

export interface Look {
  icon: Component<{ size?: number }>;
  word: string;
  tone: "success" | "warning" | "danger" | "info" | "muted";
}

/** A state is always an icon, a word and a colour. */
export function statusLook(status: Status): Look {
  switch (status) {
    case "waiting":
      return { icon: Clock, word: m.status_waiting(), tone: "info" };
    case "sending":
      return { icon: Send, word: m.status_sending(), tone: "info" };
    case "sent":
      return { icon: CircleCheck, word: m.status_sent(), tone: "success" };
    case "refused":
      return { icon: CircleX, word: m.status_refused(), tone: "danger" };
    case "held":
      return { icon: CircleAlert, word: m.status_held(), tone: "warning" };
    case "conflicted":
      return { icon: GitMerge, word: m.status_conflicted(), tone: "warning" };
  }
}

/** The sync state in the top bar: what the centre has confirmed, and nothing about what is saved here. */
export function syncLook(sync: SyncStatus): Look {
  if (sync.phase === "running") {
    const [done, total] = sync.progress ?? [0, 0];
    return { icon: Send, word: total ? m.sync_sending_progress({ done, total }) : m.sync_sending(), tone: "info" };
  }
  if (sync.waiting > 0) return { icon: Clock, word: m.sync_waiting_count({ count: sync.waiting }), tone: "info" };
  if (sync.sent > 0) return { icon: CircleCheck, word: m.sync_all_received(), tone: "success" };
  return { icon: Clock, word: m.sync_nothing(), tone: "muted" };
}
