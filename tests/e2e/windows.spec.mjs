// Cards are windows: moved, resized, snapped, pinned, minimised, by a pointer and without one; and the palette leads everywhere.
import { card, composer, expect, goTo, log, row, serverWith, test } from "../harness/app.mjs";
import { Api, chat, text } from "../harness/api.mjs";
import { LENA, MAYA, NILS, PRIYA, THEO, THREE_NUMBERS, harbor, kittiwake, shownPattern } from "../harness/people.mjs";

const here = serverWith(harbor, kittiwake);
const COLLEAGUES = { "Theo Brandt": THEO, "Priya Iyer": PRIYA, "Nils Okafor": NILS };
const NAMES = Object.keys(COLLEAGUES);

test.beforeAll(async () => {
  const me = (await (await Api.signIn(here.url, LENA)).ask("GET", "/bootstrap")).me.user.id;
  for (const login of Object.values(COLLEAGUES)) await (await Api.signIn(here.url, login)).send(chat(me), "Morning");
});

/** A page with the cards of these people, in this order, each opened from the column. */
async function withCards(person, names = NAMES, options = {}) {
  const page = await person(LENA, { baseURL: here.url, ...options });
  await goTo(page, "Chat and SMS");
  for (const name of names) {
    await row(page, name).getByRole("button").first().click();
    await expect(composer(page, name)).toBeFocused();
  }
  return page;
}

const box = (page, name) => card(page, name).boundingBox();
const desk = (page) => page.getByRole("region", { name: "Workspace" }).boundingBox();

/** Takes hold of the title, and lets the caller say where it goes. */
async function hold(page, name) {
  const title = await card(page, name).getByRole("heading", { level: 2 }).boundingBox();
  const at = { x: title.x + 30, y: title.y + title.height / 2 };
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  return at;
}

/** What a pointer did is drawn. */
const twoFrames = (page) => page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));

test("a card is dragged by its title, resized by a corner, and Escape takes a drag back", async ({ person }) => {
  const page = await withCards(person);
  const before = await box(page, "Theo Brandt");
  const at = await hold(page, "Theo Brandt");
  await page.mouse.move(at.x + 120, at.y + 90, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => box(page, "Theo Brandt")).toEqual({ ...before, x: before.x + 120, y: before.y + 90 });
  // It came to the front, and the focus with it.
  await expect(composer(page, "Theo Brandt")).toBeFocused();

  const moved = await box(page, "Theo Brandt");
  await page.mouse.move(moved.x + moved.width + 1, moved.y + moved.height + 1);
  await page.mouse.down();
  await page.mouse.move(moved.x + moved.width + 61, moved.y + moved.height - 59, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => box(page, "Theo Brandt")).toEqual({ ...moved, width: moved.width + 60, height: moved.height - 60 });
  await expect(composer(page, "Theo Brandt")).toBeFocused();

  const resized = await box(page, "Theo Brandt");
  const again = await hold(page, "Theo Brandt");
  await page.mouse.move(again.x - 60, again.y + 40, { steps: 4 });
  await expect.poll(() => box(page, "Theo Brandt")).not.toEqual(resized);
  await page.keyboard.press("Escape");
  await expect.poll(() => box(page, "Theo Brandt")).toEqual(resized);
  await page.mouse.move(again.x + 200, again.y + 40);
  await page.mouse.up();
  expect(await box(page, "Theo Brandt")).toEqual(resized);
});

for (const [how, end] of [
  ["whose end nobody heard of", (title) => title.dispatchEvent("pointermove", { pointerId: 1, buttons: 0, bubbles: true })],
  ["that lost its pointer", (title) => title.evaluate((element) => element.closest("[data-grip]").releasePointerCapture(1))],
]) {
  test(`a drag ${how} ends where the card was last`, async ({ person }) => {
    const page = await withCards(person, ["Theo Brandt"]);
    const before = await box(page, "Theo Brandt");
    const at = await hold(page, "Theo Brandt");
    await page.mouse.move(at.x + 120, at.y + 90, { steps: 4 });
    const last = { ...before, x: before.x + 120, y: before.y + 90 };
    await expect.poll(() => box(page, "Theo Brandt")).toEqual(last);
    await end(card(page, "Theo Brandt").getByRole("heading", { level: 2 }));
    await page.mouse.move(at.x + 300, at.y + 200, { steps: 4 });
    await twoFrames(page);
    await expect(page.locator(".window.held")).toHaveCount(0);
    expect(await box(page, "Theo Brandt")).toEqual(last);
    await page.mouse.up();
    expect(await box(page, "Theo Brandt")).toEqual(last);
  });
}

test("at an edge it shows where it would snap to, and does; a double click fills the workspace and comes back", async ({ person }) => {
  const page = await withCards(person);
  const work = await desk(page);
  const preview = page.locator(".snap");
  const at = await hold(page, "Priya Iyer");
  await page.mouse.move(work.x + work.width - 3, at.y + 200, { steps: 6 });
  await expect(preview).toBeVisible();
  const promised = await preview.boundingBox();
  await page.mouse.up();
  await expect(preview).toHaveCount(0);
  await expect.poll(() => box(page, "Priya Iyer")).toEqual(promised);
  expect(promised.x).toBeGreaterThan(work.x + work.width / 2);

  await card(page, "Priya Iyer").getByRole("heading", { level: 2 }).dblclick();
  await expect.poll(async () => (await box(page, "Priya Iyer")).width).toBeGreaterThan(work.width - 40);
  await expect(composer(page, "Priya Iyer")).toBeFocused();
  await card(page, "Priya Iyer").getByRole("button", { name: "Exit fullscreen" }).click();
  await expect.poll(() => box(page, "Priya Iyer")).toEqual(promised);
  await expect(composer(page, "Priya Iyer")).toBeFocused();
});

test("every step has a key, and the focus is where the next one is", async ({ person }) => {
  const page = await withCards(person);
  const before = await box(page, "Nils Okafor");
  const work = await desk(page);

  await page.keyboard.press("Alt+Shift+ArrowLeft");
  await page.keyboard.press("Alt+Shift+ArrowDown");
  await expect.poll(() => box(page, "Nils Okafor")).toEqual({ ...before, x: before.x - 16, y: before.y + 16 });
  await page.keyboard.press("Alt+Shift+End");
  await page.keyboard.press("Alt+Shift+PageUp");
  await expect.poll(() => box(page, "Nils Okafor")).toMatchObject({ width: before.width + 16, height: before.height - 16 });

  await page.keyboard.press("Alt+l");
  await expect.poll(async () => (await box(page, "Nils Okafor")).x).toBe(work.x + 16);
  await page.keyboard.press("Alt+Enter");
  await expect.poll(async () => (await box(page, "Nils Okafor")).width).toBeGreaterThan(work.width - 40);
  await page.keyboard.press("Alt+Enter");
  await page.keyboard.press("Alt+p");
  await expect(card(page, "Nils Okafor").getByRole("button", { name: "Pin", exact: true })).toHaveAttribute("aria-pressed", "true");
  await expect(composer(page, "Nils Okafor")).toBeFocused();

  await page.keyboard.press("Alt+t");
  const boxes = await Promise.all(NAMES.map((name) => box(page, name)));
  expect(new Set(boxes.map(({ x, y }) => `${x} ${y}`)).size).toBe(NAMES.length);
  await page.keyboard.press("Alt+PageDown");
  await expect(composer(page, "Theo Brandt")).toBeFocused();
  await page.keyboard.press("Alt+PageUp");
  await expect(composer(page, "Nils Okafor")).toBeFocused();

  // Into the dock: the card that was in front before has the focus, and the last one leaves it to the column.
  await page.keyboard.press("Alt+m");
  await expect(composer(page, "Theo Brandt")).toBeFocused();
  await page.keyboard.press("Alt+w");
  await expect(card(page, "Theo Brandt")).toBeHidden();
  await expect(composer(page, "Priya Iyer")).toBeFocused();
  await page.keyboard.press("Alt+m");
  await expect(page.getByRole("heading", { name: "Chat and SMS" })).toBeFocused();

  // The menu has a way for each of them, too.
  await page.getByRole("group", { name: "Minimized" }).getByRole("button", { name: "Priya Iyer" }).first().press("Enter");
  await expect(composer(page, "Priya Iyer")).toBeFocused();
  await card(page, "Priya Iyer").getByRole("button", { name: "More" }).press("Enter");
  await page.getByRole("menuitem", { name: /^Move and resize/ }).press("Enter");
  await expect(page.getByRole("menuitemradio", { name: "Float" })).toBeFocused();
  await page.getByRole("menuitemradio", { name: "Bottom right quarter" }).press("Enter");
  await expect.poll(async () => (await box(page, "Priya Iyer")).x).toBeGreaterThan(work.x + work.width / 2);

  await page.getByRole("heading", { name: "Chat and SMS" }).focus();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet.getByText("Alt Shift PgDn")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
});

test("a minimised card says what came in, and comes back where it was", async ({ person }) => {
  const page = await withCards(person);
  const before = await box(page, "Priya Iyer");
  await card(page, "Priya Iyer").getByRole("button", { name: "Pin", exact: true }).click();
  await card(page, "Priya Iyer").getByRole("button", { name: "Minimize" }).click();
  await expect(card(page, "Priya Iyer")).toBeHidden();
  await expect(composer(page, "Nils Okafor")).toBeFocused();

  const priya = await Api.signIn(here.url, PRIYA);
  const me = (await (await Api.signIn(here.url, LENA)).ask("GET", "/bootstrap")).me.user.id;
  await priya.send(chat(me), "The crane is free");
  const waits = page.getByRole("group", { name: "Minimized" }).getByRole("button", { name: /^Priya Iyer/ });
  await expect(waits).toContainText("1 unread");
  await waits.click();
  await expect(log(page, "Priya Iyer").getByText("The crane is free")).toBeVisible();
  expect(await box(page, "Priya Iyer")).toEqual(before);
  await expect(composer(page, "Priya Iyer")).toBeFocused();
  await expect(card(page, "Priya Iyer").getByRole("button", { name: "Pin", exact: true })).toHaveAttribute("aria-pressed", "true");
  await expect(waits).toHaveCount(0);
});

test("the palette leads to a card, a person and an action, and gives the focus back", async ({ person }) => {
  const page = await withCards(person, ["Theo Brandt", "Priya Iyer"]);
  await composer(page, "Priya Iyer").fill("half a sentence");
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: "Search or jump" });
  await expect(field).toBeFocused();
  // The card before this one is marked: Enter goes back and forth.
  await expect(page.getByRole("option", { selected: true })).toContainText("Theo Brandt");
  await page.keyboard.press("Escape");
  await expect(composer(page, "Priya Iyer")).toBeFocused();
  await expect(composer(page, "Priya Iyer")).toHaveValue("half a sentence");
  await page.keyboard.press("Control+k");
  await expect(field).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(composer(page, "Theo Brandt")).toBeFocused();

  const maya = await Api.signIn(here.url, MAYA);
  await maya.send(text("+16195550142", THREE_NUMBERS[0]), "Is slip 14 free?");
  await page.getByRole("button", { name: /^Search or jump/ }).click();
  await page.keyboard.type("555 0142");
  await expect(page.getByRole("option", { selected: true })).toContainText("Conversation");
  await page.keyboard.press("Enter");
  await expect(composer(page, shownPattern("+16195550142"))).toBeFocused();

  await page.keyboard.press("Control+k");
  await expect(field).toBeFocused();
  await page.keyboard.type("nobody at all");
  await expect(page.getByText(/^Nothing found/)).toBeVisible();
  await field.fill("import");
  await expect(page.getByRole("option", { selected: true })).toContainText("Import contacts");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Import contacts" })).toBeFocused();
});

test("a smaller window keeps every card in sight, and a narrow one keeps what waits", async ({ person }) => {
  const page = await withCards(person);
  const at = await hold(page, "Nils Okafor");
  await page.mouse.move(at.x + 600, at.y + 300, { steps: 4 });
  await page.mouse.up();
  const far = await box(page, "Nils Okafor");
  await page.setViewportSize({ width: 900, height: 600 });
  for (const name of NAMES) {
    await expect.poll(async () => {
      const { x, y, width, height } = await box(page, name);
      return x + width <= 900 && y + height <= 600;
    }).toBe(true);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect.poll(() => box(page, "Nils Okafor")).toEqual(far);

  await card(page, "Theo Brandt").getByRole("button", { name: "Minimize" }).click();
  await page.setViewportSize({ width: 400, height: 640 });
  await card(page, "Nils Okafor").getByRole("button", { name: "Back" }).click();
  const waits = page.getByRole("group", { name: "Minimized" }).getByRole("button", { name: /^Theo Brandt/ });
  await expect(row(page, "Nils Okafor")).toBeVisible();
  await waits.click();
  await expect(composer(page, "Theo Brandt")).toBeFocused();
  expect((await box(page, "Theo Brandt")).width).toBe(400);
  await expect(row(page, "Nils Okafor")).toBeHidden();
});
