// The installed app: its files are there without a server, an update comes when one says so, links and files open in it.
import { copyFile, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { begin, card, composer, expect, goTo, log, send, serverWith, signIn, test } from "../harness/app.mjs";
import { Api } from "../harness/api.mjs";
import { keeps, rowsOf } from "../harness/device.mjs";
import { attach, photo } from "../harness/files.mjs";
import { LENA, THEO, harbor, shownPattern } from "../harness/people.mjs";
import { kept, nextRelease, onDevice, runs } from "../harness/release.mjs";

const here = serverWith(harbor);
const THEOS = "Theo Brandt";
const withWorker = () => ({ baseURL: here.url, serviceWorkers: "allow" });
const FIRST = { page: "first", style: "first", emoji: "first" };
const NEXT = { page: "next", style: "next", emoji: "next" };

/** The server goes on with the next release, from which the step may take something first; in the end it has the first one again. */
async function withNextRelease(steps) {
  const folder = await mkdtemp(join(tmpdir(), "halyard-release-"));
  const first = here.server.app;
  const serve = async (app) => {
    await here.server.end();
    here.server.app = app;
    await here.server.resume();
  };
  try {
    await nextRelease(folder);
    await steps(folder, () => serve(folder));
  } finally {
    await serve(first);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Counts how often a page is loaded from now on. */
function loads(page) {
  const counted = { times: 0 };
  page.on("load", () => (counted.times += 1));
  return counted;
}

test("opened once, the app starts without its server, signed in and signed out", async ({ person }) => {
  const lena = await person(LENA, withWorker());
  const loaded = loads(lena);
  await begin(lena, THEOS);
  await send(lena, THEOS, "The tide turns at noon");
  await keeps(lena, "The tide turns at noon");
  await onDevice(lena);
  expect(loaded.times, "the first worker takes nobody's page away").toBe(0);
  const [files, ...more] = await kept(lena);
  expect(more).toEqual([]);
  for (const name of ["/index.html", "/mark.svg", "/manifest.json", "/emoji.json"]) expect(files).toContain(name);
  for (const kind of [/^\/start-\w+\.js$/, /^\/halyard-\w+\.js$/, /^\/halyard-\w+\.wasm$/, /\.css$/]) expect(files.filter((name) => kind.test(name))).toHaveLength(1);
  expect(files.filter((name) => name.startsWith("/api"))).toEqual([]);

  await here.server.end();
  const tab = await lena.context().newPage();
  const answer = await tab.goto(`${here.url}/messages`);
  expect(answer.fromServiceWorker()).toBe(true);
  await expect(log(tab, THEOS).getByText("The tide turns at noon")).toBeVisible();
  await card(tab, THEOS).getByRole("button", { name: "Emoji" }).click();
  await expect(tab.getByRole("gridcell", { name: "grinning face", exact: true })).toBeVisible();
  await tab.close();

  await here.server.resume();
  await composer(lena, THEOS).fill("Half a sen");
  await keeps(lena, "Half a sen");
  await goTo(lena, "Settings");
  await lena.getByRole("button", { name: "Sign out" }).last().click();
  await expect(lena.getByText(/saved on this device/)).toBeVisible();
  await here.server.end();
  await lena.reload();
  await expect(lena.getByText("Unsent text for 1001@harbor is saved on this device.")).toBeVisible();
  await expect(lena.getByRole("textbox", { name: "Password" })).toBeVisible();
  // What is the server's own is not answered by the app.
  await expect(lena.evaluate(() => fetch("/api/docs").then(() => "answered", () => "failed"))).resolves.toBe("failed");
  await here.server.resume();
});

test("what waits leaves with the network, also when no page is open", async ({ person }) => {
  const theo = await Api.signIn(here.url, THEO);
  const heard = async () => (await theo.timeline()).map(({ body }) => body);
  const lena = await person(LENA, withWorker());
  await begin(lena, THEOS);
  await send(lena, THEOS, "Before the storm");
  await keeps(lena, "Before the storm");
  await onDevice(lena);
  await expect.poll(heard).toContain("Before the storm");
  const before = await heard();
  await here.server.end();
  const written = ["One of the storm", "Two of the storm"];
  await attach(card(lena, THEOS), { name: "wave.jpg", buffer: await photo(lena, 200, 100) });
  await expect(card(lena, THEOS).locator(".files").getByText("kB")).toBeVisible();
  for (const text of written) {
    await send(lena, THEOS, text);
    await keeps(lena, text);
  }
  await expect(lena.getByText(/2 messages will send when you're back online/)).toBeVisible();
  const tags = () => lena.evaluate(async () => (await navigator.serviceWorker.ready).sync.getTags());
  await expect.poll(tags, "the app has asked to be woken").toContain("outbox");
  // What the browser does when the network is back, as its developer tools do it.
  const elsewhere = await lena.context().newPage();
  const browser = await elsewhere.context().newCDPSession(elsewhere);
  const registered = new Promise((resolve) => browser.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    const mine = registrations.find(({ scopeURL }) => scopeURL.startsWith(here.url));
    if (mine) resolve(mine);
  }));
  await browser.send("ServiceWorker.enable");
  const { registrationId } = await registered;
  const sync = () => browser.send("ServiceWorker.dispatchSyncEvent", { origin: new URL(here.url).origin, registrationId, tag: "outbox", lastChance: false });
  await lena.close();
  await sync();
  await here.server.resume();
  await expect(async () => {
    await sync();
    expect(await heard()).toEqual([...before, ...written]);
  }).toPass({ timeout: 20_000 });
  const carried = (await theo.timeline()).slice(-2).map(({ media = [] }) => media.map(({ name }) => name));
  expect(carried, "files go with their message").toEqual([["wave.jpg"], []]);

  await elsewhere.goto(`${here.url}/messages`);
  await expect(log(elsewhere, THEOS).getByText(written[1])).toBeVisible();
  await expect(elsewhere.getByText(/messages? waits?/)).toHaveCount(0);
  await expect.poll(async () => (await rowsOf(elsewhere, "outbox")).length).toBe(0);
  expect(await heard()).toEqual([...before, ...written]);
});

test("a new version waits for one's word, then all tabs load it once", async ({ person }) => {
  await withNextRelease(async (_, serveNext) => {
    const first = await person(LENA, withWorker());
    await onDevice(first);
    const second = await first.context().newPage();
    await second.goto(here.url);
    expect(await runs(second)).toEqual(FIRST);
    await begin(second, "Priya Iyer");
    await composer(second, "Priya Iyer").fill("Half a sen");
    await keeps(second, "Half a sen");

    await serveNext();
    // Whoever opens the app next hears of it first, and runs what is on the device.
    const third = await first.context().newPage();
    await third.goto(here.url);
    const tabs = [first, second, third];
    for (const tab of tabs) await expect(tab.getByText("A new version is ready.")).toBeVisible();
    for (const tab of tabs) expect(await runs(tab)).toEqual(FIRST);
    expect(await first.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration()).waiting))).toBe(true);

    const counted = tabs.map(loads);
    await first.getByRole("button", { name: "Reload" }).click();
    await expect.poll(() => counted.map(({ times }) => times)).toEqual([1, 1, 1]);
    for (const tab of tabs) {
      await expect(tab.getByRole("navigation").getByRole("link", { name: "Contacts" })).toBeVisible();
      await expect(tab.getByText("A new version is ready.")).toHaveCount(0);
      expect(await runs(tab)).toEqual(NEXT);
    }
    await expect(composer(second, "Priya Iyer")).toHaveValue("Half a sen");
    // Nothing of the old release is left, and asking again brings nothing new.
    const [files, ...more] = await kept(first);
    expect(more).toEqual([]);
    expect(files.filter((name) => name.endsWith(".css"))).toHaveLength(1);
    for (const tab of tabs) await tab.evaluate(async () => (await navigator.serviceWorker.ready).update().then(() => undefined));
    expect(counted.map(({ times }) => times)).toEqual([1, 1, 1]);
  });
});

test("a release of which a file is missing is not taken", async ({ person }) => {
  await withNextRelease(async (folder, serveNext) => {
    await rm(join(folder, "emoji.json"));
    const lena = await person(LENA, withWorker());
    await onDevice(lena);
    await serveNext();
    const state = await lena.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const found = new Promise((resolve) => registration.addEventListener("updatefound", () => resolve(registration.installing), { once: true }));
      await registration.update();
      const worker = await found;
      while (worker.state === "installing") await new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true }));
      return worker.state;
    });
    expect(state).toBe("redundant");
    expect(await kept(lena)).toHaveLength(1);
    await lena.reload();
    await expect(lena.getByRole("navigation")).toBeVisible();
    expect(await runs(lena)).toEqual(FIRST);
    await expect(lena.getByText("A new version is ready.")).toHaveCount(0);
  });
});

test("a worker without a list, as while one works on the app, takes its leave", async ({ person }) => {
  await withNextRelease(async (folder, serveNext) => {
    await copyFile(new URL("../../service-worker.js", import.meta.url), join(folder, "service-worker.js"));
    // Live reload's page says nothing of a worker.
    const start = (await readdir(folder)).find((name) => name.startsWith("start-"));
    const page = await readFile(join(folder, "index.html"), "utf8");
    await writeFile(join(folder, "index.html"), page.replace(start, "start-0123456789abcdef.js"));
    await writeFile(join(folder, "start-0123456789abcdef.js"), (await readFile(join(folder, start), "utf8")).replace(/\.then\([^;]*\);?\s*$/, ";"));
    const lena = await person(LENA, withWorker());
    await onDevice(lena);
    await serveNext();
    await lena.evaluate(async () => (await navigator.serviceWorker.ready).update().then(() => undefined));
    await expect.poll(() => lena.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
    await lena.reload();
    await expect(lena.getByRole("navigation")).toBeVisible();
    expect(await runs(lena)).toEqual(NEXT);
    expect(await lena.evaluate(() => navigator.serviceWorker.controller)).toBe(null);
  });
});

test("the browser finds nothing wrong with the manifest, and what it names is there", async ({ person }) => {
  const page = await person(undefined, withWorker());
  await onDevice(page);
  const session = await page.context().newCDPSession(page);
  const { errors, data } = await session.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  // A test's browser forgets everything: that alone stands in the way.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito")).toEqual([]);
  const manifest = JSON.parse(data);
  for (const { src, sizes, type } of [...manifest.icons, ...manifest.screenshots, ...manifest.shortcuts.flatMap(({ icons }) => icons)]) {
    const answer = await page.request.get(src);
    expect(answer.headers()["content-type"], src).toBe(type);
    const bytes = await answer.body();
    if (type === "image/png") expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, src).toBe(sizes);
  }
});

test("a link opens a conversation with its text, once, and waits for the log-in", async ({ person }) => {
  const lena = await person(undefined, withWorker());
  const link = (url) => `${here.url}/open?url=${encodeURIComponent(url)}`;
  await lena.goto(link("sms:+16195550142,+16195550143?body=High%20tide%20at%20noon"));
  await signIn(lena, LENA);
  const begun = lena.getByRole("region", { name: "New Conversation" });
  await expect(begun.getByRole("button", { name: /^Remove / })).toHaveCount(2);
  await expect(begun.getByRole("textbox", { name: "Type a message" })).toHaveValue("High tide at noon");
  expect(new URL(lena.url()).search).toBe("");
  await keeps(lena, "High tide at noon");
  await lena.reload();
  await expect(lena.getByRole("region", { name: "New Conversation" })).toHaveCount(1);
  await expect(begun.getByRole("textbox", { name: "Type a message" })).toHaveValue("High tide at noon");

  await lena.goto(link("tel:+1-619-555-0177;ext=2"));
  const callee = shownPattern("+16195550177");
  await composer(lena, callee).fill("Typed before");
  await keeps(lena, "Typed before");
  await lena.goto(link("smsto:+16195550177;body=and%20from%20a%20link"));
  await expect(composer(lena, callee)).toHaveValue("Typed before\nand from a link");
});

test("what other apps share, text and files, begins a conversation; their contacts are imported, what can't be sent is refused in words", async ({ person }) => {
  const lena = await person(LENA, withWorker());
  await onDevice(lena);
  // As the system does it: a form that is posted.
  await lena.evaluate((picture) => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: "/share", enctype: "multipart/form-data" });
    for (const [name, value] of [["title", "Tides"], ["text", "Noon & 5 + 1"]]) form.append(Object.assign(document.createElement("input"), { name, value }));
    const files = Object.assign(document.createElement("input"), { type: "file", name: "files", multiple: true });
    const chosen = new DataTransfer();
    chosen.items.add(new File(["BEGIN:VCARD\nVERSION:3.0\nFN:Rosa Tanaka\nTEL:+16195550133\nEND:VCARD\n"], "Rosa & Co.vcf", { type: "text/vcard" }));
    chosen.items.add(new File([new Uint8Array(picture)], "dock.jpg", { type: "image/jpeg" }));
    chosen.items.add(new File(["MZ"], "tool.exe"));
    files.files = chosen.files;
    form.append(files);
    document.body.append(form);
    form.submit();
  }, Array.from(await photo(lena, 200, 100)));
  await expect(lena.locator(".hint").getByText("tool.exe: Pictures (JPEG")).toBeVisible();
  await lena.getByRole("dialog", { name: "Import contacts, or send the file?" }).getByRole("button", { name: "Import contacts" }).click();
  const dialog = lena.getByRole("dialog", { name: "Import contacts from Rosa & Co.vcf" });
  await expect(dialog.getByText("Rosa Tanaka")).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(lena.getByRole("textbox", { name: "Type a message" })).toHaveValue("Tides\nNoon & 5 + 1");
  await expect(lena.getByRole("list", { name: "Files of this message" }).getByText("dock.jpg")).toBeVisible();
  expect((await kept(lena)).flat().filter((name) => !/\.\w+$/.test(name)), "what was shared is not kept").toEqual([]);
});

test("the running app takes launches, and offers to install it and to take links", async ({ person }) => {
  const lena = await person(undefined, withWorker());
  // What only a system with installed apps does is called as the browser would.
  await lena.addInitScript(() => {
    const system = { links: [] };
    Object.defineProperty(globalThis, "launchQueue", { value: { setConsumer: (take) => (system.launch = take) } });
    navigator.registerProtocolHandler = (scheme, address) => system.links.push([scheme, address]);
    globalThis.pretended = system;
  });
  await lena.goto(here.url);
  await signIn(lena, LENA);
  await lena.waitForFunction(() => globalThis.pretended.launch);
  await lena.evaluate(() => pretended.launch({ targetURL: `${location.origin}/open?url=sms%3A1002%3Fbody%3DAhoy`, files: [] }));
  await expect(lena.getByRole("textbox", { name: "Type a message" })).toHaveValue("Ahoy");
  await lena.evaluate(() => {
    const file = new File(["First Name,Mobile Phone\nMaya,+16195550142\n"], "crew.csv");
    pretended.launch({ targetURL: `${location.origin}/contacts`, files: [{ getFile: async () => file }] });
  });
  await expect(lena.getByRole("dialog", { name: "Import contacts from crew.csv" })).toBeVisible();
  await lena.getByRole("button", { name: "Cancel" }).click();

  const offer = () =>
    lena.evaluate(() => {
      const event = new Event("beforeinstallprompt", { cancelable: true });
      event.prompt = async () => dispatchEvent(new Event("appinstalled"));
      dispatchEvent(event);
      return event.defaultPrevented;
    });
  expect(await offer()).toBe(true);
  await expect(lena.getByText("Halyard can be installed")).toBeVisible();
  await lena.getByRole("button", { name: "Not now" }).click();
  await expect(lena.getByText("Halyard can be installed")).toHaveCount(0);
  await lena.reload();
  await lena.waitForFunction(() => globalThis.pretended.launch);
  await offer();
  await goTo(lena, "Settings");
  await expect(lena.getByText("Halyard can be installed")).toHaveCount(0);
  await lena.getByRole("button", { name: "Install", exact: true }).click();
  await expect(lena.getByRole("button", { name: "Install", exact: true })).toHaveCount(0);
  await lena.getByRole("button", { name: "Make Halyard handle my links" }).click();
  await expect(lena.getByText(/asks you once for each kind of link/)).toBeVisible();
  expect(await lena.evaluate(() => pretended.links)).toEqual(["sms", "smsto", "mms", "tel"].map((scheme) => [scheme, `${here.url}/open?url=%s`]));
});
