import { overwriteGetLocale } from "./paraglide/runtime.js";

export type Locale = "vi" | "en";

let current = $state<Locale>("vi");

// Every message function asks for the locale, so a switch repaints exactly the texts on screen.
overwriteGetLocale(() => current);

export function locale(): Locale {
  return current;
}

export function useLocale(wanted: string): void {
  current = wanted === "en" ? "en" : "vi";
  document.documentElement.lang = current;
}
