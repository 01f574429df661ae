// Files in messages: from the paper clip to the other business, kept for when there is no network, gone with their user.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { begin, card, composer, expect, goTo, log, row, serverWith, test } from "../harness/app.mjs";
import { Api } from "../harness/api.mjs";
import { keeps, readable } from "../harness/device.mjs";
import { attach, pdf, photo, tellsPlace, vcard } from "../harness/files.mjs";
import { LENA, MAYA, THEO, harbor, kittiwake, shownPattern } from "../harness/people.mjs";
import { onDevice, writeWorker } from "../harness/release.mjs";
import { Server } from "../harness/server.mjs";

const here = serverWith(harbor, kittiwake);
const THEOS = "Theo Brandt";
const MAYAS = shownPattern("+16195550142");
const LENAS = shownPattern("+16195550100");
const withWorker = () => ({ baseURL: here.url, serviceWorkers: "allow" });

/** The pictures of a log that are drawn. */
const drawn = (page, title) =>
  log(page, title).locator("img").evaluateAll((pictures) => pictures.filter(({ complete, naturalWidth }) => complete && naturalWidth > 0).length);

/** The addresses of the files that the worker keeps, oldest first. */
const keptFiles = (page) =>
  page.evaluate(async () => {
    if (!(await caches.has("halyard-media"))) return [];
    return (await (await caches.open("halyard-media")).keys()).map(({ url }) => new URL(url).pathname);
  });

/** The text box has so many files, all of them ready. */
async function ready(page, title, count) {
  await expect(card(page, title).locator(".files .file")).toHaveCount(count);
  await expect(card(page, title).locator(".files").getByText("Preparing")).toHaveCount(0);
}

test("a photo is made small enough for carriers and arrives at the other business, without where it was taken", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  const maya = await person(MAYA, { baseURL: here.url });
  await begin(lena, "6195550142");
  const taken = await photo(lena, 3000, 2000);
  expect(taken.length).toBeGreaterThan(1_500_000);
  expect(tellsPlace(taken)).toBe(true);
  await attach(card(lena, MAYAS), { name: "Evening at the dock.jpg", buffer: taken });
  await ready(lena, MAYAS, 1);
  await composer(lena, MAYAS).fill("Look at this");
  await composer(lena, MAYAS).press("Enter");
  await expect(log(lena, MAYAS).getByText("Delivered")).toBeVisible();
  await expect.poll(() => drawn(lena, MAYAS)).toBe(1);
  await expect(card(lena, MAYAS).locator(".files")).toHaveCount(0);

  await row(maya, LENAS).click();
  await expect(log(maya, LENAS).getByText("Look at this")).toBeVisible();
  await expect.poll(() => drawn(maya, LENAS)).toBe(1);
  const picture = log(maya, LENAS).getByRole("button", { name: "Evening at the dock.jpg, open" });
  await picture.focus();
  await maya.keyboard.press("Enter");
  const viewer = maya.getByRole("dialog", { name: "Evening at the dock.jpg" });
  await expect(viewer.getByRole("img", { name: "Evening at the dock.jpg" })).toBeVisible();
  const address = await viewer.getByRole("link", { name: "Save" }).getAttribute("href");
  await maya.keyboard.press("Escape");
  await expect(viewer).toHaveCount(0);
  await expect(picture).toBeFocused();
  const content = await maya.evaluate(async (address) => Array.from(new Uint8Array(await (await fetch(address)).arrayBuffer())), address);
  expect(content.length).toBeLessThanOrEqual(600_000);
  expect(tellsPlace(content)).toBe(false);

  // One that is small enough is not packed again, and says as little.
  await attach(card(lena, MAYAS), { name: "small.jpg", buffer: await photo(lena, 300, 200) });
  await ready(lena, MAYAS, 1);
  await composer(lena, MAYAS).press("Enter");
  await expect.poll(() => drawn(maya, LENAS)).toBe(2);
  const small = await maya.evaluate(async () => {
    const source = Array.from(document.querySelectorAll("[role=log] img")).at(-1).src;
    return Array.from(new Uint8Array(await (await fetch(source)).arrayBuffer()));
  });
  expect(tellsPlace(small)).toBe(false);
});

test("files are pasted and dropped, too; what can't be sent says why; anything can be taken out again", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await begin(lena, THEOS);
  const box = composer(lena, THEOS);
  await box.fill("Three things");
  const bytes = Array.from(await photo(lena, 200, 200));
  await box.evaluate((box, bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], "pasted.jpg"));
    box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, bytes);
  await ready(lena, THEOS, 1);
  const held = await lena.evaluateHandle(([plan, contact]) => {
    const data = new DataTransfer();
    data.items.add(new File([plan], "plan.pdf"));
    data.items.add(new File([contact], "rosa.vcf"));
    return data;
  }, [pdf().toString(), vcard().toString()]);
  const window = lena.locator(".window").filter({ has: card(lena, THEOS) });
  await card(lena, THEOS).dispatchEvent("dragover", { dataTransfer: held });
  await expect(window).toHaveAttribute("data-takes", "");
  await card(lena, THEOS).dispatchEvent("drop", { dataTransfer: held });
  await expect(window).not.toHaveAttribute("data-takes", "");
  await ready(lena, THEOS, 3);
  await attach(card(lena, THEOS), { name: "film.mov", buffer: Buffer.from("\0\0\0\x14ftypqt  ") });
  await expect(card(lena, THEOS).getByText("film.mov: Pictures (JPEG")).toBeVisible();
  await expect(box).toHaveValue("Three things");
  await card(lena, THEOS).getByRole("button", { name: "Remove pasted.jpg" }).click();
  await ready(lena, THEOS, 2);
  await box.press("Enter");
  const plan = log(lena, THEOS).getByRole("link", { name: /plan\.pdf/ });
  await expect(plan).toHaveAttribute("target", "_blank");
  await expect(log(lena, THEOS).getByRole("link", { name: /rosa\.vcf/ })).toHaveAttribute("download", "rosa.vcf");
  await expect(log(lena, THEOS).getByText("Sent")).toBeVisible();
  await expect(row(lena, THEOS).getByText("Three things")).toBeVisible();
});

test("a file that is let go beside the cards is not opened in the app's place, and what was typed lives", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  for (const name of [THEOS, "Priya Iyer"]) await begin(lena, name);
  await card(lena, "Priya Iyer").getByRole("button", { name: "Minimize" }).click();
  await composer(lena, THEOS).fill("Half a sentence");
  const held = await lena.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "plan.pdf"));
    return data;
  }, pdf().toString());
  // What nobody prevents, the browser does: it opens the file.
  for (const place of [lena.getByRole("navigation"), lena.locator(".column"), lena.getByRole("group", { name: "Minimized" }).getByRole("button").first()]) {
    for (const type of ["dragover", "drop"]) {
      const drag = (element, [type, dataTransfer]) => element.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      expect(await place.evaluate(drag, [type, held]), type).toBe(false);
    }
  }
  await expect(card(lena, THEOS).locator(".files .file")).toHaveCount(0);
  await expect(composer(lena, THEOS)).toHaveValue("Half a sentence");
});

test("without a network pictures are there, and new ones leave later, once; when their user leaves, nothing is left", async ({ person }) => {
  const lena = await person(LENA, withWorker());
  await onDevice(lena);
  await begin(lena, THEOS);
  const theo = await Api.signIn(here.url, THEO);
  const before = (await theo.timeline()).length;
  await attach(card(lena, THEOS), { name: "seen.jpg", buffer: await photo(lena, 400, 300) });
  await ready(lena, THEOS, 1);
  await composer(lena, THEOS).press("Enter");
  await expect.poll(async () => (await theo.timeline()).length).toBe(before + 1);
  const [seen] = (await theo.timeline()).at(-1).media;
  await expect.poll(() => keptFiles(lena)).toEqual([`/media/${seen.id}`]);
  await keeps(lena, seen.id);

  await here.server.end();
  await attach(card(lena, THEOS), { name: "later.jpg", buffer: await photo(lena, 300, 400) });
  await ready(lena, THEOS, 1);
  await composer(lena, THEOS).press("Enter");
  await attach(card(lena, THEOS), { name: "draft.jpg", buffer: await photo(lena, 100, 100) });
  await ready(lena, THEOS, 1);
  await keeps(lena, "draft.jpg");
  await lena.reload();
  // What the server has from the cache, what it has not from the outbox.
  await expect.poll(() => drawn(lena, THEOS)).toBe(2);
  await expect(card(lena, THEOS).locator(".files").getByText("draft.jpg")).toBeVisible();
  await expect.poll(() => card(lena, THEOS).locator(".files img").evaluate(({ naturalWidth }) => naturalWidth)).toBeGreaterThan(0);

  await here.server.resume();
  await expect.poll(async () => (await theo.timeline()).length, { timeout: 30_000 }).toBe(before + 2);
  expect((await theo.timeline()).at(-1).media.map(({ name }) => name)).toEqual(["later.jpg"]);
  const part = await lena.evaluate(async (path) => {
    const answer = await fetch(path, { headers: { range: "bytes=2-5" } });
    return { status: answer.status, range: answer.headers.get("content-range"), length: (await answer.arrayBuffer()).byteLength };
  }, `/media/${seen.id}`);
  expect(part).toEqual({ status: 206, range: `bytes 2-5/${part.range.split("/")[1]}`, length: 4 });

  await goTo(lena, "Settings");
  await lena.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(lena.getByRole("button", { name: "Sign in" })).toBeVisible();
  await expect.poll(() => keptFiles(lena)).toEqual([]);
  // Said when the database has sealed what stays.
  await expect(lena.getByText(/saved on this device/)).toBeVisible();
  const left = await readable(lena);
  for (const trace of ["draft.jpg", "JFIF", seen.id]) expect(left).not.toContain(trace);
});

test("what is kept of files has a limit: what came first goes first", async ({ person }) => {
  const folder = await mkdtemp(join(tmpdir(), "halyard-limit-"));
  let server;
  try {
    await cp(process.env.HALYARD_APP, folder, { recursive: true });
    await writeWorker(folder);
    const worker = join(folder, "service-worker.js");
    const text = await readFile(worker, "utf8");
    // The same worker, with less room.
    const small = text.replace("MEDIA_BYTES = 100_000_000", "MEDIA_BYTES = 60_000");
    expect(small).not.toBe(text);
    await writeFile(worker, small);
    for (const packed of ["br", "gz"]) await rm(`${worker}.${packed}`, { force: true });
    server = await Server.start([harbor], folder);
    const lena = await person(LENA, { baseURL: server.url, serviceWorkers: "allow" });
    await onDevice(lena);
    await begin(lena, THEOS);
    const theo = await person(THEO, { baseURL: server.url, serviceWorkers: "allow" });
    await onDevice(theo);
    for (const [n, name] of ["one.jpg", "two.jpg", "three.jpg"].entries()) {
      const buffer = await photo(lena, 300, 200);
      expect(buffer.length).toBeGreaterThan(20_000);
      expect(buffer.length).toBeLessThan(30_000);
      await attach(card(lena, THEOS), { name, buffer });
      await ready(lena, THEOS, 1);
      await composer(lena, THEOS).press("Enter");
      if (n === 0) await row(theo, "Lena Castellanos").click();
      await expect.poll(() => drawn(theo, "Lena Castellanos")).toBe(n + 1);
    }
    const messages = await (await Api.signIn(server.url, THEO)).timeline();
    const [, two, three] = messages.map(({ media: [{ id }] }) => `/media/${id}`);
    await expect.poll(() => keptFiles(theo)).toEqual([two, three]);
  } finally {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
