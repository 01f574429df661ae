// @ts-check
/// <reference lib="webworker" />
// Keeps one release of the app on the device, so that it starts at once, and without a network.
//
// Always holds: the cache of a release has all of its files or none of them is used; a page gets the files of one release; the next
// one waits until no page is open or the user says so, and then all pages start anew. Of the server's nothing is kept but files of
// messages and photos of contacts, which never change: so many at most, for the user whose the device's database is, and until they
// leave. Whatever is answered under /media/ has a known media type and a policy that lets nothing in it run. Messages that wait are
// sent from here only when no page is open, for the user whose they are, and in the order of writing; one that was refused is left to
// its user.

// The build writes these two: the release's name, and its files by their addresses; for those without a hash in the name, the hash.
const RELEASE = "";
/** @type {Record<string, string>} */
const FILES = {};

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const CACHE = `halyard-${RELEASE}`;
/** What other apps have shared, until the app takes it. */
const SHARED = "halyard-shared";
/** The same until it is known that no other site has shared it. */
const PENDING = "halyard-pending";
/** Files of messages, and photos of contacts. */
const MEDIA = "halyard-media";
/** How many bytes of them are kept at most. */
const MEDIA_BYTES = 100_000_000;
/** The ids of messages that the server refused: the user decides about them. The app notes its own there, too. */
const REFUSED = "halyard-refused";

/** The media types of files, by their kinds (`MediaKind` of the protocol, whose test compares them). @type {Record<string, string>} */
const TYPES = {
  jpeg: "image/jpeg", png: "image/png", gif: "image/gif", webp: "image/webp", mp4: "video/mp4", mp3: "audio/mpeg", amr: "audio/amr",
  wav: "audio/wav", vcard: "text/vcard", pdf: "application/pdf",
};
/** Those that are shown; all others are downloads. */
const SHOWN = ["jpeg", "png", "gif", "webp", "mp4", "mp3", "wav", "pdf"].map((kind) => TYPES[kind]);
/** What a file that is opened in a tab may do: show itself. A player fetches what it plays, for which it has to be of our origin. */
const POLICY = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'";
const PLAYED = "sandbox allow-same-origin; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'";

/** Under what a file is kept: the same for the same content, whatever the release. @param {string} path */
const key = (path) => path + (FILES[path] && `?${FILES[path]}`);

/** Which requests are answered, and how. The first that fits; what none fits goes to the network, as without a worker. */
/** @type {[(url: URL, request: Request) => boolean, (url: URL, request: Request) => Promise<Response>][]} */
const ROUTES = [
  [({ pathname }, { method }) => method === "POST" && pathname === "/share", (_, request) => share(request)],
  [({ pathname }, { method, mode }) => method === "GET" && mode === "navigate" && pathname === "/share", (_, request) => shared(request)],
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
  // Opening would make the cache again that a newer release has deleted.
  return (await caches.match(key(path), { cacheName: CACHE, ignoreVary: true })) ?? fetch(request);
}

/**
 * A file of a message or a photo of a contact: from the cache, from what waits here to be sent, or from the server. It is fetched as a
 * whole, also for a player that asks for parts, so that it is there without a network. @param {string} path @param {Request} request
 */
async function media(path, request) {
  const user = await owner();
  const here = user && ((await keptFile(path, user)) ?? (await unsent(path.slice("/media/".length), user)));
  if (here) return part(here, request);
  // A photo may be kept by a browser's own cache. Here it is kept for its user alone, and until they leave.
  const response = await fetch(path, { signal: request.signal, cache: "no-store" });
  if (response.status !== 200) return response;
  const [, name] = /filename\*=UTF-8''([^;\s]+)/.exec(response.headers.get("content-disposition") ?? "") ?? [];
  const whole = await response.blob();
  const answer = () => file(whole, response.headers.get("content-type"), name);
  await keep(path, user, answer());
  return part(answer(), request);
}

/**
 * A file as an answer. A type that is not known makes a download of it. @param {Blob} content @param {string | null | undefined} type
 * @param {string | undefined} name percent-encoded
 */
function file(content, type, name) {
  const known = Object.values(TYPES).find((known) => known === type) ?? "application/octet-stream";
  const headers = {
    "content-type": known,
    // By this the worker knows how much it keeps.
    "content-length": String(content.size),
    "accept-ranges": "bytes",
    "content-disposition": (SHOWN.includes(known) ? "inline" : "attachment") + (name ? `; filename*=UTF-8''${name}` : ""),
    "content-security-policy": [TYPES.mp4, TYPES.mp3, TYPES.wav].includes(known) ? PLAYED : POLICY,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
  return new Response(content, { headers });
}

/** @param {{ path: string, file: Blob, name: string }} data */
async function given({ path, file: content, name }) {
  await keep(path, await owner(), file(content, content.type, encoded(name)));
}

/** A file that is kept for a user. @param {string} path @param {string} user */
async function keptFile(path, user) {
  return caches.match(`${path}?${user}`, { cacheName: MEDIA });
}

/** For how many bytes more there is room at least, as far as this worker knows, and for whose files. */
let room = { user: /** @type {string | undefined} */ (undefined), bytes: 0 };

/** Keeps a file for a user who is still here when it has come. @param {string} path @param {string | undefined} user @param {Response} answer */
async function keep(path, user, answer) {
  try {
    if (!user || (await owner()) !== user) return;
    const cache = await caches.open(MEDIA);
    const size = Number(answer.headers.get("content-length"));
    await cache.put(`${path}?${user}`, answer);
    // They may have left in the meantime, and the app have deleted the cache before it was made here.
    if ((await owner()) !== user) await caches.delete(MEDIA);
    // Photos come by hundreds: what is kept is only looked through where it may be too much.
    else if (room.user !== user || (room.bytes -= size) < 0) room = { user, bytes: await trim(cache, user) };
  } catch {
    // There is no room: it is shown all the same.
  }
}

/**
 * What is another user's goes, then what came first, until the rest fits. Gives the bytes that are left. @param {Cache} cache
 * @param {string} user
 */
async function trim(cache, user) {
  const sizes = [];
  for (const request of await cache.keys()) {
    if (!request.url.endsWith(`?${user}`)) {
      await cache.delete(request);
      continue;
    }
    const response = await cache.match(request);
    sizes.push({ request, size: Number(response?.headers.get("content-length")) });
  }
  let over = sizes.reduce((sum, { size }) => sum + size, -MEDIA_BYTES);
  for (const { request, size } of sizes) {
    if (over <= 0) break;
    await cache.delete(request);
    over -= size;
  }
  return -over;
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
  await deleteAllBut(CACHE, SHARED, MEDIA, REFUSED);
  // The page that brought the worker is the first to use it: from now on a newer release waits for it, too.
  await worker.clients.claim();
}

/** Without a list, as while one works on the app, it never comes to work: pages come from the server again. */
async function leave() {
  await deleteAllBut();
  // Not waited for: the browser does it when the install is over.
  worker.registration.unregister();
}

/**
 * Files come by POST: they wait in a cache, and the app is started at an address that says so. Another site could post such a form,
 * too: most say so themselves. @param {Request} request
 */
async function share(request) {
  await caches.delete(PENDING);
  const origins = [request.headers.get("origin"), request.referrer].filter((from) => from && from !== "null" && from !== "about:client");
  if (origins.some((from) => new URL(from ?? "").origin !== location.origin)) return refuse();
  const words = new URLSearchParams();
  const cache = await caches.open(PENDING);
  for (const [name, value] of await request.formData()) {
    if (typeof value === "string") words.set(name, value);
    else {
      words.set("files", "1");
      await cache.put(`/${crypto.randomUUID()}?${encodeURIComponent(value.name)}`, new Response(value));
    }
  }
  return Response.redirect(`/share?${words}`, 303);
}

/**
 * The app is started with what was shared. Whether another site is behind it the browser tells the server alone (Sec-Fetch-Site), of
 * a form that was posted, too. Without an answer there is no network to have loaded another site from. @param {Request} request
 */
async function shared(request) {
  const timeout = new Promise((resolve) => setTimeout(resolve, 3_000));
  const answer = /** @type {Response | undefined} */ (await Promise.race([fetch(request).catch(() => undefined), timeout]));
  if (answer?.status === 403) {
    await caches.delete(PENDING);
    return refuse();
  }
  if (await caches.has(PENDING)) {
    const [pending, cache] = [await caches.open(PENDING), await caches.open(SHARED)];
    for (const file of await pending.keys()) {
      const content = await pending.match(file);
      if (content) await cache.put(file, content);
    }
    await caches.delete(PENDING);
  }
  return kept("/index.html", request);
}

const refuse = () =>
  new Response("Another site tried to share something with Halyard. Nothing was taken.", {
    status: 403,
    headers: { "content-type": "text/plain; charset=utf-8", "content-security-policy": POLICY, "x-content-type-options": "nosniff" },
  });

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const result = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/**
 * The name of the app's database: the one with the highest number, as damaged ones stay under their names. Where the browser has no
 * list there is the first one.
 */
async function current() {
  const numbers = (await indexedDB.databases?.() ?? []).map(({ name = "" }) => Number(/^halyard-(\d+)$/.exec(name)?.[1] ?? 1));
  const last = Math.max(1, ...numbers);
  return last > 1 ? `halyard-${last}` : "halyard";
}

/** Reads from the app's database. @template T @param {string[]} stores @param {(of: (name: string) => IDBObjectStore) => Promise<T>} read */
async function fromDatabase(stores, read) {
  const opening = indexedDB.open(await current());
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

/** Whose the device's database is; nobody while they leave, and where there is none or it does not answer. @returns {Promise<string | undefined>} */
async function owner() {
  const asked = fromDatabase(["account"], async (store) => {
    const [user, leaving] = await Promise.all([result(store("account").get("user")), result(store("account").get("leaving"))]);
    return leaving ? undefined : user?.json;
  });
  const timeout = new Promise((resolve) => setTimeout(resolve, 3_000));
  return Promise.race([asked, timeout]).catch(() => undefined);
}

/** A user's file that waits to be sent, or is in a text box. What it is says the row that it belongs to. @param {string} id @param {string} user */
async function unsent(id, user) {
  try {
    return await fromDatabase(["files", "attachments", "outbox"], async (store) => {
      const [row, attached, rows] = await Promise.all([
        result(store("files").get(id)), result(store("attachments").get(`${user}/${id}`)), result(store("outbox").getAll()),
      ]);
      const messages = rows.map(({ json }) => JSON.parse(json)).filter(({ author }) => author === user);
      const known = attached ? JSON.parse(attached.json).media : messages.flatMap(({ media = [] }) => media).find((file) => file.id === id);
      return row && known && file(bytes(row), TYPES[known.kind], encoded(known.name));
    });
  } catch {
    return undefined;
  }
}

/**
 * What is in a row of files: a Blob, or as earlier releases wrote it a text of one character for each byte.
 * @param {{ file?: Blob, json?: string }} row
 */
const bytes = ({ file, json = "" }) => file ?? new Blob([Uint8Array.from(json, (character) => character.charCodeAt(0))]);

/** A name as a header bears it (RFC 8187, 3.2). @param {string} name */
const encoded = (name) => encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);

/** The server can't answer now: the browser tries again later. @param {Response} response */
function ready(response) {
  if ([408, 425, 429].includes(response.status) || response.status >= 500) throw new Error(`status ${response.status}`);
  return response;
}

/**
 * Sends what waits when no page is there to do it. The rows stay: the next page takes them out when it hears that the server has
 * them, and a message that comes twice the server takes once. One that is refused stays, too, is not sent from here again, and the
 * page says why.
 */
async function sendWaiting() {
  const { user, messages } = await waiting();
  const refused = (await caches.has(REFUSED)) ? await caches.open(REFUSED) : undefined;
  const due = [];
  for (const message of messages) if (!(await refused?.match(`/${message.id}`))) due.push(message);
  if (due.length === 0) return;
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.length > 0) throw new Error("a page is open, and sends");
  const session = ready(await fetch("/api/v1/session"));
  if (!session.ok || (await session.json()).user.id !== user) return;
  for (const { id, to, body, media: files = [] } of due) {
    for (const { id, name } of files) {
      const row = await fromDatabase(["files"], (store) => result(store("files").get(id)));
      const address = `/api/v1/media/${id}?name=${encodeURIComponent(name)}`;
      if (row) ready(await fetch(address, { method: "PUT", body: bytes(row) }));
    }
    const headers = { "content-type": "application/json", "idempotency-key": id };
    const media = files.length ? { media: files.map((/** @type {{ id: string }} */ file) => file.id) } : {};
    const answer = ready(await fetch("/api/v1/messages", { method: "POST", headers, body: JSON.stringify({ to, body, ...media }) }));
    // Signed out: nothing is decided about it, nor about those behind it.
    if (answer.status === 401) return;
    if (!answer.ok) await (await caches.open(REFUSED)).put(`/${id}`, new Response());
  }
}

worker.addEventListener("install", (event) => event.waitUntil(RELEASE ? install() : leave()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("message", (event) => {
  const { data } = event;
  if (data === "update") worker.skipWaiting();
  // A file that the app has given to the server, so that it need not come back from there.
  else if (data?.file instanceof Blob) event.waitUntil(given(data));
});
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
