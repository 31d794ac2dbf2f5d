import { expect, test } from "vitest";

import { SHORTCUTS } from "../../src/features/settings/shortcuts";
import { chordOf, composing, onShortcut } from "../../src/shared/keys.svelte";

const key = (init: KeyboardEventInit) => new KeyboardEvent("keydown", { cancelable: true, ...init });

test("a chord is the physical key, whatever letter Telex makes of it", () => {
  expect(chordOf(key({ code: "KeyN", key: "ư", ctrlKey: true }))).toBe("Ctrl+KeyN");
  expect(chordOf(key({ code: "NumpadEnter", ctrlKey: true }))).toBe("Ctrl+Enter");
});

test("a composition keeps its keys", () => {
  expect(composing(key({ code: "Enter", isComposing: true }))).toBe(true);
  expect(composing(key({ code: "Enter", keyCode: 229 }))).toBe(true);
  expect(composing(key({ code: "Enter", keyCode: 13 }))).toBe(false);
});

test("the web view's own keys do nothing", () => {
  for (const init of [{ code: "F5" }, { code: "F3" }, { code: "F7" }, { code: "KeyR", ctrlKey: true }, { code: "KeyP", ctrlKey: true }, { code: "ArrowLeft", altKey: true }]) {
    const event = key(init);
    onShortcut(event);
    expect(event.defaultPrevented, init.code).toBe(true);
  }
  const letter = key({ code: "KeyW" });
  onShortcut(letter);
  expect(letter.defaultPrevented).toBe(false);
});

test("no shortcut uses a key of the Vietnamese keyboards", () => {
  for (const [keys] of SHORTCUTS) expect(keys).not.toMatch(/Ctrl\+Shift|Alt\+Z|^[A-Z]$/);
});
