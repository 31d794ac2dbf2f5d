import type { Page } from "@playwright/test";

import { violations } from "./support/axe";
import { described, empty } from "./support/form";
import { Hands } from "./support/hands";
import { expect, type Machine, test } from "./support/machines";
import { SCHOOL } from "./support/programs";
import { paste, unikey, WORDS } from "./support/unikey";

const DAY = "20/11/2025";

/** The grid of a day as the program has it. */
function stored(machine: Machine, day = DAY) {
  return machine.call("coverage.grid", { unit: SCHOOL.uid, school_year: "", as_of: day, mode: "class" });
}

/** Figures as an earlier visit saved them. */
async function told(machine: Machine, day: string, classes: Record<string, string>, population = "41"): Promise<void> {
  const cells = Object.entries(classes).map(([name, text]) => ({ target_group: "pupil_lower_secondary", grade: "", class: name, measure: "skilled", text, population, id: null }));
  await machine.call("coverage.save", { unit: SCHOOL.uid, school_year: "2025-2026", as_of: day, evidence_kind: "school_assessed", source: "Sổ của trường", cells });
}

/** Opens the screen at the day. */
async function openAt(machine: Machine, day = DAY): Promise<void> {
  const { page } = machine;
  await machine.go("school");
  await expect(page.getByTestId("coverage-grid")).toBeVisible();
  await page.getByTestId("coverage-day").fill(day);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("coverage-year")).toHaveValue("2025-2026");
  await page.getByTestId("coverage-day").press("Tab");
  await expect(page.getByTestId("coverage-day")).toHaveValue(day);
}

/** The names of the classes on the screen, without the empty row. */
async function names(page: Page): Promise<string[]> {
  const rows = await page.getByTestId("coverage-row").evaluateAll((rows) => rows.map((row) => row.querySelector("th input") as HTMLInputElement | null).map((input, at) => input?.value ?? rows[at]?.querySelector("th")?.textContent?.trim() ?? ""));
  return rows.filter((name) => name !== "");
}

async function fits(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1093);
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(557);
  await expect(page.getByTestId("coverage-save")).toBeInViewport({ ratio: 1 });
  await expect(page.getByTestId("total-skilled")).toBeInViewport({ ratio: 1 });
}

test("twenty classes by keyboard alone: the wrong cells are marked, the right ones saved", async ({ school }) => {
  test.setTimeout(120_000);
  await school.open();
  const { page } = school;
  await openAt(school);
  expect(await violations(page), "an empty grid").toEqual([]);
  const hands = await Hands.on(page);
  await page.getByTestId("name-0").focus();
  for (let at = 1; at <= 20; at += 1) {
    await hands.type(`6A${at}`);
    await hands.press("Enter");
  }
  // Past the last name the keys come back to the top of the next column, which is the group the name told.
  await page.getByTestId("population-0").focus();
  for (let at = 1; at <= 20; at += 1) {
    await hands.type("41");
    await hands.press("Enter");
  }
  await expect(page.getByTestId("cell-0-skilled")).toBeFocused();
  for (let at = 1; at <= 20; at += 1) {
    await hands.type(at === 4 ? "42" : at === 8 ? "ba mươi" : at === 10 ? "39/40" : "38");
    await hands.press("Enter");
  }
  await expect(page.getByTestId("cell-0-equipped")).toBeFocused();
  await hands.press("ArrowLeft", "ArrowDown");
  await expect(page.getByTestId("cell-1-skilled")).toBeFocused();
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Còn 20 ô chưa lưu");
  await expect(page.getByTestId("total-skilled")).toHaveText("685/737");
  await expect(page.getByTestId("told-skilled")).toHaveText("18/20 lớp");
  await hands.press("Control+KeyS");

  await expect(page.getByTestId("coverage-saved")).toContainText("18 ô");
  // Two wrong cells; and the sĩ số typed for 6A10, whose only figure brought its own.
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Còn 3 ô chưa lưu (trong đó 1 dòng");
  expect(await hands.pointed(), "uses of the pointer").toBe(0);
  await expect(page.getByTestId("cell-3-skilled"), "the first wrong cell").toBeFocused();
  for (const [at, text] of [[3, "42"], [7, "ba mươi"]] as const) {
    await expect(page.getByTestId(`cell-${at}-skilled`)).toHaveValue(text);
    await expect(page.getByTestId(`cell-${at}-skilled`)).toHaveAttribute("aria-invalid", "true");
  }
  expect(await described(page.getByTestId("cell-3-skilled"))).toContain("6A4 · Có kỹ năng: Số đạt (42) lớn hơn tổng số (41)");
  expect(await described(page.getByTestId("cell-7-skilled"))).toContain("ba mươi");
  await expect(page.getByTestId("send-0")).toContainText(/Chờ gửi|Đang gửi|Máy chủ đã nhận/);
  await expect(page.getByTestId("send-3")).toHaveText("Chưa lưu");
  await fits(page);
  expect(await violations(page), "wrong cells").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("coverage-wrong.png") });

  const { records } = await school.call("record.list", { kind: "coverage", unit: SCHOOL.uid });
  expect(records).toHaveLength(18);
  expect(records.map(({ form }) => form.fields["class"])).not.toContain("6A4");
  const grid = await stored(school);
  expect(grid.rows).toHaveLength(18);
  const ten = { population: "40", cells: [{ text: "39" }, {}, {}] };
  expect(grid.rows.find((row) => row.class === "6A10")).toMatchObject(ten);
  await expect(page.getByTestId("cell-9-skilled"), "beside the 41 that no figure carries").toHaveValue("39/40");

  await page.keyboard.type("40");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Còn 2 ô chưa lưu");
  await expect.poll(async () => (await stored(school)).rows.length).toBe(19);
  expect((await stored(school)).rows.find((row) => row.class === "6A10"), "a second save changes nothing of it").toMatchObject(ten);
  await page.reload();
  await openAt(school);
  // The one that was never saved is still to be saved, below those that were.
  await expect.poll(() => names(page)).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 8].map((at) => `6A${at}`));
  await expect(page.getByTestId("cell-3-skilled")).toHaveValue("40");
  await expect(page.getByTestId("cell-19-skilled")).toHaveValue("ba mươi");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Còn 2 ô chưa lưu");
});

test("a block from Excel goes in by class name, and figures alone to the right and down", async ({ school }) => {
  await school.open();
  const { page } = school;
  await told(school, DAY, { "6A2": "30" });
  await openAt(school);
  const rows = Array.from({ length: 20 }, (_, at) => `6A${at + 1}\t${40 + (at % 3)}\t${38 + (at % 2)}\t35`);
  await page.getByTestId("name-1").focus();
  await paste(page, ["Lớp\tSĩ số\tCó kỹ năng\tĐược trang bị", ...rows, ""].join("\r\n"));
  await expect.poll(async () => (await names(page)).length).toBe(20);
  expect((await names(page))[0], "the class that was there keeps its row").toBe("6A2");
  await expect(page.getByTestId("cell-0-skilled")).toHaveValue("39");
  await expect(page.getByTestId("population-0")).toHaveValue("41");

  // Only figures, with a class that has none in between: it keeps its line.
  await page.getByTestId("cell-0-device_basics").focus();
  await paste(page, "30\n\n32\n");
  await expect(page.getByTestId("cell-2-device_basics")).toHaveValue("32");
  await expect(page.getByTestId("cell-1-device_basics")).toHaveValue("");
  await expect(page.getByTestId("cell-0-device_basics")).toHaveValue("30");
  await fits(page);
  await page.screenshot({ path: test.info().outputPath("coverage-pasted.png") });
  await page.keyboard.press("Control+KeyS");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Không có ô nào chờ lưu");
  const grid = await stored(school);
  expect(grid.rows).toHaveLength(20);
  expect(grid.rows[0]).toMatchObject({ class: "6A1", population: "40" });
  expect(grid.rows[0]?.cells.map(({ text }) => text)).toEqual(["38", "35", ""]);
  expect(grid.rows[1]?.cells.map(({ text }) => text)).toEqual(["39", "35", "30"]);
  await expect(page.getByTestId("told-device_basics")).toHaveText("2/20 lớp");
  await expect(page.getByTestId("total-device_basics")).toHaveText("62/83");
  expect(await violations(page), "a saved grid").toEqual([]);
});

test("Ctrl+D proposes the figures of before and saves nothing by itself; Escape brings the stored text back", async ({ school }) => {
  await school.open();
  const { page } = school;
  await told(school, "01/10/2025", { "6A1": "30", "6A2": "31", "6A3": "41" });
  await told(school, DAY, { "6A2": "33" });
  await openAt(school);
  await page.getByTestId("cell-0-skilled").focus();
  await page.keyboard.press("Control+KeyD");
  await expect(page.getByTestId("cell-0-skilled")).toHaveValue("30");
  await expect(page.getByTestId("cell-1-skilled"), "what is told stays").toHaveValue("33");
  await expect(page.getByTestId("cell-2-skilled")).toHaveValue("41");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Còn 2 ô chưa lưu");
  expect((await stored(school)).rows.map((row) => row.cells[0]?.text)).toEqual(["", "33", ""]);
  await page.getByTestId("cell-1-skilled").focus();
  await page.keyboard.type("99");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("cell-1-skilled")).toHaveValue("33");
  await expect(page.getByTestId("coverage-earlier")).toContainText("01/10/2025");
  await expect(page.getByTestId("coverage-earlier")).toContainText("31/41");
  await page.keyboard.press("Control+KeyS");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Không có ô nào chờ lưu");
  expect((await stored(school)).rows.map((row) => row.cells[0]?.text)).toEqual(["30", "33", "41"]);
  await page.screenshot({ path: test.info().outputPath("coverage-panel.png") });
});

test("what was typed and not saved is there again after leaving the screen, the day or the mode", async ({ school }) => {
  await school.open();
  const { page } = school;
  await told(school, DAY, { "6A1": "30" });
  await openAt(school);
  await page.getByTestId("cell-0-skilled").fill("35");
  await page.getByTestId("name-1").fill("6A7");
  await page.getByTestId("cell-1-skilled").fill("20");
  await page.keyboard.press("Control+Digit1");
  await expect(page.getByTestId("new-session")).toBeVisible();
  await page.keyboard.press("Control+Digit3");
  await expect(page.getByTestId("coverage-found")).toContainText("Còn 2 ô đã gõ nhưng chưa lưu");
  await expect(page.getByTestId("cell-0-skilled")).toHaveValue("35");
  await expect(page.getByTestId("name-1")).toHaveValue("6A7");
  await expect(page.getByTestId("cell-1-skilled")).toHaveValue("20");
  expect(await violations(page), "with unsaved cells").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("coverage-found.png") });

  await page.getByTestId("coverage-mode-grade").click();
  await expect(page.getByTestId("coverage-elsewhere")).toContainText("2 ô chưa lưu");
  await page.getByTestId("coverage-mode-class").click();
  await expect(page.getByTestId("cell-0-skilled")).toHaveValue("35");
  await page.getByTestId("coverage-day").fill("21/11/2025");
  await page.keyboard.press("Control+KeyS");
  await expect(page.getByTestId("coverage-elsewhere"), "under a day just typed nothing is saved").toContainText("2 ô chưa lưu");
  expect((await school.call("record.list", { kind: "coverage", unit: SCHOOL.uid })).records).toHaveLength(1);
  await page.screenshot({ path: test.info().outputPath("coverage-elsewhere.png") });
  await page.getByTestId("coverage-bring").click();
  await expect(page.getByTestId("coverage-elsewhere")).toHaveCount(0);
  await page.keyboard.press("Control+KeyS");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Không có ô nào chờ lưu");
  expect((await stored(school, "21/11/2025")).rows.map((row) => row.cells[0]?.text)).toEqual(["35", "20"]);
  expect((await stored(school)).rows[0]?.cells[0]?.text, "the other day is as it was").toBe("30");
});

test("what was typed and not saved is there again after the program ended, is still not saved, and can be dropped", async ({ school }) => {
  await school.open();
  const { page } = school;
  await told(school, DAY, { "6A1": "30" });
  await openAt(school);
  const unsaved = () => school.call("unsaved.list", { prefix: "" });
  const reopen = async () => {
    await page.reload();
    await expect(page.getByTestId("coverage-grid")).toBeVisible();
  };
  await page.getByTestId("cell-0-skilled").fill("35");
  await page.getByTestId("name-1").fill("6A7");
  await page.getByTestId("coverage-source").fill("Sổ theo dõi");
  await page.getByTestId("cell-1-skilled").fill("20");
  await expect.poll(async () => (await unsaved()).kept[0]?.text, "as it is typed").toContain('"20"');
  await reopen();
  await expect(page.getByTestId("coverage-day"), "at the day it was typed for").toHaveValue(DAY);
  await expect(page.getByTestId("coverage-found")).toContainText("Còn 2 ô đã gõ nhưng chưa lưu");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Còn 2 ô chưa lưu");
  await expect(page.getByTestId("cell-0-skilled")).toHaveValue("35");
  await expect(page.getByTestId("name-1")).toHaveValue("6A7");
  await expect(page.getByTestId("cell-1-skilled")).toHaveValue("20");
  await expect(page.getByTestId("coverage-source")).toHaveValue("Sổ theo dõi");
  expect((await school.call("record.list", { kind: "coverage", unit: SCHOOL.uid })).records, "nothing of it counts").toHaveLength(1);
  expect((await school.call("today.read", {})).drafts, "and it is no session").toEqual([]);
  expect(await violations(page), "with cells of an earlier run").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("coverage-brought-back.png") });

  const { asked, release } = await school.hold("coverage.grid");
  await page.keyboard.press("Control+KeyS");
  await asked;
  expect((await unsaved()).kept, "saved is not kept any more, before the screen knows of it").toEqual([]);
  release();
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Không có ô nào chờ lưu");
  expect((await stored(school)).rows.map((row) => row.cells[0]?.text)).toEqual(["35", "20"]);
  await reopen();
  await openAt(school);
  await expect(page.getByTestId("coverage-found")).toHaveCount(0);
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Không có ô nào chờ lưu");

  await page.getByTestId("cell-0-skilled").fill("36");
  await page.getByTestId("cell-0-skilled").press("Enter");
  await expect.poll(async () => (await unsaved()).kept).toHaveLength(1);
  await reopen();
  await page.getByTestId("coverage-drop").click();
  await expect(page.getByTestId("cell-0-skilled")).toHaveValue("35");
  await expect.poll(async () => (await unsaved()).kept).toEqual([]);
  await page.keyboard.press("Control+KeyZ");
  await expect(page.getByTestId("cell-0-skilled"), "what was dropped can be had back").toHaveValue("36");
});

test("an emptied cell is void, and undo says it again", async ({ school }) => {
  await school.open();
  const { page } = school;
  await told(school, DAY, { "6A1": "30", "6A2": "31" });
  await openAt(school);
  await page.getByTestId("cell-0-skilled").focus();
  await page.keyboard.press("Delete");
  await page.keyboard.press("Control+KeyS");
  await expect(page.getByText("Đã xóa 1 số đã lưu.")).toBeVisible();
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Không có ô nào chờ lưu");
  expect((await school.call("record.list", { kind: "coverage", unit: SCHOOL.uid })).records).toHaveLength(1);
  await expect.poll(() => names(page), "its row stays").toEqual(["6A2", "6A1"]);
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await expect(page.getByTestId("cell-1-skilled")).toHaveValue("30");
  expect((await school.call("record.list", { kind: "coverage", unit: SCHOOL.uid })).records).toHaveLength(2);
});

test("a class that stands twice, and a row without a name, are told and not saved", async ({ school }) => {
  await school.open();
  const { page } = school;
  await told(school, DAY, { "6A1": "30" });
  await openAt(school);
  await page.getByTestId("name-1").fill("6a1");
  await page.getByTestId("cell-1-skilled").fill("20");
  await expect(page.getByTestId("name-1")).toHaveAttribute("aria-invalid", "true");
  expect(await described(page.getByTestId("name-1"))).toContain("6a1: Tên này đã có ở dòng 1");
  await page.getByTestId("cell-2-skilled").fill("25");
  await page.keyboard.press("Control+KeyS");
  await expect(page.getByTestId("coverage-remarks")).toContainText("chưa có tên lớp");
  expect((await school.call("record.list", { kind: "coverage", unit: SCHOOL.uid })).records, "nothing of either").toHaveLength(1);
  expect(await violations(page), "rows with problems").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("coverage-twice.png") });
  await page.getByTestId("name-1").fill("6A5");
  await page.getByTestId("name-2").fill("6A6");
  await page.keyboard.press("Control+KeyS");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Không có ô nào chờ lưu");
  expect((await school.call("record.list", { kind: "coverage", unit: SCHOOL.uid })).records).toHaveLength(3);
});

test("a changed sĩ số is saved with the figures under it", async ({ school }) => {
  await school.open();
  const { page } = school;
  await told(school, DAY, { "6A1": "30" });
  await openAt(school);
  await page.getByTestId("population-0").fill("30");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Còn 1 ô chưa lưu");
  await page.keyboard.press("Control+KeyS");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Không có ô nào chờ lưu");
  expect((await stored(school)).rows[0]).toMatchObject({ population: "30" });
});

test("another evidence or source alone is saved with the figures that are there", async ({ school }) => {
  await school.open();
  const { page } = school;
  await told(school, "01/10/2025", { "6A1": "29" });
  await told(school, DAY, { "6A1": "30", "6A2": "31/40" });
  await openAt(school);
  await page.getByTestId("coverage-evidence").selectOption("sample_survey");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Còn 2 ô chưa lưu");
  await expect(page.getByTestId("send-0")).toHaveText("Chưa lưu");
  await expect(page.getByTestId("cell-1-skilled")).toHaveAttribute("aria-label", /Chưa lưu/);
  await page.getByTestId("cell-0-skilled").focus();
  await expect(page.getByTestId("coverage-headed")).toContainText("minh chứng và nguồn");
  expect(await violations(page), "figures under another heading").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("coverage-headed.png") });
  await page.getByTestId("coverage-evidence").selectOption("school_assessed");
  await expect(page.getByTestId("coverage-unsaved"), "as they were saved").toContainText("Không có ô nào chờ lưu");

  await page.getByTestId("coverage-source").fill("Biên bản kiểm tra");
  await page.getByTestId("cell-0-equipped").fill("20");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Còn 3 ô chưa lưu");
  await page.keyboard.press("Control+KeyS");
  await expect(page.getByTestId("coverage-saved")).toContainText("3 ô");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Không có ô nào chờ lưu");
  const { records } = await school.call("record.list", { kind: "coverage", unit: SCHOOL.uid });
  const all = records.map(({ form: { fields } }) => [fields.as_of, fields.class, fields.measure, fields.numerator, fields.population, fields.source].join(" "));
  expect(all.sort()).toEqual([
    "01/10/2025 6A1 skilled 29 41 Sổ của trường",
    "20/11/2025 6A1 equipped 20 41 Biên bản kiểm tra",
    "20/11/2025 6A1 skilled 30 41 Biên bản kiểm tra",
    "20/11/2025 6A2 skilled 31 40 Biên bản kiểm tra",
  ]);
  // The source still stands in the heading; it was not typed of what comes afterwards.
  await told(school, DAY, { "6A3": "32" });
  await expect(page.getByTestId("coverage-row")).toHaveCount(4);
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Không có ô nào chờ lưu");
});

test("UniKey in the class name and in the source", async ({ school }) => {
  test.setTimeout(120_000);
  await school.open();
  const { page } = school;
  const cdp = await page.context().newCDPSession(page);
  await openAt(school);
  for (const name of ["name-0", "coverage-source"]) {
    await page.getByTestId(name).focus();
    for (const word of Object.keys(WORDS)) {
      await empty(page);
      await unikey(page, cdp, word);
      await expect(page.getByTestId(name), `${word} in ${name}`).toHaveValue(word);
    }
  }
});

test("an officer sees a school's grid and removes a figure with a reason", async ({ officer, office }) => {
  office.schoolCode();
  await officer.open();
  const { page } = officer;
  await officer.sync();
  await officer.go("school");
  await expect(page.getByTestId("coverage-unit")).toHaveValue(SCHOOL.uid);
  await told(officer, DAY, { "6A1": "30", "6A2": "31" });
  await openAt(officer);
  await page.getByTestId("cell-0-skilled").focus();
  await page.getByTestId("coverage-void").click();
  await page.getByTestId("reason-act").click();
  await expect(page.getByTestId("finding-reason_missing")).toBeVisible();
  await page.getByTestId("reason").fill("Trường báo nhầm lớp");
  await page.getByTestId("reason-act").click();
  await expect.poll(async () => (await officer.call("record.list", { kind: "coverage", unit: SCHOOL.uid })).records.length).toBe(1);
  await page.screenshot({ path: test.info().outputPath("coverage-officer.png") });
});

test("a hamlet counts its adults as a whole; what the heading lacks is told once, at its field", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  await enrolled.go("school");
  await expect(page.getByTestId("coverage-mode-whole")).toHaveAttribute("aria-pressed", "true");
  await page.getByTestId("group-0").focus();
  await page.getByTestId("group-0").selectOption({ label: "Người lớn" });
  await page.getByTestId("group-0").press("ArrowRight");
  await expect(page.getByTestId("population-0")).toBeFocused();
  await page.keyboard.type("1234");
  await page.keyboard.press("Tab");
  await page.keyboard.type("900");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type("500");
  await page.keyboard.press("Control+KeyS");
  await expect(page.getByTestId("finding-evidence_missing")).toHaveCount(1);
  await expect(page.getByTestId("finding-source_missing")).toHaveCount(1);
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Còn 2 ô chưa lưu");
  await expect(page.getByTestId("coverage-evidence"), "the first field to mend").toBeFocused();
  expect(await violations(page), "a heading that lacks something").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("coverage-whole.png") });
  await page.getByTestId("coverage-evidence").selectOption({ label: "Khảo sát mẫu" });
  await page.getByTestId("coverage-source").fill("Công an xã");
  await page.keyboard.press("Control+KeyS");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Không có ô nào chờ lưu");
  await expect(page.getByTestId("population-0")).toHaveValue("1.234");
  await expect(page.getByTestId("total-skilled")).toHaveText("900/1.234");
  const { records } = await enrolled.call("record.list", { kind: "coverage", unit: null });
  expect(records.map(({ form }) => [form.fields["measure"], form.fields["evidence_kind"]]).sort()).toEqual([["skilled", "sample_survey"], ["vneid_confirmed", "vneid_confirmed"]]);
});

test("by grade, in a small window: the panel is below, and only the middle scrolls", async ({ school }) => {
  await school.open();
  const { page } = school;
  await page.setViewportSize({ width: 911, height: 464 });
  await openAt(school);
  await page.getByTestId("coverage-mode-grade").click();
  await expect(page.getByTestId("name-0")).toHaveAttribute("placeholder", "Khối");
  await page.getByTestId("name-0").fill("Khối 6");
  await expect(page.getByTestId("group-0")).toHaveValue("pupil_lower_secondary");
  await page.getByTestId("population-0").fill("120");
  await page.getByTestId("cell-0-skilled").fill("120");
  await page.keyboard.press("Control+KeyS");
  await expect(page.getByTestId("coverage-unsaved")).toContainText("Không có ô nào chờ lưu");
  await expect(page.getByTestId("send-0")).toContainText("Máy chủ đã nhận");
  const grid = await school.call("coverage.grid", { unit: SCHOOL.uid, school_year: "", as_of: DAY, mode: "grade" });
  expect(grid.rows).toMatchObject([{ grade: "6", class: "", population: "120" }]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(911);
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(464);
  await expect(page.getByTestId("coverage-save")).toBeInViewport({ ratio: 1 });
  await page.screenshot({ path: test.info().outputPath("coverage-small.png") });
});

test("another day under a cell with the focus shows that day's figures and keeps what was typed", async ({ school }) => {
  await school.open();
  const { page } = school;
  await told(school, DAY, { "6A1": "30" });
  await openAt(school);
  await page.getByTestId("cell-0-skilled").fill("35");
  await page.getByTestId("coverage-mode-grade").click();
  await page.getByTestId("coverage-go-there").click();
  await expect(page.getByTestId("cell-0-skilled")).toHaveValue("35");
  await page.getByTestId("coverage-year").selectOption("2024-2025");
  await expect(page.getByTestId("coverage-elsewhere")).toContainText("1 ô chưa lưu");
  await expect(page.getByTestId("cell-0-skilled")).not.toHaveValue("35");
  await page.getByTestId("coverage-day").focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("dialog").or(page.getByRole("grid")).first(), "the calendar").toBeVisible();
});
