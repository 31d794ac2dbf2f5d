import { SvelteMap, SvelteSet } from "svelte/reactivity";

import { app } from "../../lib/app.svelte";
import type { CoverageGridView, CoverageSaveView, CoverageTyped, FindingView, RecordView, RowMode } from "../../lib/generated/contract";
import { Heading } from "./heading.svelte";
import { type Edit, emptyEdit, identity, isUnderRow, keyOf, nameOf, type Row, rowsOf, stillTyped } from "./rows";
import { outcomeOf, type Sent, sentOf, touchedOf } from "./saving";
import { tidy } from "./text";
import { homeOf, over, type TypedRow, type TypedSheet, typedOf } from "./unsaved";

let made = 0;

/**
 * One unit on one day in one mode: what is stored, and what was typed over it. A sheet outlives the screen, so that leaving it
 * loses nothing that was typed.
 */
export class Sheet {
  readonly heading = new Heading();
  grid = $state.raw<CoverageGridView>();
  /** What the rules said of cells when they were last saved; by row, measure. */
  readonly findings = new SvelteMap<string, FindingView[]>();
  headFindings = $state.raw<FindingView[]>([]);
  /** Rows whose name was left: only then it is judged. */
  readonly judged = new SvelteSet<string>();
  private readonly edits = new SvelteMap<string, Edit>();
  /** Rows made here, in the order they were typed; they keep it after they are saved. */
  private locals = $state.raw<string[]>([]);
  /** Of rows made here: the stored row they became. */
  private readonly became = new SvelteMap<string, string>();

  constructor(readonly mode: RowMode) {}

  readonly rows = $derived.by((): Row[] => {
    const stored = new Map((this.grid?.rows ?? []).map((row) => [keyOf(row), row]));
    const taken = new Set(this.became.values());
    const lines = [...stored].filter(([key]) => !taken.has(key)).map(([id, row]) => ({ id, stored: row, edit: this.edits.get(id) }));
    const here = this.locals.map((id) => ({ id, stored: stored.get(this.became.get(id) ?? "") ?? null, edit: this.edits.get(id) }));
    return rowsOf([...lines, ...here], this.mode, (cell) => this.heading.changes(cell));
  });

  /** In order of display. */
  readonly measures = $derived.by((): string[] => {
    const shown = new Set(this.rows.flatMap((row) => row.cells.map((cell) => cell.measure)));
    return [...new Set([...app.codes("measure"), ...shown])].filter((measure) => shown.has(measure));
  });

  /** Everything typed that is not on the disk: cells, and names or sĩ số that have no cell to be saved with. */
  readonly unsaved = $derived.by((): number => this.rows.reduce((sum, row) => sum + (touchedOf(row).length || Number(this.isLoose(row))), 0));

  /** Rows that cannot be saved only because no figure was typed into them. */
  readonly loose = $derived.by((): number => this.rows.filter((row) => touchedOf(row).length === 0 && this.isLoose(row)).length);

  row(id: string): Row | undefined {
    return this.rows.find((row) => row.id === id);
  }

  textAt(id: string, column: string): string {
    const row = this.row(id);
    if (!row) return "";
    if (column === "name") return this.edits.get(id)?.name ?? row.name;
    if (column === "population") return row.population;
    return row.cells.find(({ measure }) => measure === column)?.text ?? "";
  }

  storedAt(id: string, column: string): string {
    const stored = this.row(id)?.stored;
    if (!stored) return "";
    if (column === "name") return nameOf(stored, this.mode);
    if (column === "population") return stored.population;
    return stored.cells.find(({ measure }) => measure === column)?.text ?? "";
  }

  write(id: string, column: string, text: string): void {
    const edit = { ...(this.edits.get(id) ?? emptyEdit()) };
    const same = tidy(text) === this.storedAt(id, column);
    if (column === "name") edit.name = text;
    else if (column === "group") edit.group = text || null;
    else if (column === "population") {
      if (edit.population === null) edit.under = this.underRow(id);
      edit.population = same ? null : text;
    }
    else {
      const { [column]: _, ...others } = edit.cells;
      edit.cells = same ? others : { ...others, [column]: text };
    }
    this.edits.set(id, edit);
    // A sentence about what stood there before says nothing of what stands there now.
    for (const key of [...this.findings.keys()]) {
      if (key === `${id}|${column}` || (["name", "group", "population"].includes(column) && key.startsWith(`${id}|`))) this.findings.delete(key);
    }
    this.keepBlank();
  }

  /** A row with the name, or the empty one at the end with the name written into it. */
  rowNamed(name: string): string {
    const found = this.rows.find((row) => !row.blank && identity("", row.name) === identity("", name));
    if (found) return found.id;
    const id = this.locals.at(-1) ?? "";
    this.write(id, "name", name);
    this.judged.add(id);
    return id;
  }

  /** The stored rows are these now. A row that is gone because its figures were emptied stays on the screen. */
  take(grid: CoverageGridView, records: RecordView[] = []): void {
    const keys = new Set(grid.rows.map(keyOf));
    for (const row of this.rows) {
      if (!row.stored || keys.has(keyOf(row.stored))) continue;
      this.edits.set(row.id, { ...(this.edits.get(row.id) ?? emptyEdit()), name: row.name, group: row.group });
      if (!this.locals.includes(row.id)) this.locals = [...this.locals.slice(0, -1), row.id, ...this.locals.slice(-1)];
      if (!this.became.has(row.id)) this.became.set(row.id, keyOf(row.stored));
    }
    this.grid = grid;
    this.heading.take(records);
    this.dropSettled();
    this.keepBlank();
  }

  /** Opened anew: rows made here that are saved take their place among the others. */
  reopen(): void {
    this.locals = this.locals.filter((id) => {
      const row = this.row(id);
      return row !== undefined && (touchedOf(row).length > 0 || this.isLoose(row));
    });
    for (const id of [...this.became.keys()]) if (!this.locals.includes(id)) this.became.delete(id);
    this.keepBlank();
  }

  /** What a save takes. */
  toSend(): Sent[] {
    return sentOf(this.rows, this.mode);
  }

  /** Takes what became of the cells and, at once, what is stored now: no old figure shows in between. */
  settle(sent: Sent[], view: CoverageSaveView, grid: CoverageGridView, records: RecordView[] = []): void {
    const { heading, cells, carried } = outcomeOf(sent, view);
    for (const { sent: { row, measure, typed }, findings, saved } of cells) {
      if (findings.length > 0) this.findings.set(`${row}|${measure}`, findings);
      else this.findings.delete(`${row}|${measure}`);
      if (saved) this.saved(row, measure, typed, grid);
    }
    for (const { row, typed } of carried) {
      const edit = this.edits.get(row);
      if (edit?.population === typed.population) this.edits.set(row, { ...edit, population: null });
    }
    this.headFindings = heading;
    this.take(grid, records);
  }

  /** Lays what was typed on another sheet over this one, and takes it away there. */
  takeFrom(other: Sheet): void {
    for (const row of other.rows) {
      if (row.blank || (touchedOf(row).length === 0 && !other.isLoose(row))) continue;
      const mine = this.rows.find((one) => !one.blank && identity(one.group, one.name) === identity(row.group, row.name))?.id ?? this.locals.at(-1) ?? "";
      if (!this.row(mine)?.stored) {
        this.write(mine, "name", row.name);
        this.write(mine, "group", row.group);
      }
      if (row.populationTouched) this.write(mine, "population", row.population);
      for (const [measure, text] of Object.entries(other.edits.get(row.id)?.cells ?? {})) this.write(mine, measure, text);
    }
    this.heading.bring(other.heading);
    other.forget();
  }

  /** Everything typed that is not saved; null when there is nothing. */
  typed(): TypedSheet | null {
    const rows = this.rows.flatMap((row) => typedOf(row, this.edits.get(row.id), this.isLoose(row)) ?? []);
    if (rows.length === 0 && this.unsaved === 0 && !this.heading.fresh) return null;
    return { rows, heading: this.heading.typedHere() };
  }

  /** Lays what was typed before over what is stored now. */
  bring({ rows, heading }: TypedSheet): void {
    for (const row of rows) this.bringRow(row);
    this.heading.bringBack(heading);
    this.dropSettled();
    this.keepBlank();
  }

  forget(): void {
    this.edits.clear();
    this.findings.clear();
    this.became.clear();
    this.locals = [];
    this.heading.forget();
    this.keepBlank();
  }

  private bringRow(typed: TypedRow): void {
    const id = `new-${++made}`;
    this.edits.set(id, over(typed, undefined));
    this.locals = [...this.locals.slice(0, -1), id, ...this.locals.slice(-1)];
    const home = homeOf(typed, this.row(id), this.grid?.rows ?? [], this.mode);
    if (home === undefined) return void this.judged.add(id);
    this.locals = this.locals.filter((one) => one !== id);
    this.edits.delete(id);
    const row = this.rows.find(({ stored }) => stored && keyOf(stored) === home)?.id ?? home;
    this.edits.set(row, { ...over(typed, this.edits.get(row)), name: "", group: null });
  }

  private underRow(id: string): string[] {
    return (this.row(id)?.cells ?? []).filter(({ stored }) => isUnderRow(stored)).map(({ measure }) => measure);
  }

  /** A name or a sĩ số that no figure carries. */
  private isLoose(row: Row): boolean {
    return !row.blank && (row.populationTouched || (row.stored === null && !this.became.has(row.id)));
  }

  private saved(row: string, measure: string, typed: CoverageTyped, grid: CoverageGridView): void {
    const edit = this.edits.get(row);
    // What was typed while it was being saved stays.
    if (edit?.cells[measure] === typed.text) {
      const { [measure]: _, ...cells } = edit.cells;
      this.edits.set(row, { ...edit, cells });
    }
    if (!this.locals.includes(row) || this.became.has(row)) return;
    const stored = grid.rows.find((one) => one.target_group === typed.target_group && tidy(nameOf(one, this.mode)) === tidy(this.row(row)?.name ?? ""));
    if (stored) this.became.set(row, keyOf(stored));
  }

  private dropSettled(): void {
    for (const [id, edit] of [...this.edits]) this.edits.set(id, stillTyped(edit, (column) => this.storedAt(id, column)));
  }

  private keepBlank(): void {
    const last = this.locals.at(-1);
    if (last === undefined || !this.row(last)?.blank) this.locals = [...this.locals, `new-${++made}`];
  }
}
