import { violations } from "./support/axe";
import { expect, Machine, test } from "./support/machines";
import { HAMLET } from "./support/programs";

/** A session of the hamlet's machine for another commune: the centre keeps it. */
function held(machine: Machine): void {
  machine.cli("session", "add", "--unit", "new:29242", "--date", "20/11/2025", "--topic", "vneid", "--count", "adult:attended=22,female=15");
  machine.cli("sync");
}

test("a team sees no office", async ({ enrolled }) => {
  await enrolled.open();
  await expect(enrolled.page.getByTestId("nav-settings")).toBeVisible();
  await expect(enrolled.page.getByTestId("nav-office")).toHaveCount(0);
});

test("what is held is sent back with a reason, or adopted into a unit", async ({ officer, hamlet, office }) => {
  held(hamlet);
  officer.cli("sync");
  await officer.open();
  const { page } = officer;
  await officer.go("office");
  await expect(page.getByTestId("case-row")).toContainText("22 lượt");
  await expect(page.getByTestId("case-row")).toContainText("không có quyền ghi cho đơn vị đó");
  await page.getByTestId("case-check").check();
  await page.getByTestId("return").click();
  await page.getByTestId("reason-act").click();
  await expect(page.getByTestId("finding-reason_missing"), "a reason is mandatory").toBeVisible();
  await page.keyboard.press("Escape");

  await page.getByTestId("adopt").click();
  await page.getByTestId("adopt-unit").selectOption(HAMLET.uid);
  await page.getByTestId("adopt-act").click();
  await expect(page.getByTestId("case-row")).toContainText("Đã nhận, chờ máy chủ");
  await officer.sync();
  await expect(page.getByTestId("office")).toContainText("Không có gì cần duyệt.");
  expect(office.figures().total).toMatchObject({ sessions: 1, attended: 22 });
});

test("a machine is replaced: its rights go, a code is shown once", async ({ officer, hamlet, office, place }) => {
  officer.cli("sync");
  await officer.open();
  const { page } = officer;
  await officer.go("office/machines");
  await expect(page.getByTestId("device-row")).toHaveCount(2);
  await page.getByTestId("replace").click();
  await page.getByTestId("reason").fill("Máy hỏng");
  await page.getByTestId("reason-act").click();
  await expect(page.getByTestId("invite-code")).toHaveText(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
  const code = (await page.getByTestId("invite-code").textContent()) ?? "";
  await page.getByTestId("code-noted").click();
  await expect(page.getByTestId("invite-row")).toContainText("chưa dùng được");
  await officer.sync();
  await expect(page.getByTestId("invite-row")).toContainText("dùng được");
  await expect(page.getByTestId("device-row").filter({ hasText: "Đã thu hồi" })).toHaveCount(1);
  const fresh = new Machine(place, hamlet.page, "new");
  fresh.cli("enrol", "--code", code, "--centre", office.url, "--name", "Thạch Văn Bảy");
});

test("a merger shows what it will do before it is done", async ({ officer }) => {
  officer.cli("sync");
  await officer.open();
  const { page } = officer;
  await officer.go("office/units");
  await page.getByTestId("merge-look").click();
  await expect(page.getByTestId("finding-reason_missing")).toBeVisible();
  await page.locator(`[data-testid="merge-old"][data-id="${HAMLET.uid}"]`).check();
  await page.getByTestId("merge-name").fill("Ấp Long Thuận");
  await page.getByTestId("merge-effective").fill("20/11/2025");
  await page.getByTestId("merge-legal_basis").fill("Nghị quyết 12/NQ-HĐND");
  await page.getByTestId("merge-look").click();
  await expect(page.getByRole("dialog")).toContainText("Ấp Hòa Thuận thành Ấp Long Thuận kể từ 20/11/2025");
  await expect(page.getByTestId("proof-said")).toContainText("bằng nhau");
  await page.getByTestId("merge-act").click();
  await officer.sync();
  await expect(page.getByTestId("succession")).toContainText("Ấp Hòa Thuận → Ấp Long Thuận");
});

test("units are made, pasted, put right and merged with sums that prove equal", async ({ officer, office }, info) => {
  officer.cli("sync");
  officer.cli("session", "add", "--unit", HAMLET.uid, "--date", "18/11/2025", "--topic", "vneid", "--count", "adult:attended=22,female=15");
  await officer.open();
  const { page } = officer;
  await officer.go("office/units");
  await page.getByTestId("units-add").click();
  await page.getByTestId("unit-save").click();
  await expect(page.getByTestId("finding-name_missing")).toBeVisible();
  await page.getByTestId("unit-name").fill("Ấp Tri Phonk");
  await page.getByTestId("unit-save").click();
  const made = page.getByTestId("unit-row").filter({ hasText: "Ấp Tri Phonk" });
  await made.getByTestId("unit-edit").click();
  await page.getByTestId("unit-name").fill("Ấp Tri Phong");
  await page.getByTestId("unit-save").click();
  await expect(page.getByTestId("unit-row").filter({ hasText: "Ấp Tri Phong" })).toHaveCount(1);

  await page.getByTestId("units-many").click();
  await page.getByTestId("many-names").fill("Ấp Rạch Sâu\tx\nTrường THCS Long Hòa\nKhông rõ");
  await page.getByTestId("many-look").click();
  await expect(page.getByTestId("many-good")).toHaveText("2/3 dòng đúng");
  await expect(page.getByTestId("finding-level_missing")).toBeVisible();
  await page.screenshot({ path: info.outputPath("many.png") });
  await page.getByTestId("many-make").click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.getByTestId("units-search").fill("rach sau");
  await expect(page.getByTestId("unit-row").filter({ hasText: "Ấp Rạch Sâu" })).toBeVisible();
  await expect(page.getByTestId("unit-row").filter({ hasText: "Tri Phong" })).toHaveCount(0);
  await page.getByTestId("units-search").fill("");
  await page.screenshot({ path: info.outputPath("units.png"), fullPage: true });
  expect(await violations(page)).toEqual([]);

  await page.locator(`[data-testid="merge-old"][data-id="${HAMLET.uid}"]`).check();
  await page.getByTestId("merge-into").selectOption({ label: "Ấp Tri Phong · Xã Long Hòa" });
  await page.getByTestId("merge-effective").fill("20/11/2025");
  await page.getByTestId("merge-legal_basis").fill("Nghị quyết 12/NQ-HĐND");
  await page.getByTestId("merge-look").click();
  await expect(page.getByTestId("proof-said")).toHaveText("Trước 22 lượt, sau 22 lượt – bằng nhau.");
  expect(await violations(page)).toEqual([]);
  await page.screenshot({ path: info.outputPath("proof.png") });
  await page.getByTestId("merge-act").click();
  await officer.sync();
  await expect(page.getByTestId("succession")).toContainText("Ấp Hòa Thuận → Ấp Tri Phong");
  expect(office.figures().total).toMatchObject({ sessions: 1, attended: 22 });
});

test("an officer's correction needs a reason, and the author reads it", async ({ officer, hamlet }) => {
  hamlet.cli("session", "add", "--date", "20/11/2025", "--topic", "vneid", "--count", "adult:attended=22,female=15");
  hamlet.cli("sync");
  officer.cli("sync");
  await officer.open();
  const { page } = officer;
  await officer.go("sessions");
  await page.getByTestId("session-row").click();
  await page.getByTestId("correct").click();
  await page.getByTestId("count-adult-attended").fill("21");
  await page.getByTestId("save").click();
  await expect(page.getByTestId("finding-reason_missing")).toBeVisible();
  await page.getByTestId("field-reason").fill("Đối chiếu sổ điểm danh");
  await page.getByTestId("save").click();
  await expect(page.getByTestId("saved-notice")).toContainText("Đã lưu trên máy");
  await officer.sync();

  hamlet.cli("sync");
  await hamlet.open();
  await hamlet.go("sessions");
  await hamlet.page.getByTestId("session-row").click();
  await expect(hamlet.page.getByTestId("corrected")).toContainText("Được sửa bởi Cán bộ xã, lý do: Đối chiếu sổ điểm danh");
});

for (const theme of ["light", "dark", "contrast"]) {
  test(`the office passes axe: ${theme}`, async ({ officer, hamlet }) => {
    test.slow();
    held(hamlet);
    officer.cli("sync");
    await officer.open();
    const { page } = officer;
    const found: string[] = [];
    for (const font_percent of [100, 150]) {
      await officer.wear({ theme, font_percent });
      for (const [at, part, open] of [
        ["office", "case-row", "return"],
        ["office/machines", "device-row", "invite"],
        ["office/units", "merge-look", ""],
        ["sync/usb", "usb-export", "usb-export"],
        ["sync/log", "usb-import", "usb-import"],
      ] as const) {
        await officer.go(at);
        await expect(page.getByTestId(part).first()).toBeVisible();
        if (open === "return") await page.getByTestId("case-check").check();
        if (open) {
          await page.getByTestId(open).click();
          await expect(page.getByRole("dialog")).toBeVisible();
        }
        found.push(...(await violations(page)).map((violation) => `${at} at ${font_percent} %: ${violation}`));
        if (open) await page.keyboard.press("Escape");
      }
    }
    expect(found).toEqual([]);
  });
}
