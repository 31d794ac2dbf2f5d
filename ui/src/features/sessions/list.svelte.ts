import { SvelteSet } from "svelte/reactivity";

import { fail } from "../../lib/app.svelte";
import { call, onChanged } from "../../lib/backend";
import type { ListInput, ListView, SessionRow, Totals } from "../../lib/generated/contract";
import { otherName } from "../../shared/unitNames";

/** Rows asked for at a time; the contract allows no more. */
const PAGE_ROWS = 500;

export type Filter = Omit<ListInput, "offset" | "limit">;

export const NO_FILTER: Filter = { text: "", month: "", unit: "", boundaries: "", topic: "", status: null, with_warnings: false, voided: false, oldest_first: false };

/** Filters last as long as the program runs, so that one comes back to the list one left. */
let kept = $state<Filter>({ ...NO_FILTER });

/** The list of sessions: its filter, the rows read so far, and what is selected. */
export class SessionList {
  rows = $state.raw<SessionRow[]>([]);
  view = $state.raw<ListView>();
  readonly selected = new SvelteSet<string>();
  private asked = 0;
  private wanted = PAGE_ROWS;

  /** Follows the filter and the notices. Call it while a component is set up. */
  follow(): void {
    $effect(() => {
      const filter = $state.snapshot(kept);
      this.wanted = PAGE_ROWS;
      void this.read(filter);
    });
    $effect(() =>
      onChanged((topics) => {
        if (topics.includes("sessions") || topics.includes("sync")) void this.read($state.snapshot(kept));
      }),
    );
  }

  get filter(): Filter {
    return kept;
  }

  get filtered(): boolean {
    return JSON.stringify({ ...kept, oldest_first: false, voided: false }) !== JSON.stringify({ ...NO_FILTER });
  }

  change(change: Partial<Filter>): void {
    kept = { ...kept, ...change };
    this.selected.clear();
  }

  get total(): number {
    return this.view?.totals.sessions ?? 0;
  }

  /** Units matter where there are several, one is asked for, or one is not called what it was. */
  get several(): boolean {
    return (this.view?.units.length ?? 0) > 1 || kept.unit !== "" || kept.boundaries !== "" || this.rows.some((row) => otherName(row) !== "");
  }

  /** Totals of what is selected, over the rows in memory. */
  get selectedTotals(): Totals {
    const rows = this.rows.filter(({ id }) => this.selected.has(id));
    return {
      sessions: rows.length,
      attended: rows.reduce((sum, { attended }) => sum + attended, 0),
      female: rows.reduce((sum, { female }) => sum + (female ?? 0), 0),
    };
  }

  /** Reads on when the end of the rows comes near. */
  more(): void {
    if (this.rows.length >= this.total || this.rows.length < this.wanted) return;
    this.wanted += PAGE_ROWS;
    void this.read($state.snapshot(kept));
  }

  async selectAll(): Promise<void> {
    this.wanted = Math.max(this.total, PAGE_ROWS);
    await this.read($state.snapshot(kept));
    for (const { id } of this.rows) this.selected.add(id);
  }

  toggle(id: string): void {
    if (!this.selected.delete(id)) this.selected.add(id);
  }

  private async read(filter: Filter): Promise<void> {
    const mine = ++this.asked;
    const rows: SessionRow[] = [];
    try {
      do {
        const page = await call("session.list", { ...filter, offset: rows.length, limit: PAGE_ROWS });
        if (mine !== this.asked) return;
        rows.push(...page.rows);
        this.view = page;
        if (page.rows.length < PAGE_ROWS) break;
      } while (rows.length < this.wanted);
    } catch (error) {
      return fail(error);
    }
    this.rows = rows;
    const living = new Set(rows.map(({ id }) => id));
    for (const id of this.selected) if (!living.has(id)) this.selected.delete(id);
  }
}
