import type { SessionForm } from "../../lib/generated/contract";

/** The text at `venue` or `counts.adult.female`. */
export function readPath(form: SessionForm, path: string): string {
  const [head = "", group, column] = path.split(".");
  if (head === "counts" && group && column) return form.counts[group]?.[column] ?? "";
  const value = form[head as keyof SessionForm];
  return typeof value === "string" ? value : "";
}

export function writePath(form: SessionForm, path: string, text: string): void {
  const [head = "", group, column] = path.split(".");
  if (head === "counts" && group && column) {
    (form.counts[group] ??= {})[column] = text;
  } else if (head in form && typeof form[head as keyof SessionForm] === "string") {
    (form as unknown as Record<string, string>)[head] = text;
  }
}

/**
 * Where the focus goes for a finding: the field itself, the first cell for one about the whole grid, or a part of the form
 * that Enter passes by.
 */
export function fieldOf(path: string): HTMLElement | null {
  return (
    document.querySelector<HTMLElement>(`[data-path="${path}"]`) ??
    document.querySelector<HTMLElement>(`[data-path^="${path}."]`) ??
    document.querySelector<HTMLElement>(`[data-place="${path}"]`)
  );
}
