// The app in its users' words: everything is found by its role and the name that it has for everybody.
import { test as base, expect } from "@playwright/test";
import { Outside } from "./outside.mjs";
import { PASSWORD, Server } from "./server.mjs";

export { expect };

/** A page of the app's origin in which the app does not run. */
export const WITHOUT_APP = "/manifest.json";

/** A test whose pages must not complain: no exception, no refused script, no error in the console. */
export const test = base.extend({
  /**
   * Opens a browser of its own for one more person; `options` as for Playwright's `newContext`, and `path`, what is opened first instead
   * of the app. It has no service worker unless they say so.
   */
  person: async ({ browser, baseURL }, use) => {
    const contexts = [];
    const complaints = [];
    await use(async (login, { path = "/", ...options } = {}) => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US", serviceWorkers: "block", ...options });
      contexts.push(context);
      context.on("page", (page) => listen(page, complaints));
      const page = await context.newPage();
      await page.goto(new URL(path, options.baseURL ?? baseURL).href);
      if (login) await signIn(page, login);
      return page;
    });
    await Promise.all(contexts.map((context) => context.close()));
    expect(complaints).toEqual([]);
  },
});

const strangers = new WeakSet();

/** What a browser says of answers that a test makes fail is no complaint. */
export const expectRefusals = (page) => strangers.add(page);

/** A tab for what strangers made: what the browser refuses there is what is wanted, no complaint. */
export async function strangersTab(context) {
  const ready = new Promise((opened) => context.once("page", (page) => opened(strangers.add(page))));
  const tab = await context.newPage();
  await ready;
  return tab;
}

/** Collects what a page complains of. */
export function listen(page, complaints) {
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // The first question to the server is who is signed in: that nobody is, is an answer. Some tests take the network or the server away.
    const expected = /status of 401|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|WebSocket connection to/.test(message.text()) || message.location().url.endsWith("/favicon.ico");
    if (message.type() === "error" && !expected && !strangers.has(page)) complaints.push(message.text());
  });
}

/** A server with these tenants for all tests of the file. Gives a handle that is filled when the tests run. */
export function serverWith(...tenants) {
  const handle = {};
  test.beforeAll(async () => {
    handle.server = await Server.start(tenants);
    handle.url = handle.server.url;
  });
  test.afterAll(async () => handle.server?.stop());
  return handle;
}

/** A carrier simulator beside that server, which carries these numbers of a tenant. Its handle is filled when the tests run. */
export function outsideOf(here, domain, numbers) {
  const handle = {};
  test.beforeAll(async () => {
    handle.outside = await Outside.start(here.server, domain, numbers);
  });
  test.afterAll(async () => handle.outside?.stop());
  return handle;
}

export async function signIn(page, login, password = PASSWORD) {
  await page.getByRole("textbox", { name: "Extension" }).fill(login);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("navigation").getByRole("link", { name: "Contacts" })).toBeVisible();
}

export async function goTo(page, place) {
  await page.getByRole("navigation").getByRole("link", { name: place }).first().click();
}

/** The card of a conversation. */
export const card = (page, title) => page.getByRole("region", { name: title });

/** Where a card lies on the desk: a banner above moves the desk as a whole. */
export async function onDesk(page, title) {
  const [box, desk] = await Promise.all([card(page, title).boundingBox(), page.locator(".desk").boundingBox()]);
  return { ...box, x: box.x - desk.x, y: box.y - desk.y };
}

/** The messages of a card. */
export const log = (page, title) => card(page, title).getByRole("log");

/** What the messages of a card say, in their order. */
export const messages = (page, title) => log(page, title).locator(".msg").allTextContents();

/** The row of a conversation in the column. */
export const row = (page, name) =>
  page.getByRole("list", { name: "Conversations" }).getByRole("listitem").filter({ hasText: name });

/** The row of a person in the list of contacts. */
export const contactRow = (page, name) => page.getByRole("list", { name: "Contacts", exact: true }).getByRole("listitem").filter({ hasText: name });

export const composer = (page, title) => card(page, title).getByRole("textbox", { name: "Type a message" });

export async function send(page, title, text) {
  const box = composer(page, title);
  await box.fill(text);
  await box.press("Enter");
  await expect(log(page, title).getByText(text, { exact: true })).toBeVisible();
}

/** An empty column offers the button a second time. */
export const newConversation = (page) => page.getByRole("button", { name: "New Conversation" }).first().click();

/** Begins a conversation with people, each typed and chosen as a user does, up to "Done". */
export async function begin(page, ...people) {
  await goTo(page, "Chat and SMS");
  await newConversation(page);
  for (const person of people) await addRecipient(page, person);
  await page.getByRole("button", { name: "Done" }).click();
}

/** A number is added as typed; a name or extension by the suggestion that says it. */
export async function addRecipient(page, person) {
  const box = page.getByRole("combobox", { name: "Add Contact" });
  await box.fill(person);
  if (/^[\d\s()+.-]{7,}$/.test(person)) await page.getByRole("button", { name: "Add number to group" }).click();
  else await page.getByRole("option", { name: person }).first().click();
  await expect(page.getByRole("button", { name: /^Remove / }).last()).toBeVisible();
}

/** Chooses the own number in a card or in a new conversation. */
export async function sendUsing(scope, number) {
  await scope.getByRole("button", { name: /Send SMS using/ }).click();
  await scope.page().getByRole("menuitemradio", { name: number }).click();
}
