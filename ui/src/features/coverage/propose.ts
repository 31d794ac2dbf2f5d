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
