import { fail } from "../../lib/app.svelte";
import { call } from "../../lib/backend";
import type { ImportMapView, ImportReportView, ImportSheet, ImportSource, ImportWanted } from "../../lib/generated/contract";
import { Queue } from "../../shared/queue";

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

  private readonly queue = new Queue();

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
    await this.work(() => {
      this.wanted = { ...this.wanted, header: null, ...change, columns: null, thousands: [] };
      return this.look("sheet");
    });
  }

  /** Another decision about cells; the columns stay as the screen shows them. */
  async decide(change: (wanted: ImportWanted) => Partial<ImportWanted>) {
    await this.work(() => {
      this.wanted = { ...this.wanted, columns: this.sources(), ...change(this.wanted) };
      return this.look("columns");
    });
  }

  /** Another source of one field. A column speaks for one field at a time. */
  async source(field: string, column: number | null, fixed: string) {
    await this.decide(() => {
      const others = this.sources().filter((one) => one.field !== field && (column === null || one.column !== column));
      return { columns: [...others, { field, column, fixed }] };
    });
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
      if (this.step !== "columns" || (this.map?.missing.length ?? 0) > 0) return false;
      this.report = await call("import.check", this.complete());
      this.step = "check";
      return true;
    });
  }

  async commit() {
    await this.work(async () => {
      if (this.step !== "check") return false;
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

  /** A choice made while the program still answers the one before is never dropped. */
  private work(act: () => Promise<boolean>): Promise<boolean> {
    return this.queue.run(async () => {
      this.busy = true;
      try {
        return await act();
      } catch (error) {
        fail(error);
        return false;
      } finally {
        this.busy = false;
      }
    });
  }
}

function nothing(): ImportWanted {
  return { kind: "session", sheet: 0, header: null, columns: null, dates: null, legacy: null, thousands: [], update: false };
}
