import { empty, textFields } from "./support/form";
import { expect, type Machine, test } from "./support/machines";
import { KHMER, paste, telex, unikey, WORDS } from "./support/unikey";

/** Goes through every text field of the form and types every word into it with `type`. */
async function everywhere(machine: Machine, type: (word: string) => Promise<void>): Promise<void> {
  const { page } = machine;
  await machine.go("entry/new");
  for (const name of await textFields(page)) {
    const field = page.getByTestId(name);
    await field.focus();
    for (const word of Object.keys(WORDS)) {
      await empty(page);
      await type(word);
      await expect(field, `${word} in ${name}`).toHaveValue(word);
    }
    await empty(page);
    // An open list takes the first Escape, the form the second.
    if ((await field.getAttribute("aria-expanded")) === "true") await page.keyboard.press("Escape");
  }
}

/** Every word in every field is some three thousand keys. */
const LONG_MS = 180_000;

test("the replay finds a field that completes words by itself", async ({ page }) => {
  await page.setContent(`<input autofocus oninput="
    const typed = this.value, whole = 'thi đua';
    if (event.inputType === 'insertText' && typed !== whole && whole.startsWith(typed)) {
      this.value = whole;
      this.setSelectionRange(typed.length, whole.length);
    }">`);
  await page.locator("input").focus();
  await unikey(page, await page.context().newCDPSession(page), "thí");
  await expect(page.locator("input")).not.toHaveValue("thí");
});

test("UniKey: backspaces and letters arrive as typed in every text field", async ({ sample }) => {
  test.setTimeout(LONG_MS);
  const cdp = await sample.page.context().newCDPSession(sample.page);
  await everywhere(sample, (word) => unikey(sample.page, cdp, word));
});

test("Telex of the system: a composition arrives as typed in every text field", async ({ sample }) => {
  test.setTimeout(LONG_MS);
  const cdp = await sample.page.context().newCDPSession(sample.page);
  await everywhere(sample, (word) => telex(cdp, word));
});

test("Khmer is pasted whole into every text field", async ({ sample }) => {
  const { page } = sample;
  await sample.go("entry/new");
  for (const name of await textFields(page)) {
    await page.getByTestId(name).focus();
    await empty(page);
    await paste(page, KHMER);
    await expect(page.getByTestId(name), name).toHaveValue(KHMER);
    await empty(page);
  }
});

test("a UniKey word survives the draft and the way to the disk", async ({ sample }) => {
  const { page } = sample;
  const cdp = await page.context().newCDPSession(page);
  await sample.go("entry/new");
  await page.getByTestId("field-note").focus();
  await unikey(page, cdp, "tập huấn");
  await page.keyboard.press("Tab");
  await expect(page.getByTestId("draft-saved")).toBeVisible();
  await expect.poll(async () => (await sample.draft()).note).toBe("tập huấn".normalize("NFC"));
});

test("UniKey in the fields outside the form", async ({ fresh }) => {
  await fresh.open();
  const { page } = fresh;
  const cdp = await page.context().newCDPSession(page);
  for (const name of ["start-code", "start-centre"]) {
    await page.getByTestId(name).focus();
    await empty(page);
    await unikey(page, cdp, "đường");
    await expect(page.getByTestId(name)).toHaveValue("đường");
  }
  await page.getByTestId("start-sample").click();
  await fresh.go("sessions");
  await page.getByTestId("search").focus();
  for (const word of Object.keys(WORDS)) {
    await empty(page);
    await unikey(page, cdp, word);
    await expect(page.getByTestId("search"), word).toHaveValue(word);
  }
});

test("a text in NFD is put together when the field is left, never under the keys", async ({ sample }) => {
  const { page } = sample;
  await sample.go("entry/new");
  const venue = page.getByTestId("field-venue");
  await venue.focus();
  await empty(page);
  await paste(page, "Nhà anh Bảy".normalize("NFD"));
  await expect(venue).toHaveValue("Nhà anh Bảy".normalize("NFD"));
  await page.getByTestId("field-facilitators").focus();
  await expect(venue).toHaveValue("Nhà anh Bảy".normalize("NFC"));
});
