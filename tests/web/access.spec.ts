import type { Page } from "@playwright/test";

import { violations } from "./support/axe";
import { expect, type Machine, test } from "./support/machines";

/** A screen: how to get there, and what stands there when it is ready. */
interface Screen {
  name: string;
  at: string;
  part: string;
  act?: (page: Page) => Promise<void>;
}

const SCREENS: Screen[] = [
  { name: "today", at: "today", part: "new-session" },
  { name: "entry", at: "entry/new", part: "field-note" },
  {
    name: "entry with findings",
    at: "entry/new",
    part: "field-note",
    act: async (page) => {
      await page.getByTestId("count-adult-attended").fill("22");
      await page.getByTestId("count-adult-female").fill("25");
      await page.getByTestId("save").click();
      await expect(page.getByTestId("summary")).toBeVisible();
    },
  },
  {
    name: "an open list",
    at: "entry/new",
    part: "field-note",
    act: async (page) => {
      await page.getByTestId("field-topics").pressSequentially("thuong");
      await expect(page.getByRole("listbox")).toBeVisible();
    },
  },
  { name: "sessions", at: "sessions", part: "session-row" },
  {
    name: "a session",
    at: "sessions",
    part: "session-row",
    act: async (page) => {
      await page.getByTestId("session-row").first().click();
      await expect(page.getByTestId("session-detail")).toBeVisible();
    },
  },
  {
    name: "undo",
    at: "sessions",
    part: "session-row",
    act: async (page) => {
      await page.getByTestId("session-row").first().focus();
      await page.keyboard.press("Delete");
      await expect(page.getByTestId("undo")).toBeVisible();
    },
  },
  { name: "a school", at: "school", part: "coverage-grid" },
  { name: "populations", at: "figures/population", part: "figure-editor" },
  { name: "teams", at: "figures/team", part: "figure-editor" },
  { name: "progress", at: "progress", part: "indicator" },
  { name: "import", at: "import", part: "import-path" },
  { name: "waiting", at: "sync/waiting", part: "sync-tab-waiting" },
  { name: "sent", at: "sync/sent", part: "sync-tab-sent" },
  { name: "refused", at: "sync/refused", part: "sync-tab-refused" },
  { name: "log", at: "sync/log", part: "sync-tab-log" },
  { name: "settings", at: "settings", part: "theme-dark" },
  {
    name: "help",
    at: "today",
    part: "new-session",
    act: async (page) => {
      await page.keyboard.press("F1");
      await expect(page.getByRole("dialog")).toBeVisible();
    },
  },
];

async function judged({ page }: Machine, name: string): Promise<string[]> {
  return (await violations(page)).map((violation) => `${name}: ${violation}`);
}

for (const theme of ["light", "dark", "contrast"]) {
  for (const font_percent of [100, 150]) {
    test(`every screen passes axe: ${theme}, text at ${font_percent} %`, async ({ sample }) => {
      test.slow();
      await sample.wear({ theme, font_percent });
      const found: string[] = [];
      for (const { name, at, part, act } of SCREENS) {
        await sample.go(at);
        await sample.page.reload();
        await expect(sample.page.getByTestId(part).first(), name).toBeVisible();
        await act?.(sample.page);
        found.push(...(await judged(sample, name)));
      }
      expect(found).toEqual([]);
    });
  }

  test(`the first start passes axe: ${theme}`, async ({ fresh, office }) => {
    await fresh.open("--centre", office.url);
    await fresh.wear({ theme });
    const { page } = fresh;
    const found = await judged(fresh, "first start");
    await page.getByTestId("start-code").fill("K7M2Q-9XD4T");
    await page.getByTestId("start-lookup").click();
    await expect(page.getByTestId("start-problem")).toBeVisible();
    found.push(...(await judged(fresh, "a wrong code")));
    await page.getByTestId("start-code").fill(office.code());
    await page.getByTestId("start-lookup").click();
    await expect(page.getByTestId("start-unit")).toBeVisible();
    found.push(...(await judged(fresh, "the unit")));
    expect(found).toEqual([]);
  });
}
