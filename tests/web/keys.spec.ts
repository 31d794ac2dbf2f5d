import type { ListInput } from "../../ui/src/lib/generated/contract";
import { Hands } from "./support/hands";
import { expect, type Machine, test } from "./support/machines";

const EVENING = {
  form: "class",
  topics: "vneid",
  venue: "Nhà văn hóa ấp",
  facilitators: "Lan; Bảy",
  duration_minutes: "90",
  language: "vi",
  target_group: "adult",
  attended: "31",
  female: "18",
  khmer: "9",
};

const ALL: ListInput = {
  text: "",
  month: "",
  unit: "",
  boundaries: "",
  topic: "",
  status: null,
  with_warnings: false,
  voided: false,
  oldest_first: false,
  offset: 0,
  limit: 100,
};

/** A machine whose last session was some days ago, at its start page. */
async function withHistory(machine: Machine): Promise<void> {
  machine.record([
    { ...EVENING, date: "2025-11-12", venue: "Chợ Long Hòa" },
    { ...EVENING, date: "2025-11-15", attended: "27", female: "15" },
  ]);
  await machine.open();
  await expect(machine.page.getByTestId("repeat-last")).toBeVisible();
}

test("the repeat flow needs at most 20 keys and no pointer", async ({ enrolled }) => {
  await withHistory(enrolled);
  const { page } = enrolled;
  const hands = await Hands.on(page);

  await hands.press("Control+KeyD");
  await expect(page.getByTestId("count-adult-attended")).toBeFocused();
  await hands.type("32");
  await hands.press("Tab");
  await hands.type("17");
  await hands.press("Tab");
  await hands.type("12");
  await hands.press("Tab");
  await hands.type("10");
  await hands.press("Control+Enter");

  await expect(page.getByTestId("saved-notice")).toContainText("Đã lưu trên máy");
  const { rows } = await enrolled.call("session.list", ALL);
  const today = (await enrolled.call("today.read", {})).today.iso;
  expect(rows[0]).toMatchObject({ date: { iso: today }, venue: "Nhà văn hóa ấp", topics: ["vneid"], attended: 32, female: 17 });
  expect(hands.keys, "keys pressed").toBeLessThanOrEqual(20);
  expect(await hands.pointed(), "uses of the pointer").toBe(0);
});

test("another day, topic and place with a note of 20 keys needs at most 60 keys and no pointer", async ({ enrolled }) => {
  await withHistory(enrolled);
  const { page } = enrolled;
  const hands = await Hands.on(page);
  const at = (name: string) => expect(page.getByTestId(name)).toBeFocused();

  await hands.press("Control+KeyN");
  await at("field-date");
  await hands.type("20");
  await hands.press("Enter");
  await at("field-topics");
  // What is pinned stands there already: it goes, another one comes.
  await hands.press("ArrowLeft", "Delete");
  await hands.type("y te");
  await hands.press("Enter", "Enter");
  await at("field-form");
  await hands.press("Enter");
  await at("field-venue");
  await hands.press("Control+KeyA");
  await hands.type("cho");
  await hands.press("ArrowDown", "Enter", "Enter");
  await at("field-facilitators");
  await hands.press("Enter", "Enter", "Enter");
  await at("count-adult-attended");
  await hands.type("45");
  await hands.press("Tab");
  await hands.type("20");
  // To the grid's last cell, and out of it.
  const { columns, rows: lines } = await page.locator("[data-column]").evaluateAll((cells) => ({
    columns: Math.max(...cells.map((cell) => Number((cell as HTMLElement).dataset["column"]))),
    rows: Math.max(...cells.map((cell) => Number((cell as HTMLElement).dataset["row"]))),
  }));
  for (let column = 1; column < columns; column += 1) await hands.press("ArrowRight");
  for (let line = 0; line < lines; line += 1) await hands.press("ArrowDown");
  await hands.press("Enter");
  await at("field-note");
  await hands.type("baf con ddi ddoong");
  await hands.press("Control+KeyS");

  await expect(page.getByTestId("saved-notice")).toContainText("Đã lưu trên máy");
  const { rows } = await enrolled.call("session.list", ALL);
  expect(rows.find(({ attended }) => attended === 45)).toMatchObject({ venue: "Chợ Long Hòa", topics: ["digital_health"], female: 20 });
  expect(hands.keys, "keys pressed").toBeLessThanOrEqual(60);
  expect(await hands.pointed(), "uses of the pointer").toBe(0);
});

test("Enter goes on and never saves; Escape leaves and keeps the draft", async ({ enrolled }) => {
  await withHistory(enrolled);
  const { page } = enrolled;
  await page.keyboard.press("Control+KeyD");
  await expect(page.getByTestId("count-adult-attended")).toBeFocused();
  await page.keyboard.type("12");
  for (let presses = 0; presses < 40; presses += 1) await page.keyboard.press("Enter");
  await expect(page.getByTestId("saved-notice")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("draft-row")).toHaveCount(1);
  expect((await enrolled.draft()).counts["adult"]?.["attended"]).toBe("12");
});

test("every shortcut of the rail works, and none of them is a letter alone", async ({ sample }) => {
  const { page } = sample;
  for (const [digit, name] of [["2", "sessions"], ["3", "school"], ["4", "figures"], ["5", "progress"], ["6", "sync"], ["7", "import"], ["8", "settings"], ["1", "today"]]) {
    await page.keyboard.press(`Control+Digit${digit}`);
    await expect(page.getByTestId(`nav-${name}`)).toHaveAttribute("aria-current", "page");
  }
  await page.keyboard.type("wasdnjkxc");
  await expect(page.getByTestId("nav-today")).toHaveAttribute("aria-current", "page");
});
