// Another release of the app, as an update brings it, and what a browser keeps of one.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Writes the service worker of a copy of the app again: with the list of its files, and as it is written, not as a release packs it. */
export const writeWorker = (folder) => run(process.env.HALYARD_XTASK, ["worker", folder]);

/** Makes a copy of the app in which the style (a hashed file), the page and the emoji (files without a hash) are others. */
export async function nextRelease(folder) {
  await cp(process.env.HALYARD_APP, folder, { recursive: true });
  const page = await readFile(join(folder, "index.html"), "utf8");
  const [style] = page.match(/halyard-[0-9a-f]+\.css/);
  const text = `${await readFile(join(folder, style), "utf8")}\n:root { --release: next; }\n`;
  const renamed = `halyard-${createHash("sha256").update(text).digest("hex").slice(0, 16)}.css`;
  await rename(join(folder, style), join(folder, renamed));
  await writeFile(join(folder, renamed), text);
  await writeFile(join(folder, "index.html"), page.replace(style, renamed).replace("<title>", '<meta name="release" content="next"><title>'));
  await writeFile(join(folder, "emoji.json"), `${await readFile(join(folder, "emoji.json"), "utf8")}\n`);
  // A release has compressed siblings beside its files, which would be served instead.
  for (const name of await readdir(folder)) if (/\.(br|gz)$/.test(name)) await rm(join(folder, name));
  await writeWorker(folder);
}

/** Which release a page runs, by each of the files that differ. */
export const runs = (page) =>
  page.evaluate(async () => ({
    page: document.querySelector("meta[name=release]") ? "next" : "first",
    style: getComputedStyle(document.documentElement).getPropertyValue("--release") || "first",
    emoji: (await (await fetch("/emoji.json")).text()).endsWith("\n\n") ? "next" : "first",
  }));

/** Waits until the release is on the device, and the page is its worker's. */
export const onDevice = (page) =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    }
  });

/** The addresses of what is kept, by cache. */
export const kept = (page) =>
  page.evaluate(async () => {
    const caches = await Promise.all((await globalThis.caches.keys()).map((name) => globalThis.caches.open(name)));
    const keys = await Promise.all(caches.map((cache) => cache.keys()));
    return keys.map((requests) => requests.map(({ url }) => new URL(url).pathname).sort());
  });
