import type { Attachment } from "svelte/attachments";
import { untrack } from "svelte";

type TextField = HTMLInputElement | HTMLTextAreaElement;

/**
 * Ties an input to a text without ever writing into it while it has the focus: Vietnamese keyboards send backspaces and
 * letters one by one, and a value written in between destroys the word.
 */
export function typed(read: () => string, write: (text: string) => void): Attachment<TextField> {
  return (field) => {
    field.value = untrack(read);
    $effect(() => {
      const text = read();
      if (document.activeElement !== field && field.value !== text) field.value = text;
    });
    const onInput = () => write(field.value);
    field.addEventListener("input", onInput);
    return () => field.removeEventListener("input", onInput);
  };
}

/** Replaces the whole text at the user's own request, the way typing would: the field's own undo still works. */
export function replaceText(field: TextField, text: string): void {
  field.focus();
  field.select();
  const done = text === "" ? document.execCommand?.("delete") : document.execCommand?.("insertText", false, text);
  if (done && field.value === text) return;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
