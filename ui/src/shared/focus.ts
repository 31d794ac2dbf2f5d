/** Attached to what takes the focus when it appears: where a dialog or a step begins. */
export function takeFocus(node: HTMLElement): void {
  node.focus();
}
