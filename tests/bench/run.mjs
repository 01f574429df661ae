// The figures that Halyard promises, taken in a real browser against the real server. Ends with 1 if a goal is missed.
import { availableParallelism } from "node:os";
import { chromium } from "@playwright/test";
import { chromium as options } from "../harness/chromium.mjs";
import { harbor, kittiwake } from "../harness/people.mjs";
import { Server } from "../harness/server.mjs";
import { figures } from "./figures.mjs";
import { instrument } from "../harness/painted.mjs";
import { quiet } from "./quiet.mjs";
import { print } from "./stats.mjs";

const wanted = process.argv.slice(2);
const server = await Server.start([harbor, kittiwake]);
const browsers = [];
const stage = {
  server,
  /** A page in a browser of its own: two people do not share a process. */
  async page(url = server.url, extra = []) {
    const { args, ...rest } = options();
    const browser = await chromium.launch({ ...rest, args: [...args, ...extra] });
    browsers.push(browser);
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US" });
    await context.addInitScript(instrument);
    const page = await context.newPage();
    await page.goto(url);
    return page;
  },
};

console.log(`${availableParallelism()} processors; each figure waits until they rest`);

try {
  const taken = [];
  for (const [name, take] of Object.entries(figures)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.error(`halyard: measuring ${name}`);
    if (!(await quiet())) console.log(`halyard: the machine is too busy for figures that mean something: ${name}`);
    for (const figure of await take(stage)) {
      print(figure);
      taken.push(figure);
    }
    await Promise.all(browsers.splice(0).map((browser) => browser.close()));
  }
  const met = taken.filter((figure) => figure.met).length;
  console.log(`\n${met} of ${taken.length} goals met`);
  process.exitCode = met === taken.length ? 0 : 1;
} finally {
  await Promise.all(browsers.map((browser) => browser.close()));
  await server.stop();
}
