// axe finds nothing in any state of the app: in light, dark and forced colors, in both languages, at every width; and no width scrolls
// sideways.
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { Api, chat } from "../harness/api.mjs";
import { begin, expect, log, send, serverWith, test } from "../harness/app.mjs";
import { LENA, THEO, harbor, kittiwake } from "../harness/people.mjs";
import { furnish, walk } from "../harness/states.mjs";
import { wordsOf } from "../harness/words.mjs";

// By far the longest file: its tests run side by side, each worker with a server of its own.
test.describe.configure({ mode: "parallel" });
const here = serverWith(harbor, kittiwake);

const SHAPES = [
  ["en", "light", 1440, 900],
  ["es", "dark", 1440, 900],
  ["en", "forced colors", 1440, 900],
  ["es", "light", 768, 1024],
  ["en", "dark", 400, 640],
  ["es", "forced colors", 400, 640],
  ["en", "light", 320, 640],
  ["es", "dark", 390, 844],
];
// A folder that gets a picture of each state, for whoever looks at all of them.
const PICTURES = process.env.HALYARD_PICTURES;
const LOCALES = { en: "en-US", es: "es-MX" };

test.beforeAll(() => furnish(here.url));

/**
 * What axe finds on the page as it is, and whether it scrolls sideways. In forced colors axe reads the page's own color of a text, which
 * the system's stands in for, so there only what keeps its own colors is held to its contrast.
 */
async function look(page, what, forced) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = [];
  for (const { id, nodes } of violations) {
    for (const { target } of nodes) {
      const place = target.join(" ");
      const keeps = !forced || id !== "color-contrast" || (await page.locator(place).first().evaluate((node) => getComputedStyle(node).forcedColorAdjust === "none"));
      if (keeps) found.push(`${what}: ${id} at ${place}`);
    }
  }
  const titles = await page.locator("h1").filter({ visible: true }).allTextContents();
  if (titles.length !== 1) found.push(`${what}: ${titles.length} headings of the page: ${titles}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (overflow > 0) found.push(`${what}: scrolls sideways by ${overflow} px`);
  return found;
}

for (const [language, colors, width, height] of SHAPES) {
  test(`${language}, ${colors}, ${width}x${height}`, async ({ person }) => {
    // axe reads the whole page some forty times.
    test.setTimeout(240_000);
    const t = await wordsOf(language);
    const looks = colors === "forced colors" ? { forcedColors: "active" } : { colorScheme: colors };
    const page = await person(undefined, {
      baseURL: here.url, locale: LOCALES[language], viewport: { width, height }, reducedMotion: "reduce", ...looks,
    });
    const found = [];
    const state = async (what, number) => {
      if (PICTURES) await page.screenshot({ path: join(PICTURES, `${language} ${colors} ${width}x${height} ${number} ${what}.png`) });
      found.push(...(await look(page, what, colors === "forced colors")));
    };
    await walk({ page, url: here.url, t, mark: `${language}, ${colors}, ${width}`, state });
    expect(found).toEqual([]);
  });
}

test("what is chosen is told in the system's own colors where the colors are forced", async ({ person }) => {
  const page = await person(LENA, { baseURL: here.url, forcedColors: "active" });
  await begin(page, "Theo Brandt");
  await send(page, "Theo Brandt", "Noon?");
  const chosen = page.getByRole("list", { name: "Conversations" }).locator(".row[aria-current=true]");
  const colors = await chosen.evaluate((row) => {
    const system = document.body.appendChild(document.createElement("p"));
    system.style.cssText = "forced-color-adjust: none; color: HighlightText; background: Highlight";
    const { color, backgroundColor } = getComputedStyle(system);
    system.remove();
    const texts = [row, ...row.querySelectorAll(".row-name, .preview, .meta, .num")];
    return { text: color, ground: backgroundColor, texts: texts.map((part) => getComputedStyle(part).color), grounds: getComputedStyle(row).backgroundColor };
  });
  expect(colors.grounds).toBe(colors.ground);
  expect(new Set(colors.texts)).toEqual(new Set([colors.text]));
});

test("for who hears the page: cards of one name are told apart, and each message says whose it is", async ({ person }) => {
  const page = await person(LENA, { baseURL: here.url });
  const { me } = await (await Api.signIn(here.url, LENA)).ask("GET", "/bootstrap");
  await (await Api.signIn(here.url, THEO)).send(chat(me.user.id), "From the dock");
  await begin(page, "1002");
  await send(page, "Theo Brandt", "From the desk");
  await expect(log(page, "Theo Brandt").locator(".item", { hasText: "From the dock" })).toHaveText(/^Theo Brandt:From the dock/);
  await expect(log(page, "Theo Brandt").locator(".item", { hasText: "From the desk" })).toHaveText(/^You:From the desk/);
  for (const number of ["6195550142", "6195550177"]) await begin(page, number);
  const names = await page.locator("section.card").evaluateAll((cards) => cards.map((card) => card.getAttribute("aria-label")));
  expect(names.filter((name) => name.startsWith("Maya Delgado"))).toHaveLength(2);
  expect(new Set(names).size).toBe(3);
});
