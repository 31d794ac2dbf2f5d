import { SvelteMap } from "svelte/reactivity";

import type { CoverageCell, CoverageRow, CoverageTyped, RowMode } from "../../lib/generated/contract";
import { type Edit, emptyEdit, isUnderRow, keyOf, nameOf, type Row, rowsOf, stillTyped } from "./rows";
import { touchedOf } from "./saving";
import { tidy } from "./text";
import { homeOf, over, type TypedRow } from "./unsaved";

let made = 0;

/** The rows of a sheet: those that are stored, those made here, and what was typed over either. */
export class Lines {
  private stored = $state.raw<CoverageRow[]>([]);
  private readonly edits = new SvelteMap<string, Edit>();
  /** Rows made here, in the order they were typed; they keep it after they are saved. The last one is empty. */
  private locals = $state.raw<string[]>([]);
  /** Of rows made here: the stored row they became. */
  private readonly became = new SvelteMap<string, string>();

  constructor(
    private readonly mode: RowMode,
    /** Whether the heading says something else of a stored figure. */
    private readonly changed: (cell: CoverageCell) => boolean,
  ) {}

  readonly rows = $derived.by((): Row[] => {
    const stored = new Map(this.stored.map((row) => [keyOf(row), row]));
    const taken = new Set(this.became.values());
    const lines = [...stored].filter(([key]) => !taken.has(key)).map(([id, row]) => ({ id, stored: row, edit: this.edits.get(id) }));
    const here = this.locals.map((id) => ({ id, stored: stored.get(this.became.get(id) ?? "") ?? null, edit: this.edits.get(id) }));
    return rowsOf([...lines, ...here], this.mode, this.changed);
  });

  row(id: string): Row | undefined {
    return this.rows.find((row) => row.id === id);
  }

  edit(id: string): Edit | undefined {
    return this.edits.get(id);
  }

  /** The empty row at the end, where the next one is typed. */
  get blank(): string {
    return this.locals.at(-1) ?? "";
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
    } else {
      const { [column]: _, ...others } = edit.cells;
      edit.cells = same ? others : { ...others, [column]: text };
    }
    this.edits.set(id, edit);
    this.keepBlank();
  }

  /** The stored rows are these now. A row that is gone because its figures were emptied stays on the screen. */
  take(stored: CoverageRow[]): void {
    const keys = new Set(stored.map(keyOf));
    for (const row of this.rows) {
      if (!row.stored || keys.has(keyOf(row.stored))) continue;
      this.edits.set(row.id, { ...(this.edits.get(row.id) ?? emptyEdit()), name: row.name, group: row.group });
      if (!this.locals.includes(row.id)) this.addLocal(row.id);
      if (!this.became.has(row.id)) this.became.set(row.id, keyOf(row.stored));
    }
    this.stored = stored;
    this.dropSettled();
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

  /** A cell is on the disk; what was typed while it was being saved stays. `stored` are the rows as they are since then. */
  saved(row: string, measure: string, typed: CoverageTyped, stored: CoverageRow[]): void {
    const edit = this.edits.get(row);
    if (edit?.cells[measure] === typed.text) {
      const { [measure]: _, ...cells } = edit.cells;
      this.edits.set(row, { ...edit, cells });
    }
    if (!this.locals.includes(row) || this.became.has(row)) return;
    const home = stored.find((one) => one.target_group === typed.target_group && tidy(nameOf(one, this.mode)) === tidy(this.row(row)?.name ?? ""));
    if (home) this.became.set(row, keyOf(home));
  }

  /** The sĩ số of a row is on the disk. */
  carried(row: string, population: string): void {
    const edit = this.edits.get(row);
    if (edit?.population === population) this.edits.set(row, { ...edit, population: null });
  }

  /** Lays what was typed before over the stored row it belongs on; without one a row is made for it, which is answered. */
  bring(typed: TypedRow): string | null {
    const id = `new-${++made}`;
    this.edits.set(id, over(typed, undefined));
    this.addLocal(id);
    const home = homeOf(typed, this.row(id), this.stored, this.mode);
    if (home === undefined) return id;
    this.locals = this.locals.filter((one) => one !== id);
    this.edits.delete(id);
    const row = this.rows.find(({ stored }) => stored && keyOf(stored) === home)?.id ?? home;
    this.edits.set(row, { ...over(typed, this.edits.get(row)), name: "", group: null });
    return null;
  }

  forget(): void {
    this.edits.clear();
    this.became.clear();
    this.locals = [];
    this.keepBlank();
  }

  /** What meanwhile is as it is stored is no change any more. */
  dropSettled(): void {
    for (const [id, edit] of [...this.edits]) this.edits.set(id, stillTyped(edit, (column) => this.storedAt(id, column)));
    this.keepBlank();
  }

  /** A name or a sĩ số that no figure carries. */
  isLoose(row: Row): boolean {
    return !row.blank && (row.populationTouched || (row.stored === null && !this.became.has(row.id)));
  }

  private underRow(id: string): string[] {
    return (this.row(id)?.cells ?? []).filter(({ stored }) => isUnderRow(stored)).map(({ measure }) => measure);
  }

  /** Before the empty one. */
  private addLocal(id: string): void {
    this.locals = [...this.locals.slice(0, -1), id, ...this.locals.slice(-1)];
  }

  private keepBlank(): void {
    const last = this.locals.at(-1);
    if (last === undefined || !this.row(last)?.blank) this.locals = [...this.locals, `new-${++made}`];
  }
}
