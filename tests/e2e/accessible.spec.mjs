// axe finds nothing in any state of the app: in light, dark and forced colors, in both languages, at every width; and no width scrolls
// sideways.
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, serverWith, test } from "../harness/app.mjs";
import { harbor, kittiwake } from "../harness/people.mjs";
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
