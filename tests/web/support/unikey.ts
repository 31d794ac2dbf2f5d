// What Vietnamese keyboards send. UniKey and EVKey are no input methods: they swallow a key, send Backspaces and then
// letters as key 231 ("Unidentified"), and no composition event ever fires. Microsoft Telex is one, and composes.

import type { CDPSession, Page } from "@playwright/test";

/** Words with what stands in the field after each key of Telex. */
export const WORDS: Record<string, string[]> = {
  // t h i s
  thí: ["t", "th", "thi", "thí"],
  // h u r
  hủ: ["h", "hu", "hủ"],
  // t a a p j, h u a a n s
  "tập huấn": ["t", "ta", "tâ", "tâp", "tập", "tập ", "tập h", "tập hu", "tập hua", "tập huâ", "tập huân", "tập huấn"],
  // d d u o w n g f
  đường: ["d", "đ", "đu", "đuo", "đươ", "đươn", "đương", "đường"],
  // n g h i e e n g
  nghiêng: ["n", "ng", "ngh", "nghi", "nghie", "nghiê", "nghiên", "nghiêng"],
};

export const KHMER = "ខ្មែរ";

const UNIKEY = { windowsVirtualKeyCode: 231, key: "Unidentified", code: "" };

/** Types a word as UniKey does, into whatever has the focus. */
export async function unikey(page: Page, cdp: CDPSession, word: string): Promise<void> {
  let before = "";
  for (const after of WORDS[word] ?? []) {
    const kept = common(before, after);
    const [gone, come] = [before.length - kept, after.slice(kept)];
    if (gone === 0 && /^[a-z ]$/.test(come)) {
      await page.keyboard.press(come === " " ? "Space" : come);
    } else {
      for (let at = 0; at < gone; at += 1) await page.keyboard.press("Backspace");
      for (const letter of come) {
        await cdp.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...UNIKEY });
        await cdp.send("Input.dispatchKeyEvent", { type: "char", text: letter, ...UNIKEY });
        await cdp.send("Input.dispatchKeyEvent", { type: "keyUp", ...UNIKEY });
      }
    }
    before = after;
  }
}

/** Types a word as an input method does: a composition that grows, then the text. */
export async function telex(cdp: CDPSession, word: string): Promise<void> {
  for (const text of WORDS[word] ?? []) {
    await cdp.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  }
  await cdp.send("Input.insertText", { text: word });
}

/** Pastes from the clipboard, with the keys. */
export async function paste(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await page.keyboard.press("Control+KeyV");
}

function common(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}
