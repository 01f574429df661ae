// What the first screen runs, by an app that notes it: which functions of the later part it needs (there should be none), and
// which of the first part it does not.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { begin, contactRow, goTo, log, row, send, signIn } from "../harness/app.mjs";
import { chromium as options } from "../harness/chromium.mjs";
import { LENA, harbor, kittiwake } from "../harness/people.mjs";
import { Server } from "../harness/server.mjs";

const SHOWN = 40;

const functions = JSON.parse(await readFile(join(process.env.HALYARD_DIST, "functions.json"), "utf8"));
const server = await Server.start([harbor, kittiwake]);
const browser = await chromium.launch(options());
const ran = new Set();
try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US" });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await note(page);
  await signIn(page, LENA);
  await page.waitForLoadState("networkidle");
  await note(page);
  // What people come back to: the contacts, the conversations, and one of them with its messages.
  await begin(page, "Theo Brandt");
  await send(page, "Theo Brandt", "Casting off at four.");
  const open = page.url();
  await goTo(page, "Contacts");
  const contacts = page.url();
  await page.goto(contacts);
  await contactRow(page, "Theo Brandt").waitFor();
  await note(page);
  await page.goto(open);
  await row(page, "Theo Brandt").waitFor();
  await row(page, "Theo Brandt").getByText("Casting").click();
  await log(page, "Theo Brandt").getByText("Casting off").waitFor();
  await page.waitForLoadState("networkidle");
  await note(page);
} finally {
  await browser.close();
  await server.stop();
}

const early = functions.filter(({ index, later }) => later && ran.has(index));
const idle = functions.filter(({ index, later }) => !later && !ran.has(index));
print("called before the first screen, but of the later part: add what keeps it to FIRST in list.rs", early, ({ name }) => name);
print("of the first part, but not called, by type or module: candidates for LATER", idle, ({ name }) => longestPath(name));
print("the same one by one", idle, ({ name }) => name);

async function note(page) {
  for (const index of await page.evaluate(() => [...globalThis.halyardRan])) ran.add(index);
}

/** The longest of our paths in a name, up to a type or a component. */
function longestPath(name) {
  const paths = name.match(/\bhalyard\w*(?:::\w+)+/g) ?? name.match(/[a-z_]\w*(?:::\w+)+/g) ?? [name];
  return paths.reduce((a, b) => (b.length > a.length ? b : a)).split("::").slice(0, 5).join("::");
}

function print(title, some, key) {
  const sizes = new Map();
  for (const one of some) sizes.set(key(one), (sizes.get(key(one)) ?? 0) + one.size);
  const rows = [...sizes].map(([name, size]) => [size, name]).sort(([a], [b]) => b - a);
  const total = rows.reduce((sum, [size]) => sum + size, 0);
  console.log(`\n${some.length} functions, ${total} instructions ${title}`);
  for (const [size, name] of rows.slice(0, SHOWN)) console.log(`${String(size).padStart(8)}  ${name}`);
}
