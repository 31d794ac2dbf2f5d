// The front end in a real browser, with the real Rust behind it. `cargo xtask test --only web` builds what is needed and
// runs this; by hand, after `cargo build --workspace`, from ui/:
// NODE_PATH=node_modules npx playwright test --config ../tests/web/playwright.config.ts
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  outputDir: "../../target/web",
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  workers: 2,
  retries: 0, // A test that passes only at the second try is not to be relied on.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    // 1366×768 at Windows' usual scaling of 125 %, less what Windows and the window's frame take.
    viewport: { width: 1093, height: 557 },
    locale: "vi-VN",
    timezoneId: "Asia/Ho_Chi_Minh",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.HOCVU_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
