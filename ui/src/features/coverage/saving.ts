import type { CoverageSaveView, CoverageTyped, FindingView, RowMode } from "../../lib/generated/contract";
import { fraction } from "./figures";
import { type Cell, type Row } from "./rows";
import { tidy } from "./text";

/** A cell on its way to the disk, as it was when it left. */
export interface Sent {
  row: string;
  measure: string;
  typed: CoverageTyped;
}

/** Fields of the heading: what is wrong with one is wrong with every cell, and is said once. */
export const HEADING = ["as_of", "evidence_kind", "school_year", "source", "unit"];

/** What became of cells that were sent. */
interface Outcome {
  heading: FindingView[];
  cells: { sent: Sent; findings: FindingView[]; saved: boolean }[];
  /** Rows whose sĩ số is on the disk: a figure carried it, and none of the row failed. Cells that bring their own carry none. */
  carried: Sent[];
}

/** Cells a save would take: those typed, and those stored under a sĩ số or a heading that was changed. */
export function touchedOf(row: Row): Cell[] {
  return row.cells.filter(({ touched }) => touched);
}

/** What a save takes: touched cells of rows that have a name of their own. */
export function sentOf(rows: Row[], mode: RowMode): Sent[] {
  return rows
    .filter((row) => row.problem === null)
    .flatMap((row) =>
      touchedOf(row).map((cell) => ({
        row: row.id,
        measure: cell.measure,
        typed: {
          target_group: row.group,
          grade: row.grade,
          class: mode === "class" ? tidy(row.name) : "",
          measure: cell.measure,
          text: cell.text,
          population: row.population,
          id: cell.stored?.id ?? null,
        },
      })),
    );
}

export function outcomeOf(all: Sent[], view: CoverageSaveView): Outcome {
  const heading = new Map<string, FindingView>();
  const cells = all.flatMap((sent, at) => {
    const result = view.cells[at];
    if (!result) return [];
    for (const finding of result.findings) if (HEADING.includes(finding.path)) heading.set(finding.path + finding.code, finding);
    return [{ sent, findings: result.findings.filter(({ path }) => !HEADING.includes(path)), saved: result.id !== null }];
  });
  const rows = (some: typeof cells) => new Set(some.map(({ sent }) => sent.row));
  const failed = rows(cells.filter(({ saved }) => !saved));
  const carried = rows(cells.filter(({ sent: { typed }, saved }) => saved && typed.text.trim() !== "" && fraction(typed.text)[1] === null));
  return { heading: [...heading.values()], cells, carried: all.filter(({ row }) => carried.has(row) && !failed.has(row)) };
}
