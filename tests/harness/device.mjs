// What a browser keeps of the app.
import { expect } from "@playwright/test";

/** Every text that anybody could read in the browser's databases. */
export const readable = (page) =>
  page.evaluate(async () => {
    const finished = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const texts = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await finished(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const all = database.transaction(store).objectStore(store);
        texts.push(JSON.stringify([await finished(all.getAllKeys()), await finished(all.getAll())]));
        for (const value of await finished(all.getAll())) {
          // Bytes as letters: a text that is not encrypted would show.
          for (const kept of Object.values(value ?? {})) {
            const part = kept instanceof Blob ? await kept.arrayBuffer() : kept;
            if (part instanceof ArrayBuffer) texts.push(new TextDecoder("latin1").decode(part));
          }
        }
      }
      database.close();
    }
    texts.push(JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }));
    return texts.join("\n");
  });

/** Waits until the database holds a text: what is shown is written a moment later. */
export const keeps = (page, text) => expect.poll(() => readable(page)).toContain(text);

/** The rows of one of the app's own stores, read. */
export const rowsOf = (page, store) =>
  page.evaluate(async (name) => {
    const finished = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const database = await finished(indexedDB.open("halyard"));
    const rows = await finished(database.transaction(name).objectStore(name).getAll());
    database.close();
    return rows.map(({ json }) => JSON.parse(json));
  }, store);

/** What the messages say that a start without the server can show: they are written a moment after the server has them. */
export const keptMessages = async (page) => (await rowsOf(page, "messages")).map(({ body }) => body);
