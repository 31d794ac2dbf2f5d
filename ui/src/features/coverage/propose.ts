import * as m from "../../lib/paraglide/messages.js";
import { remember } from "../../shared/undo.svelte";
import { fraction } from "./figures";
import type { Sheet } from "./sheet.svelte";

/** A cell that was filled with an earlier figure. */
export interface Proposed {
  row: string;
  measure: string;
  text: string;
}

/** Types the earlier figure into every empty cell; nothing is saved by it. */
export function propose(sheet: Sheet): Proposed[] {
  const proposed = sheet.rows.flatMap((row) =>
    row.cells.flatMap((cell) => {
      const before = cell.stored?.previous;
      if (!before || cell.touched || cell.stored?.id) return [];
      const [part, whole] = fraction(before.text);
      return [{ row: row.id, measure: cell.measure, text: whole === row.population ? part : before.text }];
    }),
  );
  for (const { row, measure, text } of proposed) sheet.write(row, measure, text);
  return proposed;
}

/** Proposes, and offers to take it back; says how many cells were filled. */
export function fill(sheet: Sheet): number {
  const filled = propose(sheet);
  if (filled.length === 0) return 0;
  const turn = (from: (text: string) => string, to: (text: string) => string) => async () => {
    for (const { row, measure, text } of filled) {
      // What was typed over it since, or saved, stays.
      if (sheet.textAt(row, measure) === from(text) && sheet.storedAt(row, measure) === "") sheet.write(row, measure, to(text));
    }
  };
  const [nothing, itself] = [() => "", (text: string) => text];
  remember({ done: m.coverage_filled({ count: filled.length }), undone: m.coverage_fill_undone(), undo: turn(itself, nothing), redo: turn(nothing, itself) });
  return filled.length;
}
