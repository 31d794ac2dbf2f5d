/** Where the screen is: `#/sessions/0199` is `{name: "sessions", rest: ["0199"]}`. */
export interface Place {
  name: string;
  rest: string[];
}

export function parsePlace(hash: string): Place {
  const [name = "", ...rest] = hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodePart);
  return { name: name || "today", rest };
}

export function hashOf(...parts: string[]): string {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

let place = $state.raw<Place>(parsePlace(typeof location === "undefined" ? "" : location.hash));

/** The last place of another name than the present one. */
let before: Place | null = null;

export const here = {
  get place() {
    return place;
  },
};

/** Starts following the address. Returns how to stop. */
export function followAddress(): () => void {
  const follow = () => arrive(parsePlace(location.hash));
  follow();
  window.addEventListener("hashchange", follow);
  return () => window.removeEventListener("hashchange", follow);
}

export function go(...parts: string[]): void {
  const hash = hashOf(...parts);
  if (location.hash === hash) arrive(parsePlace(hash));
  else location.hash = hash;
}

/** Changes the address without adding a step to go back to. */
export function replace(...parts: string[]): void {
  const hash = hashOf(...parts);
  history.replaceState(null, "", hash);
  arrive(parsePlace(hash));
}

/** Goes to the screen one came from, or to `fallback`. */
export function back(fallback: string): void {
  go(...(before ? [before.name, ...before.rest] : [fallback]));
}

function arrive(next: Place): void {
  if (next.name !== place.name) before = place;
  place = next;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
