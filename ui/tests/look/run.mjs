// Opens every screen in a real browser over the canned answers: pictures at three sizes, and axe-core in three themes.
// node tests/look/run.mjs [folder] [--axe]

import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";

import { chromium } from "@playwright/test";

import { serve } from "../fixture/server.mjs";

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const SIZES = [[1093, 557], [911, 464], [1366, 768]];
const folder = process.argv.find((argument, at) => at > 1 && !argument.startsWith("--")) ?? "/tmp/look";
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const typeErrors = async (page) => {
  await page.getByTestId("count-adult-attended").fill("22");
  await page.getByTestId("count-adult-female").fill("25");
  await page.getByTestId("count-adult-khmer").fill("12,5");
  await page.getByTestId("count-adult-khmer").blur();
  await page.waitForTimeout(100);
  await page.getByTestId("save").click();
  await page.waitForTimeout(600);
};
const fillCounts = async (page) => {
  for (const [column, value] of [["attended", "31"], ["female", "18"], ["khmer", "9"], ["elderly", "6"]]) await page.getByTestId(`count-adult-${column}`).fill(value);
  await page.getByTestId("count-adult-poor").focus();
  await page.waitForTimeout(500);
};

export const SCREENS = [
  { name: "start", scenario: "first_start", hash: "" },
  { name: "start-failed", scenario: "first_start", hash: "", act: async (page) => { await page.getByTestId("start-code").fill("abc"); await page.getByTestId("start-lookup").click(); await page.getByTestId("start-problem").waitFor(); } },
  { name: "start-found", scenario: "first_start", hash: "", act: async (page) => { await page.getByTestId("start-code").fill("k7m2q-9xd4t"); await page.getByTestId("start-lookup").click(); await page.getByTestId("start-user").waitFor(); } },
  { name: "today", scenario: "ready", hash: "#/today" },
  { name: "today-empty", scenario: "empty", hash: "#/today" },
  { name: "today-sample", scenario: "sample", hash: "#/today" },
  { name: "entry", scenario: "ready", hash: "#/entry/new", act: fillCounts },
  { name: "entry-sample", scenario: "sample", hash: "#/entry/new", act: fillCounts },
  { name: "entry-errors", scenario: "ready", hash: "#/entry/new", act: typeErrors },
  { name: "entry-saved", scenario: "ready", hash: "#/entry/repeat", act: async (page) => { await fillCounts(page); await page.keyboard.press("Control+KeyS"); await page.getByTestId("saved-notice").waitFor(); } },
  { name: "entry-list", scenario: "ready", hash: "#/entry/new", act: async (page) => { await page.getByTestId("field-topics").pressSequentially("thuong"); await page.waitForTimeout(100); } },
  { name: "entry-calendar", scenario: "ready", hash: "#/entry/new", act: async (page) => { await page.getByTestId("field-date").press("ArrowDown"); await page.waitForTimeout(300); } },
  { name: "sessions", scenario: "ready", hash: "#/sessions", act: async (page) => { await page.getByTestId("session-row").first().focus(); await page.keyboard.press("Space"); await page.keyboard.press("Shift+ArrowDown"); } },
  { name: "sessions-detail", scenario: "ready", hash: "#/sessions/s3" },
  { name: "sessions-many", scenario: "many", hash: "#/sessions" },
  { name: "sessions-undo", scenario: "ready", hash: "#/sessions", act: async (page) => { await page.getByTestId("session-row").first().focus(); await page.keyboard.press("Delete"); await page.getByTestId("undo").waitFor(); } },
  { name: "conflict", scenario: "ready", hash: "#/conflict/s5" },
  { name: "conflict-typed", scenario: "ready", hash: "#/conflict/s5", act: async (page) => { await page.getByTestId("other-counts.adult.attended").click(); await page.getByTestId("type-counts.adult.attended").fill("12,5"); await page.waitForTimeout(500); } },
  { name: "conflict-split", scenario: "ready", hash: "#/conflict/s5", act: async (page) => { await page.getByTestId("conflict-split").click(); } },
  { name: "conflicts", scenario: "ready", hash: "#/conflict" },
  { name: "session-conflict", scenario: "ready", hash: "#/sessions/s5" },
  { name: "office-review", scenario: "officer", hash: "#/office", act: async (page) => { await page.getByTestId("case-check").first().check(); } },
  { name: "office-adopt", scenario: "officer", hash: "#/office", act: async (page) => { await page.getByTestId("case-check").first().check(); await page.getByTestId("adopt").click(); } },
  { name: "office-return", scenario: "officer", hash: "#/office", act: async (page) => { await page.getByTestId("case-check").first().check(); await page.getByTestId("return").click(); await page.getByTestId("reason-act").click(); await page.waitForTimeout(200); } },
  { name: "office-machines", scenario: "officer", hash: "#/office/machines" },
  { name: "office-invite", scenario: "officer", hash: "#/office/machines", act: async (page) => { await page.getByTestId("invite").click(); } },
  { name: "office-code", scenario: "officer", hash: "#/office/machines", act: async (page) => { await page.getByTestId("replace").first().click(); await page.getByTestId("reason").fill("Máy hỏng"); await page.getByTestId("reason-act").click(); await page.getByTestId("invite-code").waitFor(); } },
  { name: "office-units", scenario: "officer", hash: "#/office/units", act: async (page) => { await page.getByTestId("merge-look").click(); await page.waitForTimeout(200); } },
  { name: "office-merge", scenario: "officer", hash: "#/office/units", act: async (page) => { await page.getByTestId("merge-old").first().check(); await page.getByTestId("merge-name").fill("Ấp Mới"); await page.getByTestId("merge-legal_basis").fill("NQ 1"); await page.getByTestId("merge-look").click(); await page.getByTestId("merge-act").waitFor(); } },
  { name: "correct", scenario: "officer", hash: "#/entry/correct/s2" },
  { name: "usb-export", scenario: "ready", hash: "#/sync", act: async (page) => { await page.getByTestId("usb-export").click(); } },
  { name: "usb-exported", scenario: "ready", hash: "#/sync", act: async (page) => { await page.getByTestId("usb-export").click(); await page.getByTestId("usb-act").click(); await page.getByTestId("usb-done").waitFor(); } },
  { name: "usb-import", scenario: "ready", hash: "#/sync", act: async (page) => { await page.getByTestId("usb-import").click(); await page.getByTestId("usb-act").click(); await page.getByTestId("usb-taken").waitFor(); } },
  { name: "sync-usb", scenario: "ready", hash: "#/sync/usb" },
  { name: "sync-waiting", scenario: "ready", hash: "#/sync" },
  { name: "sync-sent", scenario: "ready", hash: "#/sync/sent" },
  { name: "sync-refused", scenario: "ready", hash: "#/sync/refused" },
  { name: "sync-log", scenario: "ready", hash: "#/sync/log" },
  { name: "settings", scenario: "ready", hash: "#/settings" },
  { name: "help", scenario: "ready", hash: "#/entry/new", act: async (page) => { await page.keyboard.press("F1"); await page.waitForTimeout(100); } },
  { name: "damaged", scenario: "ready", hash: "#/today", act: async (page, fixture) => { fixture.damage("row 12 missing from index"); await page.getByTestId("integrity").waitFor(); } },
];

async function open(browser, screen, [width, height], settings = {}) {
  const { fixture, port, close } = await serve(0, screen.scenario);
  fixture.call("settings.write", { ...fixture.call("app.state", {}).settings, ...settings });
  const page = await browser.newPage({ viewport: { width, height } });
  page.setDefaultTimeout(4000);
  page.on("pageerror", (error) => console.log(`${screen.name}: ${error}`));
  page.on("console", (message) => message.type() === "error" && console.log(`${screen.name}: ${message.text()}`));
  await page.goto(`http://127.0.0.1:${port}/${screen.hash}`);
  await page.waitForTimeout(300);
  await screen.act?.(page, fixture).catch((error) => console.log(`${screen.name}: ${error}`));
  await page.waitForTimeout(100);
  return { page, done: async () => { await page.close(); close(); } };
}

if (process.argv[1].endsWith("look/run.mjs")) {
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
  const only = process.argv.find((argument) => argument.startsWith("--only="))?.slice(7).split(",");
  const screens = SCREENS.filter(({ name }) => !only || only.includes(name));
  let violations = 0;
  for (const screen of screens) {
    if (process.argv.includes("--axe")) {
      for (const [theme, font_percent] of [["light", 100], ["dark", 100], ["contrast", 100], ["light", 150]]) {
        const { page, done } = await open(browser, screen, [1093, 557], { theme, font_percent });
        await page.evaluate(axeSource);
        const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
        for (const violation of found.violations) {
          violations++;
          console.log(`${screen.name} ${theme} ${font_percent}: ${violation.id}: ${violation.nodes.map(({ html, failureSummary }) => `${html.slice(0, 140)} | ${failureSummary.slice(0, 200)}`).slice(0, 3).join("\n    ")}`);
        }
        await done();
      }
    } else {
      for (const size of SIZES) {
        const { page, done } = await open(browser, screen, size);
        await page.screenshot({ path: `${folder}/${screen.name}-${size[0]}.png` });
        const fit = await page.evaluate(() => { const body = document.querySelector(".page-body"); return body ? body.scrollHeight - body.clientHeight : 0; });
        if (fit > 0) console.log(`${screen.name} at ${size[0]}×${size[1]} scrolls by ${fit} px`);
        await done();
      }
    }
  }
  await browser.close();
  console.log(`axe: ${violations} violations`);
  process.exit(violations > 0 ? 1 : 0);
}
