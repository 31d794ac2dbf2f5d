import { app } from "../../lib/app.svelte";
import * as m from "../../lib/paraglide/messages.js";
import { label } from "../../lib/text";
import type { Entry } from "./entry.svelte";
import { readPath } from "./paths";
import { replaceText } from "../../shared/typed.svelte";

/** The field after this one in reading order, or before it. */
export function nextField(body: HTMLElement, field: HTMLElement, step: 1 | -1): HTMLElement | null {
  const fields = [...body.querySelectorAll<HTMLElement>("[data-path]:not(:disabled)")];
  return fields[fields.indexOf(field) + step] ?? null;
}

/** What every field of the form carries: its path, its name for tests, and how it is judged when left. */
export function wiredField(entry: Entry, id: string, path: string) {
  return {
    id: `${id}-${path}`,
    "data-path": path,
    "data-testid": `field-${path}`,
    "aria-invalid": entry.invalid(path),
    "aria-describedby": entry.of(path).length > 0 ? `${id}-${path}-findings` : undefined,
    onblur: () => entry.leave(path),
  };
}

/** The codes of a list to choose from, and the present one even when it is no longer offered. */
export function codeOptions(list: string, value: string): { value: string; label: string }[] {
  const codes = app.codes(list);
  const all = codes.includes(value) ? codes : [value, ...codes];
  return all.map((code) => ({ value: code, label: code === "" ? m.not_chosen() : label(list, code) }));
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
