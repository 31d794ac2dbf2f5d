const HEIGHT_MAX = 260;
const GAP = 4;

/** Where a list goes beside its field, in the window's own coordinates: scrolling boxes never cut it. */
export function placeBeside(anchor: HTMLElement, wantedHeight = HEIGHT_MAX): string {
  const box = anchor.getBoundingClientRect();
  const below = window.innerHeight - box.bottom - GAP * 2;
  const above = box.top - GAP * 2;
  const up = below < Math.min(wantedHeight, 160) && above > below;
  const height = Math.max(96, Math.min(wantedHeight, up ? above : below));
  const vertical = up ? `bottom:${window.innerHeight - box.top + GAP}px` : `top:${box.bottom + GAP}px`;
  return `left:${box.left}px;min-width:${box.width}px;max-height:${height}px;${vertical}`;
}

/** Calls back when the popup must go: a click elsewhere, a scroll behind it, a resize. */
export function leaveWatch(inside: () => (HTMLElement | undefined)[], leave: () => void): () => void {
  const onPointer = (event: PointerEvent) => {
    if (!inside().some((part) => part?.contains(event.target as Node))) leave();
  };
  const onScroll = (event: Event) => {
    if (!inside().some((part) => part?.contains(event.target as Node))) leave();
  };
  document.addEventListener("pointerdown", onPointer, true);
  document.addEventListener("scroll", onScroll, true);
  window.addEventListener("resize", leave);
  return () => {
    document.removeEventListener("pointerdown", onPointer, true);
    document.removeEventListener("scroll", onScroll, true);
    window.removeEventListener("resize", leave);
  };
}
