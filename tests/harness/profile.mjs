// A browser with a profile on disk, as a user has one: it is closed, killed in the middle, and started again.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium as driver } from "@playwright/test";
import { chromium } from "./chromium.mjs";
import { instrument } from "./painted.mjs";

const READY = "DevTools listening on ";

export class Profile {
  #folder;
  #child;
  #browser;

  static async make() {
    const profile = new Profile();
    profile.#folder = await mkdtemp(join(tmpdir(), "halyard-profile-"));
    return profile;
  }

  /** Starts the browser; its context, with all that the profile keeps. */
  async open() {
    const { executablePath, args } = chromium();
    const own = ["--headless", "--remote-debugging-port=0", `--user-data-dir=${this.#folder}`, "--window-size=1440,1000", "--lang=en-US", "--password-store=basic"];
    const child = spawn(executablePath ?? driver.executablePath(), [...args, ...own, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    const lines = [];
    const endpoint = await new Promise((resolve, reject) => {
      child.once("close", (code, signal) => reject(new Error(`the browser ended with ${signal ?? code} before it was ready:\n${lines.join("\n")}`)));
      child.once("error", reject);
      createInterface({ input: child.stderr }).on("line", (line) => {
        lines.push(line);
        if (line.startsWith(READY)) resolve(line.slice(READY.length).trim());
      });
    });
    child.removeAllListeners("close");
    this.#browser = await driver.connectOverCDP(endpoint);
    return this.#browser.contexts()[0];
  }

  /** Quits the browser as a user does: all that it has in mind is written. */
  async quit() {
    await this.#gone(async () => (await this.#browser.newBrowserCDPSession()).send("Browser.close").catch(() => {}));
  }

  /** Ends the browser's process from one moment to the next. */
  async kill() {
    await this.#gone(() => this.#child.kill("SIGKILL"));
  }

  async #gone(end) {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    await end();
    await gone;
  }

  /** Ends the browser and removes the profile. */
  async remove() {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Opens the address and waits until each of these texts is painted in a log, in one frame. Milliseconds from the start of the
 * navigation, by the page's own clock.
 */
export async function startedIn(page, url, texts) {
  await page.addInitScript(instrument);
  await page.addInitScript((wanted) => {
    const shows = () => {
      const shown = Array.from(document.querySelectorAll("[role=log]"), (log) => log.textContent);
      return wanted.every((text) => shown.some((words) => words.includes(text)));
    };
    globalThis.halyardStarted = globalThis.halyardBench.painted(shows).then((at) => at - performance.timeOrigin);
  }, texts);
  await page.goto(url, { waitUntil: "commit" });
  return page.evaluate(() => globalThis.halyardStarted);
}
