// The service worker between users: what it keeps of one is never another's, and what the server refused it does not send again.
import { Api, freshId } from "../harness/api.mjs";
import { begin, card, expect, expectRefusals, goTo, log, messages, send, serverWith, signIn, test } from "../harness/app.mjs";
import { Between } from "../harness/between.mjs";
import { keeps } from "../harness/device.mjs";
import { photo } from "../harness/files.mjs";
import { LENA, PRIYA, THEO, harbor } from "../harness/people.mjs";
import { onDevice } from "../harness/release.mjs";

const here = serverWith(harbor);
const THEOS = "Theo Brandt";
let between;
test.beforeEach(async () => {
  between = await Between.start(here.url);
});
test.afterEach(() => between.stop());
const withWorker = () => ({ baseURL: between.url, serviceWorkers: "allow" });

/** The addresses of the files that the worker keeps. */
const keptFiles = (page) =>
  page.evaluate(async () => {
    if (!(await caches.has("halyard-media"))) return [];
    return (await (await caches.open("halyard-media")).keys()).map(({ url }) => new URL(url).pathname);
  });

/** Sends a picture to somebody by the interface; its address. */
async function sends(api, to, content) {
  const id = freshId();
  const given = await fetch(`${api.url}/api/v1/media/${id}?name=boat.jpg`, { method: "PUT", headers: { cookie: api.cookie }, body: content });
  expect(given.status).toBe(200);
  const message = { to: { peers: [{ user: to }] }, body: "", media: [id] };
  await api.ask("POST", "/messages", message, { "idempotency-key": freshId() });
  return `/media/${id}`;
}

async function signOut(page) {
  await goTo(page, "Settings");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
}

test("files that are kept are for their user, and an answer that comes after they left is not kept", async ({ person }) => {
  const lena = await person(LENA, withWorker());
  expectRefusals(lena);
  await onDevice(lena);
  const theo = await Api.signIn(here.url, THEO);
  const me = await (await Api.signIn(here.url, LENA)).ask("GET", "/session");
  const content = await photo(lena, 100, 100);
  const [first, second] = [await sends(theo, me.user.id, content), await sends(theo, me.user.id, content)];
  await begin(lena, THEOS);
  await expect.poll(async () => (await keptFiles(lena)).sort()).toEqual([first, second].sort());
  const third = await sends(await Api.signIn(here.url, PRIYA), me.user.id, content);
  expect(await keptFiles(lena)).not.toContain(third);

  between.hold();
  await lena.evaluate((path) => void (globalThis.underWay = fetch(path).then(({ status }) => status)), third);
  await signOut(lena);
  await expect.poll(() => keptFiles(lena)).toEqual([]);
  between.release();
  expect(await lena.evaluate(() => globalThis.underWay)).toBe(200);
  expect(await lena.evaluate(() => caches.has("halyard-media")), "nothing is kept of who has left").toBe(false);

  // What an older release, or a crash, has left of one user is not given to another, nor to nobody.
  const leave = (path) => lena.evaluate(async ([path, user]) => {
    const cache = await caches.open("halyard-media");
    for (const key of [path, `${path}?${user}`]) await cache.put(key, new Response("of Lena"));
  }, [path, me.user.id]);
  const gets = (path) => lena.evaluate(async (path) => {
    const answer = await fetch(path);
    return [answer.status, await answer.text() === "of Lena"];
  }, path);
  await leave(third);
  expect(await gets(third)).toEqual([401, false]);
  await signIn(lena, THEO);
  await leave(third);
  expect(await gets(third)).toEqual([404, false]);
});

test("what the server refused is not sent again while nobody looks", async ({ person }) => {
  const theo = await Api.signIn(here.url, THEO);
  const heard = async () => (await theo.timeline()).map(({ body }) => body);
  const lena = await person(LENA, withWorker());
  expectRefusals(lena);
  await onDevice(lena);
  await begin(lena, THEOS);
  const before = await heard();
  between.refuses = ({ method, url }, body) =>
    method === "POST" && url === "/api/v1/messages" && body.includes("Refused") && { status: 422, body: { code: "invalid_message", message: "This was refused." } };
  await send(lena, THEOS, "Refused");
  await expect(log(lena, THEOS).getByText("This was refused.")).toBeVisible();
  // From now on nothing would be refused, but the server is away.
  await here.server.end();
  between.refuses = () => undefined;
  await send(lena, THEOS, "Still to be sent");
  await keeps(lena, "Still to be sent");
  const elsewhere = await lena.context().newPage();
  expectRefusals(elsewhere);
  const browser = await elsewhere.context().newCDPSession(elsewhere);
  const registered = new Promise((resolve) => browser.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    const mine = registrations.find(({ scopeURL }) => scopeURL.startsWith(between.url));
    if (mine) resolve(mine);
  }));
  await browser.send("ServiceWorker.enable");
  const { registrationId } = await registered;
  await lena.close();
  await here.server.resume();
  await expect(async () => {
    await browser.send("ServiceWorker.dispatchSyncEvent", { origin: between.url, registrationId, tag: "outbox", lastChance: false });
    expect(await heard()).toContain("Still to be sent");
  }).toPass({ timeout: 20_000 });
  expect(await heard()).toEqual([...before, "Still to be sent"]);
  await elsewhere.goto(`${between.url}/messages`);
  await expect(card(elsewhere, THEOS)).toBeVisible();
  await expect.poll(() => messages(elsewhere, THEOS)).toContain("Refused");
});
