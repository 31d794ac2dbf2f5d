import type { RecordForm } from "../../lib/generated/contract";
import { Editor, type Home } from "./editor.svelte";
import type { Tab } from "./kinds";

/** What the next figure of a table usually shares with the one before. */
const CARRIED = ["as_of", "school_year", "basis", "source"];

/** Editors outlive the screen: leaving it loses nothing that was typed. By tab and record; a new one has no id. */
const editors = new Map<string, Editor>();
/** Grows with every change of any editor, so that lists of them follow. */
let changes = $state(0);

const home: Home = {
  changed: () => void (changes += 1),
  made(editor, form, id) {
    const { tab, stored } = editor;
    editors.delete(keyOf(tab, stored?.id ?? null));
    // What was typed while it was being saved goes on as a change of the record it became.
    const next = editor.continued({ ...form, id });
    if (next.touched) editors.set(keyOf(tab, id), next);
    // A new one that waits unsaved beside a stored one is nobody's to clear.
    if (stored === null || !isUnsaved(tab, null)) {
      const carried = Object.fromEntries(CARRIED.flatMap((name) => (form.fields[name] ? [[name, form.fields[name]]] : [])));
      editors.set(keyOf(tab, null), new Editor(tab, null, form.unit, carried, home));
    }
    changes += 1;
  },
};

/** The editor of a record, or of a new one of the unit, as it was left. */
export function editorOf(tab: Tab, stored: RecordForm | null, unit: string): Editor {
  const key = keyOf(tab, stored?.id ?? null);
  const kept = editors.get(key);
  if (kept && (stored !== null || kept.touched || kept.unit === unit)) return kept;
  const fresh = new Editor(tab, stored, unit, kept?.carried ?? {}, home);
  editors.set(key, fresh);
  return fresh;
}

/** Whether something typed into a record, or into a new one, waits to be saved. */
export function isUnsaved(tab: Tab, id: string | null): boolean {
  return changes >= 0 && (editors.get(keyOf(tab, id))?.touched ?? false);
}

function keyOf(tab: Tab, id: string | null): string {
  return `${tab}|${id ?? ""}`;
}
