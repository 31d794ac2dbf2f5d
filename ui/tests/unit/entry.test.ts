import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { DRAFT_IDLE_MS } from "../../src/features/sessions/drafts.svelte";
import { Entry } from "../../src/features/sessions/entry.svelte";
import { plug } from "./backend";

let fixture: ReturnType<typeof plug>;
const names = () => fixture.calls.map(({ name }) => name);
const drafts = () => fixture.calls.filter(({ name }) => name === "draft.save");

beforeEach(() => {
  vi.useFakeTimers();
  fixture = plug();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.body.innerHTML = "";
});

test("a draft is written once, after the keys have been still", async () => {
  const entry = new Entry();
  await entry.open({ from: "new" });
  for (const text of ["3", "31", "31 "]) {
    entry.write("counts.adult.attended", text);
    await vi.advanceTimersByTimeAsync(DRAFT_IDLE_MS - 1);
  }
  expect(drafts()).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(DRAFT_IDLE_MS);
  expect(drafts()).toHaveLength(1);
  expect(drafts()[0]?.input.form.counts.adult.attended).toBe("31 ");
});

test("opening and leaving a form without a key leaves no draft", async () => {
  const entry = new Entry();
  await entry.open({ from: "new" });
  entry.leave("date");
  entry.close();
  await vi.advanceTimersByTimeAsync(1000);
  expect(drafts()).toHaveLength(0);
});

test("closing right after a key still writes the draft", async () => {
  const entry = new Entry();
  await entry.open({ from: "new" });
  entry.write("note", "chữ cuối");
  entry.close();
  await vi.advanceTimersByTimeAsync(0);
  expect(drafts()[0]?.input.form.note).toBe("chữ cuối");
});

test("no draft is written after its session was saved", async () => {
  const entry = new Entry();
  await entry.open({ from: "new" });
  entry.write("counts.adult.attended", "31");
  expect(await entry.save()).toBe(true);
  await vi.advanceTimersByTimeAsync(5000);
  expect(names().slice(names().indexOf("session.save"))).not.toContain("draft.save");
});

test("pressing save twice saves one session", async () => {
  const entry = new Entry();
  await entry.open({ from: "new" });
  entry.write("counts.adult.attended", "31");
  await Promise.all([entry.save(), entry.save()]);
  expect(names().filter((name) => name === "session.save")).toHaveLength(1);
});

test("after a save the form edits that very session", async () => {
  const entry = new Entry();
  await entry.open({ from: "new" });
  entry.write("counts.adult.attended", "31");
  await entry.save();
  entry.write("counts.adult.attended", "32");
  await entry.save();
  const saves = fixture.calls.filter(({ name }) => name === "session.save");
  expect(saves[0]?.input.record_id).toBeNull();
  expect(saves[1]?.input.record_id).toBe(entry.recordId);
});

test("a field is not judged before it is left; a refused save judges all", async () => {
  const entry = new Entry();
  await entry.open({ from: "new" });
  entry.write("counts.adult.attended", "12,5");
  await vi.advanceTimersByTimeAsync(1000);
  expect(entry.shown).toEqual([]);
  entry.leave("counts.adult.attended");
  await vi.advanceTimersByTimeAsync(10);
  expect(entry.shown.map(({ code }) => code)).toEqual(["count_not_integer"]);
  entry.form.topics = [];
  expect(await entry.save()).toBe(false);
  expect(entry.shown.map(({ code }) => code)).toContain("topics_missing");
  expect(entry.changed, "the refused text is still a draft").toBe(true);
});

test("tidied text is written back to a field that was left, never to the one under the focus", async () => {
  const field = document.createElement("input");
  field.dataset.path = "counts.adult.attended";
  document.body.append(field);
  const entry = new Entry();
  await entry.open({ from: "new" });
  field.focus();
  entry.write("counts.adult.attended", "1234");
  entry.leave("date");
  await vi.advanceTimersByTimeAsync(10);
  expect(entry.read("counts.adult.attended")).toBe("1234");
  field.blur();
  entry.leave("counts.adult.attended");
  await vi.advanceTimersByTimeAsync(10);
  expect(entry.read("counts.adult.attended")).toBe("1.234");
});
