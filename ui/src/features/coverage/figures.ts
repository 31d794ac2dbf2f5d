import type { Cell, Row } from "./rows";

/** How far a row got. */
export type Reach = "none" | "teaching" | "done";

/** A sum over the rows that have both parts of the figure, and how many those are. */
export interface Total {
  numerator: number;
  population: number;
  told: number;
  of: number;
}

/** A count as the rules read it, for sums on the screen only: what is saved is the text as typed, judged by the rules. */
export function readCount(text: string): number | null {
  const tidy = text.trim();
  if (!/^(\d+|\d{1,3}([.,\s])\d{3}(\2\d{3})*)$/u.test(tidy)) return null;
  return Number(tidy.replace(/\D/g, ""));
}

/** `38/41` as its two texts, `38` as one; the slash of a lone `38/` divides nothing. */
export function fraction(text: string): [part: string, whole: string | null] {
  const [part = "", ...rest] = text.split("/");
  const whole = rest.join("/").trim();
  return part.trim() !== "" && whole !== "" ? [part.trim(), whole] : [text.trim(), null];
}

/** Both parts of a cell's figure, or nothing while one is missing, cannot be read, or says more than all. */
function figure(cell: Cell, row: Row): { numerator: number; population: number } | null {
  const [part, own] = fraction(cell.text);
  const numerator = readCount(part);
  const population = readCount(own ?? row.population);
  return numerator === null || population === null || numerator > population ? null : { numerator, population };
}

/**
 * Done is a row of which every measure that applies has a figure equal to its sĩ số: the plan asks 100 % of pupils. A figure
 * that falls short, or lacks its sĩ số, is “being taught”; no figure of that day at all is “not entered”.
 */
export function reach(row: Row): Reach {
  if (row.cells.every((cell) => cell.text.trim() === "")) return "none";
  const all = row.cells.map((cell) => figure(cell, row));
  return all.every((one) => one && one.population > 0 && one.numerator === one.population) ? "done" : "teaching";
}

/** Rows that lack a figure, or its sĩ số, enter neither sum: the two sums speak of the same rows. */
export function total(rows: Row[], measure: string): Total {
  const sum: Total = { numerator: 0, population: 0, told: 0, of: 0 };
  for (const row of rows) {
    const cell = row.cells.find((one) => one.measure === measure);
    if (!cell) continue;
    sum.of += 1;
    const read = figure(cell, row);
    if (!read) continue;
    sum.told += 1;
    sum.numerator += read.numerator;
    sum.population += read.population;
  }
  return sum;
}
