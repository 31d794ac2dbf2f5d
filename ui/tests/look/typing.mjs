// Types Vietnamese into every text field the way UniKey does: it injects backspaces and then characters that carry no key
// name, and no composition event ever fires. Also counts the keys of the repeat flow. node tests/look/typing.mjs

import { chromium } from "@playwright/test";

import { serve } from "../fixture/server.mjs";

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
/** Telex letters, how many of them are then taken back, what comes instead. */
const WORDS = [
  ["thí", [["thi", 1, "í"], ["", 0, ""]]],
  ["hủ", [["hu", 1, "ủ"]]],
  ["tập huấn", [["ta", 1, "â"], ["p", 2, "ập"], [" hua", 1, "â"], ["n", 2, "ấn"]]],
  ["đường", [["d", 1, "đ"], ["uo", 2, "ươ"], ["ng", 3, "ờng"]]],
  ["nghiêng", [["nghie", 1, "ê"], ["ng", 0, ""]]],
];
const KHMER = "Khmer: ខ្មែរ";

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
let failed = 0;
const expect = (what, found, wanted) => {
  if (found === wanted) return;
  failed++;
  console.log(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
};

async function inject(session, page, steps) {
  for (const [letters, back, chars] of steps) {
    for (const letter of letters) await page.keyboard.press(letter === " " ? "Space" : letter);
    for (let count = 0; count < back; count++) await page.keyboard.press("Backspace");
    for (const text of chars) {
      await session.send("Input.dispatchKeyEvent", { type: "rawKeyDown", windowsVirtualKeyCode: 231, key: "Unidentified" });
      await session.send("Input.dispatchKeyEvent", { type: "char", text });
      await session.send("Input.dispatchKeyEvent", { type: "keyUp", windowsVirtualKeyCode: 231, key: "Unidentified" });
    }
  }
}

async function typeInto(scenario, hash, ids, act) {
  const { port, close } = await serve(0, scenario);
  const page = await browser.newPage({ viewport: { width: 1093, height: 557 } });
  page.on("pageerror", (error) => expect("page error", String(error), ""));
  const session = await page.context().newCDPSession(page);
  await page.goto(`http://127.0.0.1:${port}/${hash}`);
  await act?.(page);
  for (const id of ids) {
    const field = page.getByTestId(id);
    for (const pause of [0, 450]) {
      for (const [word, steps] of WORDS) {
        await field.focus();
        await page.keyboard.press("Control+a");
        await page.keyboard.press("Delete");
        for (const step of steps) {
          await inject(session, page, [step]);
          if (pause) await page.waitForTimeout(pause);
        }
        expect(`${id}, ${pause} ms between`, await field.inputValue(), word);
      }
    }
    await field.focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await session.send("Input.imeSetComposition", { text: "tâp", selectionStart: 3, selectionEnd: 3 });
    await session.send("Input.imeSetComposition", { text: "tập", selectionStart: 3, selectionEnd: 3 });
    await session.send("Input.insertText", { text: "tập" });
    expect(`${id}, composed`, await field.inputValue(), "tập");
    await page.keyboard.press("Control+a");
    await session.send("Input.insertText", { text: KHMER });
    expect(`${id}, pasted`, await field.inputValue(), KHMER);
  }
  await page.close();
  close();
}

await typeInto("ready", "#/entry/new", ["field-venue", "field-facilitators", "field-note", "field-topics", "field-start", "field-date", "count-adult-attended", "field-household_businesses"]);
await typeInto("ready", "#/sessions", ["search"]);
await typeInto("first_start", "", ["start-code", "start-centre"]);
await typeInto("first_start", "", ["start-user"], async (page) => {
  await page.getByTestId("start-code").fill("K7M2Q9XD4T");
  await page.getByTestId("start-lookup").click();
});

// The repeat flow: no pointer, at most 20 keys.
{
  const { fixture, port, close } = await serve(0, "ready");
  const page = await browser.newPage({ viewport: { width: 1093, height: 557 } });
  await page.goto(`http://127.0.0.1:${port}/#/today`);
  await page.getByTestId("new-session").waitFor();
  let keys = 0;
  const press = async (key) => {
    keys++;
    await page.keyboard.press(key);
  };
  await press("Control+KeyD");
  await page.waitForFunction(() => document.activeElement?.dataset.testid === "count-adult-attended");
  for (const [at, digits] of ["31", "18", "09", "06"].entries()) {
    if (at > 0) await press("Tab");
    for (const digit of digits) await press(digit);
  }
  await press("Control+KeyS");
  await page.getByTestId("saved-notice").waitFor();
  const saved = fixture.calls.filter(({ name }) => name === "session.save");
  expect("saves", saved.length, 1);
  expect("counts", JSON.stringify(saved[0].input.form.counts.adult), JSON.stringify({ attended: "31", female: "18", khmer: "9", elderly: "06" }));
  expect("keys at most 20", keys <= 20, true);
  await press("Control+Enter");
  console.log(`repeat flow: ${keys - 1} keys`);
  await page.waitForFunction(() => document.activeElement?.dataset.testid === "field-date");
  expect("notice outlives the form", (await page.getByTestId("saved-notice").innerText()).includes("Đã lưu trên máy"), true);
  await page.getByTestId("field-topics").focus();
  for (const key of ["t", "h", "u", "o", "n", "g", "Enter", "Enter"]) await page.keyboard.press(key);
  expect("Enter, Enter goes on", await page.evaluate(() => document.activeElement?.dataset.testid), "field-form");
  await page.keyboard.press("Escape");
  await page.getByTestId("nav-today").waitFor();
  await page.waitForTimeout(500);
  expect("Esc goes back", await page.evaluate(() => location.hash), "#/today");
  expect("the draft stays", fixture.calls.filter(({ name }) => name === "draft.save").at(-1).input.form.topics.join(), "vneid,ecommerce");
  // Ctrl+D in a touched field repeats that field.
  await page.keyboard.press("Control+KeyN");
  await page.waitForFunction(() => document.activeElement?.dataset.testid === "field-date");
  await page.getByTestId("field-venue").fill("Nơi khác");
  await page.keyboard.press("Control+KeyD");
  expect("Ctrl+D in a field", await page.getByTestId("field-venue").inputValue(), "Nhà văn hóa ấp");
  await page.keyboard.press("F9");
  await page.waitForTimeout(100);
  expect("F9 unpins", fixture.call("app.state", {}).settings.pinned.includes("venue"), false);
  // Calendar, by keyboard.
  await page.getByTestId("field-date").press("ArrowDown");
  await page.locator("[data-bits-day]:focus").waitFor();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  expect("calendar", await page.getByTestId("field-date").inputValue(), "21/11/2025");
  await page.keyboard.press("Tab");
  await page.waitForTimeout(100);
  expect("echo", (await page.getByTestId("date-echo").innerText()).trim(), "Thứ sáu, 21/11/2025");
  // List: delete, undo by key, focus on the next row.
  await page.keyboard.press("Control+Digit2");
  await page.getByTestId("session-row").first().focus();
  const second = await page.getByTestId("session-row").nth(1).getAttribute("data-id");
  const count = await page.getByTestId("session-row").count();
  await page.keyboard.press("Delete");
  await page.waitForTimeout(200);
  expect("one row less", await page.getByTestId("session-row").count(), count - 1);
  expect("focus on the next row", await page.evaluate(() => document.activeElement?.dataset.id), second);
  await page.keyboard.press("Control+KeyZ");
  await page.waitForTimeout(200);
  expect("undone", await page.getByTestId("session-row").count(), count);
  await page.keyboard.press("Control+KeyA");
  await page.waitForTimeout(200);
  expect("all selected", await page.locator("[data-testid=session-row][aria-selected=true]").count(), count);
  await page.close();
  close();
}

await browser.close();
console.log(failed === 0 ? "typing: all fine" : `typing: ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
