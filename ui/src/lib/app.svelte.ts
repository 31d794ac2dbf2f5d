import { call, CallError, query, type Query } from "./backend";
import type { AppState, ErrorBody, GroupRules, ListsView, Settings } from "./generated/contract";
import { useLocale } from "./locale.svelte";
import { toast } from "../shared/toasts.svelte";
import * as m from "./paraglide/messages.js";

let state: Query<AppState> | undefined;
let override = $state.raw<Settings>();
let lists: Query<ListsView> | undefined;

/** Starts following the state of the program. Called once, by the outermost component. */
export function followApp(): void {
  state = query({ topics: ["state", "enrol", "sessions", "sync"], run: () => call("app.state", {}) });
  lists = query({ topics: ["state"], run: () => call("app.lists", {}) });
  $effect(() => {
    if (app.state) wear(app.state.settings);
  });
}

export const app = {
  get state(): AppState | undefined {
    const data = state?.data;
    return data && override ? { ...data, settings: override } : data;
  },
  get error(): CallError | undefined {
    return state?.error;
  },
  /** What the rules say of each target group, in order of display. */
  groups(): GroupRules[] {
    return lists?.data?.groups ?? [];
  },
  /** Codes to choose from. */
  codes(list: string): string[] {
    return lists?.data?.lists.find(({ name }) => name === list)?.active ?? [];
  },
  again(): void {
    state?.again();
  },
};

/** Writes some preferences; the screen follows at once. */
export async function changeSettings(change: Partial<Settings>): Promise<void> {
  if (!app.state) return;
  const before = app.state.settings;
  override = { ...before, ...change };
  try {
    override = await call("settings.write", override);
  } catch (error) {
    override = before;
    fail(error);
  }
}

/** Tells about a call that failed for no reason the user gave. */
export function fail(error: unknown): void {
  if (!(error instanceof CallError)) throw error;
  toast({ text: errorText(error.body), tone: "danger" });
}

/** Whether the data could not be opened at all: nothing on a screen can mend that. */
export function isRefusal(body: ErrorBody): boolean {
  return ["update_required", "locked", "in_use", "disk"].includes(body.code);
}

export function errorText(body: ErrorBody): string {
  switch (body.code) {
    case "disk":
      return m.error_disk();
    case "update_required":
      return m.error_update_required();
    case "locked":
      return m.error_locked();
    case "in_use":
      return m.error_in_use();
    case "not_allowed":
      return m.error_not_allowed();
    case "not_enrolled":
      return m.error_not_enrolled();
    case "not_found":
      return m.error_not_found();
    case "invalid":
      return m.error_invalid();
    case "bad_call":
    case "internal":
      return body.reference ? m.error_internal_reference({ reference: body.reference }) : m.error_internal();
  }
}

function wear(settings: Settings): void {
  const root = document.documentElement;
  root.dataset.theme = settings.theme;
  root.style.fontSize = `${settings.font_percent}%`;
  useLocale(settings.language);
}
