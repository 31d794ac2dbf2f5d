import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { violations } from "./support/axe";
import { EVERYTHING, expect, Machine, test } from "./support/machines";

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
  await expect(page.getByTestId("import-field-unit").locator("option:checked"), "a unit is read by its name").toHaveText("Mọi dòng: Ấp Hòa Thuận");
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

/** Hamlets as a commune lists them. */
const HAMLETS = "Tên đơn vị;Loại;Thuộc xã\nẤp Rạch Sâu;Ấp;Xã Long Hòa\nẤp Bến Có;Ấp;Xã Long Hòa\n";

/** Takes the hamlets through the wizard's steps. */
async function importHamlets({ page }: Machine): Promise<void> {
  await page.getByTestId("import-file").setInputFiles({ name: "ap.csv", mimeType: "text/csv", buffer: Buffer.from(HAMLETS) });
  await page.getByTestId("import-kind").selectOption("unit");
  await page.getByTestId("import-next").click();
  await expect(page.getByTestId("import-missing")).toHaveCount(0);
  await page.getByTestId("import-next").click();
  await expect(page.getByTestId("import-added")).toContainText("2");
  await page.getByTestId("import-commit").click();
  await expect(page.getByTestId("import-done")).toContainText("Đã lưu trên máy");
}

/** Takes the batch back, after reading what that does to units. */
async function undo({ page }: Machine): Promise<void> {
  await page.getByTestId("import-undo").click();
  await expect(page.getByRole("dialog")).toContainText("Các đơn vị đã thêm được bỏ ở đây, và ở mọi máy sau khi gửi về máy chủ.");
  await expect(page.getByRole("dialog")).toContainText("Đơn vị đã có số liệu, có máy, có đơn vị khác dựa vào hoặc đã sửa được giữ nguyên.");
  expect(await violations(page), "the question").toEqual([]);
  await page.getByTestId("confirm").click();
  await expect(page.getByTestId("import-batch").first()).toContainText("Đã hoàn tác");
}

test("imported hamlets are undone as one batch, and the tree of units is as before", async ({ officer }) => {
  officer.cli("sync");
  await officer.open();
  const { page } = officer;
  const units = async () => {
    await officer.go("office/units");
    await expect(page.getByTestId("unit-row").first()).toBeVisible();
    return page.getByTestId("unit-row").allInnerTexts();
  };
  const before = await units();
  await officer.go("import");
  await importHamlets(officer);
  await expect(page.getByTestId("import-batch")).toContainText("ap.csv");
  expect((await units()).filter((unit) => /Ấp (Rạch Sâu|Bến Có)/.test(unit))).toHaveLength(2);
  await officer.go("import");
  await undo(officer);
  await expect(page.getByTestId("toast")).toContainText("Đã hoàn tác 2 mục.");
  await expect(page.getByTestId("import-stayed")).toHaveCount(0);
  expect(await units()).toEqual(before);
});

test("an undone hamlet another machine has written for comes back, and is told until it was read", async ({ officer, office, place }) => {
  const other = new Machine(place, officer.page, "other");
  other.cli("enrol", "--code", office.officerCode(), "--centre", office.url, "--name", "Cán bộ thứ hai");
  officer.cli("sync");
  await officer.open();
  const { page } = officer;
  await officer.go("import");
  await importHamlets(officer);
  await officer.sync();
  other.cli("sync");
  const made = (await officer.call("unit.tree", { text: "", level: "", ended: false })).rows.find(({ name }) => name === "Ấp Bến Có");
  other.cli("session", "add", "--unit", made?.uid ?? "", "--date", "20/11/2025", "--topic", "vneid", "--count", "adult:attended=22,female=15");
  other.cli("sync");

  await undo(officer);
  await officer.sync();
  await officer.go("sync/refused");
  const row = page.getByTestId("sync-row");
  await expect(row).toHaveCount(1);
  await expect(row).toContainText("Ấp Bến Có");
  await expect(row).toContainText("Không bỏ được đơn vị này: đã có số liệu");
  await expect(page.getByTestId("sync-tab-refused")).toContainText("1");
  expect(await violations(page), "a rejected act").toEqual([]);
  await page.getByTestId("sync-seen").click();
  await expect(row).toHaveCount(0);
  await expect(page.getByTestId("sync-tab-refused")).toContainText("0");
  await officer.go("office/units");
  await expect(page.getByTestId("unit-row").filter({ hasText: "Ấp Bến Có" })).toHaveCount(1);
  await expect(page.getByTestId("unit-row").filter({ hasText: "Ấp Rạch Sâu" })).toHaveCount(0);
});
