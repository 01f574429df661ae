// The words: Spanish, the choice of a language, and two languages that nobody speaks. In the first every text is longer and in
// brackets, so what has none was not taken from the words, and what is cut shows; the second runs from right to left.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { begin, expect, log, send, serverWith, signIn, test } from "../harness/app.mjs";
import { LENA, harbor, kittiwake } from "../harness/people.mjs";
import { PASSWORD } from "../harness/server.mjs";

const here = serverWith(harbor, kittiwake);
const SIZES = [[1440, 900], [400, 640]];

test("Spanish is Spanish: signing in, writing, and the language in the settings", async ({ person }) => {
  const page = await person(undefined, { baseURL: here.url, locale: "es-MX" });
  await expect(page.locator("html")).toHaveAttribute("lang", "es");
  await page.getByRole("textbox", { name: "Extensión" }).fill(LENA);
  await page.getByRole("textbox", { name: "Contraseña" }).fill("wrong");
  await page.getByRole("button", { name: "Iniciar sesión" }).click();
  await expect(page.getByText("Extensión o contraseña incorrecta.")).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.getByRole("textbox", { name: "Contraseña" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Iniciar sesión" }).click();
  await page.getByRole("navigation").getByRole("link", { name: "Configuración" }).click();
  await expect(page.getByRole("heading", { name: "Apariencia" })).toBeVisible();
  await page.getByRole("combobox", { name: "Idioma" }).selectOption("English");
  await expect(page.getByRole("heading", { name: "Appearance" })).toBeVisible();
  await page.getByRole("combobox", { name: "Language" }).selectOption("Match browser");
  await expect(page.getByRole("heading", { name: "Apariencia" })).toBeVisible();
});

/** The words of the build that is tested, with each text changed. A part in braces is left as it is. */
async function changed(change, direction) {
  const folder = process.env.HALYARD_APP;
  const name = (await readdir(folder)).find((file) => /^words-en-\w+\.txt$/.test(file));
  const lines = (await readFile(join(folder, name), "utf8")).split("\n").filter(Boolean);
  // The language's own name, its direction and its list of emoji are no texts.
  const one = (line, place) => (place === 0 || place === 2 ? line : place === 1 ? `= ${direction}` : `= ${change(line.slice(2))}`);
  return lines.map(one).join("\n");
}

/** Longer by a third, in brackets: of a plural each of its texts. */
const longer = (text) => {
  const plural = /^([^{]*)(\{\w+, plural,)(.*)$/s.exec(text);
  if (!plural) return `[${text}${"~".repeat(Math.ceil(text.replace(/\{\w+\}/g, "").length / 3))}]`;
  return `[${text}~~~]`;
};

/** Visible texts that are neither in brackets nor data. */
const unbracketed = (page, data) =>
  page.evaluate((data) => {
    const found = new Set();
    const known = new RegExp(data);
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const text = node.data.trim();
      const element = node.parentElement;
      if (!/\p{L}{2}/u.test(text) || element.closest("script, noscript, svg, kbd, [hidden]") || !element.checkVisibility()) continue;
      if (text.includes("[") || known.test(text)) continue;
      found.add(text);
    }
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
      for (const name of ["aria-label", "title", "placeholder"]) {
        const text = element.getAttribute(name) ?? "";
        if (/\p{L}{2}/u.test(text) && !text.includes("[") && !known.test(text) && element.checkVisibility()) found.add(`${name}: ${text}`);
      }
    }
    return [...found];
  }, data);

/** Buttons and headings whose text is cut without a sign of it, and whether the page scrolls sideways. */
const cut = (page) =>
  page.evaluate(() => {
    const found = [];
    for (const element of document.querySelectorAll("button, h1, h2, a, label, .chip, .hint")) {
      const style = getComputedStyle(element);
      if (!element.checkVisibility() || style.textOverflow === "ellipsis" || element.closest(".sr, .vlist, .dock") || element.clientWidth <= 1) continue;
      if (element.scrollWidth > element.clientWidth + 1 && style.overflow !== "visible") found.push(element.textContent.trim().slice(0, 60));
    }
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return wide > 0 ? [...found, `scrolls sideways by ${wide} px`] : found;
  });

// Names of people and companies of the tests, numbers, times, and what is typed.
const DATA = String.raw`^(Halyard|English|Español|Lena|Maya|Theo|Priya|Nils|Harbor|Kittiwake|Front desk|Dock|Workshop|\d|\(|\+|[A-Z][a-z]+ \d|SMS$)|@|example`;

for (const [width, height] of SIZES) {
  test(`no text comes from elsewhere, and none is cut, at ${width}x${height}`, async ({ person }) => {
    const words = await changed(longer, "ltr");
    const page = await person(undefined, { baseURL: here.url, viewport: { width, height } });
    await page.route(/\/words-en-\w+\.txt$/, (route) => route.fulfill({ body: words, contentType: "text/plain; charset=utf-8" }));
    await page.goto(here.url);
    const problems = [];
    const look = async (what) => {
      for (const text of [...(await unbracketed(page, DATA)), ...(await cut(page))]) problems.push(`${what}: ${text}`);
    };
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^\[Sign in/);
    await look("the sign-in");
    await signInAs(page, LENA, /^\[Sign in/);
    await look("the column");
    await page.goto(`${here.url}/settings`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^\[Settings/);
    await look("the settings");
    await page.goto(`${here.url}/contacts`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^\[Contacts/);
    await look("the contacts");
    await page.keyboard.press("Alt+n");
    await expect(page.getByRole("combobox")).toBeVisible();
    await look("a new conversation");
    await page.keyboard.press("Control+k");
    await look("the palette");
    expect(problems).toEqual([]);
  });

  test(`from right to left nothing scrolls sideways, at ${width}x${height}`, async ({ person }) => {
    const words = await changed((text) => text, "rtl");
    const page = await person(undefined, { baseURL: here.url, viewport: { width, height } });
    await page.route(/\/words-en-\w+\.txt$/, (route) => route.fulfill({ body: words, contentType: "text/plain; charset=utf-8" }));
    await page.goto(here.url);
    await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
    await signIn(page, LENA);
    await begin(page, "1002");
    // The test of another size sends to the same server.
    await send(page, "Theo Brandt", `From the right, at ${width}`);
    expect(await cut(page)).toEqual([]);
    if (width > 700) {
      // The rail is at the right, and the cards lie to the left of the column.
      const rail = await page.getByRole("navigation").boundingBox();
      const column = await page.getByRole("heading", { level: 1 }).boundingBox();
      expect(rail.x).toBeGreaterThan(column.x);
    }
  });
}

async function signInAs(page, login, button) {
  await page.getByRole("textbox").first().fill(login);
  await page.getByRole("textbox").nth(1).fill(PASSWORD);
  await page.getByRole("button", { name: button }).click();
  await expect(page.getByRole("navigation")).toBeVisible();
}
