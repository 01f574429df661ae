// A card's timeline: what is drawn of a long one, what stays in place, and where one is taken when much is unread.
import { Api, chat } from "../harness/api.mjs";
import { begin, card, composer, expect, expectRefusals, goTo, log, row, send, serverWith, test } from "../harness/app.mjs";
import { LENA, NILS, PRIYA, THEO, harbor } from "../harness/people.mjs";

const here = serverWith(harbor);
const THEOS = "Theo Brandt";
const NILSES = "Nils Okafor";
const PRIYAS = "Priya Iyer";

/** Sends so many notes from one to another; says more with what it gives. */
async function notes(from, to, count) {
  const [author, reader] = [await Api.signIn(here.url, from), await Api.signIn(here.url, to)];
  const { me } = await reader.ask("GET", "/bootstrap");
  const say = (text) => author.send(chat(me.user.id), text);
  for (let number = 1; number <= count; number += 1) await say(`Note ${number}`);
  return say;
}

const note = (box, number) => box.getByText(`Note ${number}`, { exact: true });
const drawn = (box) => box.locator(".item").count();

/** Lets the page draw until nothing more follows from what was done. */
const settled = (page) =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 12; frame += 1) await new Promise((next) => requestAnimationFrame(next));
  });

/** The note in the middle of the box, and how far from the box's top it is, in pixels: as soon as one is drawn there. */
const inTheMiddle = (box) =>
  box.evaluate(async (element) => {
    const { top, left, width, height } = element.getBoundingClientRect();
    for (let frame = 0; frame < 60; frame += 1) {
      for (let down = height / 2; down < height; down += 4) {
        const sides = [left + 40, left + width - 60].flatMap((across) => document.elementsFromPoint(across, top + down));
        const item = sides.find((there) => there.matches(".msg"));
        if (item) return { text: item.textContent, at: item.getBoundingClientRect().top - top };
      }
      await new Promise((next) => requestAnimationFrame(next));
    }
    throw new Error("nothing is drawn there");
  });

const whereIs = (box, text) =>
  box.getByText(text, { exact: true }).evaluate((item) => item.getBoundingClientRect().top - item.closest("[role=log]").getBoundingClientRect().top);

/** A place has not moved: a browser gives fractions of pixels, and half a pixel may be rounded up or down. */
const expectSamePlace = (now, before, text) => expect(Math.abs(now - before), text).toBeLessThan(1);

test("of a long timeline only a part is in the page, and what one reads stays where it is", async ({ person }) => {
  test.setTimeout(90_000);
  const theo = await notes(THEO, LENA, 0);
  await notes(LENA, THEO, 600);
  const lena = await person(LENA, { baseURL: here.url });
  await begin(lena, THEOS);
  const box = log(lena, THEOS);
  await expect(note(box, 600)).toBeVisible();
  await expect(async () => {
    await box.evaluate((element) => element.scrollBy(0, -1e7));
    await expect(note(box, 1)).toBeVisible({ timeout: 300 });
  }).toPass();
  await settled(lena);
  expect(await drawn(box)).toBeLessThan(350);

  // What comes in below moves nothing.
  const before = await whereIs(box, "Note 3");
  await theo("In the meantime");
  await expect(card(lena, THEOS).getByRole("button", { name: "1 new message" })).toBeVisible();
  expectSamePlace(await whereIs(box, "Note 3"), before, "Note 3");

  // On the way down rows come at one end and go at the other.
  for (let step = 0; step < 12; step += 1) {
    await box.evaluate((element) => element.scrollBy(0, 1_200));
    const { text, at } = await inTheMiddle(box);
    await settled(lena);
    expectSamePlace(await whereIs(box, text), at, text);
    expect(await drawn(box)).toBeLessThan(350);
  }
  const shown = await box.locator(".msg").allTextContents();
  const numbers = shown.map((text) => Number(text.slice("Note ".length)));
  expect(numbers).toEqual(numbers.map((_, index) => numbers[0] + index));

  await card(lena, THEOS).getByRole("button", { name: "1 new message" }).click();
  await expect(box.getByText("In the meantime")).toBeVisible();
  await settled(lena);
  expect(await drawn(box)).toBeLessThan(350);
});

test("whoever opens a conversation with much unread begins at the first of it, and has read what was on screen", async ({ person }) => {
  await notes(NILS, PRIYA, 3);
  const priya = await person(PRIYA, { baseURL: here.url });
  await row(priya, NILSES).click();
  await expect(note(log(priya, NILSES), 3)).toBeVisible();
  await expect(row(priya, NILSES).getByText(/unread/)).toHaveCount(0);
  await goTo(priya, "Contacts");
  await priya.getByRole("region", { name: NILSES }).getByRole("button", { name: "Close" }).click();

  await notes(NILS, PRIYA, 320);
  await goTo(priya, "Chat and SMS");
  await expect(row(priya, NILSES).getByText(/unread/)).toHaveText(/320/);
  await row(priya, NILSES).click();
  const box = log(priya, NILSES);
  await expect(box.getByText("New", { exact: true })).toBeInViewport();
  await expect(note(box, 1).last()).toBeInViewport();
  expect(await drawn(box)).toBeLessThan(320);
  const button = card(priya, NILSES).getByRole("button", { name: /^\d+ new messages$/ });
  const left = async () => Number.parseInt(await button.textContent(), 10);
  await expect.poll(left).toBeLessThan(320);
  const unread = await left();
  expect(unread).toBeGreaterThan(280);

  // A card that is made larger shows more of them, though nobody scrolls.
  await card(priya, NILSES).getByRole("button", { name: "More" }).click();
  await priya.getByRole("menuitem", { name: "View in fullscreen" }).click();
  await expect.poll(left).toBeLessThan(unread);
  await button.click();
  await expect(note(box, 320)).toBeInViewport();
  await expect(button).toHaveCount(0);
  await expect(row(priya, NILSES).getByText(/unread/)).toHaveCount(0);
});

test("whoever writes while they read further up sees what they wrote, whatever came below meanwhile", async ({ person }) => {
  test.setTimeout(90_000);
  await notes(PRIYA, THEO, 150);
  const theo = await person(THEO, { baseURL: here.url });
  await row(theo, PRIYAS).click();
  const box = log(theo, PRIYAS);
  const newest = card(theo, PRIYAS).getByRole("button", { name: /new message|Newest messages/ });
  await newest.click();
  await expect(note(box, 150)).toBeInViewport();
  await expect(async () => {
    await box.evaluate((element) => element.scrollBy(0, -1e7));
    await expect(note(box, 1)).toBeVisible({ timeout: 300 });
  }).toPass();
  await notes(PRIYA, THEO, 200);
  await expect(newest).toHaveText("200 new messages");
  await expect(note(box, 1).first()).toBeInViewport();
  await send(theo, PRIYAS, "I have read it all");
  await expect(box.getByText("I have read it all")).toBeInViewport();
  await expect(newest).toHaveCount(0);
  await settled(theo);
  expect(await drawn(box)).toBeLessThan(300);

  // A card that shows again stands where it stood.
  await card(theo, PRIYAS).getByRole("button", { name: "Minimize" }).click();
  await expect(box).toBeHidden();
  await notes(PRIYA, THEO, 40);
  await theo.getByRole("group", { name: "Minimized" }).getByRole("button", { name: "40 unread messages" }).click();
  await expect(box.getByText("New", { exact: true })).toBeInViewport();
  await expect(note(box, 1).last()).toBeInViewport();
});

test("after Retry of a message that was refused the focus is in the text box, and the message leaves", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  expectRefusals(lena);
  await begin(lena, "Theo Brandt");
  const refused = { code: "invalid_message", message: "This was refused." };
  await lena.route("**/api/v1/messages", (route) => route.fulfill({ status: 422, contentType: "application/json", body: JSON.stringify(refused) }));
  await send(lena, "Theo Brandt", "Are you there?");
  const retry = log(lena, "Theo Brandt").getByRole("button", { name: "Retry" });
  await expect(retry).toBeVisible();
  await lena.unroute("**/api/v1/messages");
  await retry.press("Enter");
  await expect(composer(lena, "Theo Brandt")).toBeFocused();
  await expect(retry).toHaveCount(0);
  await expect(log(lena, "Theo Brandt").getByText("Sent")).toBeVisible();
});
