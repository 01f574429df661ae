// The device's database when the browser, or another tab, gets in its way: nothing that was written is lost, and messages leave.
import { WITHOUT_APP, begin, composer, expect, goTo, log, send, serverWith, signIn, test } from "../harness/app.mjs";
import { Api } from "../harness/api.mjs";
import { keeps, rowsOf } from "../harness/device.mjs";
import { LENA, NILS, PRIYA, THEO, harbor } from "../harness/people.mjs";

const here = serverWith(harbor);
const THEOS = "Theo Brandt";

/** The stores of the database. */
const STORES = [
  "outbox", "drafts", "attachments", "files", "account", "windows", "conversations", "messages", "contacts", "users", "sealed", "vault",
];

/** Another page of the same browser without the app in it. */
async function bare(context) {
  const page = await context.newPage();
  await page.goto(here.url + WITHOUT_APP);
  return page;
}

/** Opens the app's database in a page, in this version, and holds it: an older release lets go of it only when its tab does. */
const hold = (page, version, stores) =>
  page.evaluate(([version, stores]) => new Promise((resolve, reject) => {
    const opening = indexedDB.open("halyard", version);
    opening.onupgradeneeded = () => {
      for (const name of stores) opening.result.createObjectStore(name, { autoIncrement: name === "sealed" });
    };
    opening.onsuccess = () => {
      window.held = opening.result;
      resolve();
    };
    opening.onerror = () => reject(opening.error);
  }), [version, stores]);

/** What the server has of somebody's first conversation. */
const said = async (login) => (await (await Api.signIn(here.url, login)).timeline()).map(({ body }) => body);

test("a connection that the browser has closed is opened again, and what is written then is kept", async ({ person }) => {
  const lena = await person(undefined, { baseURL: here.url });
  await lena.addInitScript(() => {
    window.opened = [];
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (...of) {
      const opening = open.apply(this, of);
      // The app names the version, tests don't.
      if (of.length > 1) opening.addEventListener("success", () => window.opened.push(opening.result));
      return opening;
    };
  });
  await lena.reload();
  await signIn(lena, LENA);
  await begin(lena, THEOS);
  await send(lena, THEOS, "Before");
  // Once unnoticed until the next write, once with the browser's word.
  await lena.evaluate(() => window.opened.at(-1).close());
  await composer(lena, THEOS).fill("Typed after the first");
  await keeps(lena, "Typed after the first");
  await lena.evaluate(() => {
    const database = window.opened.at(-1);
    database.close();
    database.dispatchEvent(new Event("close"));
  });
  await composer(lena, THEOS).fill("Typed after the second");
  await keeps(lena, "Typed after the second");
  await send(lena, THEOS, "After");
  await expect.poll(() => said(THEO)).toEqual(["Before", "After"]);
  await expect.poll(() => rowsOf(lena, "outbox")).toEqual([]);
  await expect(lena.getByText(/full|can't keep/)).toHaveCount(0);
});

test("another tab with an older release is named, messages leave meanwhile, and what was written is kept when it has gone", async ({ person }) => {
  // The app must not have run in this browser: it would have made the database in its own version.
  const older = await person(undefined, { baseURL: here.url, path: WITHOUT_APP });
  await hold(older, 3, STORES);
  const page = await older.context().newPage();
  await page.goto(here.url);
  await signIn(page, PRIYA);
  const banner = page.getByText(/Another tab has an older version of Halyard open/);
  await expect(banner).toBeVisible();
  await begin(page, "Nils Okafor");
  await send(page, "Nils Okafor", "Not held up");
  await expect.poll(() => said(NILS)).toEqual(["Not held up"]);
  await composer(page, "Nils Okafor").fill("Half a sen");
  await older.close();
  await expect(banner).toHaveCount(0);
  await keeps(page, "Half a sen");
  await page.reload();
  await expect(composer(page, "Nils Okafor")).toHaveValue("Half a sen");
});

test("a newer release gets the database at once; here one goes on, and is asked to reload", async ({ person }) => {
  const theo = await person(THEO, { baseURL: here.url });
  await begin(theo, "Priya Iyer");
  await send(theo, "Priya Iyer", "With the old release");
  await composer(theo, "Priya Iyer").fill("Half a sen");
  await keeps(theo, "Half a sen");
  const newer = await bare(theo.context());
  await hold(newer, 99, ["more"]);
  const banner = theo.locator(".banner").filter({ hasText: "Halyard was updated in another tab" });
  await expect(banner).toBeVisible();
  await send(theo, "Priya Iyer", "All the same");
  await newer.close();
  await banner.getByRole("button", { name: "Reload" }).click();
  // What a newer release has made is not touched.
  await expect(banner).toBeVisible();
  await goTo(theo, "Chat and SMS");
  await expect(theo.getByText("All the same").first()).toBeVisible();
  await keeps(theo, "Half a sen");
});

test("where the browser gives no database one works as with any page", async ({ person }) => {
  const nils = await person(undefined, { baseURL: here.url });
  await nils.addInitScript(() => {
    Object.defineProperty(window, "indexedDB", { get: () => undefined });
  });
  await nils.reload();
  await signIn(nils, NILS);
  await begin(nils, THEOS);
  await send(nils, THEOS, "From a private window");
  await expect.poll(() => said(THEO)).toContain("From a private window");
  await expect(log(nils, THEOS).getByText("From a private window")).toBeVisible();
});
