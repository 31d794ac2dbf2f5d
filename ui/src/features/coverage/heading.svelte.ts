import type { CoverageCell, RecordView } from "../../lib/generated/contract";
import { tidy } from "./text";

/** What a saved figure says it rests on. */
interface Told {
  evidence: string;
  source: string;
}

/** A heading as another run of the program reads it. */
export interface TypedHeading {
  evidence: string | null;
  source: string;
  /** Records it was changed over. */
  over: string[];
  /** Whether nothing was saved under it yet. */
  fresh: boolean;
}

/** Of a figure confirmed on VNeID the evidence is VNeID, whatever the heading says. */
const VNEID = "vneid_confirmed";

/**
 * What a sheet's heading says its figures rest on. Changing it alone is a correction of the figures that are there: they are
 * saved anew with it.
 */
export class Heading {
  /** As chosen; null while it is as the grid has it. */
  private chosen = $state<string | null>(null);
  private typed = $state("");
  /** Of what is on the disk, by record. */
  private told = $state.raw<ReadonlyMap<string, Told>>(new Map());
  /** Records it was changed over and not yet saved for: what another machine brings afterwards was never meant. */
  private over = $state.raw<ReadonlySet<string>>(new Set());
  private unused = $state(false);

  get evidence(): string | null {
    return this.chosen;
  }

  set evidence(code: string | null) {
    this.chosen = code;
    this.written();
  }

  get source(): string {
    return this.typed;
  }

  set source(text: string) {
    this.typed = text;
    this.written();
  }

  /** Whether it says something that nothing was saved under yet. */
  get fresh(): boolean {
    return this.unused && ((this.chosen ?? "") !== "" || tidy(this.typed) !== "");
  }

  /** Whether a stored figure is to be saved anew because the heading says something else of it. An empty one says nothing. */
  changes(cell: CoverageCell): boolean {
    const told = cell.id === null || !this.over.has(cell.id) ? undefined : this.told.get(cell.id);
    if (!told || cell.text === "") return false;
    const evidence = this.chosen !== null && this.chosen !== "" && cell.measure !== VNEID && this.chosen !== told.evidence;
    const source = tidy(this.typed) !== "" && tidy(this.typed) !== tidy(told.source);
    return evidence || source;
  }

  /** What is on the disk is this now. */
  take(records: RecordView[]): void {
    this.told = new Map(records.map(({ form: { id, fields } }) => [id ?? "", { evidence: fields.evidence_kind ?? "", source: fields.source ?? "" }]));
  }

  /** These were saved under the heading; if it says something else by now, they are still to be saved under that. */
  settle(saved: Iterable<string>, evidence: string | null, source: string): void {
    if (evidence !== this.chosen || source !== this.typed) return;
    this.unused = false;
    const done = new Set(saved);
    this.over = new Set([...this.over].filter((id) => !done.has(id)));
  }

  /** What another heading says goes on here for what is typed; figures that are here already stay as they are. */
  bring(other: Heading): void {
    this.chosen ??= other.chosen;
    if (this.typed === "") this.typed = other.typed;
  }

  /** As it was typed. */
  typedHere(): TypedHeading {
    return { evidence: this.chosen, source: this.typed, over: [...this.over], fresh: this.fresh };
  }

  /** As it was typed in an earlier run of the program. What it says by now goes before. */
  bringBack(typed: TypedHeading): void {
    this.chosen ??= typed.evidence;
    if (this.typed === "") this.typed = typed.source;
    this.over = new Set([...this.over, ...typed.over]);
    this.unused ||= typed.fresh;
  }

  forget(): void {
    this.chosen = null;
    this.typed = "";
    this.over = new Set();
    this.unused = false;
  }

  private written(): void {
    this.over = new Set(this.told.keys());
    this.unused = true;
  }
}
