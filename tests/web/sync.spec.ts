import { expect, test } from "./support/machines";
import { HAMLET, USER } from "./support/programs";

test("from the code to the receipt, offline in between", async ({ office, fresh }) => {
  const code = office.code();
  const { page } = fresh;
  await fresh.open("--centre", office.url);
  await page.getByTestId("start-code").pressSequentially(code.toLowerCase().replace("-", ""));
  await page.getByTestId("start-lookup").click();
  await expect(page.getByTestId("start-unit")).toContainText(HAMLET.name);
  await page.getByTestId("start-user").fill(USER);
  await page.getByTestId("start-confirm").click();
  await expect(page.getByTestId("top-user")).toContainText(USER);

  await office.down();
  await page.keyboard.press("Control+KeyN");
  await page.getByTestId("field-date").fill("t");
  await page.getByTestId("field-topics").pressSequentially("vneid");
  await page.keyboard.press("Enter");
  await page.getByTestId("field-form").selectOption("class");
  await page.getByTestId("count-adult-attended").fill("31");
  await page.getByTestId("count-adult-female").fill("18");
  await page.keyboard.press("Control+KeyS");
  await expect(page.getByTestId("saved-notice")).toContainText("Đã lưu trên máy");
  await page.keyboard.press("F5");
  await fresh.go("sync");
  await expect(page.getByTestId("sync-row")).toHaveCount(1);
  await expect(page.getByTestId("sync-status")).toContainText("mạng");

  await office.up();
  await page.keyboard.press("F5");
  await page.getByTestId("sync-tab-sent").click();
  await expect(page.getByTestId("sync-row")).toHaveCount(1);
  await expect(page.getByTestId("receipt")).toContainText("1 buổi, 31 lượt");
  expect(office.figures().total).toMatchObject({ sessions: 1, attended: 31, female: 18 });

  const [row] = (await fresh.call("sync.list", { tab: "sent", offset: 0, limit: 10 })).rows;
  expect(row?.receipt, "a receipt for that very change").toMatch(/^\d+-[0-9A-Z]{5}$/);
  await expect(page.getByTestId("sync-row")).toContainText(row?.receipt ?? "no receipt");

  await page.emulateMedia({ media: "print" });
  await expect(page.getByTestId("receipt"), "printed alone").toBeVisible();
  await expect(page.getByTestId("sync-row")).toBeHidden();
  await expect(page.getByTestId("receipt-copy")).toBeHidden();
});

test("F5 and Ctrl+R never reload the page", async ({ sample }) => {
  const { page } = sample;
  await page.evaluate(() => ((window as unknown as { stays: boolean }).stays = true));
  for (const chord of ["F5", "Control+KeyR", "F3", "F7"]) await page.keyboard.press(chord);
  expect(await page.evaluate(() => (window as unknown as { stays?: boolean }).stays)).toBe(true);
});

test("saying that it is saved and saying that it is sent are two things", async ({ enrolled }) => {
  enrolled.record([{ date: "2025-11-12", form: "class", topics: "vneid", target_group: "adult", attended: "22" }]);
  await enrolled.open();
  const { page } = enrolled;
  await expect(page.getByTestId("top-sync")).toContainText("Chờ gửi 1");
  await expect(page.getByTestId("nav-sync")).toContainText("1");
});
