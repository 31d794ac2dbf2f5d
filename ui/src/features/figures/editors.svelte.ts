import type { RecordForm } from "../../lib/generated/contract";
import { lasting } from "../../shared/lasting.svelte";
import { Keeper } from "../../shared/unsaved";
import { Editor, type Home, type TypedRecord } from "./editor.svelte";
import type { Tab } from "./kinds";

/** An editor as the disk keeps it. Another number is another shape, which this program leaves alone. */
interface Kept extends TypedRecord {
  v: 1;
}

/** What the next figure of a table usually shares with the one before. */
const CARRIED = ["as_of", "school_year", "basis", "source"];

/** Editors outlive the screen, and what was typed into them outlives the program. By tab and record; a new one has no id. */
const editors = new Map<string, Editor>();
/** Grows with every change of any editor, so that lists of them follow. */
let changes = $state(0);

const keeper = new Keeper("figures", (key) => {
  const typed = editors.get(key)?.typed();
  return typed ? { unit: typed.unit, text: JSON.stringify({ v: 1, ...typed } satisfies Kept) } : typed === undefined && editors.has(key) ? undefined : null;
});

const home: Home = {
  changed(editor) {
    changes += 1;
    keeper.later(addressOf(editor));
  },
  settle: (editor) => keeper.settle(addressOf(editor)),
  made(editor, form, id) {
    const { tab, stored } = editor;
    editors.delete(keyOf(tab, stored?.id ?? null));
    // What was typed while it was being saved goes on as a change of the record it became.
    const next = lasting(() => editor.continued({ ...form, id }));
    if (next.touched) {
      editors.set(keyOf(tab, id), next);
      keeper.later(keyOf(tab, id));
    }
    // A new one that waits unsaved beside a stored one is nobody's to clear.
    if (stored === null || !isUnsaved(tab, null)) {
      const carried = Object.fromEntries(CARRIED.flatMap((name) => (form.fields[name] ? [[name, form.fields[name]]] : [])));
      editors.set(keyOf(tab, null), lasting(() => new Editor(tab, null, form.unit, carried, home)));
    }
    changes += 1;
  },
};

/** What an earlier run of the program left unsaved is in its editors again. */
export async function bringBack(): Promise<void> {
  const texts = await keeper.load();
  if (texts === null) return;
  editors.clear();
  for (const text of texts) {
    const kept = JSON.parse(text) as Kept;
    if (kept.v !== 1) continue;
    const editor = lasting(() => Editor.of(kept, home));
    if (editor.touched) editors.set(addressOf(editor), editor);
  }
  changes += 1;
}

/** A field or the screen is left. */
export function keepNow(): void {
  keeper.leave();
}

/** The editor of a record, or of a new one of the unit, as it was left. */
export function editorOf(tab: Tab, stored: RecordForm | null, unit: string): Editor {
  const key = keyOf(tab, stored?.id ?? null);
  const kept = editors.get(key);
  if (kept && (stored !== null || kept.touched || kept.unit === unit)) return kept;
  const fresh = lasting(() => new Editor(tab, stored, unit, kept?.carried ?? {}, home));
  editors.set(key, fresh);
  return fresh;
}

/** Whether something typed into a record, or into a new one, waits to be saved. */
export function isUnsaved(tab: Tab, id: string | null): boolean {
  return changes >= 0 && (editors.get(keyOf(tab, id))?.touched ?? false);
}

/** Whether something waits to be saved anywhere in a tab. */
export function hasUnsaved(tab: Tab): boolean {
  return changes >= 0 && [...editors.values()].some((editor) => editor.tab === tab && editor.touched);
}

function addressOf({ tab, stored }: Editor): string {
  return keyOf(tab, stored?.id ?? null);
}

function keyOf(tab: Tab, id: string | null): string {
  return `${tab}|${id ?? ""}`;
}
