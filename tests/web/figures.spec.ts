import type { Page } from "@playwright/test";

import { violations } from "./support/axe";
import { expect, type Machine, test } from "./support/machines";
import { COMMUNE, HAMLET, SCHOOL } from "./support/programs";
import { unikey } from "./support/unikey";

async function records(machine: Machine, kind: string) {
  return (await machine.call("record.list", { kind, unit: null })).records;
}

/** A population as its screen would say it. */
const pop = (change: Record<string, string> = {}) => ({ value: "1.000", basis: "registered", ...change });

/** A new population of that day, typed into the empty form. */
async function typed(page: Page, value: string): Promise<void> {
  await page.getByTestId("figure-target_group").selectOption("adult");
  await page.getByTestId("figure-value").fill(value);
  await page.getByTestId("figure-as_of").fill("20/11/2025");
  await page.getByTestId("figure-basis").selectOption("registered");
  await page.getByTestId("figure-source").fill("Công an xã");
}

test("populations by keyboard alone: a wrong one is marked, the next follows at once, progress gets its denominator", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  await enrolled.go("figures");
  await page.getByTestId("figures-tab-population").focus();
  expect(await violations(page), "empty").toEqual([]);
  await page.keyboard.press("Alt+n");
  await expect(page.getByTestId("figure-target_group")).toBeFocused();
  await page.getByTestId("figure-target_group").selectOption("adult");
  await page.keyboard.press("Tab");
  await page.keyboard.type("1000");
  await page.keyboard.press("Tab");
  await expect(page.getByTestId("figure-value"), "its dots come when it is left").toHaveValue("1.000");
  await page.keyboard.type("31/11/2025");
  await page.keyboard.press("Tab");
  await expect(page.getByTestId("finding-date_no_such_day")).toBeVisible();
  await page.getByTestId("figure-as_of").fill("20/11/2025");
  await page.getByTestId("figure-basis").selectOption("actual_residents");
  await page.getByTestId("figure-excluded").fill("34");
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("figure-source"), "the first wrong field").toBeFocused();
  await expect(page.getByTestId("finding-source_missing")).toBeVisible();
  await expect(page.getByTestId("finding-reason_missing"), "who is left out, and why").toBeVisible();
  expect(await records(enrolled, "population")).toEqual([]);
  expect(await violations(page), "with findings").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("figures-wrong.png") });
  await page.keyboard.type("Công an xã");
  await page.getByTestId("figure-exclusion_reason").fill("Đi làm ăn xa");
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("figure-row")).toHaveCount(1);
  await expect(page.getByTestId("figure-target_group"), "the next one begins").toBeFocused();
  await expect(page.getByTestId("figure-source"), "from the same source").toHaveValue("Công an xã");
  await expect(page.getByTestId("figure-value")).toHaveValue("");
  const [only] = await records(enrolled, "population");
  expect(only?.form.fields).toMatchObject({ value: "1.000", excluded: "34", as_of: "20/11/2025", source: "Công an xã" });

  await enrolled.go("sync/waiting");
  await page.getByRole("link", { name: "Mẫu số · Người dân trưởng thành · 20/11/2025" }).click();
  await expect(page.getByTestId("figure-value"), "a waiting line leads to its figure").toHaveValue("1.000");

  await enrolled.go("progress/KH67-2025-C");
  await page.getByTestId("year-2025").click();
  await expect(page.locator('[data-testid="indicator"][data-code="KH67-2025-C"]'), "1.000 without the 34").toContainText("966");
  await enrolled.fits();
});

test("a change keeps its history, another day is another line, and one that is there is not changed unsaid", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  const id = await enrolled.tell("population", HAMLET.uid, pop());
  await enrolled.go("figures/population");
  await page.getByTestId("figure-open").press("Enter");
  await expect(page.getByTestId("figure-value")).toHaveValue("1.000");
  await page.getByTestId("figure-value").fill("1012");
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("history-entry").first()).toContainText("Tổng số từ 1.000 thành 1.012");
  await expect(page.getByTestId("figure-unsaved")).toHaveCount(0);
  await page.screenshot({ path: test.info().outputPath("figures-history.png") });
  expect(await violations(page), "with a history").toEqual([]);

  await page.getByTestId("figure-as_of").fill("21/11/2025");
  await expect(page.getByTestId("figure-another")).toContainText("dòng mới");
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("figure-row")).toHaveCount(2);
  const days = (await records(enrolled, "population")).map(({ form }) => [form.fields.as_of, form.fields.value]);
  expect(days.sort()).toEqual([["20/11/2025", "1.012"], ["21/11/2025", "1.012"]]);

  await page.keyboard.press("Alt+n");
  await typed(page, "900");
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("finding-figure_there")).toContainText("1.012");
  const value = async () => (await enrolled.call("record.read", { id })).form.fields.value;
  expect(await value(), "not changed by a first press").toBe("1.012");
  await page.keyboard.press("Control+s");
  await expect.poll(value, "the person said so").toBe("900");
});

test("what was typed and not saved is there again, and a line that is deleted comes back", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  await enrolled.tell("population", HAMLET.uid, pop());
  await enrolled.go("figures/population");
  await page.getByTestId("figure-open").click();
  await page.getByTestId("figure-value").fill("1.050");
  await page.getByTestId("nav-today").click();
  await page.getByTestId("nav-figures").click();
  await expect(page.getByTestId("figure-row")).toContainText("Chưa lưu");
  await page.getByTestId("figure-open").click();
  await expect(page.getByTestId("figure-value")).toHaveValue("1.050");
  await expect(page.getByTestId("figure-unsaved")).toBeVisible();
  await page.getByTestId("figure-forget").click();
  await expect(page.getByTestId("figure-value")).toHaveValue("1.000");

  await page.getByTestId("figure-void").click();
  await expect(page.getByTestId("figure-row")).toHaveCount(0);
  await page.getByTestId("figures-tab-population").focus();
  await page.keyboard.press("Control+z");
  await expect(page.getByTestId("figure-row")).toHaveCount(1);
  await expect(page.getByTestId("figure-row")).toContainText("1.000");
});

test("a new one that was left empty can be typed and saved when the screen is opened again", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  await enrolled.go("figures/population");
  await expect(page.getByTestId("figure-editor")).toBeVisible();
  await page.getByTestId("nav-today").click();
  await page.getByTestId("nav-figures").click();
  await page.getByTestId("figure-value").fill("1.234");
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("figure-target_group"), "the first field it lacks").toBeFocused();
  await expect(page.getByTestId("figure-unsaved")).toBeVisible();
});

test("what was typed and not saved is there again after the program ended, and is gone once it is saved", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  await enrolled.tell("population", HAMLET.uid, pop());
  const unsaved = async () => (await enrolled.call("unsaved.list", { prefix: "figures|" })).kept.length;
  await enrolled.go("figures/population");
  await page.getByTestId("figure-open").click();
  await page.getByTestId("figure-value").fill("1.050");
  await enrolled.go("figures/team");
  await page.getByTestId("figure-name").fill("Tổ công nghệ số ấp");
  await page.getByTestId("figure-members").fill("5");
  const last = async () => (await enrolled.call("unsaved.list", { prefix: "figures|" })).kept[0]?.text;
  await expect.poll(last, "as it is typed").toContain(`"members":"5"`);
  expect(await unsaved()).toBe(2);
  await page.reload();
  await expect(page.getByTestId("figure-name")).toHaveValue("Tổ công nghệ số ấp");
  await expect(page.getByTestId("figure-members")).toHaveValue("5");
  await expect(page.getByTestId("figure-unsaved")).toContainText("Chưa lưu");
  await expect(page.getByTestId("figures-tab-population"), "another tab has something too").toContainText("Chưa lưu");
  expect(await violations(page), "with what an earlier run left").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("figures-brought-back.png") });
  expect(await records(enrolled, "team"), "nothing of it counts").toEqual([]);
  expect((await enrolled.call("today.read", {})).drafts).toEqual([]);
  await page.keyboard.press("Control+KeyS");
  await expect(page.getByTestId("figure-saved")).toBeVisible();
  await expect.poll(unsaved).toBe(1);

  await enrolled.go("figures/population");
  await expect(page.getByTestId("figure-row")).toContainText("Chưa lưu");
  await page.getByTestId("figure-open").click();
  await expect(page.getByTestId("figure-value")).toHaveValue("1.050");
  await page.getByTestId("figure-forget").click();
  await expect(page.getByTestId("figure-value")).toHaveValue("1.000");
  await expect.poll(unsaved).toBe(0);
  await page.reload();
  await expect(page.getByTestId("figure-row")).toContainText("1.000");
  await expect(page.getByTestId("figure-row")).not.toContainText("Chưa lưu");
  await enrolled.go("figures/team");
  await expect(page.getByTestId("figure-row")).toHaveCount(1);
  await expect(page.getByTestId("figure-name")).toHaveValue("");
  await expect(page.getByTestId("figure-unsaved")).toHaveCount(0);
});

test("VNeID and teams: their fields, their rules, UniKey in the names", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  const cdp = await page.context().newCDPSession(page);
  await enrolled.go("figures/vneid");
  await page.getByTestId("figure-numerator").fill("420");
  await page.getByTestId("figure-population").fill("400");
  await page.getByTestId("figure-as_of").fill("20/11/2025");
  await page.getByTestId("figure-source").focus();
  await unikey(page, cdp, "tập huấn");
  await expect(page.getByTestId("figure-source")).toHaveValue("tập huấn");
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("finding-numerator_over_population")).toBeVisible();
  await expect(page.getByTestId("figure-numerator"), "the first wrong field").toBeFocused();
  await page.getByTestId("figure-population").fill("1000");
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("figure-row")).toContainText("420");
  const [told] = await records(enrolled, "coverage");
  expect(told?.form.fields).toMatchObject({ measure: "vneid_confirmed", target_group: "adult", evidence_kind: "vneid_confirmed", population: "1.000" });
  expect(await violations(page), "VNeID").toEqual([]);

  await page.getByTestId("figures-tab-vneid").focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByTestId("figures-tab-team")).toBeFocused();
  await page.getByTestId("figure-name").focus();
  await unikey(page, cdp, "đường");
  await expect(page.getByTestId("figure-name")).toHaveValue("đường");
  await page.getByTestId("figure-members").fill("7");
  await page.getByTestId("figure-female").fill("8");
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("figure-female")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByTestId("figure-female")).toBeFocused();
  expect(await records(enrolled, "team")).toEqual([]);
  await page.getByTestId("figure-female").fill("3");
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("figure-row")).toContainText("đường");
  expect(await violations(page), "teams").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("figures-team.png") });
  await enrolled.fits();
});

/** The commune's machine, open, has a population the hamlet wrote. */
async function hamletTold(officer: Machine, hamlet: Machine): Promise<void> {
  hamlet.cli("population", "add", "--unit", HAMLET.uid, "target_group=adult", "value=1000", "basis=registered", "as_of=20/11/2025", "source=Công an xã");
  hamlet.cli("sync");
  officer.cli("sync");
  await officer.open();
}

test("an officer changes and deletes what a hamlet wrote only with a reason", async ({ officer, hamlet }) => {
  await hamletTold(officer, hamlet);
  const { page } = officer;
  await officer.go("figures/population");
  await page.getByTestId("figure-open").click();
  await expect(page.getByTestId("history-entry")).toHaveCount(1);
  await page.getByTestId("figure-value").fill("998");
  await page.keyboard.press("Control+s");
  await page.getByTestId("reason-act").click();
  await expect(page.getByTestId("finding-reason_missing")).toBeVisible();
  await page.getByTestId("reason").fill("Đối chiếu sổ hộ khẩu");
  await page.getByTestId("reason-act").click();
  await expect(page.getByTestId("history-entry").first()).toContainText("Đối chiếu sổ hộ khẩu");
  await officer.sync();
  hamlet.cli("sync");
  const listed = JSON.parse(hamlet.cli("population", "list", "--json")) as { records: { form: { fields: Record<string, string> } }[] };
  expect(listed.records[0]?.form.fields.value).toBe("998");
});

test("a new one that waits unsaved outlives the saving of another day of a stored one", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  await enrolled.tell("population", HAMLET.uid, pop());
  await enrolled.go("figures/population");
  await page.getByTestId("figure-target_group").selectOption({ index: 2 });
  await page.getByTestId("figure-value").fill("777");
  await page.getByTestId("figure-open").click();
  await expect(page.getByTestId("figure-value")).toHaveValue("1.000");
  await page.getByTestId("figure-as_of").fill("21/11/2025");
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("figure-row")).toHaveCount(2);
  await page.keyboard.press("Alt+n");
  await expect(page.getByTestId("figure-value")).toHaveValue("777");
});

test("what is typed while a new one is being saved goes on as a change of it", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  await enrolled.go("figures/population");
  await typed(page, "1.000");
  const { asked, release } = await enrolled.hold("record.save");
  await page.keyboard.press("Control+s");
  await asked;
  await page.getByTestId("figure-note").fill("gõ trong lúc lưu");
  release();
  await expect(page.getByTestId("figure-row")).toHaveCount(1);
  await expect(page.getByTestId("figure-note")).toHaveValue("gõ trong lúc lưu");
  await expect(page.getByTestId("figure-unsaved")).toBeVisible();
  await page.keyboard.press("Control+s");
  await expect.poll(async () => (await records(enrolled, "population")).map(({ form }) => form.fields.note)).toEqual(["gõ trong lúc lưu"]);
});

test("figures on two bases are told apart, and the earlier one of a basis looks earlier", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  for (const [basis, day, value] of [["registered", "19/11/2025", "1"], ["actual_residents", "20/11/2025", "2"], ["registered", "21/11/2025", "3"]] as const)
    await enrolled.tell("population", HAMLET.uid, pop({ basis, as_of: day, value }));
  await enrolled.go("figures/population");
  await expect(page.getByTestId("figure-row")).toHaveCount(3);
  await page.screenshot({ path: test.info().outputPath("bases.png") });
  await expect(page.locator("tr.older")).toHaveCount(1);
  await expect(page.getByTestId("figures")).toContainText("Thực tế cư trú");
});

test("an officer who saves before the history came is asked for a reason all the same", async ({ officer, hamlet }) => {
  await hamletTold(officer, hamlet);
  const { page } = officer;
  const { release } = await officer.hold("history.get");
  await officer.go("figures/population");
  await page.getByTestId("figure-open").click();
  await page.getByTestId("figure-value").fill("998");
  await page.keyboard.press("Control+s");
  release();
  await expect(page.getByTestId("reason")).toBeVisible();
  expect((await records(officer, "population"))[0]?.form.fields.value).toBe("1.000");
});

test("an officer who types a hamlet's figure anew changes it only with a reason", async ({ officer, hamlet }) => {
  await hamletTold(officer, hamlet);
  const { page } = officer;
  await officer.go("figures/population");
  await page.keyboard.press("Alt+n");
  await page.getByTestId("figure-unit").selectOption(HAMLET.uid);
  await typed(page, "900");
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("finding-figure_there")).toBeVisible();
  await page.keyboard.press("Control+s");
  await page.getByTestId("reason").fill("Đối chiếu sổ hộ khẩu");
  expect((await records(officer, "population"))[0]?.form.fields.value, "not changed without it").toBe("1.000");
  await page.getByTestId("reason-act").click();
  await expect.poll(async () => (await records(officer, "population")).map(({ form }) => form.fields.value)).toEqual(["900"]);
  const { entries } = await officer.call("history.get", { id: (await records(officer, "population"))[0]?.form.id ?? "" });
  expect(JSON.stringify(entries[0])).toContain("Đối chiếu sổ hộ khẩu");
});

test("in a narrow window the figure that is opened comes into view below the list", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  await page.setViewportSize({ width: 911, height: 464 });
  for (const day of Array.from({ length: 9 }, (_, at) => `1${at}/11/2025`)) await enrolled.tell("population", HAMLET.uid, pop({ as_of: day }));
  await enrolled.go("figures/population");
  await expect(page.getByTestId("figure-row")).toHaveCount(9);
  await expect(page.getByTestId("figure-value")).not.toBeInViewport();
  await page.getByTestId("figure-open").first().click();
  await expect(page.getByTestId("figure-value")).toBeInViewport();
  await expect(page.getByTestId("figure-save")).toBeInViewport({ ratio: 1 });
  await page.screenshot({ path: test.info().outputPath("figures-narrow.png") });
});

test("an address of a record that is not here says so", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  await enrolled.go("figures/population/00000000000000000000000000000000");
  await expect(page.getByTestId("figure-missing")).toBeVisible();
});

test("a deleted figure opened by its address says who deleted it and why, and can be brought back", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  const id = await enrolled.tell("population", HAMLET.uid, pop());
  await enrolled.call("record.void", { ids: [id], reason: "Nhập nhầm ấp" });
  await enrolled.go(`figures/population/${id}`);
  const gone = page.getByTestId("figure-gone");
  await expect(gone).toContainText("Nguyễn Thị Lan đã xóa lúc");
  await expect(gone).toContainText("Lý do: Nhập nhầm ấp");
  await expect(gone).toContainText("1.000");
  await expect(page.getByTestId("figure-editor"), "nothing to type into").toHaveCount(0);
  expect(await violations(page), "a deleted figure").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("figures-gone.png") });
  await enrolled.fits();
  await page.getByTestId("figure-restore").press("Enter");
  await expect(page.getByTestId("figure-value")).toHaveValue("1.000");
  await expect(page.getByTestId("figure-row")).toHaveCount(1);
  await expect(page.getByTestId("figure-from")).toHaveText("Nguồn: Công an xã");
  await page.getByTestId("figures-tab-population").focus();
  await page.keyboard.press("Control+z");
  await expect(gone).toBeVisible();
  await page.goto(page.url().replace("population", "vneid"));
  await expect(page.getByTestId("figure-missing"), "of another list").toBeVisible();
});

test("a school's figure at the address of VNeID is not turned into one of VNeID", async ({ school }) => {
  await school.open();
  const cell = { target_group: "pupil_lower_secondary", grade: "", class: "6A1", measure: "skilled", text: "30", population: "41", id: null };
  await school.call("coverage.save", { unit: SCHOOL.uid, school_year: "2025-2026", as_of: "20/11/2025", evidence_kind: "school_assessed", source: "Sổ", cells: [cell] });
  const [one] = await records(school, "coverage");
  await school.go(`figures/vneid/${one?.form.id}`);
  await expect(school.page.getByTestId("figure-missing")).toBeVisible();
  await expect(school.page.getByTestId("figure-numerator")).toHaveCount(0);
});

test("Ctrl+S pressed twice saves one team", async ({ enrolled }) => {
  await enrolled.open();
  const { page } = enrolled;
  await enrolled.go("figures/team");
  await page.getByTestId("figure-name").fill("Tổ 1");
  await page.getByTestId("figure-members").fill("7");
  const { asked, release } = await enrolled.hold("record.save");
  await page.keyboard.press("Control+s");
  await asked;
  await page.keyboard.press("Control+s");
  release();
  await expect(page.getByTestId("figure-name")).toHaveValue("");
  await expect(page.getByTestId("figure-row")).toHaveCount(1);
  // A save that came after would stand in the list by the time another team does.
  await page.getByTestId("figure-name").fill("Tổ 2");
  await page.getByTestId("figure-members").fill("5");
  await page.keyboard.press("Control+s");
  await expect.poll(async () => (await records(enrolled, "team")).map(({ form }) => form.fields.name).sort()).toEqual(["Tổ 1", "Tổ 2"]);
});

test("among many units one is found by typing some of its name, by keyboard alone", async ({ officer }) => {
  await officer.open();
  const { page } = officer;
  const row = (name: string) => ({ uid: "", level: "hamlet", name, sort: "", code: "", parent: "", valid_from: "", valid_to: "", members: [] });
  const names = Array.from({ length: 14 }, (_, at) => `Ấp Kinh Đào ${at + 1}`);
  await officer.call("unit.create_many", { rows: names.map(row), commit: "all", chosen: [] });
  await officer.tell("population", HAMLET.uid, pop({ source: "Báo cáo của Công an xã Long Hòa quý IV năm 2025" }));
  await officer.go("figures/population");
  await page.reload();
  await expect(page.getByTestId("figure-row")).toContainText("Máy chủ đã nhận");
  const beyond = await page.getByTestId("figure-row").evaluate((row) => { const list = row.closest(".list"); return list ? list.scrollWidth - list.clientWidth : NaN; });
  expect(beyond, "a long source and a long state beside the editor").toBe(0);
  await expect(page.getByTestId("figures-unit")).toHaveValue("Tất cả đơn vị");
  await page.getByTestId("figures-unit").click();
  await expect(page.locator('[role="option"]'), "a click shows all of them").toHaveCount(17);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Alt+n");
  await expect(page.getByTestId("figure-target_group")).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  const unit = page.getByTestId("figure-unit");
  await expect(unit).toBeFocused();
  await page.keyboard.type("kinh dao 12");
  await expect(page.locator('[role="option"]')).toHaveText([/Ấp Kinh Đào 12/]);
  expect(await violations(page), "choosing a unit").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("figures-unit.png") });
  await page.keyboard.press("Enter");
  await expect(unit).toHaveValue(/Ấp Kinh Đào 12/);
  await expect(unit).toBeFocused();
  await unit.fill("kinh dao");
  await page.keyboard.press("Tab");
  await expect(unit, "what could be many is none of them").toHaveValue(/Ấp Kinh Đào 12/);
  await typed(page, "900");
  await unit.fill("kinh dao");
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("unit-unclear")).toBeVisible();
  await expect(unit).toBeFocused();
  expect(await records(officer, "population"), "nothing under the unit before").toHaveLength(1);
  await unit.fill("kinh dao 9");
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("figure-row")).toHaveCount(2);
  await expect(page.getByTestId("figures")).toContainText("Ấp Kinh Đào 9");
  await page.getByTestId("figures-unit").fill("hoa thuan");
  await page.keyboard.press("Tab");
  await expect(page.getByTestId("figures-unit")).toHaveValue(/Ấp Hòa Thuận/);
  await expect(page.getByTestId("figure-row"), "left with the only one it can be").toHaveCount(1);
  await page.getByTestId("figures-unit").fill("");
  await page.keyboard.press("Tab");
  await expect(page.getByTestId("figure-row")).toHaveCount(2);

  await officer.go("school");
  await page.getByTestId("coverage-unit").fill("kinh dao 7");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("coverage-unit")).toHaveValue(/Ấp Kinh Đào 7/);
  expect(await violations(page), "the grid of one of many").toEqual([]);
  await officer.fits();
});

test("figures of merged hamlets are read by the units of then or of now, each with who changed it last", async ({ officer, hamlet }) => {
  await hamletTold(officer, hamlet);
  const { page } = officer;
  const other = await officer.hamlet("Ấp Tri Phong");
  await officer.tell("population", other, pop({ value: "600" }));
  await officer.merge([HAMLET.uid, other], "Ấp Rạch Lọp");
  await officer.go("figures/population");
  const rows = page.getByTestId("figure-row");
  const boundaries = page.getByTestId("boundaries");
  await expect(rows).toHaveCount(2);
  await expect(boundaries).toHaveValue("as_is_now");
  await expect(page.getByTestId("figure-open")).toHaveText(["Ấp Rạch Lọp", "Ấp Rạch Lọp"]);
  const ofHamlet = rows.filter({ hasText: `lúc ghi: ${HAMLET.name}` });
  await expect(ofHamlet.getByTestId("figure-by")).toContainText("Ghi: Thạch Văn Bảy, ");
  await expect(rows.filter({ hasText: "lúc ghi: Ấp Tri Phong" }).getByTestId("figure-by")).toContainText("Ghi: Cán bộ xã, ");
  expect(await violations(page), "with the switch").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("figures-boundaries.png") });
  await officer.fits();

  await page.getByTestId("figures-unit").selectOption({ label: "Ấp Rạch Lọp · Xã Long Hòa" });
  await expect(rows, "both were what it is").toHaveCount(2);
  await boundaries.selectOption("as_was");
  await expect(rows, "nothing was recorded for it").toHaveCount(0);
  await page.getByTestId("figures-unit").selectOption(COMMUNE);
  await expect(rows, "with what lies below").toHaveCount(2);
  await boundaries.selectOption("");
  await expect(rows, "the commune's own").toHaveCount(0);
  await page.getByTestId("figures-unit").selectOption(HAMLET.uid);
  await boundaries.selectOption("as_was");
  await expect(page.getByTestId("figure-open")).toHaveText([HAMLET.name]);
  await expect(page.getByTestId("figure-other-name")).toHaveText("nay: Ấp Rạch Lọp");
  await page.getByTestId("figure-open").click();
  await expect(page.getByTestId("figure-value")).toHaveValue("1.000");

  await page.getByTestId("nav-today").click();
  await page.getByTestId("nav-figures").click();
  await expect(rows).toHaveCount(2);
  await expect(boundaries, "kept while the program runs").toHaveValue("as_was");
  await expect(page.getByTestId("figure-open")).toHaveText([HAMLET.name, "Ấp Tri Phong"]);
});
