import { untrack } from "svelte";

let polite = $state("");
let urgent = $state("");

/** What the two permanent live regions say. They are in the page from the start, or screen readers miss them. */
export const spoken = {
  get polite() {
    return polite;
  },
  get urgent() {
    return urgent;
  },
};

export function say(text: string): void {
  polite = untrack(() => polite) === text ? `${text}\u00a0` : text;
}

export function alarm(text: string): void {
  urgent = untrack(() => urgent) === text ? `${text}\u00a0` : text;
}
