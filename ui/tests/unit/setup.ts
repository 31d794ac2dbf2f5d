import { cleanup } from "@testing-library/svelte";
import { afterEach } from "vitest";

// What jsdom lacks and the screens use.
class SilentEvents {
  onmessage = null;
  onopen = null;
  close() {}
}
Object.assign(globalThis, { EventSource: SilentEvents });
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
  this.open = false;
};
Element.prototype.scrollIntoView ??= () => {};

afterEach(() => {
  cleanup();
  location.hash = "";
});
