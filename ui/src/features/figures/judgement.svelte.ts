import type { FindingView } from "../../lib/generated/contract";

/** What the rules say of a record being typed, and how much of it shows: of fields that were left, and of all once it was to be saved. */
export class Judgement {
  private said = $state.raw<FindingView[]>([]);
  private left = $state.raw<ReadonlySet<string>>(new Set());
  private all = $state(false);
  /** Whether it was said that a figure of this day is there already: to save again is to change it. */
  private told = false;

  /** What shows of one field. */
  of(path: string): FindingView[] {
    return this.said.filter((finding) => finding.path === path && (this.all || this.left.has(path)));
  }

  /** The first of the fields, in their order, that keeps it from being saved. */
  wrong(fields: string[]): string | undefined {
    const paths = new Set(this.said.filter(isError).map(({ path }) => path));
    if (paths.size === 0) return this.told ? "as_of" : undefined;
    return fields.find((name) => paths.has(name)) ?? [...paths][0];
  }

  /** Whether it was said that the next save changes a figure that is there. */
  get warned(): boolean {
    return this.told;
  }

  /** A field was left: what is wrong with it shows from now on, with an empty one only once it was to be saved. Answers whether it does. */
  leave(name: string, empty: boolean): boolean {
    if (empty && !this.all) return false;
    this.left = new Set([...this.left, name]);
    return true;
  }

  /** The rules say this by now. */
  take(findings: FindingView[]): void {
    this.said = findings;
  }

  /** It was to be saved and is not: all that is wrong shows. */
  refuse(findings: FindingView[]): void {
    this.all = true;
    this.said = findings;
  }

  /** Of a new one: says once that it would change a figure that is there; what the rules refuse anyway they say themselves. Answers whether it did. */
  warn(findings: FindingView[]): boolean {
    this.told = findings.some(({ code }) => code === "figure_there");
    if (!this.told || findings.some(isError)) return false;
    this.refuse(findings);
    return true;
  }

  /** Something else is typed: which figure it would change is to be said anew. */
  changed(): void {
    this.told = false;
  }

  /** Nothing is wrong any more. */
  clear(): void {
    this.said = [];
    this.left = new Set();
    this.all = false;
  }
}

function isError({ severity }: FindingView): boolean {
  return severity === "error";
}
