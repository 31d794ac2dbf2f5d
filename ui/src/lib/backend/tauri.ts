import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { Backend, Topic } from "./types";

/** The desktop shell: one command that forwards, one event that tells what changed. */
export const tauri: Backend = {
  call: (name, input) => invoke("call", { name, input }),

  listen(hear) {
    const stopped = listen<{ topics: Topic[] }>("changed", (event) => hear(event.payload.topics));
    return () => void stopped.then((stop) => stop());
  },

  ready() {
    invoke("ui_ready").catch(() => {});
  },
};

export function insideShell(): boolean {
  return "__TAURI_INTERNALS__" in window;
}
