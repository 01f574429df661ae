// The pictures of the README and of the manifest, taken of the demo tenant as it is: `cargo xtask pictures`.
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { card, composer, expect, goTo, log, row, signIn } from "./harness/app.mjs";
import { chromium as options } from "./harness/chromium.mjs";
import { Server } from "./harness/server.mjs";

const folder = process.argv[2] ?? "..";
const WORKSPACE = ["Devon Kerr", "Dana Whitfield", "Teresa Blanco"];
const MINIMISED = "Harbor crew";

/** A place where it is early afternoon: whenever the pictures are taken, what was written an hour ago is of today. */
const AFTERNOON = 14 - new Date().getUTCHours();
const PLACE = `Etc/GMT${AFTERNOON > 0 ? "-" : "+"}${Math.abs(AFTERNOON)}`;

/** The demo's first user, in a browser of this shape. */
async function demo(browser, url, viewport, colorScheme) {
  const context = await browser.newContext({ viewport, colorScheme, locale: "en-US", timezoneId: PLACE, serviceWorkers: "block" });
  const page = await context.newPage();
  await page.goto(url);
  await signIn(page, "1001@harbor", "halyard-demo");
  await goTo(page, "Chat and SMS");
  await row(page, WORKSPACE[0]).waitFor();
  return page;
}

const open = (page, name) => row(page, name).getByRole("button").first().click();

/** Three cards beside each other, the middle one pinned and in front, one minimised. */
async function workspace(page) {
  for (const name of [MINIMISED, ...WORKSPACE]) {
    await open(page, name);
    await expect(log(page, name)).not.toBeEmpty();
    if (name === MINIMISED) await card(page, name).getByRole("button", { name: "Minimize" }).click();
  }
  const pin = card(page, WORKSPACE[1]).getByRole("button", { name: "Pin", exact: true });
  if ((await pin.getAttribute("aria-pressed")) !== "true") await pin.click();
  await composer(page, WORKSPACE[1]).focus();
}

async function take(page, path) {
  // Neither a hovered row nor a caret.
  await page.mouse.move(5, 5);
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestIdleCallback(drawn))));
  await page.screenshot({ path: join(folder, path), animations: "disabled", caret: "hide" });
}

const server = await Server.start();
const { args, ...rest } = options();
const browser = await chromium.launch({ ...rest, args });
try {
  await server.command("demo");
  for (const scheme of ["light", "dark"]) {
    const page = await demo(browser, server.url, { width: 1440, height: 900 }, scheme);
    await workspace(page);
    await take(page, `docs/workspace-${scheme}.png`);
    await page.context().close();
  }
  const wide = await demo(browser, server.url, { width: 1280, height: 800 }, "light");
  await workspace(wide);
  await wide.getByRole("button", { name: "Tile" }).click();
  await take(wide, "public/screenshot-wide.png");
  await wide.context().close();
  const narrow = await demo(browser, server.url, { width: 390, height: 844 }, "light");
  await take(narrow, "public/screenshot-narrow.png");
} finally {
  await browser.close();
  await server.stop();
}
