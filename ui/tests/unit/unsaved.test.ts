import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Sheet } from "../../src/features/coverage/sheet.svelte";
import { readText, savedWith, textOf, type TypedSheet } from "../../src/features/coverage/unsaved";
import { Editor, type Home, type TypedRecord } from "../../src/features/figures/editor.svelte";
import type { CoverageGridView, CoverageRow, RecordView } from "../../src/lib/generated/contract";
import { KEEP_IDLE_MS, Keeper } from "../../src/shared/unsaved";
import { plug } from "./backend";

vi.mock("../../src/lib/app.svelte", () => {
  const groups = [{ code: "pupil_lower_secondary", measures: ["skilled", "equipped"], grades: [6, 9], taught: true }];
  return { app: { state: { phase: "ready" }, codes: () => ["skilled", "equipped"], groups: () => groups }, fail: () => {} };
});

/** Through the disk and back. */
const again = <T>(kept: T): T => JSON.parse(JSON.stringify(kept)) as T;

describe("what is kept", () => {
  let fixture: ReturnType<typeof plug>;
  let typed: Record<string, { unit: string; text: string } | null | undefined>;
  const asked = (name: string) => fixture.calls.filter((one) => one.name === name).map(({ input }) => input);
  const keeper = () => new Keeper("coverage", (key) => (key in typed ? typed[key] : null));
  const idle = () => vi.advanceTimersByTimeAsync(KEEP_IDLE_MS);

  beforeEach(() => {
    vi.useFakeTimers();
    fixture = plug();
    typed = {};
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test("is written once after the keys have been still, at once when the field is left, and dropped when it is saved", async () => {
    const kept = keeper();
    expect(await kept.load()).toEqual([]);
    for (const text of ["3", "35"]) {
      typed.a = { unit: "u", text };
      kept.later("a");
      await vi.advanceTimersByTimeAsync(KEEP_IDLE_MS - 1);
    }
    expect(asked("unsaved.keep")).toEqual([]);
    await idle();
    expect(asked("unsaved.keep")).toEqual([{ key: "coverage|a", unit: "u", text: "35" }]);
    typed.a = { unit: "u", text: "36" };
    kept.later("a");
    kept.leave();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked("unsaved.keep")).toHaveLength(2);
    typed.a = null;
    kept.later("a");
    await idle();
    kept.later("a");
    await idle();
    expect(asked("unsaved.drop")).toEqual([{ key: "coverage|a" }]);
  });

  test("comes to the next run, what was typed last at the end, and to no other screen", async () => {
    const kept = keeper();
    await kept.load();
    for (const key of ["a", "b", "a"]) {
      typed[key] = { unit: "u", text: `${key}${fixture.calls.length}` };
      kept.later(key);
      await idle();
    }
    expect((await keeper().load())?.map((text) => text[0])).toEqual(["b", "a"]);
    expect(await kept.load(), "this run has it").toBeNull();
    expect(await new Keeper("figures", () => null).load()).toEqual([]);
  });

  test("is on the disk as it stands before it is saved, and is told anew afterwards", async () => {
    const kept = keeper();
    await kept.load();
    typed.a = { unit: "u", text: "1" };
    kept.later("a");
    expect(await kept.flush("a")).toBe("coverage|a");
    expect(asked("unsaved.keep")).toEqual([{ key: "coverage|a", unit: "u", text: "1" }]);
    kept.later("a");
    await idle();
    expect(asked("unsaved.keep"), "the save may have changed it").toHaveLength(2);
  });

  test("is not touched while it is being saved, and nothing waits behind that", async () => {
    const kept = keeper();
    await kept.load();
    typed.a = { unit: "u", text: "1" };
    kept.later("a");
    expect(await kept.settle("a")).toBe("coverage|a");
    await idle();
    typed.a = undefined;
    kept.later("a");
    await idle();
    expect(fixture.calls.filter(({ name }) => name !== "unsaved.list")).toEqual([]);
  });
});

const PLACE = { unit: "u", school_year: "2025-2026", as_of: "22/11/2025", mode: "class" as const };

describe("a sheet", () => {
  const cell = (measure: string, text: string) => ({ measure, text, id: text === "" ? null : `id-${measure}`, status: text === "" ? null : ("waiting" as const), previous: null });
  const row = (name: string, ...texts: [string, string]): CoverageRow => ({ target_group: "pupil_lower_secondary", grade: "6", class: name, population: "41", cells: [cell("skilled", texts[0]), cell("equipped", texts[1])] });
  const grid = (...rows: CoverageRow[]): CoverageGridView => ({ unit: "u", unit_name: "Trường", school_year: "2025-2026", as_of: null, evidence_kind: "", measures: [], rows, findings: [] });
  const told: RecordView = { form: { kind: "coverage", id: "id-skilled", unit: "u", fields: { evidence_kind: "school_assessed", source: "Sổ" } }, unit_name: "Trường", unit_then: null, unit_now: null, status: "sent", void: false, by: "", at: "" };
  const sheetOf = (...rows: CoverageRow[]) => {
    const sheet = new Sheet("class");
    sheet.take(grid(...rows), [told]);
    return sheet;
  };
  const sent = (sheet: Sheet) => sheet.toSend().map(({ typed }) => [typed.class, typed.measure, typed.text, typed.population]);

  function typedOn(sheet: Sheet): TypedSheet {
    sheet.write("pupil_lower_secondary|6|6A1", "skilled", "35");
    sheet.write("pupil_lower_secondary|6|6A1", "population", "42");
    const made = sheet.rows.at(-1)?.id ?? "";
    sheet.write(made, "name", "6A9");
    sheet.write(made, "skilled", "20");
    const typed = sheet.typed();
    if (!typed) throw new Error("something was typed");
    return again(typed);
  }

  test("nothing typed is nothing kept", () => {
    const sheet = sheetOf(row("6A1", "30", "20"));
    expect(sheet.typed()).toBeNull();
    typedOn(sheet);
    sheet.forget();
    expect(sheet.typed()).toBeNull();
  });

  test("comes back as it was typed, rows made here and the sĩ số among it", () => {
    const typed = typedOn(sheetOf(row("6A1", "30", "20")));
    const next = sheetOf(row("6A1", "30", "20"));
    next.bring(typed);
    expect(next.unsaved).toBe(3);
    expect(sent(next)).toEqual([["6A1", "skilled", "35", "42"], ["6A1", "equipped", "20", "42"], ["6A9", "skilled", "20", ""]]);
    const nameless = (sheet: TypedSheet | null) => sheet && { ...sheet, rows: sheet.rows.map((row) => ({ ...row, id: "" })) };
    expect(nameless(again(next.typed()))).toEqual(nameless(typed));
    expect(next.rows.at(-1)?.blank, "the empty row is still the last").toBe(true);
  });

  test("goes to the disk in lines and comes back from them", () => {
    const typed = typedOn(sheetOf(row("6A1", "30", "20")));
    const text = textOf(PLACE, typed);
    expect(text.split("\n"), "the heading; the sĩ số and the cell of 6A1; 6A9").toHaveLength(4);
    expect(readText(text)).toEqual({ place: PLACE, ...typed });
    expect(readText(JSON.stringify({ v: 1, place: PLACE, ...typed })), "an older shape is left alone").toBeNull();
  });

  test("lines go with the cells they hold, a sĩ số only with every figure under it, a row made here as a whole", () => {
    const sheet = sheetOf(row("6A1", "30", "20"));
    const typed = typedOn(sheet);
    const lines = textOf(PLACE, typed).split("\n");
    expect(savedWith(typed.rows, sheet.toSend())).toEqual([{ line: lines[1], cells: [0, 1] }, { line: lines[2], cells: [0] }, { line: lines[3], cells: [2] }]);
    sheet.write("pupil_lower_secondary|6|6A1", "skilled", "35/42");
    sheet.write("pupil_lower_secondary|6|6A1", "equipped", "20/42");
    const own = sheet.typed()?.rows ?? [];
    expect(savedWith(own, sheet.toSend()).map(({ cells }) => cells), "nothing carries the sĩ số").toEqual([[0], [1], [2]]);
  });

  test("what was saved just before the program ended is not unsaved again", () => {
    const typed = typedOn(sheetOf(row("6A1", "30", "20")));
    const next = sheetOf({ ...row("6A1", "35", "20"), population: "42" }, row("6A9", "20", ""));
    next.bring(typed);
    expect(next.unsaved).toBe(0);
    expect(next.typed()).toBeNull();
  });

  test("a class another machine told meanwhile is not overwritten by one of the same name", () => {
    const typed = typedOn(sheetOf(row("6A1", "30", "20")));
    const next = sheetOf(row("6A1", "30", "20"), row("6A9", "25", ""));
    next.bring(typed);
    expect(next.rows.map(({ problem }) => problem?.code)).toContain("class_twice");
    expect(sent(next).map(([name]) => name)).not.toContain("6A9");
  });

  test("a row whose stored figures are gone keeps its name", () => {
    const next = sheetOf();
    next.bring(typedOn(sheetOf(row("6A1", "30", "20"))));
    expect(sent(next)).toEqual([["6A1", "skilled", "35", "42"], ["6A9", "skilled", "20", ""]]);
  });

  test("the heading comes along, and alone it waits until something is saved under it", () => {
    const sheet = sheetOf(row("6A1", "30", ""));
    sheet.heading.source = "Biên bản";
    const typed = again(sheet.typed());
    if (!typed) throw new Error("a source was typed");
    const next = sheetOf(row("6A1", "30", ""));
    next.bring(typed);
    expect(sent(next), "over the figure it was changed over").toEqual([["6A1", "skilled", "30", "41"]]);
    next.heading.settle(["id-skilled"], null, "Biên bản");
    expect(next.typed()).toBeNull();
    const empty = sheetOf();
    empty.heading.source = "Sổ";
    expect([empty.unsaved, empty.typed()?.heading.source]).toEqual([0, "Sổ"]);
  });
});

describe("a figure", () => {
  const home: Home = { changed: () => {}, settle: async () => "", made: () => {} };
  const stored = (value: string) => ({ kind: "population", id: "r1", unit: "u", fields: { target_group: "adult", value, source: "Công an xã" } });
  const kept = (editor: Editor): TypedRecord => {
    const typed = editor.typed();
    if (!typed) throw new Error("something was typed");
    return again(typed);
  };

  test("comes back over what is stored by now", () => {
    const editor = new Editor("population", stored("1.000"), "u", {}, home);
    expect(editor.typed()).toBeNull();
    editor.write("value", "1.050");
    const next = Editor.of(kept(editor), home);
    next.follow({ ...stored("1.000"), fields: { ...stored("1.000").fields, source: "Thống kê" } });
    expect([next.touched, next.fields.value, next.fields.source]).toEqual([true, "1.050", "Thống kê"]);
    next.follow(stored("1.050"));
    expect(next.typed(), "that very figure was saved").toBeNull();
  });

  test("a new one keeps what it began with, and forgets what was typed", () => {
    const editor = new Editor("population", null, "u", { source: "Công an xã" }, home);
    editor.write("value", "900");
    const next = Editor.of(kept(editor), home);
    expect([next.touched, next.fields.source]).toEqual([true, "Công an xã"]);
    next.forget();
    expect([next.touched, next.fields]).toEqual([false, { source: "Công an xã" }]);
  });
});
