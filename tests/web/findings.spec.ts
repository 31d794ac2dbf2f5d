import { described, textFields } from "./support/form";
import { expect, test } from "./support/machines";

interface Bad {
  what: string;
  /** Field → text, typed in this order. */
  typed: Record<string, string>;
  /** The field that is described by it; `counts` for the whole grid, right below it. */
  at: string;
  sentence: string;
  /** Whether saving is refused. */
  refused: boolean;
}

const BAD: Bad[] = [
  {
    what: "more women than people",
    typed: { "count-adult-attended": "22", "count-adult-female": "25" },
    at: "count-adult-female",
    sentence: "Nữ (25) lớn hơn tổng số (22). Sửa một trong hai ô.",
    refused: true,
  },
  { what: "a negative number", typed: { "count-adult-attended": "-3" }, at: "count-adult-attended", sentence: "Số người không thể nhỏ hơn 0. Đang nhập “-3”.", refused: true },
  { what: "a fraction", typed: { "count-adult-attended": "12,5" }, at: "count-adult-attended", sentence: "Số người phải là số nguyên. Đang nhập “12,5”.", refused: true },
  { what: "an unclear mark", typed: { "count-adult-attended": "1.23" }, at: "count-adult-attended", sentence: "“1.23” chưa rõ: ý là 1 hay 123? Gõ lại giúp.", refused: true },
  { what: "women without people", typed: { "count-adult-female": "5" }, at: "count-adult-attended", sentence: "chưa có tổng. Nhập tổng số lượt.", refused: true },
  { what: "a word for a number", typed: { "count-adult-attended": "đông" }, at: "count-adult-attended", sentence: "Số người phải là số nguyên. Đang nhập “đông”.", refused: true },
  { what: "4.000 people", typed: { "count-adult-attended": "4000" }, at: "counts", sentence: "4.000 lượt trong một buổi là rất nhiều", refused: false },
  { what: "a day that is not", typed: { "field-date": "31/11/2025" }, at: "field-date", sentence: "Không có ngày 31/11. Tháng 11 có 30 ngày.", refused: true },
  { what: "a day nobody can read", typed: { "field-date": "hôm kia" }, at: "field-date", sentence: "Không đọc được ngày “hôm kia”.", refused: true },
  { what: "a day before the plan", typed: { "field-date": "12/11/2009" }, at: "field-date", sentence: "Ngày 12/11/2009 trước năm 2025, khi kế hoạch chưa bắt đầu.", refused: false },
  { what: "an hour nobody can read", typed: { "field-start": "tối" }, at: "field-start", sentence: "Không đọc được giờ “tối”. Gõ dạng 19:30 hoặc 19h30.", refused: true },
  { what: "more than a day long", typed: { "field-duration_minutes": "2000" }, at: "field-duration_minutes", sentence: "2.000 phút dài hơn một ngày (1.440 phút)", refused: true },
  { what: "a telephone number", typed: { "field-note": "Gọi chị Bảy 0912345678" }, at: "field-note", sentence: "Ghi chú có dãy số giống số điện thoại hoặc căn cước.", refused: false },
];

for (const { what, typed, at, sentence, refused } of BAD) {
  test(`${what}: its own sentence at its field`, async ({ enrolled }) => {
    await enrolled.open();
    await enrolled.go("entry/new");
    const { page } = enrolled;
    await textFields(page);
    await page.getByTestId("field-topics").pressSequentially("vneid");
    await page.keyboard.press("Enter");
    await page.getByTestId("field-form").selectOption("class");
    if (!Object.keys(typed).some((name) => name.startsWith("count"))) await page.getByTestId("count-adult-attended").fill("20");
    for (const [name, text] of Object.entries(typed)) {
      await page.getByTestId(name).fill(text);
      await page.getByTestId(name).blur();
    }
    await page.getByTestId("save").click();

    if (at === "counts") await expect(page.locator("section", { has: page.locator("table") })).toContainText(sentence);
    else await expect.poll(() => described(page.getByTestId(at)), `at ${at}`).toContain(sentence);
    if (refused) {
      await expect(page.getByTestId(at)).toHaveAttribute("aria-invalid", "true");
      await expect(page.getByTestId(at), "the focus goes where something is to be mended").toBeFocused();
      await expect(page.getByTestId("saved-notice")).toHaveCount(0);
      await expect.poll(() => enrolled.draft(), "what was typed is kept").toBeTruthy();
    } else {
      await expect(page.getByTestId("saved-notice")).toContainText("Đã lưu trên máy");
    }
  });
}

test("nothing filled in: every missing thing is named at its place", async ({ enrolled }) => {
  await enrolled.open();
  await enrolled.go("entry/new");
  const { page } = enrolled;
  await page.getByTestId("field-date").fill("");
  await page.getByTestId("save").click();
  await expect.poll(() => described(page.getByTestId("field-date"))).toContain("Chưa có ngày.");
  await expect.poll(() => described(page.getByTestId("field-topics"))).toContain("Chưa chọn nội dung.");
  await expect(page.getByTestId("finding-counts_empty")).toContainText("Chưa nhập số người tham gia.");
  await expect(page.getByTestId("summary")).toBeVisible();
});

test("a note of a megabyte and a null byte are refused in words and kept as a draft", async ({ enrolled }) => {
  await enrolled.open();
  await enrolled.go("entry/new");
  const { page } = enrolled;
  await page.getByTestId("field-note").fill("a".repeat(1_000_000));
  await page.getByTestId("field-note").blur();
  await expect(page.getByTestId("finding-text_too_long")).toContainText("1.000.000");
  await page.getByTestId("field-note").fill("trước\u0000sau");
  await page.getByTestId("field-note").blur();
  await expect(page.getByTestId("finding-text_control")).toContainText("Đoạn chữ có ký tự lạ");
});

test("numbers are echoed as people write them when the field is left", async ({ sample }) => {
  await sample.go("entry/new");
  const { page } = sample;
  for (const [typed, tidy] of [["1234", "1.234"], ["1,234", "1.234"], ["１２", "12"], ["៣១", "31"], ["007", "7"]]) {
    await page.getByTestId("count-adult-attended").fill(typed ?? "");
    await page.getByTestId("count-adult-female").focus();
    await expect(page.getByTestId("count-adult-attended"), typed).toHaveValue(tidy ?? "");
  }
  await page.getByTestId("field-date").fill("22-11-25");
  await page.getByTestId("field-note").focus();
  await expect(page.getByTestId("field-date")).toHaveValue("22/11/2025");
  await expect(page.getByTestId("date-echo")).toContainText("Thứ bảy, 22/11/2025");
});
