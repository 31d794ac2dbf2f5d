const FOCUSABLE = 'a[href], button:not(:disabled):not([tabindex="-1"]), input:not(:disabled), select:not(:disabled), [tabindex="0"]';
/** Inside a form the keyboard arrives at a field, not at the small buttons beside it. */
const FIELD = "[data-path]:not(:disabled)";

/**
 * Moves the focus to the next region (rail, top bar, form, grid, note, notices), or to the one before. A region that is
 * itself divided is visited part by part.
 */
export function nextRegion(step: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter((region) => region.querySelector(FOCUSABLE));
  const regions = all.filter((region) => !all.some((other) => other !== region && region.contains(other)));
  const at = regions.filter((region) => isAtOrBefore(region, document.activeElement)).length - 1;
  const next = regions[at < 0 && step < 0 ? regions.length - 1 : (at + step + regions.length) % regions.length];
  (next?.querySelector<HTMLElement>(FIELD) ?? next?.querySelector<HTMLElement>(FOCUSABLE))?.focus();
}

/** Whether the focus is in the region or after it: between two parts of a divided region the one before counts. */
function isAtOrBefore(region: HTMLElement, focus: Element | null): boolean {
  if (!focus || focus === document.body) return false;
  return region.contains(focus) || (region.compareDocumentPosition(focus) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}
