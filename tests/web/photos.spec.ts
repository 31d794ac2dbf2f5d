import { violations } from "./support/axe";
import { expect, type Machine, test } from "./support/machines";
import { hand, picture } from "./support/pictures";

async function choose({ page }: Machine, ...marks: number[]): Promise<void> {
  for (const mark of marks) {
    const buffer = await picture(page, mark);
    const before = await page.getByTestId("photo-thumb").count();
    await page.getByTestId("photo-file").setInputFiles({ name: `IMG_${mark}.jpg`, mimeType: "image/jpeg", buffer });
    await expect(page.getByTestId("photo-thumb")).toHaveCount(before + 1);
  }
}

async function form(machine: Machine): Promise<void> {
  await machine.open();
  await machine.go("entry/new");
  await machine.page.getByTestId("count-adult-attended").fill("21");
  await expect(machine.page.getByTestId("photo-add")).toBeVisible();
}

/** Height by which the middle of the form is too large. */
function tooHigh({ page }: Machine): Promise<number> {
  return page.locator(".page-body").evaluate((body) => body.scrollHeight - body.clientHeight);
}

test("photos are chosen, pasted and dropped, and the form still fits", async ({ enrolled }) => {
  const { page } = enrolled;
  await form(enrolled);
  await choose(enrolled, 1);
  await page.getByTestId("field-note").focus();
  await hand(page, "paste", [await picture(page, 2)]);
  await expect(page.getByTestId("photo-thumb")).toHaveCount(2);
  await hand(page, "drop", [await picture(page, 3), await picture(page, 4)]);
  await expect(page.getByTestId("photo-thumb")).toHaveCount(4);
  await expect(page.getByTestId("photo-thumb").first().locator("img")).toBeVisible();
  expect(await tooHigh(enrolled), "four photos").toBeLessThanOrEqual(1);
  await choose(enrolled, 5, 6);
  expect(await tooHigh(enrolled), "as many as a session may have").toBeLessThanOrEqual(1);
  await expect.poll(async () => (await enrolled.draft()).attachments.length, "on the disk").toBe(6);
  expect(await violations(page)).toEqual([]);
});

test("cells of a spreadsheet are no photo, though they come with a picture of themselves", async ({ enrolled }) => {
  const { page } = enrolled;
  await form(enrolled);
  await page.getByTestId("field-note").focus();
  await hand(page, "paste", [await picture(page, 1)], "21\t12");
  await choose(enrolled, 2);
  await expect(page.getByTestId("photo-thumb"), "only the chosen one").toHaveCount(1);
});

test("what cannot be a photo says what to do, in words for ears too", async ({ enrolled }) => {
  const { page } = enrolled;
  await form(enrolled);
  const file = { name: "cong-van.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") };
  await page.getByTestId("photo-file").setInputFiles(file);
  await expect(page.getByTestId("finding-photo_unreadable")).toContainText("Chọn ảnh JPG, PNG hoặc WebP.");
  await expect(page.getByTestId("finding-photo_unreadable"), "not below the footer").toBeInViewport({ ratio: 1 });
  await expect(page.getByRole("alert")).toContainText("Chọn ảnh JPG");
  expect(await violations(page)).toEqual([]);
  await choose(enrolled, 1);
  await expect(page.getByTestId("finding-photo_unreadable"), "the next picture is another matter").toHaveCount(0);
});

test("a photo gets a caption, is taken out and put back", async ({ enrolled }) => {
  const { page } = enrolled;
  await form(enrolled);
  await choose(enrolled, 1, 2);
  await page.getByTestId("photo-thumb").nth(1).click();
  await page.getByTestId("photo-caption").fill("Bà con cài VNeID");
  await expect(page.getByRole("dialog").locator("img")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("photo-thumb").nth(1), "the focus is where it was").toBeFocused();
  await expect(page.getByTestId("photo-thumb").nth(1)).toHaveAttribute("title", "Bà con cài VNeID");
  await page.keyboard.press("Enter");
  await page.getByTestId("photo-remove").click();
  await expect(page.getByTestId("photo-thumb")).toHaveCount(1);
  await page.getByTestId("undo").click();
  await expect(page.getByTestId("photo-thumb")).toHaveCount(2);
  await expect.poll(async () => (await enrolled.draft()).attachments.map(({ caption }) => caption)).toEqual(["", "Bà con cài VNeID"]);
});

test("a session shows its photos and how many the centre has", async ({ enrolled, office }) => {
  const { page } = enrolled;
  await form(enrolled);
  await page.getByTestId("field-topics").pressSequentially("vneid");
  await page.keyboard.press("Enter");
  await choose(enrolled, 1, 2, 3);
  await page.getByTestId("save").click();
  await expect(page.getByTestId("saved-notice")).toBeVisible();
  await enrolled.go("sessions");
  await page.getByTestId("session-row").first().click();
  await expect(page.getByTestId("photos-sent")).toHaveText("0/3 ảnh đã gửi");
  await expect(page.getByTestId("photo-open").first().locator("img")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await office.up();
  await enrolled.call("sync.now", {});
  await expect(page.getByTestId("photos-sent")).toHaveText("3/3 ảnh đã gửi");
  await expect(page.getByTestId("session-photos")).toContainText("đã gửi");
  await enrolled.go("sync");
  await expect(page.getByTestId("sync-photos")).toHaveText("3/3 ảnh đã gửi");
});
