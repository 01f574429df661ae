// The main job and the start without a server in a stock Firefox, by WebDriver BiDi. Prints a line for each check, and writes
// { passed, failed } into the file that the first argument names, if it names one.
import { writeFile } from "node:fs/promises";
import puppeteer from "puppeteer-core";
import { Api, text } from "../harness/api.mjs";
import { readable } from "../harness/device.mjs";
import { photo } from "../harness/files.mjs";
import { LENA, MAYA, THEO, THREE_NUMBERS, harbor, kittiwake } from "../harness/people.mjs";
import { onDevice } from "../harness/release.mjs";
import { PASSWORD, Server } from "../harness/server.mjs";

const PATIENCE = 20_000;
const MAYAS = "+16195550142";

const sums = { passed: 0, failed: 0 };
const server = await Server.start([harbor, kittiwake]);
// Its profile is a temporary folder, which goes with it.
const browser = await puppeteer.launch({ browser: "firefox", executablePath: process.env.HALYARD_FIREFOX ?? "firefox-esr", headless: true });
try {
  // Each builds on the one before: the first that fails ends them, and has been counted.
  await checks().catch(() => {});
} finally {
  await browser.close();
  await server.stop();
}
if (process.argv[2]) await writeFile(process.argv[2], JSON.stringify(sums));
process.exitCode = sums.failed === 0 ? 0 : 1;

async function checks() {
  const theo = await Api.signIn(server.url, THEO);
  const maya = await Api.signIn(server.url, MAYA);
  const page = await browser.newPage();
  const complaints = [];
  listen(page, complaints);

  await check("one signs in", async () => {
    await page.goto(server.url);
    await fill(page, "textbox", "Extension", LENA);
    // By WebDriver's rules a password's box has no role.
    await (await page.$("input[type=password]")).type(PASSWORD);
    await click(page, "button", "Sign in");
    await find(page, "link", "Contacts");
  });
  await check("a colleague is found by name, and gets a chat", async () => {
    await begin(page, "Theo", "Theo Brandt");
    await write(page, "The tide turns at noon");
    await until("the colleague has it", async () => (await said(theo)).includes("The tide turns at noon"));
    await until("it is seen", () => shows(page, "The tide turns at noon"));
  });
  await check("their answer arrives", async () => {
    const me = (await theo.ask("GET", "/bootstrap")).users.find(({ name }) => name === "Lena Castellanos").id;
    await theo.send({ peers: [{ user: me }] }, "Lines are ready");
    await until("it is seen", () => shows(page, "Lines are ready"));
  });
  await check("a number gets a text, and its answer arrives", async () => {
    await begin(page, "(619) 555-0142");
    await write(page, "Is slip 14 free?");
    await until("the number has it", async () => (await said(maya)).includes("Is slip 14 free?"));
    await maya.send(text(MAYAS, THREE_NUMBERS[0]), "Until Sunday");
    await until("the answer is seen", () => shows(page, "Until Sunday"));
  });
  await check("a photo is made small enough and arrives", async () => {
    const taken = Array.from(await photo(page, 3000, 2000));
    await page.evaluate((taken) => {
      const card = document.querySelector("section[aria-label*='0142']");
      const chosen = new DataTransfer();
      chosen.items.add(new File([new Uint8Array(taken)], "boat.jpg"));
      const input = card.querySelector("input[type=file]");
      input.files = chosen.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      card.querySelector("textarea").focus();
    }, taken);
    await until("it is ready", () => page.evaluate(() => /\d kB/.test(document.querySelector(".files")?.textContent)));
    await write(page, "See her sail");
    await until("the number has it", async () => (await said(maya)).includes("See her sail"));
    const { media: [{ size, width }] } = (await maya.timeline()).at(-1);
    if (taken.length <= 600_000 || size > 600_000 || width < 480) throw new Error(`${taken.length} became ${size} bytes, ${width} pixels wide`);
    await until("it is drawn", () => page.evaluate(() => document.querySelector("[role=log] img")?.naturalWidth > 0));
  });
  await check("a text box grows with its lines, and shrinks again when they are sent", async () => {
    const height = () => page.evaluate(() => document.activeElement.clientHeight);
    const before = await height();
    for (const words of ["Slip", "14", "is", "free"]) {
      await page.keyboard.type(words);
      await page.keyboard.down("Shift");
      await page.keyboard.press("Enter");
      await page.keyboard.up("Shift");
    }
    await until("it has grown", async () => (await height()) > before * 2);
    await page.keyboard.press("Enter");
    await until("it has shrunk", async () => (await height()) === before);
  });
  await check("opened once, the app is on the device", async () => {
    await onDevice(page);
    for (const words of ["Lines are ready", "Until Sunday"]) await until("it is kept", async () => (await readable(page)).includes(words));
  });
  const tab = await browser.newPage();
  listen(tab, complaints);
  await check("without the server it starts with its cards and their history", async () => {
    await server.end();
    await tab.goto(`${server.url}/messages`);
    for (const words of ["The tide turns at noon", "Lines are ready", "Is slip 14 free?", "Until Sunday"]) await until("it is seen", () => shows(tab, words));
  });
  await check("what is written then waits, and leaves once when the server is back", async () => {
    await tab.click("section[aria-label*='0142'] textarea");
    await write(tab, "Written without a server");
    await until("it is seen", () => shows(tab, "Written without a server"));
    await until("the banner says that it waits", () => tab.evaluate(() => document.body.textContent.includes("1 message will send")));
    await server.resume();
    await until("the server has it", async () => (await said(maya)).includes("Written without a server"));
    await until("nothing waits", () => tab.evaluate(() => !document.body.textContent.includes("1 message will send")));
    const times = (await said(maya)).filter((body) => body === "Written without a server").length;
    if (times !== 1) throw new Error(`it came ${times} times`);
  });
  await check("no page complains", () => {
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
  });
}

async function check(what, steps) {
  try {
    await steps();
    sums.passed += 1;
    console.log(`ok   ${what}`);
  } catch (error) {
    sums.failed += 1;
    console.log(`FAIL ${what}: ${error.message ?? error}`);
    throw error;
  }
}

/** Collects what a page complains of. Firefox calls it an error that a socket finds no server, which some checks take away. */
function listen(page, complaints) {
  page.on("pageerror", ({ message }) => /\/api\/v1\/socket\.$/.test(message) || complaints.push(message));
}

async function until(what, holds) {
  for (const end = Date.now() + PATIENCE; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`not within ${PATIENCE / 1000} seconds: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The first element of this role and name, once it is there. */
async function find(page, role, name) {
  let found;
  await until(`there is the ${role} "${name}"`, async () => (found = await page.$(`::-p-aria([role="${role}"][name="${name}"])`)));
  return found;
}

async function click(page, role, name) {
  await (await find(page, role, name)).click();
}

async function fill(page, role, name, words) {
  await (await find(page, role, name)).type(words);
}

/** Begins a conversation with one person, typed and chosen by the suggestion that says it; a number is added as typed. */
async function begin(page, words, option) {
  await click(page, "link", "Chat and SMS");
  await click(page, "button", "New Conversation");
  await fill(page, "combobox", "Add Contact", words);
  if (option) {
    const has = (one) => one.evaluate((element, name) => element.textContent.includes(name), option);
    let found;
    await until(`${option} is suggested`, async () => {
      const options = await page.$$("[role=option]");
      const fits = await Promise.all(options.map(has));
      return (found = options[fits.indexOf(true)]);
    });
    await found.click();
  } else await click(page, "button", "Add number to group");
  await click(page, "button", "Done");
}

/** Into the box that has the focus. */
async function write(page, words) {
  await until("a card's box has the focus", () => page.evaluate(() => document.activeElement.matches("[data-card] textarea")));
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
}

async function shows(page, words) {
  const all = await page.evaluate(() => Array.from(document.querySelectorAll("[role=log] .msg"), (one) => one.textContent));
  return all.filter((one) => one === words).length === 1;
}

/** What was said in somebody's newest conversation, if they have one. */
async function said(api) {
  const { conversations } = await api.ask("GET", "/bootstrap");
  return conversations.length === 0 ? [] : (await api.timeline()).map(({ body }) => body);
}
