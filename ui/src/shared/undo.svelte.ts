import { dismiss, toast, type Toast } from "./toasts.svelte";

/** An act that can be taken back. Each direction runs a new act; nothing is rewritten. */
export interface Act {
  done: string;
  undone: string;
  undo: () => Promise<void>;
  redo: () => Promise<void>;
}

interface Entry {
  act: Act;
  toast: Toast;
}

const STEPS_MAX = 50;
let behind: Entry[] = [];
let ahead: Act[] = [];

/** Shows what was done with “Hoàn tác”, and remembers it for Ctrl+Z. */
export function remember(act: Act): void {
  push(act);
  ahead = [];
}

export async function undo(): Promise<boolean> {
  const entry = behind.pop();
  if (!entry) return false;
  dismiss(entry.toast.id);
  await entry.act.undo();
  ahead.push(entry.act);
  toast({ text: entry.act.undone });
  return true;
}

export async function redo(): Promise<boolean> {
  const act = ahead.pop();
  if (!act) return false;
  await act.redo();
  push(act);
  return true;
}

function push(act: Act): void {
  const entry: Entry = { act, toast: toast({ text: act.done, undo: () => void takeBack(entry) }) };
  behind = [...behind.slice(1 - STEPS_MAX), entry];
}

/** “Hoàn tác” of one toast, which need not be the latest. */
async function takeBack(entry: Entry): Promise<void> {
  behind = [...behind.filter((one) => one !== entry), entry];
  await undo();
}
