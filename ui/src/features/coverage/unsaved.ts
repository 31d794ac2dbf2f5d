import type { CoverageRow, RowMode } from "../../lib/generated/contract";
import type { TypedHeading } from "./heading.svelte";
import { type Edit, emptyEdit, identity, keyOf, nameOf, type Row } from "./rows";
import { tidy } from "./text";

/** What was typed into a row, as another run of the program reads it. */
export interface TypedRow extends Edit {
  /** Of the stored row it was typed over; null for a row made here. */
  key: string | null;
}

/** Everything typed on a sheet and not saved. */
export interface TypedSheet {
  rows: TypedRow[];
  heading: TypedHeading;
}

/** What was typed into a row; null when nothing was. `loose` rows have a name or a sĩ số that no figure carries. */
export function typedOf(row: Row, edit: Edit | undefined, loose: boolean): TypedRow | null {
  const { name, group, population, under, cells } = edit ?? emptyEdit();
  if (row.blank || (!loose && population === null && Object.keys(cells).length === 0)) return null;
  // The stored row may be gone by the time this is read: then the row is one made here.
  const [called, of] = row.stored ? [row.name, row.group] : [name, group];
  return { key: row.stored ? keyOf(row.stored) : null, name: called, group: of, population, under, cells };
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
  const { key: _, ...edit } = brought;
  if (!now) return edit;
  return {
    name: now.name || edit.name,
    group: now.group ?? edit.group,
    population: now.population ?? edit.population,
    under: now.population === null ? edit.under : now.under,
    cells: { ...edit.cells, ...now.cells },
  };
}
