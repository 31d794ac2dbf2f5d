import { violations } from "./support/axe";
import { Hands } from "./support/hands";
import { expect, test } from "./support/machines";

test("both versions side by side, chosen with the keyboard alone, and both stay in the history", async ({ disagreeing }) => {
  const { second, id } = disagreeing;
  const { page } = second;
  await second.go("today");
  await page.getByTestId("refused-row").getByTestId("conflict-open").click();
  await expect(page.getByTestId("conflict-version")).toHaveCount(2);
  await expect(page.getByTestId("conflict-version").first()).toContainText("Thạch Văn Bảy");
  await expect(page.getByTestId("conflict-version").first()).toContainText("đang tính");
  // Only what differs is asked.
  await expect(page.locator("[data-leaf]")).toHaveCount(2);
  await expect(page.getByTestId("conflict-outcome")).toContainText("Tổng 29, nữ 15");
  await expect(page.getByTestId("conflict-outcome")).toContainText("Bản không chọn vẫn lưu trong Lịch sử.");

  const hands = await Hands.on(page);
  await expect(page.getByTestId("pick-counts.adult.attended-0")).toBeFocused();
  await hands.press("ArrowRight");
  await expect(page.getByTestId("conflict-outcome")).toContainText("Tổng 27");
  await hands.press("ArrowRight");
  await expect(page.getByTestId("type-counts.adult.attended")).toBeFocused();
  await page.keyboard.press("Control+KeyA");
  await hands.type("12,5");
  await expect(page.getByTestId("finding-count_not_integer")).toContainText("Số người phải là số nguyên");
  await hands.press("Enter");
  await expect(page.getByTestId("conflict"), "an impossible choice is not taken").toBeVisible();
  await page.keyboard.press("Control+KeyA");
  await hands.type("28");
  await hands.press("ArrowDown", "ArrowRight");
  await expect(page.getByTestId("conflict-outcome")).toContainText("Tổng 28, nữ 15, 20/11/2025, Chùa Ông Mẹt");
  await hands.press("Enter");
  await expect(page.getByTestId("session-detail")).toContainText("28");
  expect(await hands.pointed(), "uses of the pointer").toBe(0);

  await second.sync();
  await second.go(`sessions/${id}`);
  await expect(page.locator('[data-testid="history-entry"][data-branch="closed"]')).toHaveCount(1);
  await disagreeing.first.sync();
  await disagreeing.first.go(`sessions/${id}`);
  const there = disagreeing.first.page;
  await expect(there.getByTestId("session-detail")).toContainText("28");
  await expect(there.locator('[data-testid="history-entry"][data-branch="closed"]')).toHaveCount(1);
});

test("two sessions taken for one are told apart", async ({ disagreeing, office }) => {
  const { second, id } = disagreeing;
  const { page } = second;
  await second.go(`conflict/${id}`);
  await page.getByTestId("conflict-split").click();
  await page.getByTestId("confirm").click();
  await expect(page.getByTestId("toast")).toContainText("Đã tách thêm 1 buổi");
  await second.sync();
  expect(office.figures().total).toMatchObject({ sessions: 2, attended: 56 });
});

test("it can wait: both versions are kept and found again in the list and the sync centre", async ({ disagreeing }) => {
  const { second, id } = disagreeing;
  const { page } = second;
  await second.go(`conflict/${id}`);
  await expect(page.getByTestId("conflict-version")).toHaveCount(2);
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("conflict")).toHaveCount(0);
  await second.go("sync/refused");
  await expect(page.getByTestId("conflict-row")).toHaveCount(1);
  await second.go("sessions");
  await page.getByTestId("filter-status").selectOption("conflicted");
  await expect(page.getByTestId("session-row")).toContainText("Hai bản khác nhau");
});

for (const theme of ["light", "dark", "contrast"]) {
  test(`the conflict passes axe and is not cut off: ${theme}`, async ({ disagreeing }) => {
    const { second, id } = disagreeing;
    for (const font_percent of [100, 150]) {
      await second.go(`conflict/${id}`);
      await second.wear({ theme, font_percent });
      await expect(second.page.getByTestId("conflict-outcome")).toContainText("Tổng 29");
      expect(await violations(second.page), `text at ${font_percent} %`).toEqual([]);
      await second.fits();
      await expect(second.page.getByTestId("conflict-done")).toBeInViewport({ ratio: 1 });
    }
  });
}
