import { afterEach, describe, expect, test } from "vitest";

import { useLocale } from "../../src/lib/locale.svelte";
import { coded, findingText, label, pathLabel, text, valueText } from "../../src/lib/text";

afterEach(() => useLocale("vi"));

describe("the sentence of a finding", () => {
  const finding = { code: "of_which_over_total", params: { column: "@column_female", value: "25", total: "22" } };

  test("fills its values, and names the message a value points to", () => {
    expect(findingText(finding)).toBe("Nữ (25) lớn hơn tổng số (22). Sửa một trong hai ô.");
  });

  test("speaks the language of the screen, the value's own name included", () => {
    const vietnamese = findingText(finding);
    useLocale("en");
    expect(findingText(finding)).toContain("25");
    expect(findingText(finding)).not.toBe(vietnamese);
    expect(findingText(finding)).not.toContain("Nữ");
  });

  test("echoes what was typed letter for letter", () => {
    expect(findingText({ code: "count_not_integer", params: { value: "12,5" } })).toContain("“12,5”");
  });

  test("an unknown code shows itself rather than nothing", () => {
    expect(findingText({ code: "never_heard_of", params: {} })).toBe("finding_never_heard_of");
  });
});

test("an unknown label shows the code", () => {
  expect(label("topic", "vneid")).toBe("Cài đặt, sử dụng VNeID");
  expect(label("topic", "from_the_future")).toBe("from_the_future");
  expect(text("toString")).toBe("toString");
});

test("a code may come with or without its prefix", () => {
  expect(coded("sync_problem", "no_link")).toBe(coded("sync_problem", "sync_problem_no_link"));
});

test("paths and coded values of a history are read aloud in words", () => {
  expect(pathLabel("counts.adult.female")).toBe("Người dân trưởng thành · Nữ");
  expect(pathLabel("venue")).toBe("Địa điểm");
  expect(valueText("topics", "vneid, other")).toBe("Cài đặt, sử dụng VNeID, Nội dung khác");
  expect(valueText("venue", "vneid")).toBe("vneid");
});
