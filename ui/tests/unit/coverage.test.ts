import { describe, expect, test, vi } from "vitest";

import { fraction, reach, readCount, total } from "../../src/features/coverage/figures";
import { gradeText, guessGroup } from "../../src/features/coverage/groups";
import { allNamed, isBlock, pasteAt, pasteNamed, placesOf } from "../../src/features/coverage/paste";
import { propose } from "../../src/features/coverage/propose";
import { Sheet } from "../../src/features/coverage/sheet.svelte";
import type { CoverageCell, CoverageGridView, CoverageRow, RecordView } from "../../src/lib/generated/contract";

vi.mock("../../src/lib/app.svelte", () => {
  const measures = ["skilled", "equipped", "device_basics"];
  const pupils = (code: string, first: number, last: number) => ({ code, measures, grades: [first, last], taught: true });
  const groups = [pupils("pupil_primary", 1, 5), pupils("pupil_lower_secondary", 6, 9), pupils("pupil_upper_secondary", 10, 12), pupils("learner_gdtx", 6, 12)];
  return { app: { codes: () => measures, groups: () => groups } };
});

const BEFORE = { text: "30/41", as_of: { iso: "2025-10-01", text: "01/10/2025", weekday: 3 } };

function cell(measure: string, text: string, previous: CoverageCell["previous"] = null): CoverageCell {
  return { measure, text, id: text === "" ? null : `id-${measure}`, status: text === "" ? null : "waiting", previous };
}

function row(name: string, population: string, cells: CoverageCell[]): CoverageRow {
  return { target_group: "pupil_lower_secondary", grade: "6", class: name, population, cells };
}

function grid(...rows: CoverageRow[]): CoverageGridView {
  return { unit: "u", unit_name: "Trường", school_year: "2025-2026", as_of: null, evidence_kind: "", measures: [], rows, findings: [] };
}

function sheetOf(...rows: CoverageRow[]): Sheet {
  const sheet = new Sheet("class");
  sheet.take(grid(...rows));
  return sheet;
}

const sent = (sheet: Sheet) => sheet.toSend().map(({ typed }) => [typed.class, typed.measure, typed.text, typed.population]);

describe("texts", () => {
  test("counts are read as the rules read them, and what they refuse is none", () => {
    expect(["38", "1.234", "1,234", "1 234", "1.234.567"].map(readCount)).toEqual([38, 1234, 1234, 1234, 1234567]);
    for (const wrong of ["", "1.23", "1.234,567", "-3", "ba mươi", "38/41"]) expect(readCount(wrong), wrong).toBeNull();
  });
  test("a fraction is two texts, a lone slash divides nothing", () => {
    expect(fraction(" 38 / 41 ")).toEqual(["38", "41"]);
    expect(fraction("38/")).toEqual(["38/", null]);
  });
  test("a name tells the group, and what the school has already decides between two", () => {
    expect(guessGroup("3B", [])).toBe("pupil_primary");
    expect(guessGroup("10A1", ["learner_gdtx"])).toBe("learner_gdtx");
    expect(guessGroup("Lá 1", ["pupil_primary"])).toBe("pupil_primary");
    expect(guessGroup("Lá 1", [])).toBe("");
  });
  test("a grade may be written with its word", () => expect(["Khối 6", "lớp 7", "8", "x"].map(gradeText)).toEqual(["6", "7", "8", "x"]));
  test("one cell alone is no block", () => expect(["38", "38\n", "38\t40", "38\n40"].map(isBlock)).toEqual([false, false, true, true]));
  test("lines keep their places: blank ones are classes without a figure, headings are no row", () => {
    expect(placesOf("30\n\n32\n", 2)).toEqual([0, 2]);
    expect(placesOf("Đạt\n30\n\n32", 2)).toEqual([0, 2]);
  });
});

describe("rows", () => {
  test("sums take only rows that have both numbers, and done is all of all", () => {
    const sheet = sheetOf(row("6A1", "41", [cell("skilled", "41")]), row("6A2", "40", [cell("skilled", "30/38")]), row("6A3", "", [cell("skilled", "9")]), row("6A4", "39", [cell("skilled", "")]));
    const rows = sheet.rows.filter(({ blank }) => !blank);
    expect(total(rows, "skilled")).toEqual({ numerator: 71, population: 79, told: 2, of: 4 });
    expect(rows.map(reach)).toEqual(["done", "teaching", "teaching", "none"]);
  });

  test("a name that stands twice is not sent, and neither is a row without one", () => {
    const sheet = sheetOf(row("6A1", "41", [cell("skilled", "30")]));
    const first = sheet.rows.at(-1)?.id ?? "";
    sheet.write(first, "name", " 6a1 ");
    sheet.write(first, "skilled", "20");
    const second = sheet.rows.at(-1)?.id ?? "";
    sheet.write(second, "skilled", "21");
    expect(sheet.rows.map(({ problem }) => problem?.code)).toEqual([undefined, "class_twice", "class_missing", undefined]);
    expect(sent(sheet)).toEqual([]);
    expect(sheet.unsaved).toBe(2);
  });

  test("a changed sĩ số takes the figures under it along, not those with their own or told since", () => {
    const sheet = sheetOf(row("6A1", "41", [cell("skilled", "30"), cell("equipped", "20/40")]));
    const id = sheet.rows[0]?.id ?? "";
    sheet.write(id, "population", "42");
    expect(sent(sheet)).toEqual([["6A1", "skilled", "30", "42"]]);
    sheet.take(grid(row("6A1", "41", [cell("skilled", "30"), cell("equipped", "20/40"), cell("device_basics", "9")])));
    expect(sent(sheet)).toEqual([["6A1", "skilled", "30", "42"]]);
    expect(sheet.textAt(id, "device_basics"), "with the sĩ số it has").toBe("9/41");
    sheet.write(id, "population", "41");
    expect(sheet.unsaved).toBe(0);
  });

  test("what was typed while a save ran stays, and a refused cell keeps its text", () => {
    const sheet = sheetOf(row("6A1", "41", [cell("skilled", "30"), cell("equipped", "")]));
    const id = sheet.rows[0]?.id ?? "";
    sheet.write(id, "skilled", "35");
    sheet.write(id, "equipped", "ba");
    const gone = sheet.toSend();
    sheet.write(id, "skilled", "36");
    const refusal = { code: "count_not_integer", path: "numerator", severity: "error" as const, params: { value: "ba" } };
    sheet.settle(gone, { at: "", voided: [], cells: [{ id: "id-skilled", findings: [] }, { id: null, findings: [refusal] }] }, grid(row("6A1", "41", [cell("skilled", "35"), cell("equipped", "")])));
    expect(sent(sheet)).toEqual([["6A1", "skilled", "36", "41"], ["6A1", "equipped", "ba", "41"]]);
    expect(sheet.findings.get(`${id}|equipped`)).toEqual([refusal]);
  });

  test("earlier figures fill empty cells only", () => {
    const sheet = sheetOf(row("6A1", "41", [cell("skilled", "", BEFORE), cell("equipped", "33", BEFORE)]), row("6A2", "40", [cell("skilled", "", BEFORE)]));
    propose(sheet);
    expect(sent(sheet)).toEqual([["6A1", "skilled", "30", "41"], ["6A2", "skilled", "30/41", "40"]]);
  });

  test("typed cells go to another day whole", () => {
    const from = sheetOf(row("6A1", "41", [cell("skilled", "30")]));
    from.write(from.rows[0]?.id ?? "", "skilled", "35");
    from.write(from.rows.at(-1)?.id ?? "", "name", "6A9");
    from.write(from.rows[1]?.id ?? "", "skilled", "20");
    const to = sheetOf(row("6A1", "41", [cell("skilled", "")]));
    to.takeFrom(from);
    expect(sent(to)).toEqual([["6A1", "skilled", "35", "41"], ["6A9", "skilled", "20", ""]]);
    expect(from.unsaved).toBe(0);
  });
});

describe("a block", () => {
  const block = (...rows: [string, ...string[]][]) => rows.map(([name, ...cells]) => ({ class: name, cells }));

  test("by name updates what is there and adds what is not; a whole fraction has no column of sĩ số", () => {
    const sheet = sheetOf(row("6A2", "40", [cell("skilled", "30"), cell("equipped", "")]));
    expect(allNamed(sheet, block(["6a2", "31"]))).toBe(true);
    pasteNamed(sheet, "", block(["6A1", "38/41"], ["6A2", "31/40"]));
    expect(sent(sheet)).toEqual([["6A2", "skilled", "31/40", "40"], ["6A1", "skilled", "38/41", ""]]);
  });

  test("of figures keeps what is no figure, and empties nothing", () => {
    const sheet = sheetOf(row("6A1", "41", [cell("skilled", "30"), cell("equipped", "20")]), row("6A2", "40", [cell("skilled", ""), cell("equipped", "")]));
    pasteAt(sheet, sheet.rows[0]?.id ?? "", "skilled", block(["31", ""], ["ba mươi", "9"]), "31\t\nba mươi\t9");
    expect(sent(sheet)).toEqual([["6A1", "skilled", "31", "41"], ["6A2", "skilled", "ba mươi", "40"], ["6A2", "equipped", "9", "40"]]);
  });
});

describe("the heading", () => {
  const told = (id: string, evidence_kind: string, source: string): RecordView => ({ form: { kind: "coverage", id, unit: "u", fields: { evidence_kind, source } }, unit_name: "Trường", unit_then: null, unit_now: null, status: "sent", void: false, by: "Lan", at: "2025-11-20T08:00:00+07:00" });
  const one = row("6A1", "41", [cell("skilled", "30/40"), cell("equipped", "")]);

  test("is saved with the figures it was changed over, their own sĩ số kept", () => {
    const sheet = new Sheet("class");
    sheet.take(grid(one), [told("id-skilled", "school_assessed", "Sổ")]);
    sheet.heading.evidence = "school_assessed";
    sheet.heading.source = " Sổ ";
    expect(sheet.unsaved).toBe(0);
    sheet.heading.source = "Biên bản";
    expect(sent(sheet)).toEqual([["6A1", "skilled", "30/40", "41"]]);
    sheet.heading.source = "";
    sheet.heading.evidence = "";
    expect(sheet.unsaved, "nothing said is nothing changed").toBe(0);
  });

  test("changed while it is being saved, it is still to be saved", () => {
    const sheet = new Sheet("class");
    sheet.take(grid(one), [told("id-skilled", "school_assessed", "Sổ")]);
    sheet.heading.source = "Biên bản";
    const view = { at: "", cells: [{ id: "id-skilled", findings: [] }], voided: [] };
    const leaving = sheet.toSend();
    sheet.heading.source = "Biên bản 2";
    sheet.settle(leaving, view, grid(one), [told("id-skilled", "school_assessed", "Biên bản")]);
    sheet.heading.settle(["id-skilled"], null, "Biên bản");
    expect(sheet.unsaved).toBe(1);
    sheet.heading.settle(["id-skilled"], null, "Biên bản 2");
    expect(sheet.unsaved).toBe(0);
  });

  test("what was typed under it on another day takes it along; figures there stay as they are", () => {
    const [here, there] = [new Sheet("class"), new Sheet("class")];
    here.take(grid(one), [told("id-skilled", "school_assessed", "Sổ")]);
    there.take(grid(one), [told("id-skilled", "school_assessed", "Sổ")]);
    there.heading.source = "Biên bản";
    there.write("pupil_lower_secondary|6|6A1", "equipped", "20");
    here.takeFrom(there);
    expect(sent(here)).toEqual([["6A1", "equipped", "20", "41"]]);
    expect(here.heading.source).toBe("Biên bản");
    expect(there.unsaved).toBe(0);
  });
});
