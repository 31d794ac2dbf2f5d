import { fail } from "../../lib/app.svelte";
import { call, CallError } from "../../lib/backend";
import type { ConflictCheckView, ConflictInput, ConflictView, FindingView, LeafView, Pick } from "../../lib/generated/contract";

/** How long after the last key a typed value is judged, milliseconds. */
const CHECK_IDLE_MS = 250;

/** What a person chooses of one conflict, leaf by leaf. Until something is chosen the version that counts stands. */
export class Choice {
  picks = $state<Record<string, Pick>>({});
  check = $state.raw<ConflictCheckView>();
  findings = $state.raw<FindingView[]>([]);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private checks = 0;

  constructor(readonly view: ConflictView) {
    void this.recheck();
  }

  get differing(): LeafView[] {
    return this.view.leaves.filter(({ differs }) => differs);
  }

  get same(): LeafView[] {
    return this.view.leaves.filter(({ differs }) => !differs);
  }

  /** Whether the session would be void, so that its fields do not matter. */
  get voided(): boolean {
    const pick = this.picks["void"];
    const at = pick?.of === "version" ? pick.version : 0;
    return this.view.versions[at]?.voided ?? false;
  }

  /** The version chosen for a leaf, or null when another value was typed. */
  chosen(path: string): number | null {
    const pick = this.picks[path];
    if (!pick) return 0;
    return pick.of === "version" ? pick.version : null;
  }

  typed(path: string): string {
    const pick = this.picks[path];
    return pick?.of === "text" ? pick.text : "";
  }

  take(path: string, version: number): void {
    this.picks[path] = { of: "version", version };
    void this.recheck();
  }

  /** Begins with the text of what was chosen before, so that one figure can be corrected by one key. */
  type(leaf: LeafView): void {
    if (this.chosen(leaf.path) === null) return;
    this.picks[leaf.path] = { of: "text", text: leaf.values[this.chosen(leaf.path) ?? 0] ?? "" };
  }

  write(path: string, text: string): void {
    this.picks[path] = { of: "text", text };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.recheck(), CHECK_IDLE_MS);
  }

  takeAll(version: number): void {
    for (const { path } of this.differing) this.picks[path] = { of: "version", version };
    void this.recheck();
  }

  of(path: string): FindingView[] {
    return this.findings.filter((finding) => finding.path === path);
  }

  get input(): ConflictInput {
    return { id: this.view.row.id, versions: this.view.versions.map(({ operation }) => operation), picks: $state.snapshot(this.picks) };
  }

  /** Settles the conflict. Returns false when a rule refused. */
  async settle(): Promise<boolean> {
    clearTimeout(this.timer);
    try {
      await call("conflict.resolve", this.input);
      return true;
    } catch (error) {
      if (!(error instanceof CallError) || error.body.code !== "invalid") fail(error);
      else this.findings = error.body.findings;
      return false;
    }
  }

  /** Makes sessions of their own of the other versions. */
  async split(): Promise<string[]> {
    const { id, versions } = this.input;
    return (await call("conflict.split", { id, versions })).ids;
  }

  private async recheck(): Promise<void> {
    const mine = ++this.checks;
    try {
      const view = await call("conflict.check", this.input);
      if (mine !== this.checks) return;
      this.check = view;
      this.findings = view.findings;
    } catch (error) {
      // Others have come meanwhile: the screen reads them anew by itself.
      if (!(error instanceof CallError) || error.body.code !== "not_found") fail(error);
    }
  }
}
