import type { Entry } from "./entry.svelte";
import { readPath } from "./paths";
import { replaceText } from "../../shared/typed.svelte";

/** The field after this one in reading order, or before it. */
export function nextField(body: HTMLElement, field: HTMLElement, step: 1 | -1): HTMLElement | null {
  const fields = [...body.querySelectorAll<HTMLElement>("[data-path]:not(:disabled)")];
  return fields[fields.indexOf(field) + step] ?? null;
}

/** Gives the field its value of the last session. */
export function repeatField(entry: Entry, path: string): void {
  const last = entry.begun?.last;
  if (!last) return;
  if (path === "topics") {
    entry.form.topics = [...last.topics];
    entry.touch();
    return;
  }
  const text = readPath(last, path);
  const field = document.activeElement;
  if (field instanceof HTMLInputElement) replaceText(field, text);
  else entry.write(path, text);
}
