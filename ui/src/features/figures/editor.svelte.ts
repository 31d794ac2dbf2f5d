import { call, CallError } from "../../lib/backend";
import type { FindingView, RecordForm } from "../../lib/generated/contract";
import { number } from "../../shared/format";
import { KINDS, type Tab } from "./kinds";

/** What the next figure of a table usually shares with the one before. */
const CARRIED = ["as_of", "school_year", "basis", "source"];

/** Editors outlive the screen: leaving it loses nothing that was typed. By tab and record; a new one has no id. */
const editors = new Map<string, Editor>();
/** Grows with every change of any editor, so that lists of them follow. */
let changes = $state(0);

/** The editor of a record, or of a new one of the unit, as it was left. */
export function editorOf(tab: Tab, stored: RecordForm | null, unit: string): Editor {
  const key = keyOf(tab, stored?.id ?? null);
  const kept = editors.get(key);
  if (kept && (stored !== null || kept.touched || kept.unit === unit)) return kept;
  const fresh = new Editor(tab, stored, unit, kept?.carried ?? {});
  editors.set(key, fresh);
  return fresh;
}

/** Whether something typed into a record, or into a new one, waits to be saved. */
export function isUnsaved(tab: Tab, id: string | null): boolean {
  return changes >= 0 && (editors.get(keyOf(tab, id))?.touched ?? false);
}

function keyOf(tab: Tab, id: string | null): string {
  return `${tab}|${id ?? ""}`;
}

/** One record being typed: its fields exactly as typed. */
export class Editor {
  unit = $state("");
  fields = $state<Record<string, string>>({});
  /** The record as it is stored; null for a new one. */
  stored = $state.raw<RecordForm | null>(null);
  /** What the rules say; shown of fields that were left, and of all once it was to be saved. */
  private said = $state.raw<FindingView[]>([]);
  private left = $state.raw<ReadonlySet<string>>(new Set());
  private all = $state(false);
  /** The remark that a figure of this day is there already was made: to save again is to change it. */
  private told = false;
  /** What a new one became: a second press of the same keys is not a second record. */
  private made: string | null = null;
  /** Ends when everything asked so far has ended. */
  private last: Promise<unknown> = Promise.resolve();

  readonly touched = $derived.by((): boolean => (this.stored !== null && this.unit !== this.stored.unit) || this.names.some((name) => this.isTyped(name)));

  /** A figure of another unit, group or day is a figure of its own; the stored one stays. */
  readonly another = $derived.by((): boolean => {
    const { key } = KINDS[this.tab];
    return this.stored !== null && key.length > 0 && (this.unit !== this.stored.unit || key.some((name) => this.isTyped(name)));
  });

  constructor(
    readonly tab: Tab,
    stored: RecordForm | null,
    unit: string,
    /** Texts a new one begins with. */
    readonly carried: Record<string, string>,
  ) {
    this.stored = stored;
    this.unit = stored?.unit ?? unit;
    this.fields = { ...(stored?.fields ?? carried) };
  }

  findings(path: string): FindingView[] {
    return this.said.filter((finding) => finding.path === path && (this.all || this.left.has(path)));
  }

  /** The first field that keeps it from being saved. */
  get wrong(): string | undefined {
    const paths = new Set(this.said.filter(({ severity }) => severity === "error").map(({ path }) => path));
    if (paths.size === 0) return this.told ? "as_of" : undefined;
    return ["unit", ...this.names].find((name) => paths.has(name)) ?? [...paths][0];
  }

  /** Whether it was said that the next save changes a figure that is there. */
  get warned(): boolean {
    return this.told;
  }

  write(name: string, text: string): void {
    if (name === "unit") this.unit = text;
    else this.fields[name] = text;
    this.told = false;
    changes += 1;
  }

  /** A field was left: its number gets its dots, and what is wrong is said. */
  leave(name: string): void {
    const typed = (this.fields[name] ?? "").trim();
    const counts = KINDS[this.tab].fields.some((field) => field.name === name && field.type === "count");
    if (counts && /^[1-9]\d{3,14}$/.test(typed)) this.write(name, number(Number(typed)));
    if (typed === "" && !this.all) return;
    this.left = new Set([...this.left, name]);
    void this.queue(async () => {
      this.said = (await call("record.check", this.form())).findings;
    });
  }

  /**
   * Saves it, as an officer's correction when a reason is given; `over` is the record that a new one changes then. Answers the
   * id, or nothing when the rules refuse.
   */
  save(reason: string | null, over: string | null = null): Promise<string | null> {
    return this.queue(async () => {
      if (this.made !== null) return this.made;
      const form = this.form();
      if (form.id === null && !this.told && (await this.isThere(form))) return null;
      try {
        const saved = reason === null ? await call("record.save", form) : await call("record.correct", { form: { ...form, id: form.id ?? over }, reason });
        this.settle(form, saved.id);
        return saved.id;
      } catch (error) {
        // A reason that is missing is said where it is asked for.
        const mine = error instanceof CallError && error.body.code === "invalid" && error.body.findings.every(({ path }) => path !== "reason");
        if (!mine) throw error;
        this.all = true;
        this.said = error.body.findings;
        return null;
      }
    });
  }

  /** Whether a new one would change a figure that is there; said once, and then it is the person's word. */
  private async isThere(form: RecordForm): Promise<boolean> {
    const { findings } = await call("record.check", form);
    this.told = findings.some(({ code }) => code === "figure_there");
    if (!this.told || findings.some(({ severity }) => severity === "error")) return false;
    this.all = true;
    this.said = findings;
    return true;
  }

  /** What is stored is this now, by another machine's word too: fields nobody typed into follow, typed ones stay. */
  follow(next: RecordForm): void {
    const before = this.stored;
    if (!before || before.id !== next.id || JSON.stringify(before) === JSON.stringify(next)) return;
    const names = new Set([...Object.keys(before.fields), ...Object.keys(next.fields)]);
    const following = [...names].filter((name) => !this.isTyped(name));
    if (this.unit === before.unit) this.unit = next.unit;
    for (const name of following) this.fields[name] = next.fields[name] ?? "";
    this.stored = next;
  }

  /** Back to what is stored. */
  forget(): void {
    this.unit = this.stored?.unit ?? this.unit;
    this.fields = { ...(this.stored?.fields ?? this.carried) };
    this.calm();
  }

  private get names(): string[] {
    return KINDS[this.tab].fields.map(({ name }) => name);
  }

  private isTyped(name: string): boolean {
    return (this.fields[name] ?? "").trim() !== ((this.stored?.fields ?? this.carried)[name] ?? "");
  }

  /** It is on the disk. A new one makes room for the next; of a figure that became another one the stored one is as it was. */
  private settle(form: RecordForm, id: string): void {
    if (form.id !== null) {
      this.stored = form;
      this.calm();
      return;
    }
    this.made = id;
    editors.delete(keyOf(this.tab, this.stored?.id ?? null));
    this.hand(form, id);
    // A new one that waits unsaved beside a stored one is nobody's to clear.
    if (this.stored === null || !isUnsaved(this.tab, null)) {
      const carried = Object.fromEntries(CARRIED.flatMap((name) => (form.fields[name] ? [[name, form.fields[name]]] : [])));
      editors.set(keyOf(this.tab, null), new Editor(this.tab, null, form.unit, carried));
    }
    changes += 1;
  }

  /** What was typed while it was being saved goes on as a change of the record it became. */
  private hand(form: RecordForm, id: string): void {
    const next = new Editor(this.tab, { ...form, id }, form.unit, {});
    next.unit = this.unit;
    next.fields = $state.snapshot(this.fields);
    if (next.touched) editors.set(keyOf(this.tab, id), next);
  }

  private calm(): void {
    this.said = [];
    this.left = new Set();
    this.all = false;
    changes += 1;
  }

  private form(): RecordForm {
    const { kind, fixed } = KINDS[this.tab];
    return { kind, id: this.another ? null : (this.stored?.id ?? null), unit: this.unit, fields: { ...$state.snapshot(this.fields), ...fixed } };
  }

  private queue<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.last.then(act);
    this.last = mine.catch(() => {});
    return mine;
  }
}
