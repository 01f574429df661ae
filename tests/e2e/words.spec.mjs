// The words: Spanish, the choice of a language, and two languages that nobody speaks, in every state of the app. In the first every text is
// longer and in brackets, so what has none was not taken from the words, and what is cut shows; the second runs from right to left.
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, serverWith, test } from "../harness/app.mjs";
import { cut, unbracketed, unmirrored } from "../harness/looks.mjs";
import { LENA, harbor, kittiwake } from "../harness/people.mjs";
import { PASSWORD } from "../harness/server.mjs";
import { furnish, walk } from "../harness/states.mjs";
import { bracketed, speak, strange } from "../harness/words.mjs";

// The walks run side by side, each worker with a server of its own.
test.describe.configure({ mode: "parallel" });
const here = serverWith(harbor, kittiwake);
test.beforeAll(() => furnish(here.url));
// A folder that gets a picture of each state, for whoever looks at all of them.
const PICTURES = process.env.HALYARD_PICTURES;
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

// Names of people and companies of the tests, files, numbers, times, and what is typed.
const DATA = String.raw`^(Halyard|English|Español|Lena|May|Theo|Priya|Nils|Harbor|Kittiwake|Front desk|Dock|Workshop|\d|\(|\+|[A-Z][a-z]+ \d|SMS$|Jonas|Anil|Crew |Zoë|Dr\.|Prefers|boat\.jpg|plan\.pdf|friends\.csv: Shoe|Alt |test$)|@|example`;

for (const [width, height] of SIZES) {
  const shape = `${width}x${height}`;

  /** Walks through the app in this language, and collects what `look` finds wrong, each once with the first state that has it. */
  const walked = async (person, language, mark, look) => {
    const page = await person(undefined, { baseURL: here.url, viewport: { width, height }, reducedMotion: "reduce" });
    await speak(page, language);
    const problems = new Map();
    const state = async (what, number) => {
      if (PICTURES) await page.screenshot({ path: join(PICTURES, `${mark} ${number} ${what}.png`) });
      for (const text of await look(page)) problems.set(text, problems.get(text) ?? what);
    };
    await walk({ page, url: here.url, t: language.t, mark, state });
    return [...problems].map(([text, first]) => `${first}: ${text}`);
  };

  test(`no text comes from elsewhere, and none is cut, at ${shape}`, async ({ person }) => {
    test.setTimeout(120_000);
    const look = async (page) => [...(await unbracketed(page, DATA)), ...(await cut(page))];
    expect(await walked(person, await strange(bracketed, "ltr"), `brackets ${shape}`, look)).toEqual([]);
  });

  test(`from right to left everything mirrors, and nothing is cut, at ${shape}`, async ({ person }) => {
    test.setTimeout(120_000);
    const look = async (page) => [...(await unmirrored(page)), ...(await cut(page))];
    expect(await walked(person, await strange((text) => text, "rtl"), `right to left ${shape}`, look)).toEqual([]);
  });
}
