import { SvelteSet } from "svelte/reactivity";

import { fail } from "../../lib/app.svelte";
import { call, CallError } from "../../lib/backend";
import type { BeginInput, BeginView, CheckView, FindingView, SaveView, SessionForm } from "../../lib/generated/contract";
import { DraftKeeper } from "./drafts.svelte";
import { readPath, writePath } from "./paths";

/** The session saved last, shown until something new is typed. It outlives a form: “save and next” opens another one. */
let lastSaved = $state.raw<Saved | null>(null);

/** What a save did: made a session, or changed one from `before` to `after`. */
interface Saved {
  view: SaveView;
  created: boolean;
  before: SessionForm;
  after: SessionForm;
}

/** One session being entered: the texts as typed, what the rules say of them, and where they are kept. */
export class Entry {
  begun = $state.raw<BeginView>();
  /** Texts as typed. The rules read them; this side never does. */
  form = $state<SessionForm>(emptyForm());
  findings = $state.raw<FindingView[]>([]);
  check = $state.raw<CheckView>();
  /** Whether a save was tried, after which every finding is shown. */
  tried = $state(false);
  changed = $state(false);
  saving = $state(false);
  /** Why an officer sets somebody else's figures right; null when the session is the user's own to change. */
  reason = $state<string | null>(null);
  readonly visited = new SvelteSet<string>();
  readonly drafts: DraftKeeper;
  /** The form as it was opened or last saved. */
  private opened: SessionForm = emptyForm();
  private checks = 0;
  private judging = false;

  constructor() {
    this.drafts = new DraftKeeper(() => this.draft());
  }

  get saved() {
    return lastSaved;
  }

  get recordId(): string | null {
    return this.begun?.record_id ?? null;
  }

  async open(from: BeginInput): Promise<void> {
    const begun = await call("session.begin", from);
    this.form = begun.form;
    this.begun = begun;
    this.opened = begun.form;
    if (from.from === "draft") {
      this.changed = this.tried = true;
      // What a draft changes is the session as saved, not the draft as opened.
      if (begun.record_id) this.opened = (await call("session.begin", { from: "edit", id: begun.record_id })).form;
    }
    // Not awaited: the focus goes to the first field without waiting for the rules.
    void this.recheck(null);
  }

  /** What is shown: what was left or tried, and every warning once something was typed. */
  get shown(): FindingView[] {
    return this.findings.filter(
      ({ path, severity }) => this.tried || this.visited.has(path) || (severity === "warning" && (this.changed || this.recordId !== null)),
    );
  }

  of(path: string): FindingView[] {
    return this.shown.filter((finding) => finding.path === path);
  }

  invalid(path: string): boolean {
    return this.of(path).some(({ severity }) => severity === "error");
  }

  read(path: string): string {
    return readPath(this.form, path);
  }

  /** Takes a text as typed. Rules wait until the field is left; totals and the draft do not. */
  write(path: string, text: string): void {
    writePath(this.form, path, text);
    this.touch();
  }

  /** Takes a code out of a list: choosing is leaving. */
  choose(path: string, code: string): void {
    this.write(path, code);
    this.leave(path);
  }

  touch(): void {
    this.changed = true;
    lastSaved = null;
    this.drafts.later(() => void this.recheck(null));
  }

  /** The field was left: it may be judged, and the draft need not wait for the next key. */
  leave(path: string): void {
    this.visited.add(path);
    if (this.changed) this.drafts.now();
    void this.recheck(path);
  }

  /** Asks the rules. With a path, the answer may be shown and tidied texts written back, except under the focus. */
  async recheck(left: string | null): Promise<void> {
    const mine = ++this.checks;
    if (left !== null) this.judging = true;
    const sent = $state.snapshot(this.form);
    let view: CheckView;
    try {
      view = await call("session.check", { form: sent, id: this.recordId });
    } catch (error) {
      return fail(error);
    }
    if (mine !== this.checks) return;
    this.check = view;
    if (!this.judging) return;
    this.judging = false;
    this.findings = view.findings;
    for (const [path, tidy] of Object.entries(view.tidy)) {
      const asSent = readPath(sent, path);
      if (tidy !== asSent && !hasFocus(path) && this.read(path) === asSent) writePath(this.form, path, tidy);
    }
  }

  /** Saves; afterwards the form is an edit of what was saved. Returns false when a rule refused. */
  async save(): Promise<boolean> {
    const begun = this.begun;
    if (!begun || this.saving) return false;
    this.saving = true;
    try {
      await this.drafts.settle();
      this.changed = false;
      const created = begun.record_id === null;
      const view = await this.send(begun, $state.snapshot(this.form));
      const next = await call("session.begin", { from: "edit", id: view.id });
      this.begun = { ...begun, draft_id: next.draft_id, record_id: next.record_id };
      this.findings = view.findings;
      this.drafts.forget();
      lastSaved = { view, created, before: this.opened, after: next.form };
      this.opened = next.form;
      return true;
    } catch (error) {
      this.changed = true;
      if (!(error instanceof CallError) || error.body.code !== "invalid") fail(error);
      else {
        this.tried = true;
        this.findings = error.body.findings;
      }
      return false;
    } finally {
      this.saving = false;
      if (this.changed) this.drafts.later();
    }
  }

  private send({ draft_id, record_id }: BeginView, form: SessionForm): Promise<SaveView> {
    if (this.reason === null || !record_id) return call("session.save", { draft_id, record_id, form });
    return call("session.correct", { draft_id, id: record_id, form, reason: this.reason });
  }

  /** Throws the draft away; returns how to take that back. */
  async discard(): Promise<() => Promise<void>> {
    const draft = this.draft();
    await this.drafts.settle();
    this.changed = false;
    if (draft) await call("draft.discard", { id: draft.draft_id });
    return async () => {
      if (draft) await call("draft.save", draft);
    };
  }

  /** Leaving never loses a letter. */
  close(): void {
    if (this.changed && !this.saving) this.drafts.now();
  }

  private draft() {
    if (!this.begun || this.saving || !this.changed) return null;
    return { draft_id: this.begun.draft_id, record_id: this.begun.record_id, form: $state.snapshot(this.form) };
  }
}

export function forgetSaved(): void {
  lastSaved = null;
}

function hasFocus(path: string): boolean {
  const focus = document.activeElement;
  return focus instanceof HTMLElement && focus.dataset.path === path;
}

function emptyForm(): SessionForm {
  return {
    unit: "",
    date: "",
    start: "",
    duration_minutes: "",
    form: "",
    topics: [],
    venue: "",
    facilitators: "",
    language: "",
    note: "",
    household_businesses: "",
    broadcast_items: "",
    counts: {},
    attachments: [],
  };
}
