import { SvelteMap } from "svelte/reactivity";

import { CallError } from "../../lib/backend";
import type { CoverageGridView, CoverageUnsaved } from "../../lib/generated/contract";
import { lasting } from "../../shared/lasting.svelte";
import { Keeper } from "../../shared/unsaved";
import { type Place, read } from "./place";
import { Sheet } from "./sheet.svelte";
import type { Sent } from "./saving";
import { readText, savedWith, textOf } from "./unsaved";

/** Sheets outlive the screen, by what their heading says; what was typed on them outlives the program too. */
const sheets = new SvelteMap<string, Sheet>();
/** What their headings say. */
const places = new WeakMap<Sheet, Place>();
/** Those that are on their way to the disk: what is kept of them is the save's to change. */
const saving = new Set<Sheet>();
/** Where the screen was when it was left. */
let last: Place | null = null;

const keeper = new Keeper("coverage", (key) => {
  const sheet = sheets.get(key);
  if (sheet && saving.has(sheet)) return undefined;
  const [place, typed] = [sheet && places.get(sheet), sheet?.typed()];
  return place && typed ? { unit: place.unit, text: textOf(place, typed) } : null;
});

export function allSheets(): Sheet[] {
  return [...sheets.values()];
}

export function placeOf(sheet: Sheet): Place | undefined {
  return places.get(sheet);
}

export function lastPlace(): Place | null {
  return last;
}

export function lastIs(place: Place): void {
  last = place;
}

/** A field or the screen is left. */
export function keepNow(): void {
  keeper.leave();
}

/** What a save of these cells takes out of what is kept of the sheet; until `kept` nothing else changes that. */
export async function keptOf(sheet: Sheet, sent: Sent[]): Promise<CoverageUnsaved> {
  const rows = sheet.typed()?.rows ?? [];
  const key = keeper.flush(keyOf(sheet)); // Read before the next line shuts it.
  saving.add(sheet);
  return { key: await key, lines: savedWith(rows, sent) };
}

/** The save has ended, well or not. */
export function kept(sheet: Sheet): void {
  saving.delete(sheet);
  keeper.later(keyOf(sheet));
}

function keyOf(sheet: Sheet): string {
  return [...sheets].find(([, one]) => one === sheet)?.[0] ?? "";
}

/** The sheet of a place as it was left, or a new one. */
export function sheetAt(grid: CoverageGridView, asked: Place): Sheet {
  const key = [grid.unit, grid.school_year, grid.as_of?.iso ?? `?${asked.as_of}`, asked.mode].join("|");
  const found = sheets.get(key);
  const sheet = found ?? lasting(() => new Sheet(asked.mode));
  places.set(sheet, { ...asked, unit: grid.unit, as_of: grid.as_of?.text ?? asked.as_of });
  if (found) return found;
  sheets.set(key, sheet);
  // Whatever changes what is typed there, by hand, by a save or by another machine's word.
  $effect.root(() => {
    $effect(() => {
      sheet.typed();
      keeper.later(key);
    });
  });
  return sheet;
}

/** What an earlier run of the program left unsaved lies on its sheets again, and the desk is where something was typed last. */
export async function bringBack(): Promise<void> {
  const texts = await keeper.load();
  if (texts === null) return;
  sheets.clear();
  last = null;
  for (const text of texts) {
    const kept = readText(text);
    if (kept === null) continue;
    try {
      const { grid, records } = await read(kept.place);
      const sheet = sheetAt(grid, kept.place);
      sheet.take(grid, records);
      sheet.bring(kept);
      if (sheet.unsaved > 0) last = kept.place;
    } catch (error) {
      // A unit that is not this machine's any more: what was typed for it stays on the disk.
      if (!(error instanceof CallError)) throw error;
    }
  }
}
