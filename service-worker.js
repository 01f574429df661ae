// @ts-check
/// <reference lib="webworker" />
// Keeps one release of the app on the device, so that it starts at once, and without a network.
//
// Always holds: the cache of a release has all of its files or none of them is used; a page gets the files of one release; the next
// one waits until no page is open or the user says so, and then all pages start anew. Of the server's nothing is kept but files of
// messages, which never change: so many at most, and until their user leaves, when the app empties that cache. Messages that wait
// are sent from here only when no page is open, for the user whose they are, and in the order of writing.

// The build writes these two: the release's name, and its files by their addresses; for those without a hash in the name, the hash.
const RELEASE = "";
/** @type {Record<string, string>} */
const FILES = {};

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const CACHE = `halyard-${RELEASE}`;
/** What other apps have shared, until the app takes it. */
const SHARED = "halyard-shared";
/** Files of messages. */
const MEDIA = "halyard-media";
/** How many bytes of them are kept at most. */
const MEDIA_BYTES = 100_000_000;

/** Under what a file is kept: the same for the same content, whatever the release. @param {string} path */
const key = (path) => path + (FILES[path] && `?${FILES[path]}`);

/** Which requests are answered, and how. The first that fits; what none fits goes to the network, as without a worker. */
/** @type {[(url: URL, request: Request) => boolean, (url: URL, request: Request) => Promise<Response>][]} */
const ROUTES = [
  [({ pathname }, { method }) => method === "POST" && pathname === "/share", (_, request) => share(request)],
  [({ pathname }, { method }) => method === "GET" && pathname in FILES, ({ pathname }, request) => kept(pathname, request)],
  [({ pathname }, { method }) => method === "GET" && pathname.startsWith("/media/"), ({ pathname }, request) => media(pathname, request)],
  // The app has addresses of its own; they have no dot, files do.
  [
    ({ pathname }, { mode }) => mode === "navigate" && !/^\/(api|healthz)(\/|$)|\.[^/]*$/.test(pathname),
    (_, request) => kept("/index.html", request),
  ],
];

/** @param {string} path @param {Request} request */
async function kept(path, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(key(path), { ignoreVary: true })) ?? fetch(request);
}

/**
 * A file of a message: from the cache, from what waits here to be sent, or from the server. It is fetched as a whole, also for a
 * player that asks for parts, so that it is there without a network. @param {string} path @param {Request} request
 */
async function media(path, request) {
  const cache = await caches.open(MEDIA);
  const here = (await cache.match(path)) ?? (await unsent(path.slice("/media/".length)));
  if (here) return part(here, request);
  const response = await fetch(path, { signal: request.signal });
  if (response.status !== 200) return response;
  const whole = await response.blob();
  const headers = new Headers(response.headers);
  // The blob is what it was before it was packed.
  headers.set("content-length", String(whole.size));
  headers.delete("content-encoding");
  const answer = () => new Response(whole, { headers });
  try {
    await cache.put(path, answer());
    await trim(cache);
  } catch {
    // There is no room: it is shown all the same.
  }
  return part(answer(), request);
}

/** What came first goes first, until the rest fits. @param {Cache} cache */
async function trim(cache) {
  const sizes = [];
  for (const request of await cache.keys()) {
    const response = await cache.match(request);
    sizes.push({ request, size: Number(response?.headers.get("content-length")) });
  }
  let over = sizes.reduce((sum, { size }) => sum + size, -MEDIA_BYTES);
  for (const { request, size } of sizes) {
    if (over <= 0) return;
    await cache.delete(request);
    over -= size;
  }
}

/** The range that is asked for (RFC 9110, 14), or all of it. @param {Response} whole @param {Request} request */
async function part(whole, request) {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (!asked || (!asked[1] && !asked[2])) return whole;
  const content = await whole.blob();
  const from = asked[1] ? Number(asked[1]) : Math.max(0, content.size - Number(asked[2]));
  const to = asked[1] && asked[2] ? Math.min(Number(asked[2]) + 1, content.size) : content.size;
  const headers = new Headers(whole.headers);
  if (from >= to) {
    headers.set("content-range", `bytes */${content.size}`);
    return new Response(null, { status: 416, headers });
  }
  headers.set("content-range", `bytes ${from}-${to - 1}/${content.size}`);
  headers.set("content-length", String(to - from));
  return new Response(content.slice(from, to, content.type), { status: 206, headers });
}

/** Everything is fetched and checked before anything counts; what another release has already is not fetched again. */
async function install() {
  try {
    const cache = await caches.open(CACHE);
    const found = await Promise.all(Object.keys(FILES).map(async (path) => {
      const hash = FILES[path];
      const response = (await caches.match(key(path), { ignoreVary: true }))
        ?? (await fetch(path, hash ? { cache: "no-cache", integrity: `sha256-${hash}` } : {}));
      if (!response.ok) throw new Error(`${path}: status ${response.status}`);
      return /** @type {const} */ ([path, response]);
    }));
    await Promise.all(found.map(([path, response]) => cache.put(key(path), response)));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/** @param {string[]} names */
async function deleteAllBut(...names) {
  for (const name of await caches.keys()) if (!names.includes(name)) await caches.delete(name);
}

async function activate() {
  await deleteAllBut(CACHE, SHARED, MEDIA);
  // The page that brought the worker is the first to use it: from now on a newer release waits for it, too.
  await worker.clients.claim();
}

/** Without a list, as while one works on the app, it never comes to work: pages come from the server again. */
async function leave() {
  await deleteAllBut();
  // Not waited for: the browser does it when the install is over.
  worker.registration.unregister();
}

/** Files come by POST: they wait in a cache, and the app is started at an address that says so. @param {Request} request */
async function share(request) {
  const words = new URLSearchParams();
  const cache = await caches.open(SHARED);
  for (const [name, value] of await request.formData()) {
    if (typeof value === "string") words.set(name, value);
    else {
      words.set("files", "1");
      await cache.put(`/${crypto.randomUUID()}?${encodeURIComponent(value.name)}`, new Response(value));
    }
  }
  return Response.redirect(`/share?${words}`, 303);
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const result = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** Reads from the app's database. @template T @param {string[]} stores @param {(of: (name: string) => IDBObjectStore) => Promise<T>} read */
async function fromDatabase(stores, read) {
  const opening = indexedDB.open("halyard");
  // There is none: it is the app's to make.
  opening.onupgradeneeded = () => opening.transaction?.abort();
  const database = await result(opening);
  try {
    const transaction = database.transaction(stores);
    return await read((name) => transaction.objectStore(name));
  } finally {
    database.close();
  }
}

/** What the app's database says of its user and of what waits to be sent, oldest first. */
const waiting = () => fromDatabase(["account", "outbox"], async (store) => {
  const [user, leaving, rows] = await Promise.all([
    result(store("account").get("user")), result(store("account").get("leaving")), result(store("outbox").getAll()),
  ]);
  // Whoever is about to sign out sends nothing more.
  const messages = leaving ? [] : rows.map(({ json }) => JSON.parse(json)).filter(({ author }) => author === user?.json);
  return { user: user?.json, messages };
});

/** What is in a file that waits to be sent, or in a text box: one character for each byte. @param {string} id */
async function unsent(id) {
  try {
    const row = await fromDatabase(["files"], (store) => result(store("files").get(id)));
    return row && new Response(Uint8Array.from(row.json, (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** The server can't answer now: the browser tries again later. @param {Response} response */
function ready(response) {
  if (response.status === 429 || response.status >= 500) throw new Error(`status ${response.status}`);
  return response;
}

/**
 * Sends what waits when no page is there to do it. The rows stay: the next page takes them out when it hears that the server has
 * them, and a message that comes twice the server takes once. One that is refused stays, too, and the page says why.
 */
async function sendWaiting() {
  const { user, messages } = await waiting();
  if (messages.length === 0) return;
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.length > 0) throw new Error("a page is open, and sends");
  const session = ready(await fetch("/api/v1/session"));
  if (!session.ok || (await session.json()).user.id !== user) return;
  for (const { id, to, body, media: files = [] } of messages) {
    for (const file of files) {
      const content = await unsent(file.id);
      const address = `/api/v1/media/${file.id}?name=${encodeURIComponent(file.name)}`;
      if (content) ready(await fetch(address, { method: "PUT", body: await content.blob() }));
    }
    const headers = { "content-type": "application/json", "idempotency-key": id };
    const media = files.length ? { media: files.map((/** @type {{ id: string }} */ file) => file.id) } : {};
    ready(await fetch("/api/v1/messages", { method: "POST", headers, body: JSON.stringify({ to, body, ...media }) }));
  }
}

worker.addEventListener("install", (event) => event.waitUntil(RELEASE ? install() : leave()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("message", ({ data }) => data === "update" && worker.skipWaiting());
worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const route = url.origin === location.origin && ROUTES.find(([fits]) => fits(url, event.request));
  if (route) event.respondWith(route[1](url, event.request));
});
// Background Synchronization, where there is one: the network is back.
worker.addEventListener("sync", (event) => {
  const { tag, waitUntil } = /** @type {{ tag: string, waitUntil: (work: Promise<void>) => void }} */ (/** @type {unknown} */ (event));
  if (tag === "outbox") waitUntil.call(event, sendWaiting());
});
