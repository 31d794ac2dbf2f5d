import { call, CallError } from "../../lib/backend";
import type { FindingView, RecordForm } from "../../lib/generated/contract";
import { Queue } from "../../shared/queue";
import { atRest } from "../../shared/recordFields";
import { Judgement } from "./judgement.svelte";
import { KINDS, type Tab } from "./kinds";

/** Where editors are kept. */
export interface Home {
  /** Something was typed, or taken back. */
  changed(editor: Editor): void;
  /** It is about to be saved: nothing of it is to be kept afterwards. Answers where it is kept. */
  settle(editor: Editor): Promise<string>;
  /** What was typed became a record of its own. */
  made(editor: Editor, form: RecordForm, id: string): void;
}

/** A record being typed, as another run of the program reads it. */
export interface TypedRecord {
  tab: Tab;
  /** As it was stored when it was typed over. */
  stored: RecordForm | null;
  carried: Record<string, string>;
  unit: string;
  fields: Record<string, string>;
}

/** One record being typed: its fields exactly as typed. */
export class Editor {
  unit = $state("");
  fields = $state<Record<string, string>>({});
  /** The record as it is stored; null for a new one. */
  stored = $state.raw<RecordForm | null>(null);
  private readonly judgement = new Judgement();
  /** While it is on its way to the disk. */
  private saving = false;
  /** What a new one became: a second press of the same keys is not a second record. */
  private made: string | null = null;
  private readonly queue = new Queue();

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
    private readonly home: Home,
  ) {
    this.stored = stored;
    this.unit = stored?.unit ?? unit;
    this.fields = { ...(stored?.fields ?? carried) };
  }

  findings(path: string): FindingView[] {
    return this.judgement.of(path);
  }

  /** The first field that keeps it from being saved. */
  get wrong(): string | undefined {
    return this.judgement.wrong(["unit", ...this.names]);
  }

  /** Whether it was said that the next save changes a figure that is there. */
  get warned(): boolean {
    return this.judgement.warned;
  }

  write(name: string, text: string): void {
    if (name === "unit") this.unit = text;
    else this.fields[name] = text;
    this.judgement.changed();
    this.home.changed(this);
  }

  /** A field was left: its number gets its dots, and what is wrong is said. */
  leave(name: string): void {
    const typed = this.fields[name] ?? "";
    const field = KINDS[this.tab].fields.find((field) => field.name === name);
    const tidy = field ? atRest(field, typed) : typed;
    if (tidy !== typed) this.write(name, tidy);
    if (!this.judgement.leave(name, typed.trim() === "")) return;
    void this.queue.run(async () => this.judgement.take((await call("record.check", this.form())).findings));
  }

  /**
   * Saves it, as an officer's correction when a reason is given; `over` is the record that a new one changes then. Answers the
   * id, or nothing when the rules refuse.
   */
  save(reason: string | null, over: string | null = null): Promise<string | null> {
    return this.queue.run(async () => {
      if (this.made !== null) return this.made;
      const form = this.form();
      if (form.id === null && !this.warned && this.judgement.warn((await call("record.check", form)).findings)) return null;
      const unsaved = await this.home.settle(this);
      this.saving = true;
      try {
        const saved = reason === null ? await call("record.save", { ...form, unsaved }) : await call("record.correct", { form: { ...form, id: form.id ?? over }, reason });
        this.settle(form, saved.id);
        return saved.id;
      } catch (error) {
        // A reason that is missing is said where it is asked for.
        const mine = error instanceof CallError && error.body.code === "invalid" && error.body.findings.every(({ path }) => path !== "reason");
        if (!mine) throw error;
        this.judgement.refuse(error.body.findings);
        return null;
      } finally {
        this.saving = false;
        this.home.changed(this);
      }
    });
  }

  /** What is typed and not saved: null when nothing is, undefined while it is being saved. */
  typed(): TypedRecord | null | undefined {
    if (this.saving) return undefined;
    if (!this.touched) return null;
    return { tab: this.tab, stored: this.stored, carried: this.carried, unit: this.unit, fields: $state.snapshot(this.fields) };
  }

  /** As it was typed in an earlier run of the program. */
  static of({ tab, stored, carried, unit, fields }: TypedRecord, home: Home): Editor {
    const editor = new Editor(tab, stored, unit, carried, home);
    editor.unit = unit;
    editor.fields = fields;
    return editor;
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

  /** What is typed now, over a record it became when an earlier text was saved. */
  continued(stored: RecordForm): Editor {
    const next = new Editor(this.tab, stored, stored.unit, {}, this.home);
    next.unit = this.unit;
    next.fields = $state.snapshot(this.fields);
    return next;
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
    this.home.made(this, form, id);
  }

  private calm(): void {
    this.judgement.clear();
    this.home.changed(this);
  }

  private form(): RecordForm {
    const { kind, fixed } = KINDS[this.tab];
    return { kind, id: this.another ? null : (this.stored?.id ?? null), unit: this.unit, fields: { ...$state.snapshot(this.fields), ...fixed } };
  }
}
