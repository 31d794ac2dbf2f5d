import type { CoverageCell, CoverageRow, FindingView, RowMode } from "../../lib/generated/contract";
import { fraction } from "./figures";
import { gradeText, guessGroup, measuresOf } from "./groups";
import { tidy } from "./text";

/** What was typed into a row and is not saved. */
export interface Edit {
  /** Name of the class or grade; only of rows made here. */
  name: string;
  /** As chosen; null while the name tells it. */
  group: string | null;
  /** Null while it is as stored. */
  population: string | null;
  /** Measures whose stored figure takes the sĩ số typed: those that stood under the one it replaces when it was typed. */
  under: string[];
  /** By measure; a cell that is as stored is not there. */
  cells: Record<string, string>;
}

/** One cell as the screen shows it. */
export interface Cell {
  measure: string;
  text: string;
  stored: CoverageCell | null;
  /** Not as it is stored: it was typed, or its sĩ số was, or the heading says something else of it. */
  touched: boolean;
  /** The heading says something else of it than it was saved with. */
  headed: boolean;
}

/** One row as the screen shows it: what is stored, and what was typed over it. */
export interface Row {
  id: string;
  stored: CoverageRow | null;
  name: string;
  group: string;
  /** Whether the group was chosen or can be told, so that the keys need not stop at it. */
  settled: boolean;
  grade: string;
  population: string;
  populationTouched: boolean;
  cells: Cell[];
  /** The empty row at the end, where the next one is typed. */
  blank: boolean;
  /** Why it cannot be saved yet. */
  problem: FindingView | null;
}

export function emptyEdit(): Edit {
  return { name: "", group: null, population: null, under: [], cells: {} };
}

/** What is left of it: a text that meanwhile is what is stored is no change any more. */
export function stillTyped(edit: Edit, storedAt: (column: string) => string): Edit {
  const cells = Object.fromEntries(Object.entries(edit.cells).filter(([measure, text]) => tidy(text) !== storedAt(measure)));
  const population = edit.population !== null && tidy(edit.population) === storedAt("population") ? null : edit.population;
  return { ...edit, cells, population };
}

/** Names a stored row as long as it lives. */
export function keyOf({ target_group, grade, class: name }: CoverageRow): string {
  return `${target_group}|${grade}|${name}`;
}

/** Whether a cell has a figure of this day without a sĩ số of its own. */
export function isUnderRow(cell: CoverageCell | null): boolean {
  return cell !== null && cell.id !== null && cell.text !== "" && fraction(cell.text)[1] === null;
}

/** Two rows of one identity would hide each other. People write 6a1 and 6A1 for one class. */
export function identity(group: string, name: string): string {
  return `${group}|${tidy(name).toLocaleLowerCase("vi")}`;
}

export function nameOf(row: CoverageRow, mode: RowMode): string {
  return mode === "class" ? row.class : mode === "grade" ? row.grade : "";
}

/**
 * Lays what was typed over what is stored. `lines` are the rows in their order; a row typed here has no stored one at first.
 * `changed` tells of a stored figure whether the heading says something else of it.
 */
export function rowsOf(lines: { id: string; stored: CoverageRow | null; edit: Edit | undefined }[], mode: RowMode, changed: (cell: CoverageCell) => boolean): Row[] {
  const rows: Row[] = [];
  const seen = new Map<string, number>();
  for (const { id, stored, edit = emptyEdit() } of lines) {
    const name = stored ? nameOf(stored, mode) : mode === "grade" ? gradeText(edit.name) : edit.name;
    const others = rows.map((row) => row.group).filter(Boolean);
    const group = stored?.target_group ?? edit.group ?? (mode === "whole" ? "" : guessGroup(name, others));
    const measures = stored ? stored.cells.map((cell) => cell.measure) : measuresOf(group, mode);
    // What was typed into a column the group lost is not hidden.
    const kept = Object.keys(edit.cells).filter((measure) => !measures.includes(measure));
    const cells = [...measures, ...kept].map((measure): Cell => {
      const cell = stored?.cells.find((one) => one.measure === measure) ?? null;
      const typed = edit.cells[measure];
      const headed = cell !== null && changed(cell);
      if (typed !== undefined) return { measure, text: typed, stored: cell, touched: true, headed };
      const text = cell?.text ?? "";
      const takes = edit.population !== null && edit.under.includes(measure) && isUnderRow(cell);
      // A figure that came with another sĩ số than the one being typed says so, and keeps it.
      const own = edit.population !== null && !takes && isUnderRow(cell) && stored?.population ? `/${stored.population}` : "";
      return { measure, text: text + own, stored: cell, touched: takes || headed, headed };
    });
    const row: Row = {
      id,
      stored,
      name,
      group,
      settled: edit.group !== null || (group !== "" && /^\d/.test(name)),
      grade: stored?.grade ?? (mode === "grade" ? name : ""),
      population: edit.population ?? stored?.population ?? "",
      populationTouched: edit.population !== null,
      cells,
      blank: stored === null && tidy(edit.name) === "" && edit.group === null && edit.population === null && Object.keys(edit.cells).length === 0,
      problem: null,
    };
    row.problem = row.blank ? null : problemOf(row, mode, seen);
    if (!row.blank && !seen.has(identity(group, name))) seen.set(identity(group, name), rows.length + 1);
    rows.push(row);
  }
  return rows;
}

/** A row without a name would be saved as a figure of the whole school, and a second one of a name over the first. */
function problemOf(row: Row, mode: RowMode, seen: Map<string, number>): FindingView | null {
  const problem = (code: string, params: Record<string, string> = {}): FindingView => ({ code, path: "class", severity: "error", params });
  if (row.stored) return null;
  if (mode !== "whole" && tidy(row.name) === "") return problem(mode === "class" ? "class_missing" : "grade_missing");
  if (row.group === "") return { ...problem("group_missing"), path: "target_group" };
  const first = seen.get(identity(row.group, row.name));
  return first === undefined ? null : problem(mode === "whole" ? "group_row_twice" : "class_twice", { row: String(first) });
}
