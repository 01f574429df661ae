// Phones outside, by a simulated carrier: pictures, groups, STOP and START, what does not arrive, and answers that are lost.
import { addRecipient, begin, card, composer, expect, goTo, log, newConversation, outsideOf, row, send, serverWith, test } from "../harness/app.mjs";
import { attach, photo, tellsPlace } from "../harness/files.mjs";
import { LENA, THEO, THREE_NUMBERS, harbor, shownPattern } from "../harness/people.mjs";

const here = serverWith(harbor);
const OWN = THREE_NUMBERS[0];
const THEOS = "+16195550102";
const there = outsideOf(here, "harbor", [OWN, THEOS]);

/** As somebody types it. */
const typed = (number) => number.slice(2);

/** The lines of a state that is opened, one for each recipient. */
const receipts = (page) => page.locator(".receipts").getByRole("listitem");

test("a picture reaches a phone, and one of a phone is shown", async ({ person }) => {
  const phone = "+12025550110";
  const title = shownPattern(phone);
  const lena = await person(LENA, { baseURL: here.url });
  await begin(lena, typed(phone));
  await attach(card(lena, title), { name: "Evening at the dock.jpg", buffer: await photo(lena, 900, 600) });
  await expect(card(lena, title).locator(".files .file")).toHaveCount(1);
  await expect(card(lena, title).locator(".files").getByText("Preparing")).toHaveCount(0);
  await composer(lena, title).fill("Look at this");
  await composer(lena, title).press("Enter");
  await expect(log(lena, title).getByText("Delivered")).toBeVisible();

  const [text, ...more] = await there.outside.texts(phone);
  expect(more).toEqual([]);
  expect(text).toMatchObject({ from: OWN, to: [phone], body: "Look at this", missing: 0, files: [{ kind: "jpeg" }] });
  const content = await there.outside.file(text.files[0]);
  expect(content.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  expect(tellsPlace(content)).toBe(false);

  await there.outside.write(phone, OWN, "And this is ours", { sample: true });
  await expect(log(lena, title).getByText("And this is ours")).toBeVisible();
  const drawn = () => log(lena, title).locator("img").evaluateAll((pictures) => pictures.filter(({ naturalWidth }) => naturalWidth > 0).length);
  await expect.poll(drawn).toBe(2);
});

test("a group MMS to three phones is one conversation, with a state for each, and each answers to all", async ({ person }) => {
  const phones = ["+12025550111", "+12025550112", "+12025550102"];
  const lena = await person(LENA, { baseURL: here.url });
  await begin(lena, ...phones.map(typed));
  const title = shownPattern(phones[0]);
  await send(lena, title, "Regatta starts at nine.");
  const state = log(lena, title).getByRole("button", { name: /2 of 3 delivered/ });
  await state.press("Enter");
  await expect(receipts(lena)).toHaveCount(3);
  for (const [place, phone] of phones.entries()) {
    const line = receipts(lena).filter({ hasText: shownPattern(phone) });
    await expect(line.locator(".state")).toHaveText(place < 2 ? "Delivered" : "Sent");
  }
  await lena.keyboard.press("Escape");
  await expect(receipts(lena)).toHaveCount(0);
  await expect(state).toBeFocused();
  const texts = await there.outside.texts(phones[0]);
  expect(texts).toHaveLength(1);
  expect([...texts[0].to].sort()).toEqual([...phones].sort());

  for (const [place, phone] of phones.entries()) {
    await there.outside.write(phone, OWN, `Answer ${place}`, { others: phones.filter((other) => other !== phone) });
    await expect(log(lena, title).getByText(`Answer ${place}`)).toBeVisible();
  }
  for (const phone of phones) await expect(log(lena, title).locator(".from").filter({ hasText: shownPattern(phone) })).toHaveCount(1);
  // All of it is one conversation, and no one else was told anything.
  await expect(row(lena, shownPattern(phones[0]))).toHaveCount(1);
  await expect(row(lena, "Answer 2")).toHaveCount(1);
  for (const phone of phones) expect(await there.outside.texts(phone)).toHaveLength(1);
});

test("a short code is answered, and a sender that is a word can only be read", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  // The simulator learns of a number by its first text.
  await begin(lena, typed("+12025550118"));
  await send(lena, shownPattern("+12025550118"), "Hello");
  await there.outside.write("24273", OWN, "Your code is 4711. Reply STOP to end.");
  await row(lena, "Your code is 4711").click();
  await expect(card(lena, "24273").getByRole("button", { name: /Call/ })).toHaveCount(0);
  await send(lena, "24273", "STOP");
  await expect(log(lena, "24273").getByText("Delivered")).toBeVisible();
  const [text, ...more] = await there.outside.texts("+999024273");
  expect([text.body, more]).toEqual(["STOP", []]);

  await there.outside.write("ACME, Bank", OWN, "HELP is on its way");
  await row(lena, "HELP is on its way").click();
  await expect(card(lena, "ACME, Bank").getByText("This sender can't be answered.")).toBeVisible();
  await expect(card(lena, "ACME, Bank").getByRole("textbox", { name: "Type a message" })).toHaveCount(0);
});

test("before Enter one is told that it is night where a text goes", async ({ person }) => {
  const clock = (timeZone) => new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format();
  // Whatever time it is, in one of them it is night, and in one day.
  const places = [["+447700900123", "Europe/London"], ["+12125550110", "America/New_York"], ["+18085550110", "Pacific/Honolulu"], ["+16715550110", "Pacific/Guam"]];
  // Some minutes off the edges: the test takes a while.
  const nights = places.filter(([, zone]) => clock(zone) >= "21:00" || clock(zone) < "07:50");
  const days = places.filter(([, zone]) => clock(zone) >= "08:00" && clock(zone) < "20:50");
  const lena = await person(LENA, { baseURL: here.url });
  for (const [[phone], asleep] of [[nights[0], true], [days[0], false]]) {
    await begin(lena, phone);
    const title = phone.startsWith("+1") ? shownPattern(phone) : /7700\s900123/;
    await composer(lena, title).fill("Are you up?");
    await expect(card(lena, title).getByText(/^It's \d+:\d\d [AP]M where they are\.$/)).toHaveCount(asleep ? 1 : 0);
  }
});

test("STOP closes the text box and keeps what was typed; START opens it", async ({ person }) => {
  const phone = "+12025550113";
  await there.outside.set(phone, "delivers");
  const title = shownPattern(phone);
  const lena = await person(LENA, { baseURL: here.url });
  await begin(lena, typed(phone));
  await send(lena, title, "Your berth is ready.");
  await expect(log(lena, title).getByText("Delivered")).toBeVisible();
  const box = composer(lena, title);
  await box.fill("Half a sentence");
  await there.outside.write(phone, OWN, "STOP");
  await expect(card(lena, title).getByText(/asked for no texts from .* You can write again when they text START/)).toBeVisible();
  await expect(box).not.toBeEditable();
  await expect(box).toHaveValue("Half a sentence");
  await expect(log(lena, title).getByText(/asked for no more texts/)).toBeVisible();
  await lena.reload();
  await expect(box).not.toBeEditable();
  await expect(box).toHaveValue("Half a sentence");
  // One confirmation, and nothing more.
  await expect.poll(async () => (await there.outside.texts(phone)).length).toBe(2);
  const unsent = await there.outside.texts(phone);

  await there.outside.write(phone, OWN, "START");
  await expect(log(lena, title).getByText(/wants texts again/)).toBeVisible();
  await expect(box).toBeEditable();
  await expect(box).toHaveValue("Half a sentence");
  await box.focus();
  await lena.keyboard.press("End");
  await lena.keyboard.type(", now whole");
  await lena.keyboard.press("Enter");
  await expect(log(lena, title).getByText("Half a sentence, now whole")).toBeVisible();
  await expect.poll(async () => (await there.outside.texts(phone)).at(-1).body).toBe("Half a sentence, now whole");
  const since = (await there.outside.texts(phone)).slice(unsent.length);
  // The answer to START and the text: nothing that waited.
  expect(since.filter(({ body }) => body === "Half a sentence, now whole")).toHaveLength(1);
});

test("a text that failed says why in words and by its code, and arrives by Retry once the phone is on", async ({ person }) => {
  const phone = "+12025550100";
  const title = shownPattern(phone);
  const lena = await person(LENA, { baseURL: here.url });
  await begin(lena, typed(phone));
  await send(lena, title, "Are you there?");
  const failed = log(lena, title).getByRole("button", { name: /Not delivered. The phone could not be reached./ });
  await failed.press("Enter");
  const details = receipts(lena).locator("summary", { hasText: "Details" });
  await details.press("Enter");
  await expect(receipts(lena).getByText("unreachable: Simulated: the phone is off.")).toBeVisible();
  await lena.keyboard.press("Escape");

  await there.outside.set(phone, "delivers");
  await log(lena, title).getByRole("button", { name: "Retry" }).press("Enter");
  await expect(log(lena, title).getByText(/Delivered/)).toBeVisible();
  await expect(composer(lena, title)).toBeFocused();
  const states = (await there.outside.texts(phone)).map(({ body, states: [{ state }] }) => [body, state]);
  expect(states).toEqual([["Are you there?", "failed"], ["Are you there?", "delivered"]]);
});

test("a text whose answer was lost is confirmed by a look at the carrier, and is there once", async ({ person }) => {
  const phone = "+12025550104";
  const title = shownPattern(phone);
  const lena = await person(LENA, { baseURL: here.url });
  await begin(lena, typed(phone));
  await send(lena, title, "Did this get through?");
  await expect(log(lena, title).getByText("Delivered")).toBeVisible();
  const texts = await there.outside.texts(phone);
  expect(texts).toHaveLength(1);
  expect((await there.outside.references())[texts[0].reference]).toEqual({ submitted: 1, taken: 1 });
});

test("what the carrier took when the server was killed is not sent again", async ({ person }) => {
  const phone = "+12025550117";
  const title = shownPattern(phone);
  await there.outside.set(phone, "reports_first");
  const lena = await person(LENA, { baseURL: here.url });
  await begin(lena, typed(phone));
  await composer(lena, title).fill("Just before the storm");
  await composer(lena, title).press("Enter");
  await expect.poll(async () => (await there.outside.texts(phone)).length).toBe(1);
  await here.server.end("SIGKILL");
  await here.server.resume();
  await expect(log(lena, title).getByText("Delivered")).toBeVisible({ timeout: 30_000 });
  const texts = await there.outside.texts(phone);
  expect(texts).toHaveLength(1);
  expect((await there.outside.references())[texts[0].reference].taken).toBe(1);
});

test("three phones are texted each alone, by the keyboard, with how far it is", async ({ person }) => {
  const phones = ["+12025550131", "+12025550132", "+12025550133"];
  const theo = await person(THEO, { baseURL: here.url });
  await goTo(theo, "Chat and SMS");
  await newConversation(theo);
  for (const phone of phones) await addRecipient(theo, typed(phone));
  const alone = theo.getByRole("group", { name: "How to send" }).getByRole("button", { name: "Text each one alone" });
  await alone.press("Enter");
  await expect(alone).toHaveAttribute("aria-pressed", "true");
  const box = theo.getByRole("textbox", { name: "Type a message" });
  await box.fill("The fuel dock opens at six.");
  // Without the server nothing leaves, so that it is seen how far it is.
  await here.server.end();
  await box.press("Enter");
  await expect(theo.getByText("0 of 3 sent")).toBeVisible();
  await here.server.resume();
  await expect(theo.getByText("All 3 texts are sent.").first()).toBeVisible({ timeout: 30_000 });
  await expect(theo.getByText("of 3 sent")).toHaveCount(0);
  const rows = theo.getByRole("list", { name: "Conversations" }).getByRole("listitem").filter({ hasText: "The fuel dock opens at six." });
  await expect(rows).toHaveCount(3);
  for (const phone of phones) {
    await expect.poll(async () => (await there.outside.texts(phone)).map(({ from, to, body }) => [from, to, body]))
      .toEqual([[THEOS, [phone], "The fuel dock opens at six."]]);
  }
  // What one answers stands in that one's conversation alone.
  await there.outside.write(phones[1], THEOS, "Thank you!");
  await expect(row(theo, "Thank you!")).toHaveCount(1);
  await expect(row(theo, "Thank you!")).toContainText(shownPattern(phones[1]));
  await expect(rows).toHaveCount(2);
});
