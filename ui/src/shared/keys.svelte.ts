/** `Ctrl+KeyN`, `F5`, `Alt+ArrowLeft`: the physical key, so that Telex and other layouts change nothing. */
export type Chord = string;
/** Returns false to let the key pass to the next listener and to the web view. */
export type KeyAct = (event: KeyboardEvent) => boolean | void;

const layers: Record<Chord, KeyAct>[] = [];

/** Keys a web view would take for itself: reload, search, caret browsing, print, downloads, back. */
const REFUSED: Chord[] = ["F3", "F5", "F7", "Ctrl+KeyR", "Ctrl+KeyP", "Ctrl+KeyG", "Ctrl+KeyJ", "Alt+ArrowLeft"];

/** Whether a composition owns this key: Telex by the system (229) or an input method. */
export function composing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

export function chordOf(event: KeyboardEvent): Chord {
  const code = event.code === "NumpadEnter" ? "Enter" : event.code;
  return `${event.ctrlKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey ? "Shift+" : ""}${code}`;
}

/** Binds shortcuts while a component lives; the latest component asks first. Call it while a component is set up. */
export function bindKeys(layer: Record<Chord, KeyAct>): void {
  $effect(() => {
    layers.push(layer);
    return () => void layers.splice(layers.indexOf(layer), 1);
  });
}

/** The window's one listener for shortcuts. */
export function onShortcut(event: KeyboardEvent): void {
  if (composing(event) || event.defaultPrevented) return;
  const chord = chordOf(event);
  for (const layer of [...layers].reverse()) {
    const act = layer[chord];
    if (act && act(event) !== false) {
      event.preventDefault();
      return;
    }
  }
  if (REFUSED.includes(chord)) event.preventDefault();
}

/** Whether the focus is where text is typed, so that Ctrl+Z belongs to the field. */
export function typing(): boolean {
  const focus = document.activeElement;
  return focus instanceof HTMLInputElement || focus instanceof HTMLTextAreaElement;
}
