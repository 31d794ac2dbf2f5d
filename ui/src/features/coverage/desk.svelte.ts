import { fail } from "../../lib/app.svelte";
import { call } from "../../lib/backend";
import type { CoverageGridView, FindingView, RowMode, UnitOption } from "../../lib/generated/contract";
import * as m from "../../lib/paraglide/messages.js";
import { Queue } from "../../shared/queue";
import { remember } from "../../shared/undo.svelte";
import { offerBack } from "../../shared/voiding";
import { allNamed, pasteAt, pasteNamed } from "./paste";
import { type Place, read } from "./place";
import { fill } from "./propose";
import type { Sheet } from "./sheet.svelte";
import { allSheets, bringBack, kept, keptOf, lastIs, lastPlace, placeOf, sheetAt } from "./sheets.svelte";
import { voidWords } from "./words";

/** How a save went. */
export interface Saved {
  at: string;
  count: number;
}

/** The desk a school's figures are entered at: which sheet lies on it, and the ways to the disk and back. */
export class Desk {
  units = $state.raw<UnitOption[]>([]);
  sheet = $state.raw<Sheet>();
  /** The day as typed. */
  day = $state("");
  saved = $state.raw<Saved | null>(null);
  saving = $state(false);
  /** Of the sheet as it was found: cells typed before the screen was left. */
  found = $state(0);
  private place = $state.raw<Place>({ unit: "", school_year: "", as_of: "", mode: "class" });
  private stale = false;
  /** Everything that asks the program. */
  private readonly queue = new Queue();

  get mode(): RowMode {
    return this.place.mode;
  }

  get grid(): CoverageGridView | undefined {
    return this.sheet?.grid;
  }

  /** Whether the day was typed and not yet gone to. */
  get dayPending(): boolean {
    return this.day.trim() !== (this.grid?.as_of?.text ?? this.place.as_of);
  }

  get evidence(): string {
    return this.sheet ? this.evidenceOf(this.sheet) : "";
  }

  get isSchool(): boolean {
    return isSchool(this.grid?.unit_name ?? "");
  }

  /** Other sheets that hold something unsaved. */
  get others(): { sheet: Sheet; same: boolean }[] {
    const here = this.grid;
    return allSheets()
      .filter((sheet) => sheet !== this.sheet && sheet.unsaved > 0)
      .map((sheet) => ({ sheet, same: sheet.grid?.unit === here?.unit && sheet.mode === this.mode }));
  }

  /** `wanted` is the unit an address names; without one the desk is as it was left. */
  async open(school: boolean, wanted: string): Promise<void> {
    this.units = (await call("session.begin", { from: "new" })).units;
    await bringBack();
    let last = lastPlace();
    const asked = this.units.find(({ uid }) => uid === wanted);
    if (asked && last?.unit !== wanted) last = { unit: wanted, school_year: "", as_of: "", mode: isSchool(asked.name) ? "class" : "whole" };
    const known = last && this.units.some(({ uid }) => uid === last?.unit) ? last : null;
    const first = school ? this.units[0] : (this.units.find(({ name }) => isSchool(name)) ?? this.units[0]);
    const unit = first?.uid ?? "";
    await this.go(known ?? { unit, school_year: "", as_of: "", mode: school || first !== this.units[0] ? "class" : "whole" });
    this.found = this.sheet?.unsaved ?? 0;
  }

  /** Lays another sheet on the desk. What was typed on the one before stays on it. */
  go(change: Partial<Place>): Promise<void> {
    this.place = { ...this.place, ...change };
    return this.queue.run(async () => {
      const place = this.place;
      const { grid, records } = await read(place);
      const sheet = sheetAt(grid, place);
      sheet.take(grid, records);
      if (sheet !== this.sheet) {
        sheet.reopen();
        this.saved = null;
        this.found = sheet.unsaved;
      }
      lastIs(this.input(sheet));
      this.sheet = sheet;
      this.day = this.input(sheet).as_of;
    });
  }

  goTo(sheet: Sheet): Promise<void> {
    return this.go(this.input(sheet));
  }

  /** Reads anew what is stored, e.g. when the line brought something. */
  refresh(): Promise<void> {
    if (this.stale) return this.queue.idle();
    this.stale = true;
    return this.queue.run(async () => {
      this.stale = false;
      const sheet = this.sheet;
      if (!sheet) return;
      const { grid, records } = await read(this.input(sheet));
      sheet.take(grid, records);
    });
  }

  save(): Promise<void> {
    const sheet = this.sheet;
    return this.queue.run(async () => {
      if (sheet) await this.saveOnce(sheet);
    });
  }

  paste(row: string, column: string, text: string): Promise<string> {
    const sheet = this.sheet;
    return this.queue.run(async () => {
      if (!sheet) return "";
      const { rows } = await call("coverage.paste", { text });
      return column === "name" || allNamed(sheet, rows) ? pasteNamed(sheet, row, rows) : pasteAt(sheet, row, column, rows, text);
    });
  }

  /** Throws away what was typed on a sheet; it can be had back. */
  drop(sheet: Sheet): void {
    const [typed, count] = [sheet.typed(), sheet.unsaved];
    if (!typed) return;
    sheet.forget();
    remember({ done: m.coverage_dropped({ count }), undone: m.coverage_drop_undone({ count }), undo: async () => sheet.bring(typed), redo: async () => sheet.forget() });
  }

  /** Proposes earlier figures in the empty cells; says how many. */
  fill(): number {
    return this.sheet ? fill(this.sheet) : 0;
  }

  /** What is wrong with the heading: as it was read, and as the rules said of a save. */
  ofHeading(path: string): FindingView[] {
    const all = [...(this.grid?.findings ?? []), ...(this.sheet?.headFindings ?? [])];
    return all.filter((finding, at) => finding.path === path && all.findIndex(({ path, code }) => path === finding.path && code === finding.code) === at);
  }

  private input(sheet: Sheet): Place {
    return placeOf(sheet) ?? this.place;
  }

  private evidenceOf({ heading, grid }: Sheet): string {
    if (heading.evidence !== null) return heading.evidence;
    // VNeID confirms adults only: that evidence is not proposed for what is beside it.
    if (grid && grid.evidence_kind !== "") return grid.evidence_kind === "vneid_confirmed" ? "" : grid.evidence_kind;
    return this.isSchool ? "school_assessed" : "";
  }

  private async saveOnce(sheet: Sheet): Promise<void> {
    const grid = sheet.grid;
    if (!grid) return;
    for (const row of sheet.rows) if (!row.blank) sheet.judged.add(row.id);
    const sent = sheet.toSend();
    if (sent.length === 0) return;
    const { evidence, source } = sheet.heading;
    this.saving = true;
    try {
      const view = await call("coverage.save", {
        unit: grid.unit,
        school_year: grid.school_year,
        as_of: grid.as_of?.text ?? this.input(sheet).as_of,
        evidence_kind: this.evidenceOf(sheet),
        source,
        cells: sent.map(({ typed }) => typed),
        unsaved: await keptOf(sheet, sent),
      });
      const now = await read(this.input(sheet));
      sheet.settle(sent, view, now.grid, now.records);
      sheet.heading.settle(view.cells.flatMap(({ id }) => id ?? []), evidence, source);
      const count = view.cells.filter(({ id }) => id !== null).length;
      this.saved = count > 0 ? { at: view.at, count } : null;
      if (view.voided.length > 0) offerBack(view.voided, "", voidWords(view.voided.length));
    } catch (error) {
      fail(error);
    } finally {
      kept(sheet);
      this.saving = false;
    }
  }
}

/** A school's name says so; its classes are what is asked for first. */
function isSchool(name: string): boolean {
  return /^trường\b/iu.test(name.normalize("NFC"));
}
