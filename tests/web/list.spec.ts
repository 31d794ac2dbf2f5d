import type { Page } from "@playwright/test";

import { EVERYTHING, expect, type Machine, test } from "./support/machines";

const SEASON = [
  { date: "2025-11-02", topics: "vneid", venue: "Nhà văn hóa ấp", attended: "31", female: "18", note: "Bà con hào hứng" },
  { date: "2025-11-05", topics: "cashless_payment", venue: "Chợ Long Hòa", attended: "27", female: "15", note: "" },
  { date: "2025-11-09", topics: "online_public_services", venue: "Chùa Ông Mẹt", attended: "22", female: "9", note: "Tập huấn trên đường" },
  { date: "2025-11-20", topics: "vneid", venue: "Nhà anh Bảy", attended: "1200", female: "700", note: "" },
];

test.beforeEach(async ({ enrolled }) => {
  enrolled.record(SEASON.map((row) => ({ form: "class", facilitators: "Lan", language: "vi", target_group: "adult", ...row })));
  await enrolled.open();
  await enrolled.go("sessions");
  await expect(rows(enrolled.page)).toHaveCount(4);
});

const rows = (page: Page) => page.getByTestId("session-row");
const totals = (machine: Machine) => expect(machine.page.getByTestId("totals-filtered"));

test("search needs no accents and totals follow the filter", async ({ enrolled }) => {
  const { page } = enrolled;
  await totals(enrolled).toContainText("4 buổi: 1.280 lượt, nữ 742");
  for (const [typed, venue, figures] of [
    ["cho long hoa", "Chợ Long Hòa", "27 lượt, nữ 15"],
    ["Chợ", "Chợ Long Hòa", "27 lượt, nữ 15"],
    ["tap huan duong", "Chùa Ông Mẹt", "22 lượt, nữ 9"],
    ["Bảy".normalize("NFD"), "Nhà anh Bảy", "1.200 lượt, nữ 700"],
  ]) {
    await page.getByTestId("search").fill(typed ?? "");
    await expect(rows(page), typed).toHaveCount(1);
    await expect(rows(page)).toContainText(venue ?? "");
    await totals(enrolled).toContainText(figures ?? "");
  }
  await page.getByTestId("search").fill("không có đâu");
  await expect(rows(page)).toHaveCount(0);
  await expect(page.locator("main")).toContainText("không có đâu");
});

test("filters by month and topic; the sum is of what is shown", async ({ enrolled }) => {
  const { page } = enrolled;
  // A report month ends on the 14th.
  await page.getByTestId("filter-month").selectOption("2025-12");
  await expect(rows(page)).toHaveCount(1);
  await totals(enrolled).toContainText("1 buổi: 1.200 lượt, nữ 700");
  await page.getByTestId("filter-month").selectOption("");
  await page.getByTestId("filter-topic").selectOption("vneid");
  await totals(enrolled).toContainText("2 buổi: 1.231 lượt, nữ 718");
});

test("selected rows are summed, voided together and brought back with Ctrl+Z", async ({ enrolled }) => {
  const { page } = enrolled;
  await rows(page).first().focus();
  for (const key of ["ArrowDown", "Space", "Shift+ArrowDown"]) await page.keyboard.press(key);
  await expect(page.getByTestId("totals-selected")).toContainText("Đã chọn 2: 49 lượt, nữ 24");
  await page.keyboard.press("Delete");
  await expect(rows(page)).toHaveCount(2);
  await totals(enrolled).toContainText("2 buổi");
  await page.keyboard.press("Control+KeyZ");
  await expect(rows(page)).toHaveCount(4);
  await totals(enrolled).toContainText("4 buổi: 1.280 lượt, nữ 742");
});

test("Delete takes exactly the marked rows, also when the mark began with Space", async ({ enrolled }) => {
  const { page } = enrolled;
  await rows(page).first().focus();
  for (const key of ["ArrowDown", "ArrowDown", "Space", "Shift+ArrowUp"]) await page.keyboard.press(key);
  const marked = page.locator('[data-testid="session-row"][aria-selected="true"]');
  await expect(marked).toHaveCount(2);
  const places = await marked.allTextContents();
  expect(places.join(), "from the row marked with Space upwards").toContain("Chợ Long Hòa");
  expect(places.join()).toContain("Chùa Ông Mẹt");
  await page.keyboard.press("Delete");
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).filter({ hasText: "Nhà văn hóa ấp" })).toHaveCount(1);
  await expect(rows(page).filter({ hasText: "Nhà anh Bảy" })).toHaveCount(1);
});

test("a saved edit is taken back", async ({ enrolled }) => {
  const { page } = enrolled;
  await page.getByTestId("search").fill("cho long hoa");
  await expect(rows(page)).toHaveCount(1);
  await rows(page).first().click();
  await page.getByTestId("edit").click();
  await page.getByTestId("count-adult-female").fill("16");
  await page.getByTestId("save").click();
  await page.getByTestId("undo-save").click();
  await expect(page.getByTestId("toast")).toContainText("Đã lấy lại số liệu trước lần sửa vừa rồi.");
  await enrolled.go("sessions");
  await expect(rows(page).first()).toContainText("15");
});

test("an edit stands in the history with before and after", async ({ enrolled }) => {
  const { page } = enrolled;
  await page.getByTestId("search").fill("cho long hoa");
  await expect(rows(page)).toHaveCount(1);
  await rows(page).first().click();
  await page.getByTestId("edit").click();
  await page.getByTestId("count-adult-female").fill("16");
  await page.getByTestId("save").click();
  await expect(page.getByTestId("saved-notice")).toContainText("Đã lưu trên máy");
  const id = (await enrolled.call("session.list", { ...EVERYTHING, text: "cho long hoa" })).rows[0]?.id ?? "";
  await enrolled.go(`sessions/${id}`);
  await expect(page.getByTestId("history-entry")).toHaveCount(2);
  await expect(page.getByTestId("history-entry").first()).toContainText("15");
  await expect(page.getByTestId("history-entry").first()).toContainText("16");
});
