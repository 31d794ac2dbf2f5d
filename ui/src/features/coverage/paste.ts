import type { CoveragePasted } from "../../lib/generated/contract";
import * as m from "../../lib/paraglide/messages.js";
import { fraction } from "./figures";
import { identity } from "./rows";
import type { Sheet } from "./sheet.svelte";
import { tidy } from "./text";

/** Whether the text is a block of cells; one cell alone is pasted as any text is. */
export function isBlock(text: string): boolean {
  return /[\t\n]/.test(text.trim());
}

/** Whether every row of the block names a class that is there: then it goes in by name wherever it is pasted. */
export function allNamed(sheet: Sheet, block: CoveragePasted[]): boolean {
  const known = new Set(sheet.rows.filter(({ blank }) => !blank).map(({ name }) => identity("", name)));
  return block.length > 0 && block.every((row) => row.class !== "" && known.has(identity("", row.class)));
}

/** Rows by their names: those there are get the figures, new ones are added. Returns what to tell, or nothing. */
export function pasteNamed(sheet: Sheet, anchor: string, block: CoveragePasted[]): string {
  const rows = block.map((row) => (row.class === "" ? { class: row.cells[0] ?? "", cells: row.cells.slice(1) } : row));
  const firsts = rows.map((row) => row.cells[0] ?? "").filter((cell) => cell !== "");
  // `38/41` right after the name brings its own sĩ số: the block has no column of it.
  const columns = firsts.length > 0 && firsts.every((cell) => fraction(cell)[1] !== null) ? sheet.measures : ["population", ...sheet.measures];
  let left = 0;
  for (const { class: name, cells } of rows) {
    if (tidy(name) === "") {
      left += cells.filter((cell) => cell !== "").length;
      continue;
    }
    left += put(sheet, sheet.rowNamed(tidy(name)), columns, cells);
  }
  sheet.judged.add(anchor);
  return told(left);
}

/**
 * Cell by cell to the right and down. What names a class in the block is a figure typed wrong here: it is kept as it is. The
 * block comes without its blank lines, which are classes without a figure: each row keeps the place its line has in the text.
 */
export function pasteAt(sheet: Sheet, anchor: string, column: string, block: CoveragePasted[], text: string): string {
  const from = sheet.rows.findIndex(({ id }) => id === anchor);
  const all = ["population", ...sheet.measures];
  const columns = all.slice(Math.max(all.indexOf(column), 0));
  const places = placesOf(text, block.length);
  let left = 0;
  block.forEach((row, at) => {
    const cells = row.class === "" ? row.cells : [row.class, ...row.cells];
    const index = from + (places[at] ?? at);
    const target = index < sheet.rows.length ? sheet.rows[index] : sheet.rows.at(-1);
    // Each row typed into makes another empty one after it.
    if (target) left += put(sheet, target.id, columns, cells);
  });
  return told(left);
}

/** How many lines after the first each row of a block stands; a line of headings is no row. */
export function placesOf(text: string, rows: number): number[] {
  const filled = text.split("\n").flatMap((line, at) => (line.trim() === "" ? [] : [at]));
  const [heading, ...rest] = filled;
  return filled.length > rows && heading !== undefined ? rest.map((at) => at - heading - 1) : filled;
}

/** Fills a row's cells; an empty one of the block empties nothing. Returns how many found no place. */
function put(sheet: Sheet, id: string, columns: string[], cells: string[]): number {
  let left = 0;
  cells.forEach((text, at) => {
    if (text === "") return;
    const column = columns[at];
    const has = column === "population" || sheet.row(id)?.cells.some(({ measure }) => measure === column);
    if (column && has) sheet.write(id, column, text);
    else left += 1;
  });
  return left;
}

function told(left: number): string {
  return left > 0 ? m.coverage_paste_left({ count: left }) : "";
}
