import type { CoverageRow, CoverageUnsavedLine, RowMode } from "../../lib/generated/contract";
import { fraction } from "./figures";
import type { TypedHeading } from "./heading.svelte";
import type { Place } from "./place";
import { type Edit, emptyEdit, identity, keyOf, nameOf, type Row } from "./rows";
import type { Sent } from "./saving";
import { tidy } from "./text";

/** What was typed into a row, as another run of the program reads it. */
export interface TypedRow extends Edit {
  /** Names the row in this run of the program. */
  id: string;
  /** Of the stored row it was typed over; null for a row made here. */
  key: string | null;
}

/** Everything typed on a sheet and not saved. */
export interface TypedSheet {
  rows: TypedRow[];
  heading: TypedHeading;
}

/** What the lines of a kept sheet are of. Another number is another shape, which this program leaves alone. */
interface Head {
  v: 2;
  place: Place;
  heading: TypedHeading;
}

/** A line of a kept sheet: a row or a part of it, and the cell it is about; of a line about none, all of the row's. */
interface Part {
  line: string;
  measure: string | null;
}

/**
 * A sheet as the disk keeps it: a line for what is common, and lines that a save can take out one by one. A row made here is
 * known by its cells (see `homeOf`), so that they go together.
 */
export function textOf(place: Place, { rows, heading }: TypedSheet): string {
  const head: Head = { v: 2, place, heading };
  return [JSON.stringify(head), ...rows.flatMap(partsOf).map(({ line }) => line)].join("\n");
}

/** Reads it; null when it is of another shape. */
export function readText(text: string): (TypedSheet & { place: Place }) | null {
  const [first = "", ...lines] = text.split("\n");
  const { v, place, heading } = JSON.parse(first) as Head;
  if (v !== 2) return null;
  const rows = new Map<string, TypedRow>();
  for (const line of lines) {
    const part = JSON.parse(line) as TypedRow;
    const { population, under, cells } = rows.get(part.id) ?? part;
    rows.set(part.id, { ...part, population: part.population ?? population, under: part.population === null ? under : part.under, cells: { ...cells, ...part.cells } });
  }
  return { place, heading, rows: [...rows.values()] };
}

/** Lines that are saved with what is sent. A sĩ số is on the disk only when a figure without one of its own carries it. */
export function savedWith(rows: TypedRow[], sent: Sent[]): CoverageUnsavedLine[] {
  return rows.flatMap((row) => {
    const mine = sent.flatMap((one, at) => (one.row === row.id ? [{ ...one, at }] : []));
    const carried = mine.some(({ typed }) => typed.text.trim() !== "" && fraction(typed.text)[1] === null);
    const all = row.population === null || carried ? mine.map(({ at }) => at) : [];
    const cellsOf = (measure: string | null) => (measure === null ? all : mine.filter((one) => one.measure === measure).map(({ at }) => at));
    return partsOf(row)
      .map(({ line, measure }) => ({ line, cells: cellsOf(measure) }))
      .filter(({ cells }) => cells.length > 0);
  });
}

function partsOf(row: TypedRow): Part[] {
  if (row.key === null) return [{ line: JSON.stringify(row), measure: null }];
  const of = (change: Partial<TypedRow>, measure: string | null): Part => ({ line: JSON.stringify({ ...row, population: null, under: [], cells: {}, ...change }), measure });
  const cells = Object.entries(row.cells).map(([measure, text]) => of({ cells: { [measure]: text } }, measure));
  return row.population === null ? cells : [of({ population: row.population, under: row.under }, null), ...cells];
}

/** What was typed into a row; null when nothing was. `loose` rows have a name or a sĩ số that no figure carries. */
export function typedOf(row: Row, edit: Edit | undefined, loose: boolean): TypedRow | null {
  const { name, group, population, under, cells } = edit ?? emptyEdit();
  if (row.blank || (!loose && population === null && Object.keys(cells).length === 0)) return null;
  // The stored row may be gone by the time this is read: then the row is one made here.
  const [called, of] = row.stored ? [row.name, row.group] : [name, group];
  return { id: row.id, key: row.stored ? keyOf(row.stored) : null, name: called, group: of, population, under, cells };
}

/**
 * The stored row it belongs on, if there is one: that it was typed over, or that a save made of it just before the program
 * ended. A row that merely has the same name was not saved: it stays one made here, and is told as such.
 */
export function homeOf(typed: TypedRow, shown: Row | undefined, stored: CoverageRow[], mode: RowMode): string | undefined {
  const same = stored.find((row) => keyOf(row) === typed.key);
  if (same) return keyOf(same);
  const [group, name] = [shown?.group ?? "", shown?.name ?? ""];
  const twin = stored.find((row) => identity(row.target_group, nameOf(row, mode)) === identity(group, name));
  const saved = twin?.cells.some(({ measure, text }) => text !== "" && tidy(typed.cells[measure] ?? "") === text);
  return twin && saved ? keyOf(twin) : undefined;
}

/** What is typed there by now goes before what is brought. */
export function over(brought: TypedRow, now: Edit | undefined): Edit {
  const { id: _, key: __, ...edit } = brought;
  if (!now) return edit;
  return {
    name: now.name || edit.name,
    group: now.group ?? edit.group,
    population: now.population ?? edit.population,
    under: now.population === null ? edit.under : now.under,
    cells: { ...edit.cells, ...now.cells },
  };
}
