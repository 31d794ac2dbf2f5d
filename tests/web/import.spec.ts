import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { violations } from "./support/axe";
import { expect, test } from "./support/machines";

/** A table as a hamlet keeps it in TCVN3: a title, a header, one good row, one whose women outnumber everybody, one in doubt. */
const TABLE = [
  "TËp huÊn kü n¨ng sè,,,,,,",
  "Ngµy,H×nh thøc,Néi dung,§Þa ®iÓm,Tæng sè,N÷,Ghi chó",
  "05/11/2025,Líp häc,VNeID,Nhµ v¨n hãa Êp,31,18,",
  "06/11/2025,Líp häc,VNeID,Nhµ v¨n hãa Êp,22,25,",
  "07/11/2025,Líp häc,VNeID,Chî,40,20,®«ng",
].join("\n");

test("five steps by keyboard, legacy text converted, a refused cell named, and all of it undone", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  await page.setViewportSize({ width: 1093, height: 557 });
  const file = join(enrolled.data, "buoi.csv");
  writeFileSync(file, Buffer.from(TABLE, "latin1"));

  await enrolled.go("import");
  await expect(page.getByTestId("import-path")).toBeFocused();
  expect(await violations(page), "step 1").toEqual([]);
  await page.keyboard.type("/khong/co.xlsx");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("import-problem")).toContainText("Không mở được tệp này");
  await page.getByTestId("import-path").fill(file);
  await page.keyboard.press("Enter");

  await expect(page.getByTestId("import-step")).toBeFocused();
  await expect(page.getByTestId("import-header-2")).toBeChecked();
  await expect(page.getByRole("cell", { name: "Hình thức" })).toBeVisible();
  expect(await violations(page), "step 2").toEqual([]);
  await page.getByTestId("import-next").press("Enter");

  await expect(page.getByTestId("import-legacy")).toContainText("Tập huấn kỹ năng số");
  await expect(page.getByTestId("import-convert")).toBeChecked();
  await expect(page.getByTestId("import-missing")).toContainText("Đối tượng");
  await expect(page.getByTestId("import-dates-dmy")).toBeChecked();
  await page.getByTestId("import-field-target_group").selectOption({ label: "Mọi dòng: Người dân trưởng thành" });
  await expect(page.getByTestId("import-missing")).toHaveCount(0);
  expect(await violations(page), "step 3").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("import-columns.png") });
  await page.getByTestId("import-next").press("Enter");

  await expect(page.getByTestId("import-added")).toContainText("2");
  await expect(page.getByTestId("import-refused")).toContainText("1");
  await expect(page.getByTestId("import-remark").first()).toContainText("F4 (Nữ): Nữ (25) lớn hơn tổng số (22)");
  await expect(page.getByTestId("import-preview").first()).toContainText("Nhà văn hóa ấp");
  expect((await enrolled.call("session.list", EVERYTHING)).totals.sessions, "nothing is written before the last step").toBe(0);
  expect(await violations(page), "step 4").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("import-check.png") });

  await page.getByTestId("import-refused-file").press("Enter");
  await page.getByTestId("import-refused-path").fill(enrolled.data);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("import-refused-path")).toHaveCount(0);
  expect(existsSync(join(enrolled.data, "buoi-dong-loi.xlsx"))).toBe(true);

  await page.getByTestId("import-commit").press("Enter");
  await expect(page.getByTestId("import-done")).toContainText("Đã lưu trên máy");
  expect((await enrolled.call("session.list", EVERYTHING)).totals).toMatchObject({ sessions: 2, attended: 71 });
  expect(await violations(page), "step 5").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("import-done.png") });

  await page.getByTestId("import-undo").press("Enter");
  await page.getByTestId("confirm").press("Enter");
  await expect(page.getByTestId("import-batch")).toContainText("Đã hoàn tác");
  expect((await enrolled.call("session.list", EVERYTHING)).totals.sessions).toBe(0);
});

test("a file that is chosen is read by its bytes, and one with the same header is matched as before", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  const table = (day: string) => Buffer.from(`Ngày;Hình thức;Nội dung;Cột lạ\n${day};Lớp học;VNeID;31\n`);
  const choose = (name: string, buffer: Buffer) => page.getByTestId("import-file").setInputFiles({ name, mimeType: "text/csv", buffer });
  await enrolled.go("import");
  await choose("mot.csv", table("20/11/2025"));
  await page.getByTestId("import-next").click();
  await page.getByTestId("import-field-attended").selectOption({ label: "D – Cột lạ" });
  await page.getByTestId("import-field-target_group").selectOption({ label: "Mọi dòng: Người dân trưởng thành" });
  await page.getByTestId("import-next").click();
  await page.getByTestId("import-commit").click();
  await page.getByTestId("import-again").click();

  await choose("hai.csv", table("21/11/2025"));
  await page.getByTestId("import-next").click();
  await expect(page.getByText("Đã ghép như lần trước")).toBeVisible();
  await expect(page.getByTestId("import-missing")).toHaveCount(0);
  await page.getByTestId("import-next").click();
  await expect(page.getByTestId("import-added")).toContainText("1");
});

const EVERYTHING = { text: "", month: "", unit: "", boundaries: "", topic: "", status: null, with_warnings: false, voided: false, oldest_first: false, offset: 0, limit: 50 };
