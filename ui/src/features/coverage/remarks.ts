import type { FindingView } from "../../lib/generated/contract";
import { label } from "../../lib/text";
import type { Row } from "./rows";
import type { Sheet } from "./sheet.svelte";

/** What is said under the grid of one cell, or of one row. */
export interface Remark {
  /** Of the row among the rows, and of the column: together they name the place in the page. */
  at: string;
  place: string;
  findings: FindingView[];
}

/** What a row is called, also one without a name. */
export function rowName(row: Row, mode: Sheet["mode"]): string {
  if (mode === "whole") return label("target_group", row.group);
  if (mode === "grade" && row.name !== "") return label("field", "grade") + " " + row.name;
  return row.name;
}

/** Everything to be said, in the order of the grid: a row's own sentence, then those of its cells. */
export function remarksOf(sheet: Sheet): Remark[] {
  return sheet.rows.flatMap((row, index) => {
    const place = rowName(row, sheet.mode);
    const own = row.problem && sheet.judged.has(row.id) ? [row.problem] : [];
    const cells = row.cells.map(({ measure }) => ({
      at: `${index}-${measure}`,
      place: [place, label("coverage_measure", measure)].filter(Boolean).join(" · "),
      findings: sheet.findings.get(`${row.id}|${measure}`) ?? [],
    }));
    return [{ at: `${index}-name`, place, findings: own }, ...cells].filter(({ findings }) => findings.length > 0);
  });
}
