export type Tone = "plain" | "danger";

export interface Toast {
  id: number;
  text: string;
  tone: Tone;
  /** What “Hoàn tác” does. */
  undo: (() => void) | undefined;
}

/** How long a toast stays, milliseconds. Long enough to read twice and reach “Hoàn tác”. */
export const TOAST_MS = 12_000;

let shown = $state.raw<Toast[]>([]);
let ids = 0;

export const toasts = {
  get shown() {
    return shown;
  },
};

export function toast(input: { text: string; tone?: Tone; undo?: () => void }): Toast {
  const made: Toast = { id: ++ids, text: input.text, tone: input.tone ?? "plain", undo: input.undo };
  shown = [...shown.slice(-2), made];
  return made;
}

export function dismiss(id: number): void {
  shown = shown.filter((one) => one.id !== id);
}
