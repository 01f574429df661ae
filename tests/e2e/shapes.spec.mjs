// One app in three shapes: several cards side by side on a wide window, one pane at a time on a narrow one.
import { join } from "node:path";
import { begin, card, composer, expect, goTo, log, row, serverWith, test } from "../harness/app.mjs";
import { small } from "../harness/looks.mjs";
import { LENA, harbor, kittiwake, shownPattern } from "../harness/people.mjs";
import { furnish, walk } from "../harness/states.mjs";
import { wordsOf } from "../harness/words.mjs";

// A folder that gets a picture of each state, for whoever looks at all of them.
const PICTURES = process.env.HALYARD_PICTURES;
const here = serverWith(harbor, kittiwake);

test("several cards are open at once, side by side, and each keeps what is typed in it", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  const people = [["6195550142", "+16195550142"], ["6195550133", "+16195550133"], ["Theo Brandt", undefined]];
  const titles = people.map(([name, number]) => (number ? shownPattern(number) : name));
  for (const [name] of people) await begin(lena, name);
  for (const [index, title] of titles.entries()) await composer(lena, title).fill(`draft ${index}`);
  for (const [index, title] of titles.entries()) await expect(composer(lena, title)).toHaveValue(`draft ${index}`);
  const boxes = await Promise.all(titles.map((title) => card(lena, title).boundingBox()));
  const lefts = new Set(boxes.map((box) => `${Math.round(box.x)},${Math.round(box.y)}`));
  expect(lefts.size).toBe(titles.length);
  await lena.reload();
  await goTo(lena, "Chat and SMS");
});

test("on a phone there is one pane at a time, with a way back", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url, viewport: { width: 390, height: 844 }, hasTouch: true });
  await begin(lena, "6195550142");
  const title = shownPattern("+16195550142");
  const field = composer(lena, title);
  await field.fill("Good morning");
  // The keyboard on the screen has no other way to a new line.
  await field.press("Enter");
  await expect(field).toHaveValue("Good morning\n");
  await card(lena, title).getByRole("button", { name: "Send", exact: true }).click();
  await expect(log(lena, title).getByText("Good morning", { exact: true })).toBeVisible();
  await expect(row(lena, title)).toBeHidden();
  await card(lena, title).getByRole("button", { name: "Back" }).click();
  await expect(row(lena, title)).toBeVisible();
  await row(lena, title).getByText("Good morning").click();
  await expect(log(lena, title).getByText("Good morning")).toBeVisible();
});

test("a conversation that is opened by a finger shows itself, and no keyboard over half of it", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url, viewport: { width: 390, height: 844 }, hasTouch: true });
  await begin(lena, "Theo Brandt");
  await composer(lena, "Theo Brandt").fill("Noon?");
  await card(lena, "Theo Brandt").getByRole("button", { name: "Send", exact: true }).tap();
  await card(lena, "Theo Brandt").getByRole("button", { name: "Back" }).tap();
  await row(lena, "Theo Brandt").getByText("Noon?").tap();
  await expect(log(lena, "Theo Brandt").getByText("Noon?")).toBeInViewport();
  // The focus is moved within four frames, if it is.
  await lena.evaluate(async () => {
    for (let frame = 0; frame < 8; frame += 1) await new Promise((next) => requestAnimationFrame(next));
  });
  expect(await lena.evaluate(() => document.activeElement.matches("input, textarea"))).toBe(false);
});

/** How high a card's text box and log are, as shares of the card. */
const shares = (page, title) =>
  card(page, title).evaluate((card) => ["textarea", ".log"].map((part) => card.querySelector(part).getBoundingClientRect().height / card.getBoundingClientRect().height));

for (const [where, viewport, hasTouch] of [["on a phone", { width: 390, height: 844 }, true], ["on a phone on its side", { width: 844, height: 390 }, true], ["in a small card", { width: 1440, height: 900 }, false]]) {
  test(`a long draft leaves the log in sight ${where}`, async ({ person }) => {
    const lena = await person(LENA, { baseURL: here.url, viewport, hasTouch });
    await begin(lena, "Theo Brandt");
    await composer(lena, "Theo Brandt").fill("one more line\n".repeat(40));
    // As low as it gets.
    for (let step = 0; step < 40; step += 1) await composer(lena, "Theo Brandt").press("Alt+Shift+PageUp");
    const [field, log] = await shares(lena, "Theo Brandt");
    expect(field).toBeGreaterThan(0.15);
    expect(field).toBeLessThanOrEqual(0.41);
    expect(log).toBeGreaterThan(0.15);
  });
}

for (const [width, height] of [[1440, 900], [400, 640]]) {
  test(`the banner of a lost network covers nothing at ${width}x${height}`, async ({ person }) => {
    const lena = await person(LENA, { baseURL: here.url, viewport: { width, height } });
    await begin(lena, "Theo Brandt");
    if (width < 700) await card(lena, "Theo Brandt").getByRole("button", { name: "Back" }).click();
    else await begin(lena, "Priya Iyer");
    await lena.context().setOffline(true);
    const banner = lena.getByRole("status").filter({ hasText: "Offline." });
    await expect(banner).toBeVisible();
    const { x, y, width: wide, height: high } = await banner.boundingBox();
    const places = [lena.getByRole("heading", { level: 1 }), lena.getByRole("searchbox"), lena.getByRole("button", { name: "New Conversation" }).first()];
    if (width >= 700) places.push(lena.getByRole("button", { name: "Tile" }), lena.getByRole("button", { name: /^Search or jump/ }), card(lena, "Theo Brandt"));
    for (const place of places) {
      const box = await place.boundingBox();
      const apart = box.x >= x + wide || box.x + box.width <= x || box.y >= y + high || box.y + box.height <= y;
      expect(apart, `${place} and the banner`).toBe(true);
    }
  });
}

for (const [width, height] of [[390, 844], [1024, 768]]) {
  test(`a finger hits everything on a touch screen of ${width}x${height}: it is 44 px high`, async ({ person }) => {
    test.setTimeout(120_000);
    await furnish(here.url);
    const page = await person(undefined, { baseURL: here.url, viewport: { width, height }, hasTouch: true, reducedMotion: "reduce" });
    const found = new Map();
    const state = async (what, number) => {
      if (PICTURES) await page.screenshot({ path: join(PICTURES, `touch ${width}x${height} ${number} ${what}.png`) });
      for (const text of await small(page)) found.set(text, found.get(text) ?? what);
    };
    await walk({ page, url: here.url, t: await wordsOf("en"), mark: `touched at ${width}`, state });
    expect([...found].map(([text, first]) => `${first}: ${text}`)).toEqual([]);
  });
}
