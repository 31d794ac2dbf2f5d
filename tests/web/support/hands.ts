// Two hands on a keyboard, counted.

import type { Page } from "@playwright/test";

/** Presses keys and counts every one, those held down too. */
export class Hands {
  keys = 0;

  private constructor(private readonly page: Page) {}

  /** From now on the pointer is watched. */
  static async on(page: Page): Promise<Hands> {
    await page.evaluate(() => {
      const watched = window as unknown as { pointed: number };
      watched.pointed = 0;
      for (const kind of ["pointerdown", "mousedown", "wheel", "touchstart"]) {
        window.addEventListener(kind, () => (watched.pointed += 1), { capture: true });
      }
    });
    return new Hands(page);
  }

  /** `Enter`, `Control+KeyD`: the chord's keys count one each. */
  async press(...chords: string[]): Promise<void> {
    for (const chord of chords) {
      this.keys += chord.split("+").length;
      await this.page.keyboard.press(chord);
    }
  }

  /** One key a letter. */
  async type(text: string): Promise<void> {
    this.keys += [...text].length;
    await this.page.keyboard.type(text);
  }

  /** How often the pointer was used. */
  pointed(): Promise<number> {
    return this.page.evaluate(() => (window as unknown as { pointed: number }).pointed);
  }
}
