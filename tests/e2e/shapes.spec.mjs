// One app in three shapes: several cards side by side on a wide window, one pane at a time on a narrow one.
import { begin, card, composer, expect, goTo, log, row, serverWith, test } from "../harness/app.mjs";
import { small } from "../harness/looks.mjs";
import { LENA, harbor, kittiwake, shownPattern } from "../harness/people.mjs";
import { furnish, walk } from "../harness/states.mjs";
import { wordsOf } from "../harness/words.mjs";

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

for (const [width, height] of [[390, 844], [1024, 768]]) {
  test(`a finger hits everything on a touch screen of ${width}x${height}: it is 44 px high`, async ({ person }) => {
    test.setTimeout(120_000);
    await furnish(here.url);
    const page = await person(undefined, { baseURL: here.url, viewport: { width, height }, hasTouch: true, reducedMotion: "reduce" });
    const found = new Map();
    const state = async (what) => {
      for (const text of await small(page)) found.set(text, found.get(text) ?? what);
    };
    await walk({ page, url: here.url, t: await wordsOf("en"), mark: `touched at ${width}`, state });
    expect([...found].map(([text, first]) => `${first}: ${text}`)).toEqual([]);
  });
}
