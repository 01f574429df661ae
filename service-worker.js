// @ts-check
/// <reference lib="webworker" />
// Keeps one release of the app on the device, so that it starts at once, and without a network.
//
// Always holds: the cache of a release has all of its files or none of them is used; a page gets the files of one release; the next
// one waits until no page is open or the user says so, and then all pages start anew; nothing of the server's is kept. Messages
// that wait are sent from here only when no page is open, for the user whose they are, and in the order of writing.

// The build writes these two: the release's name, and its files by their addresses; for those without a hash in the name, the hash.
const RELEASE = "";
/** @type {Record<string, string>} */
const FILES = {};

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const CACHE = `halyard-${RELEASE}`;
/** What other apps have shared, until the app takes it. */
const SHARED = "halyard-shared";

/** Under what a file is kept: the same for the same content, whatever the release. @param {string} path */
const key = (path) => path + (FILES[path] && `?${FILES[path]}`);

/** Which requests are answered, and how. The first that fits; what none fits goes to the network, as without a worker. */
/** @type {[(url: URL, request: Request) => boolean, (url: URL, request: Request) => Promise<Response>][]} */
const ROUTES = [
  [({ pathname }, { method }) => method === "POST" && pathname === "/share", (_, request) => share(request)],
  [({ pathname }, { method }) => method === "GET" && pathname in FILES, ({ pathname }, request) => kept(pathname, request)],
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
  await deleteAllBut(CACHE, SHARED);
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

/** What the app's database says of its user and of what waits to be sent, oldest first. */
async function waiting() {
  const opening = indexedDB.open("halyard");
  // There is none: it is the app's to make.
  opening.onupgradeneeded = () => opening.transaction?.abort();
  const database = await result(opening);
  try {
    const stores = database.transaction(["account", "outbox"]);
    const account = stores.objectStore("account");
    const [user, leaving, rows] = await Promise.all([
      result(account.get("user")), result(account.get("leaving")), result(stores.objectStore("outbox").getAll()),
    ]);
    // Whoever is about to sign out sends nothing more.
    const messages = leaving ? [] : rows.map(({ json }) => JSON.parse(json)).filter(({ author }) => author === user?.json);
    return { user: user?.json, messages };
  } finally {
    database.close();
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
  for (const { id, to, body } of messages) {
    const headers = { "content-type": "application/json", "idempotency-key": id };
    ready(await fetch("/api/v1/messages", { method: "POST", headers, body: JSON.stringify({ to, body }) }));
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
