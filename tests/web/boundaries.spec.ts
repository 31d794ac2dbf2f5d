import { violations } from "./support/axe";
import { expect, test } from "./support/machines";
import { HAMLET } from "./support/programs";

test("sessions of merged hamlets are listed, searched and opened by the names of then or of now", async ({ officer }) => {
  await officer.open();
  const { page } = officer;
  const other = await officer.hamlet("Ấp Tri Phong");
  for (const unit of [HAMLET.uid, other]) {
    const { draft_id, form } = await officer.call("session.begin", { from: "new" });
    const told = { unit, date: "20/11/2025", topics: ["vneid"], venue: "Nhà văn hóa", facilitators: "Lan", counts: { adult: { attended: "31" } } };
    await officer.call("session.save", { draft_id, record_id: null, form: { ...form, ...told } });
  }
  await officer.merge([HAMLET.uid, other], "Ấp Rạch Lọp");
  await officer.go("sessions");
  const rows = page.getByTestId("session-row");
  const boundaries = page.getByTestId("boundaries");
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: HAMLET.name })).toHaveCount(1);
  await expect(boundaries, "as recorded").toHaveValue("as_was");
  await boundaries.selectOption("as_is_now");
  await expect(rows.filter({ hasText: "Ấp Rạch Lọp" })).toHaveCount(2);
  await page.getByTestId("search").fill("rach lop");
  await expect(rows).toHaveCount(2);
  await page.getByTestId("search").fill("tri phong");
  await expect(rows).toHaveCount(1);
  await rows.click();
  const detail = page.getByTestId("session-detail");
  await expect(detail).toContainText("Ấp Rạch Lọp (lúc ghi: Ấp Tri Phong)");
  expect(await violations(page), "the list as it is now").toEqual([]);
  await page.screenshot({ path: test.info().outputPath("sessions-boundaries.png") });
  await officer.fits();
  await page.keyboard.press("Escape");
  await page.getByTestId("search").fill("");
  await page.getByTestId("filter-unit").selectOption({ label: "Ấp Rạch Lọp" });
  await expect(rows).toHaveCount(2);
  await boundaries.selectOption("as_was");
  await expect(rows, "nothing was recorded for it").toHaveCount(0);
  await page.getByTestId("filter-clear").click();
  await expect(rows).toHaveCount(2);
});

test("progress of merged hamlets is read by the units of then or of now, and stays as it was chosen", async ({ officer }) => {
  await officer.open();
  const { page } = officer;
  const other = await officer.hamlet("Ấp Tri Phong");
  for (const [unit, numerator] of [[HAMLET.uid, "640"], [other, "160"]] as const)
    await officer.tell("coverage", unit, { measure: "skilled", numerator, population: "1000", evidence_kind: "self_declared" });
  await officer.merge([HAMLET.uid, other], "Ấp Rạch Lọp");
  await officer.go("progress/KH67-2025-C");
  const boundaries = page.getByTestId("boundaries");
  const names = page.locator(".tile-name");
  await expect(boundaries).toHaveValue("as_is_now");
  await expect(names).toHaveText(["Ấp Rạch Lọp"]);
  await boundaries.selectOption("as_was");
  await expect(names, "each with its own figure").toHaveText([HAMLET.name, "Ấp Rạch Lọp", "Ấp Tri Phong"]);
  await page.getByTestId("nav-figures").click();
  await expect(boundaries, "another screen has its own").toHaveValue("as_is_now");
  await page.getByTestId("nav-progress").click();
  await expect(boundaries, "kept while the program runs").toHaveValue("as_was");
  await officer.go("progress/KH67-2025-C");
  await expect(names).toHaveCount(3);
});
