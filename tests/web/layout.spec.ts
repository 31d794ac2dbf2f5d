import type { Page } from "@playwright/test";

import { expect, type Machine, test } from "./support/machines";

/** What scrolls: whose content is larger than itself, and may move. */
function scrolling(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("html, body, body *")]
      .filter((part) => {
        const { overflowX, overflowY } = getComputedStyle(part);
        const may = (overflow: string) => part === document.documentElement || overflow === "auto" || overflow === "scroll";
        return (may(overflowY) && part.scrollHeight > part.clientHeight + 1) || (may(overflowX) && part.scrollWidth > part.clientWidth + 1);
      })
      .map((part) => `${part.tagName}.${part.className} ${part.scrollWidth}×${part.scrollHeight} in ${part.clientWidth}×${part.clientHeight}`),
  );
}

async function filledIn(machine: Machine): Promise<void> {
  const { page } = machine;
  await machine.go("entry/new");
  for (const [column, text] of [["attended", "21"], ["female", "12"], ["khmer", "9"], ["elderly", "6"]]) {
    await page.getByTestId(`count-adult-${column}`).fill(text ?? "");
  }
  await page.getByTestId("field-note").fill("Bà con rất hăng hái");
  await page.getByTestId("field-note").blur();
  await expect(page.getByTestId("total-attended")).toHaveText("21");
}

for (const theme of ["light", "dark", "contrast"]) {
  test(`the whole form fits 1093×557 without scrolling (${theme})`, async ({ enrolled }) => {
    await enrolled.open();
    await enrolled.wear({ theme });
    const { page } = enrolled;
    await enrolled.go("entry/new");
    await expect(page.getByTestId("field-note")).toBeVisible();
    expect(await scrolling(page), "an empty form").toEqual([]);
    await filledIn(enrolled);
    expect(await scrolling(page), "a filled form").toEqual([]);
    for (const name of ["field-date", "field-topics", "count-adult-attended", "total-attended", "field-note", "save", "save-next"]) {
      await expect(page.getByTestId(name), name).toBeInViewport({ ratio: 1 });
    }
  });
}

test("at 911×464 only the middle scrolls, and no key moves the focus under the footer", async ({ enrolled }) => {
  const { page } = enrolled;
  await page.setViewportSize({ width: 911, height: 464 });
  await enrolled.open();
  await filledIn(enrolled);
  const scrollers = await scrolling(page);
  expect(scrollers.filter((part) => !part.includes("page-body") && !part.includes("box")), "only the middle").toEqual([]);

  await page.getByTestId("field-date").focus();
  const seen = new Set<string>();
  for (let presses = 0; presses < 80; presses += 1) {
    const at = await whereFocus(page);
    expect(at.covered, `${at.name} is covered`).toBe(false);
    seen.add(at.name);
    if (at.name === "save-next") break;
    await page.keyboard.press("Tab");
  }
  expect([...seen]).toEqual(expect.arrayContaining(["field-topics", "count-adult-attended", "field-note", "save", "save-next"]));
  for (let presses = 0; presses < 80 && (await whereFocus(page)).name !== "field-date"; presses += 1) {
    await page.keyboard.press("Shift+Tab");
    const at = await whereFocus(page);
    expect(at.covered, `${at.name} is covered on the way back`).toBe(false);
  }
});

/** What has the focus, and whether something lies over any part of its height. */
function whereFocus(page: Page): Promise<{ name: string; covered: boolean }> {
  return page.evaluate(() => {
    const focus = document.activeElement as HTMLElement;
    const { left, top, width, height } = focus.getBoundingClientRect();
    const owner = focus.closest("label, .box, .combo, .date, .select-box") ?? focus;
    const covered = [0.1, 0.5, 0.9].some((part) => {
      const over = document.elementFromPoint(left + width / 2, top + height * part);
      return over === null || !(owner.contains(over) || over.contains(focus));
    });
    return { name: focus.dataset["testid"] ?? focus.tagName, covered };
  });
}

for (const [width, height] of [[1093, 557], [911, 464]]) {
  test(`no screen scrolls sideways at ${width}×${height}`, async ({ sample }) => {
    const { page } = sample;
    await page.setViewportSize({ width: width ?? 0, height: height ?? 0 });
    for (const screen of ["today", "entry/new", "sessions", "school", "figures", "figures/team", "progress", "import", "sync", "settings"]) {
      await sample.go(screen);
      await expect(page.locator("main")).toBeVisible();
      await expect.poll(() => page.evaluate(() => document.fonts.ready.then(() => document.documentElement.scrollWidth)), screen).toBeLessThanOrEqual(width ?? 0);
    }
  });
}
