/** Without spaces that say nothing, and composed: texts that look the same are the same. */
export function tidy(text: string): string {
  return text.normalize("NFC").replace(/[\s\u00a0]+/gu, " ").trim();
}
