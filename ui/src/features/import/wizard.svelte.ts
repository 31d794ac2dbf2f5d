import { fail } from "../../lib/app.svelte";
import { call } from "../../lib/backend";
import type { ImportMapView, ImportReportView, ImportSheet, ImportSource, ImportWanted } from "../../lib/generated/contract";

export const STEPS = ["file", "sheet", "columns", "check", "done"] as const;
export type Step = (typeof STEPS)[number];

/** The five steps from a file to a batch. Nothing is written before the last one. */
export class Wizard {
  step = $state<Step>("file");
  busy = $state(false);
  file = $state("");
  sheets = $state.raw<ImportSheet[]>([]);
  /** Key of the catalogue: why the file cannot be read. */
  problem = $state("");
  wanted = $state<ImportWanted>(nothing());
  map = $state.raw<ImportMapView>();
  report = $state.raw<ImportReportView>();

  readonly number = $derived(STEPS.indexOf(this.step) + 1);

  /** Reads a file by its path, or one that was chosen or dropped. */
  async open(input: { path: string; name: string; data: string }): Promise<boolean> {
    return this.work(async () => {
      const answer = await call("import.open", input);
      if (answer.kind === "problem") {
        this.problem = answer.problem;
        return false;
      }
      this.problem = "";
      this.file = answer.file;
      this.sheets = answer.sheets;
      this.wanted = { ...nothing(), kind: this.wanted.kind };
      return this.look("sheet");
    });
  }

  /** Another kind, sheet or header: everything after it is guessed anew. */
  async choose(change: Partial<Pick<ImportWanted, "kind" | "sheet" | "header">>) {
    this.wanted = { ...this.wanted, header: null, ...change, columns: null, thousands: [] };
    await this.work(() => this.look("sheet"));
  }

  /** Another decision about columns or cells. */
  async decide(change: Partial<ImportWanted>) {
    this.wanted = { ...this.wanted, ...change };
    await this.work(() => this.look("columns"));
  }

  /** Another source of one field. A column speaks for one field at a time. */
  async source(field: string, column: number | null, fixed: string) {
    const others = this.sources().filter((one) => one.field !== field && (column === null || one.column !== column));
    await this.decide({ columns: [...others, { field, column, fixed }] });
  }

  async toColumns() {
    await this.work(async () => {
      // A legacy file is proposed to be converted, and shown converted, before anything is decided.
      if (this.map?.legacy && this.wanted.legacy === null) this.wanted.legacy = this.map.legacy.way;
      return this.look("columns");
    });
  }

  async toCheck() {
    await this.work(async () => {
      this.report = await call("import.check", this.complete());
      this.step = "check";
      return true;
    });
  }

  async commit() {
    await this.work(async () => {
      this.report = await call("import.commit", this.complete());
      this.step = "done";
      return true;
    });
  }

  back() {
    const before = STEPS[STEPS.indexOf(this.step) - 1];
    if (before) this.step = before;
  }

  again() {
    this.step = "file";
    this.report = undefined;
    this.map = undefined;
  }

  /** What the program is asked, with the columns as the screen shows them. */
  complete(): ImportWanted {
    return { ...$state.snapshot(this.wanted), header: this.map?.header ?? this.wanted.header, columns: this.sources() };
  }

  private sources(): ImportSource[] {
    const shown = this.map?.fields ?? [];
    return shown.filter(({ column, fixed }) => column !== null || fixed !== "").map(({ field, column, fixed }) => ({ field, column, fixed }));
  }

  private async look(step: Step): Promise<boolean> {
    this.map = await call("import.map", $state.snapshot(this.wanted));
    this.step = step;
    return true;
  }

  private async work(act: () => Promise<boolean>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    try {
      return await act();
    } catch (error) {
      fail(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

function nothing(): ImportWanted {
  return { kind: "session", sheet: 0, header: null, columns: null, dates: null, legacy: null, thousands: [], update: false };
}
