import { SvelteMap, SvelteSet } from "svelte/reactivity";

import { app } from "../../lib/app.svelte";
import type { CoverageGridView, CoverageSaveView, FindingView, RecordView, RowMode } from "../../lib/generated/contract";
import { Heading } from "./heading.svelte";
import { Lines } from "./lines.svelte";
import { identity, type Row } from "./rows";
import { outcomeOf, type Sent, sentOf, touchedOf } from "./saving";
import { type TypedSheet, typedOf } from "./unsaved";

/**
 * One unit on one day in one mode: what is stored, what was typed over it, and what the rules said. A sheet outlives the
 * screen, so that leaving it loses nothing that was typed.
 */
export class Sheet {
  readonly heading = new Heading();
  grid = $state.raw<CoverageGridView>();
  /** What the rules said of cells when they were last saved; by row, measure. */
  readonly findings = new SvelteMap<string, FindingView[]>();
  headFindings = $state.raw<FindingView[]>([]);
  /** Rows whose name was left: only then it is judged. */
  readonly judged = new SvelteSet<string>();
  private readonly lines: Lines;

  constructor(readonly mode: RowMode) {
    this.lines = new Lines(mode, (cell) => this.heading.changes(cell));
  }

  get rows(): Row[] {
    return this.lines.rows;
  }

  /** In order of display. */
  readonly measures = $derived.by((): string[] => {
    const shown = new Set(this.rows.flatMap((row) => row.cells.map((cell) => cell.measure)));
    return [...new Set([...app.codes("measure"), ...shown])].filter((measure) => shown.has(measure));
  });

  /** Everything typed that is not on the disk: cells, and names or sĩ số that have no cell to be saved with. */
  readonly unsaved = $derived.by((): number => this.rows.reduce((sum, row) => sum + (touchedOf(row).length || Number(this.lines.isLoose(row))), 0));

  /** Rows that cannot be saved only because no figure was typed into them. */
  readonly loose = $derived.by((): number => this.rows.filter((row) => touchedOf(row).length === 0 && this.lines.isLoose(row)).length);

  row(id: string): Row | undefined {
    return this.lines.row(id);
  }

  textAt(id: string, column: string): string {
    return this.lines.textAt(id, column);
  }

  storedAt(id: string, column: string): string {
    return this.lines.storedAt(id, column);
  }

  write(id: string, column: string, text: string): void {
    this.lines.write(id, column, text);
    // A sentence about what stood there before says nothing of what stands there now.
    for (const key of [...this.findings.keys()]) {
      if (key === `${id}|${column}` || (["name", "group", "population"].includes(column) && key.startsWith(`${id}|`))) this.findings.delete(key);
    }
  }

  /** A row with the name, or the empty one at the end with the name written into it. */
  rowNamed(name: string): string {
    const found = this.rows.find((row) => !row.blank && identity("", row.name) === identity("", name));
    if (found) return found.id;
    const id = this.lines.blank;
    this.write(id, "name", name);
    this.judged.add(id);
    return id;
  }

  /** What is stored is this now. */
  take(grid: CoverageGridView, records: RecordView[] = []): void {
    this.grid = grid;
    this.heading.take(records);
    this.lines.take(grid.rows);
  }

  /** Opened anew: rows made here that are saved take their place among the others. */
  reopen(): void {
    this.lines.reopen();
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
      if (saved) this.lines.saved(row, measure, typed, grid.rows);
    }
    for (const { row, typed } of carried) this.lines.carried(row, typed.population);
    this.headFindings = heading;
    this.take(grid, records);
  }

  /** Lays what was typed on another sheet over this one, and takes it away there. */
  takeFrom(other: Sheet): void {
    for (const row of other.rows) {
      if (row.blank || (touchedOf(row).length === 0 && !other.lines.isLoose(row))) continue;
      const mine = this.rows.find((one) => !one.blank && identity(one.group, one.name) === identity(row.group, row.name))?.id ?? this.lines.blank;
      if (!this.row(mine)?.stored) {
        this.write(mine, "name", row.name);
        this.write(mine, "group", row.group);
      }
      if (row.populationTouched) this.write(mine, "population", row.population);
      for (const [measure, text] of Object.entries(other.lines.edit(row.id)?.cells ?? {})) this.write(mine, measure, text);
    }
    this.heading.bring(other.heading);
    other.forget();
  }

  /** Everything typed that is not saved; null when there is nothing. */
  typed(): TypedSheet | null {
    const rows = this.rows.flatMap((row) => typedOf(row, this.lines.edit(row.id), this.lines.isLoose(row)) ?? []);
    if (rows.length === 0 && this.unsaved === 0 && !this.heading.fresh) return null;
    return { rows, heading: this.heading.typedHere() };
  }

  /** Lays what was typed before over what is stored now. */
  bring({ rows, heading }: TypedSheet): void {
    for (const row of rows) {
      const made = this.lines.bring(row);
      if (made !== null) this.judged.add(made);
    }
    this.heading.bringBack(heading);
    this.lines.dropSettled();
  }

  forget(): void {
    this.lines.forget();
    this.findings.clear();
    this.heading.forget();
  }
}
