// The entry form, as tests look at it.

import { expect, type Locator, type Page } from "@playwright/test";

/** Names of all text fields, in order. */
export async function textFields(page: Page): Promise<string[]> {
  await expect(page.getByTestId("field-note")).toBeVisible();
  return page
    .getByTestId("entry")
    .locator("input[type=text], textarea")
    .evaluateAll((fields) => fields.map((field) => (field as HTMLElement).dataset["testid"] ?? "a field without a name"));
}

/** What the field's own description says: the sentences a screen reader reads with it. */
export async function described(field: Locator): Promise<string> {
  return field.evaluate((field) =>
    (field.getAttribute("aria-describedby") ?? "")
      .split(" ")
      .map((id) => document.getElementById(id)?.innerText ?? "")
      .join(" "),
  );
}

/** Empties the field that has the focus, with the keys. */
export async function empty(page: Page): Promise<void> {
  await page.keyboard.press("Control+KeyA");
  await page.keyboard.press("Delete");
}
