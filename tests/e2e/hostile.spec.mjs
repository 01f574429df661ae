// Files and pages of strangers: nothing that they bring runs in the app's origin, and no other site puts files into the app.
import { createServer } from "node:http";
import { begin, card, composer, expect, log, serverWith, strangersTab, test } from "../harness/app.mjs";
import { Api, freshId } from "../harness/api.mjs";
import { keeps } from "../harness/device.mjs";
import { attach, film, pdf, photo, vcard } from "../harness/files.mjs";
import { LENA, THEO, harbor } from "../harness/people.mjs";
import { onDevice } from "../harness/release.mjs";

const here = serverWith(harbor);
const THEOS = "Theo Brandt";
const withWorker = () => ({ baseURL: here.url, serviceWorkers: "allow" });

/** A page that says that it ran, where it ran, and reads whose session it is; in a film's clothes. */
const DISGUISED = Buffer.from(
  '<b  ftypisom><script>localStorage.setItem("ran", origin); fetch("/api/v1/session").then((answer) => answer.text()).then((text) => localStorage.setItem("read", text))</script>',
);

/** What a page in a tab at this address could do: whether its script ran, and what of our origin it has. */
async function opened(page, path) {
  const tab = await strangersTab(page.context());
  const downloads = [];
  tab.on("download", (download) => downloads.push(download.suggestedFilename()));
  const answer = await tab.goto(path).catch(() => undefined);
  await tab.waitForLoadState().catch(() => undefined);
  const ran = await page.evaluate(() => [localStorage.getItem("ran"), localStorage.getItem("read")]);
  await tab.close();
  return { headers: answer?.headers(), downloads, ran };
}

/** Puts a file on the device as if it waited in a text box. */
const stage = (page, kind, bytes) =>
  page.evaluate(async ([id, kind, text]) => {
    const finished = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const database = await finished(indexedDB.open("halyard"));
    const user = (await finished(database.transaction("account").objectStore("account").get("user"))).json;
    const writing = database.transaction(["files", "attachments"], "readwrite");
    const media = { id, kind, name: "film.mp4", size: text.length, width: 0, height: 0 };
    await finished(writing.objectStore("files").put({ json: text }, id));
    await finished(writing.objectStore("attachments").put({ json: JSON.stringify({ card: { New: 1 }, media }) }, `${user}/${id}`));
    database.close();
    return `/media/${id}`;
  }, [freshId(), kind, bytes.toString("latin1")]);

test("a page in the clothes of a film is no film, and what is kept of one runs nothing", async ({ person }) => {
  const lena = await person(LENA, withWorker());
  await onDevice(lena);
  await begin(lena, THEOS);
  await attach(card(lena, THEOS), { name: "film.mp4", buffer: DISGUISED });
  await expect(card(lena, THEOS).getByText("film.mp4: Pictures (JPEG")).toBeVisible();
  // One that an older release has taken still waits on the device.
  await keeps(lena, THEOS);
  for (const [kind, type, how] of [["mp4", "video/mp4", "inline"], ["vcard", "text/vcard", "attachment"], ["text/html", "application/octet-stream", "attachment"]]) {
    const path = await stage(lena, kind, DISGUISED);
    const { ran, downloads } = await opened(lena, path);
    expect(ran, kind).toEqual([null, null]);
    expect(downloads.length, kind).toBe(how === "attachment" ? 1 : 0);
    const headers = await lena.evaluate(async (path) => Object.fromEntries((await fetch(path)).headers), path);
    expect(headers, kind).toMatchObject({
      "content-type": type,
      "content-disposition": `${how}; filename*=UTF-8''film.mp4`,
      "content-security-policy": expect.stringMatching(/^sandbox( allow-same-origin)?; default-src 'none';/),
      "x-content-type-options": "nosniff",
    });
  }
});

test("what is shown of files is still shown, from the outbox, the server and the cache", async ({ person }) => {
  const lena = await person(LENA, withWorker());
  await onDevice(lena);
  const theo = await person(THEO, { baseURL: here.url });
  await begin(lena, THEOS);
  const files = [
    { name: "boat.jpg", buffer: await photo(lena, 200, 100) }, { name: "plan.pdf", buffer: pdf() }, { name: "film.mp4", buffer: await film() },
    { name: "rosa.vcf", buffer: vcard() },
  ];
  await attach(card(lena, THEOS), ...files);
  await expect(card(lena, THEOS).locator(".files .file")).toHaveCount(4);
  await expect(card(lena, THEOS).locator(".files").getByText("Preparing")).toHaveCount(0);
  await composer(lena, THEOS).press("Enter");
  await expect(log(lena, THEOS).getByText("Sent")).toBeVisible();
  const { media } = (await (await Api.signIn(here.url, THEO)).timeline()).at(-1);
  expect(media.map(({ name }) => name)).toEqual(files.map(({ name }) => name));
  for (const page of [lena, theo]) {
    for (const { id, name, kind } of media) {
      const headers = await page.evaluate(async (path) => Object.fromEntries((await fetch(path)).headers), `/media/${id}`);
      expect(headers, name).toMatchObject({ "content-security-policy": expect.stringMatching(/^sandbox( allow-same-origin)?; default-src 'none';/), "x-content-type-options": "nosniff" });
      expect(headers["content-disposition"], name).toContain(`filename*=UTF-8''${name}`);
      expect(headers["content-disposition"].startsWith(kind === "vcard" ? "attachment" : "inline"), name).toBe(true);
      const tab = await strangersTab(page.context());
      const download = tab.waitForEvent("download", { timeout: 3_000 }).then(() => "saved", () => "shown");
      await tab.goto(`/media/${id}`).catch(() => undefined);
      if (kind === "jpeg") expect(await tab.locator("img").evaluate(({ naturalWidth }) => naturalWidth), name).toBe(200);
      if (kind === "mp4") await expect.poll(() => tab.locator("video").evaluate(({ videoWidth }) => videoWidth), name).toBe(64);
      if (kind === "vcard") expect(await download).toBe("saved");
      await tab.close();
    }
  }
  await expect.poll(() => theo.evaluate(() => document.title)).toContain("Halyard");
});

test("another site can't share files with the app; the system and the app's own pages can", async ({ person }) => {
  const lena = await person(LENA, withWorker());
  await onDevice(lena);
  // Another site: a page of another host. The second one says nothing of itself.
  const site = createServer((request, answer) => {
    if (request.url === "/quiet") answer.setHeader("referrer-policy", "no-referrer");
    answer.setHeader("content-type", "text/html").end("<title>Elsewhere</title>");
  });
  await new Promise((listening) => site.listen(0, "127.0.0.1", listening));
  try {
    const elsewhere = `http://localhost:${site.address().port}`;
    const post = async (from) => {
      const tab = await strangersTab(lena.context());
      await tab.goto(from);
      await tab.evaluate((action) => {
        const form = Object.assign(document.createElement("form"), { method: "post", action, enctype: "multipart/form-data" });
        const files = Object.assign(document.createElement("input"), { type: "file", name: "files" });
        const chosen = new DataTransfer();
        chosen.items.add(new File(["BEGIN:VCARD\nVERSION:3.0\nFN:Rosa Tanaka\nTEL:+16195550133\nEND:VCARD\n"], "rosa.vcf"));
        files.files = chosen.files;
        form.append(files);
        document.body.append(form);
        form.submit();
      }, `${here.url}/share`);
      return tab;
    };
    const staged = () => lena.evaluate(async () => (await caches.keys()).filter((name) => /shared|pending/.test(name)));
    for (const page of ["/open", "/quiet"]) {
      const tab = await post(elsewhere + page);
      await expect(tab.getByText("Another site tried to share something with Halyard. Nothing was taken.")).toBeVisible();
      expect(await staged(), page).toEqual([]);
      await tab.close();
    }
    const tab = await post(`${here.url}/messages`);
    await tab.getByRole("dialog", { name: "Import contacts, or send the file?" }).getByRole("button", { name: "Import contacts" }).click();
    await expect(tab.getByRole("dialog", { name: "Import contacts from rosa.vcf" })).toBeVisible();
    await tab.close();
  } finally {
    site.closeAllConnections();
    await new Promise((closed) => site.close(closed));
  }
});
