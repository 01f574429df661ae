// The end-to-end tests: each file starts its own server, so files may run side by side and tests of one file one after the other.
import { defineConfig } from "@playwright/test";
import { chromium } from "./harness/chromium.mjs";

export default defineConfig({
  testDir: "e2e",
  outputDir: "e2e/results",
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: {
    browserName: "chromium",
    launchOptions: chromium(),
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
    timezoneId: "America/Los_Angeles",
    actionTimeout: 10_000,
    trace: "retain-on-failure",
  },
});
