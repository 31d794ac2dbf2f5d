import { violations } from "./support/axe";
import { expect, test } from "./support/machines";
import { COMMUNE, HAMLET } from "./support/programs";

test("the denominator's dialog changes a figure that is there only when saved twice", async ({ officer }) => {
  await officer.open();
  const { page } = officer;
  await officer.tell("coverage", HAMLET.uid, { measure: "skilled", numerator: "800", evidence_kind: "self_declared" });
  await officer.go("progress");
  await page.getByTestId("year-2025").click();
  await page.locator('[data-testid="indicator"][data-code="KH67-2025-C"]').getByTestId("enter-denominator").click();
  // It comes while the dialog is open, as another machine's would.
  await officer.tell("population", COMMUNE, { value: "5.000", basis: "registered", as_of: "15/01/2026" });
  await page.getByTestId("population-value").fill("1000");
  await page.getByTestId("population-as_of").fill("15/01/2026");
  await page.getByTestId("population-source").fill("Công an xã");
  await page.getByTestId("population-save").click();
  await expect(page.getByTestId("finding-figure_there")).toContainText("5.000");
  const value = async () => (await officer.call("record.list", { kind: "population", unit: COMMUNE })).records[0]?.form.fields.value;
  expect(await value(), "not changed by a first press").toBe("5.000");
  await page.getByTestId("population-save").click();
  await expect.poll(value, "the person said so").toBe("1.000");
});

test("a target without a denominator says so, and gets one by the keyboard", async ({ officer }) => {
  await officer.open();
  const { page } = officer;
  await officer.tell("coverage", HAMLET.uid, { measure: "skilled", numerator: "800", evidence_kind: "self_declared" });
  await officer.go("progress");
  await page.getByTestId("year-2025").click();
  const row = page.locator('[data-testid="indicator"][data-code="KH67-2025-C"]');
  await expect(row.getByTestId("rate")).toHaveText("Chưa có mẫu số");
  await row.getByTestId("enter-denominator").focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("population-value").fill("1000");
  await page.getByTestId("population-as_of").fill("01/11/2025");
  await expect(page.getByTestId("population-value"), "its dots come when it is left").toHaveValue("1.000");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("grid"), "the calendar").toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("grid")).toHaveCount(0);
  await expect(page.getByTestId("population-as_of"), "the dialog stays, with what was typed").toHaveValue("01/11/2025");
  expect(await violations(page), "the denominator's dialog").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("progress-denominator.png") });
  await page.getByTestId("population-source").fill("Công an xã");
  await page.getByTestId("population-save").press("Enter");
  await expect(row.getByTestId("rate"), "80,0 % is not above 80 %").toHaveText("80,0%");
  await expect(row.getByTestId("outcome")).toContainText("Còn thiếu 1 người");
  await expect(row).toContainText("800 / 1.000 người");
  await expect(row).toContainText("1/1 đơn vị đã có số liệu");
});

test("D and DD are two places, tiles open into the records, and nothing is beyond axe", async ({ officer }) => {
  await officer.open();
  const { page } = officer;
  await officer.tell("coverage", HAMLET.uid, { measure: "skilled", numerator: "640", population: "1000", evidence_kind: "self_declared" });
  await officer.tell("coverage", COMMUNE, { measure: "vneid_confirmed", numerator: "420", population: "1000", evidence_kind: "vneid_confirmed" });
  await officer.go("progress/KH67-2025-D");
  await expect(page.getByRole("heading", { level: 2 }).first()).toContainText("chỉ tiêu d ");
  await officer.go("progress/KH67-2025-DD");
  await expect(page.getByRole("heading", { level: 2 }).first()).toContainText("chỉ tiêu đ ");
  await officer.go("progress/KH67-2025-C");
  await page.getByTestId("year-2025").click();
  await expect(page.getByTestId("tile")).toContainText("64,0%");
  await page.screenshot({ path: "../target/web/progress.png" });
  expect(await violations(page)).toEqual([]);
  await page.getByTestId("show-table").click();
  await expect(page.getByTestId("share-row")).toContainText("640");
  await page.getByTestId("show-tiles").click();
  await page.getByTestId("tile").click();
  await expect(page.getByTestId("drill-record")).toHaveCount(1);
  expect(await violations(page)).toEqual([]);
  await page.screenshot({ path: "../target/web/progress-drill.png" });
  await page.keyboard.press("Escape");
  await officer.fits();
});

test("sessions are counted in the period one chooses, and the sheet prints without buttons", async ({ officer }) => {
  officer.cli("sync");
  officer.cli("session", "add", "--unit", HAMLET.uid, "--date", "16/11/2025", "--topic", "vneid", "--count", "adult:attended=22,female=15");
  officer.cli("session", "add", "--unit", HAMLET.uid, "--date", "02/10/2025", "--topic", "vneid", "--count", "adult:attended=31,female=18");
  await officer.open();
  const { page } = officer;
  await officer.go("progress/KH67-2025-C");
  await page.getByTestId("day").fill("20/11/2025");
  const flows = page.getByTestId("flows");
  await expect(flows, "16/11 is reported in December by decree 09").toContainText("Trong kỳ tháng 12/2025 (15/11/2025 – 14/12/2025)");
  await expect(flows.locator("dd").first()).toContainText("1 buổi, 22 lượt");
  await page.getByTestId("regime").selectOption("calendar");
  await page.getByTestId("span").selectOption("quarter");
  await expect(flows).toContainText("Trong kỳ quý 4/2025 (01/10/2025 – 31/12/2025)");
  await expect(flows.locator("dd").first()).toContainText("2 buổi, 53 lượt");
  await page.getByTestId("regime").selectOption("campaign_daily");
  await page.getByTestId("campaign-start").fill("01/10/2025");
  await expect(flows).toContainText("Trong kỳ ngày 20/11/2025");
  await expect(flows.locator("dd").nth(1), "cumulated since the campaign began").toContainText("2 buổi, 53 lượt");
  expect(await violations(page)).toEqual([]);

  await page.emulateMedia({ media: "print" });
  await expect(page.getByTestId("print")).toBeHidden();
  await expect(page.getByTestId("regime")).toBeHidden();
  await expect(page.getByRole("navigation")).toBeHidden();
  await expect(flows).toBeVisible();
  const cut = await page.evaluate(() => document.querySelector("main")!.scrollHeight > document.querySelector("main")!.clientHeight + 1);
  expect(cut, "the whole list is on the paper").toBe(false);
  await page.screenshot({ path: "../target/web/progress-print.png", fullPage: true });
});
