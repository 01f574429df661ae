// Pinned cards are there when nothing else is: the browser was killed, there is no server, and what one writes waits.
import { Api, chat } from "../harness/api.mjs";
import { begin, card, composer, expect, listen, log, messages, onDesk, send, serverWith, signIn, test } from "../harness/app.mjs";
import { keeps, keptMessages } from "../harness/device.mjs";
import { LENA, PRIYA, THEO, harbor } from "../harness/people.mjs";
import { Profile, startedIn } from "../harness/profile.mjs";
import { onDevice } from "../harness/release.mjs";

const here = serverWith(harbor);
const THEOS = "Theo Brandt";
const PRIYAS = "Priya Iyer";
const NAMES = [THEOS, PRIYAS];

let profile;
test.beforeEach(async () => (profile = await Profile.make()));
test.afterEach(async () => profile.remove());

/** Drags a card by its title; where it lies then. */
async function place(page, name, x, y) {
  const title = await card(page, name).getByRole("heading", { level: 2 }).boundingBox();
  await page.mouse.move(title.x + 30, title.y + title.height / 2);
  await page.mouse.down();
  await page.mouse.move(title.x + 30 + x, title.y + title.height / 2 + y, { steps: 4 });
  await page.mouse.up();
  return onDesk(page, name);
}

/** All that was said to somebody, as the server has it. */
const heardBy = async (api) => (await api.timeline()).map(({ body }) => body);

test("after a kill, without a server, the pinned cards lie in place; what is written there is sent once, in order", async () => {
  // A browser starts four times.
  test.setTimeout(120_000);
  const complaints = [];
  const open = async () => {
    const context = await profile.open();
    const [page] = context.pages();
    listen(page, complaints);
    return page;
  };
  const peers = { [THEOS]: await Api.signIn(here.url, THEO), [PRIYAS]: await Api.signIn(here.url, PRIYA) };
  const me = (await (await Api.signIn(here.url, LENA)).ask("GET", "/bootstrap")).me.user.id;
  const history = Array.from({ length: 30 }, (_, index) => `Note ${index + 1} of thirty`);
  for (const name of NAMES) for (const text of history) await peers[name].send(chat(me), `${text} by ${name}`);

  // The first visit: signed in, and the app is on the device.
  const first = await open();
  await first.goto(here.url);
  await signIn(first, LENA);
  await onDevice(first);
  await profile.quit();

  const second = await open();
  await second.goto(here.url);
  for (const name of NAMES) {
    await begin(second, name);
    await expect(log(second, name).getByText(`${history[0]} by ${name}`, { exact: true })).toHaveCount(1);
    await card(second, name).getByRole("button", { name: "Pin", exact: true }).click();
  }
  const places = { [THEOS]: await place(second, THEOS, 60, 90), [PRIYAS]: await place(second, PRIYAS, 140, 40) };
  const last = NAMES.map((name) => `The last word to ${name}`);
  for (const [index, name] of NAMES.entries()) {
    await send(second, name, last[index]);
    await expect.poll(() => keptMessages(second)).toContain(last[index]);
  }
  const said = Object.fromEntries(await Promise.all(NAMES.map(async (name) => [name, await heardBy(peers[name])])));
  expect(said[PRIYAS]).toEqual([...history.map((text) => `${text} by ${PRIYAS}`), last[1]]);
  await profile.kill();
  await here.server.end();

  // The first start finds the browser's caches cold, the second warm. How long they take is the bench's to say.
  await startedIn(await open(), here.url, last);
  await profile.kill();
  const page = await open();
  await startedIn(page, here.url, last);
  for (const [index, name] of NAMES.entries()) {
    expect(await onDesk(page, name)).toEqual(places[name]);
    await expect(card(page, name).getByRole("button", { name: "Pin", exact: true, pressed: true })).toBeVisible();
    expect(await messages(page, name)).toEqual([...history.map((text) => `${text} by ${name}`), last[index]]);
  }

  const written = { [THEOS]: ["one for the dock", "two for the dock"], [PRIYAS]: ["one for the crane", "two for the crane", "three for the crane"] };
  for (const name of NAMES) for (const text of written[name]) await send(page, name, text);
  await expect(page.getByText(/5 messages will send when you're back online/)).toBeVisible();
  for (const name of NAMES) await keeps(page, written[name].at(-1));

  await here.server.resume();
  for (const name of NAMES) {
    await expect.poll(() => heardBy(peers[name]), { timeout: 20_000 }).toEqual([...said[name], ...written[name]]);
  }
  await expect(page.getByText(/messages? waits?/)).toHaveCount(0);
  for (const name of NAMES) {
    expect(await messages(page, name)).toEqual([...said[name], ...written[name]]);
    await expect(composer(page, name)).toHaveValue("");
    expect(await heardBy(peers[name])).toEqual([...said[name], ...written[name]]);
  }
  expect(complaints).toEqual([]);
});
