// What this device keeps: the database does what its list says, the app starts without a network, and after a log out nobody
// reads what stays.
import { begin, card, composer, expect, expectRefusals, goTo, log, onDesk, send, serverWith, signIn, test } from "../harness/app.mjs";
import { Api } from "../harness/api.mjs";
import { keeps, readable } from "../harness/device.mjs";
import { LENA, PRIYA, THEO, harbor } from "../harness/people.mjs";
import { Server } from "../harness/server.mjs";

const here = serverWith(harbor);
const THEOS = "Theo Brandt";

/** The browser loses the server: what the page asks for fails, as without a network. */
async function cutOff(page) {
  await page.context().route("**/api/**", (route) => route.abort("internetdisconnected"));
  await page.context().routeWebSocket("**/api/**", (socket) => socket.close());
}

/** Runs what only the quick build has for tests: a function that its script exports. The release has none, and shares the code. */
function exported(page, name) {
  return page.evaluate(async (name) => {
    const script = performance.getEntriesByType("resource").find(({ name }) => /\/halyard-\w+\.js$/.test(name));
    const app = await import(script.name);
    return app[name]();
  }, name);
}

test("the database does in the browser what it does in memory", async ({ person }) => {
  const server = await Server.start([], process.env.HALYARD_CONFORMANCE_APP);
  try {
    const page = await person(undefined, { baseURL: server.url });
    expect(await exported(page, "halyardConformance")).toEqual([]);
  } finally {
    await server.stop();
  }
});

test("after a failure of the app's code it says so, and one reload brings back what was typed", async ({ person }) => {
  const server = await Server.start([harbor], process.env.HALYARD_CONFORMANCE_APP);
  try {
    const lena = await person(LENA, { baseURL: server.url });
    expectRefusals(lena);
    await begin(lena, THEOS);
    await composer(lena, THEOS).fill("Half a sen");
    // More events than a report names.
    await composer(lena, THEOS).pressSequentially("tence about the slip at pier 14 ".repeat(7));
    await composer(lena, THEOS).fill("Half a sen");
    await keeps(lena, "Half a sen");
    await exported(lena, "halyardFail").catch(() => {});
    const screen = lena.getByRole("alertdialog", { name: "Halyard ran into a problem" });
    await lena.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await screen.getByRole("button", { name: "Copy diagnostics" }).click();
    const [head, events] = (await lena.evaluate(() => navigator.clipboard.readText())).split("\n\n");
    expect(head).toMatch(/^Halyard [\d.]+\nMozilla.*\nFailed at .*problem\.rs/);
    const names = events.split("\n");
    expect(names).toHaveLength(200);
    expect(names).toContain("Composer Draft");
    // Words of the code alone: nothing that was typed, nobody's name.
    for (const name of names) expect(name).toMatch(/^[A-Z][a-z]+( [A-Z]?[a-z]+([A-Z][a-z]+)*| \d{3})?$/);
    for (const content of ["slip", "Half", "Theo", "Lena"]) expect(events).not.toContain(content);
    await screen.getByRole("button", { name: "Reload" }).press("Enter");
    await expect(composer(lena, THEOS)).toHaveValue("Half a sen");
  } finally {
    await server.stop();
  }
});

test("without the server the app starts as it was left, with its cards, history and contacts, and sends later", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await begin(lena, THEOS);
  for (const text of ["The tide turns at noon", "Bring the charts"]) await send(lena, THEOS, text);
  await composer(lena, THEOS).fill("Half a sen");
  await keeps(lena, "Bring the charts");
  await keeps(lena, "Half a sen");

  await cutOff(lena);
  await lena.reload();
  await expect(log(lena, THEOS).getByText("Bring the charts")).toBeVisible();
  await expect(log(lena, THEOS).getByText("The tide turns at noon")).toBeVisible();
  await expect(composer(lena, THEOS)).toHaveValue("Half a sen");
  await goTo(lena, "Contacts");
  await lena.getByRole("searchbox", { name: /Search/ }).fill("priya");
  await expect(lena.getByRole("list", { name: "Contacts", exact: true }).getByText("Priya Iyer")).toBeVisible();
  await send(lena, THEOS, "Written without a network");
  await expect(lena.getByText(/1 message will send/)).toBeVisible();

  await lena.context().unrouteAll();
  await lena.reload();
  const theo = await Api.signIn(here.url, THEO);
  await expect.poll(async () => (await theo.ask("GET", "/bootstrap")).conversations[0].last_entry.body).toBe("Written without a network");
});

test("after a log out nobody reads what is pinned, and its owner finds it in its place", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await begin(lena, "Priya Iyer");
  await send(lena, "Priya Iyer", "Nobody else may read this");
  await card(lena, "Priya Iyer").getByRole("button", { name: "Pin" }).click();
  await composer(lena, "Priya Iyer").fill("An unfinished secret");
  await keeps(lena, "Nobody else may read this");
  const place = await onDesk(lena, "Priya Iyer");

  await goTo(lena, "Settings");
  await lena.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(lena.getByText("1 pinned conversation for 1001@harbor is saved on this device.")).toBeVisible();
  const left = await readable(lena);
  for (const secret of ["Nobody else", "unfinished", "Priya", "Lena", "Theo", "Iyer"]) expect(left).not.toContain(secret);

  // The next one at the laptop.
  await signIn(lena, THEO);
  await goTo(lena, "Chat and SMS");
  await expect(card(lena, "Priya Iyer")).toHaveCount(0);
  await goTo(lena, "Settings");
  await lena.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(lena.getByText(/for 1001@harbor is saved/)).toBeVisible();

  // Without a network the password opens it, to be read; a wrong one does not.
  await cutOff(lena);
  await lena.getByRole("textbox", { name: "Extension" }).fill(LENA);
  await lena.getByRole("textbox", { name: "Password" }).fill("not my password");
  await lena.getByRole("button", { name: "Sign in" }).click();
  await expect(lena.getByRole("alert").getByText(/does not open/)).toBeVisible();
  await signIn(lena, LENA);
  await goTo(lena, "Chat and SMS");
  await expect(log(lena, "Priya Iyer").getByText("Nobody else may read this")).toBeVisible();
  await expect(lena.getByText(/reading what is saved on this device/)).toBeVisible();

  await lena.context().unrouteAll();
  await lena.reload();
  await signIn(lena, LENA);
  await goTo(lena, "Chat and SMS");
  await expect(log(lena, "Priya Iyer").getByText("Nobody else may read this")).toBeVisible();
  await expect(composer(lena, "Priya Iyer")).toHaveValue("An unfinished secret");
  expect(await onDesk(lena, "Priya Iyer")).toEqual(place);
  await expect(card(lena, "Priya Iyer").getByRole("button", { name: "Pin", pressed: true })).toBeVisible();
});

test("cards are where they were after a reload, and the same in another tab", async ({ person }) => {
  const priya = await person(PRIYA, { baseURL: here.url });
  await begin(priya, THEOS);
  await begin(priya, "Nils Okafor");
  await card(priya, "Nils Okafor").getByRole("button", { name: "Minimize" }).click();
  const second = await priya.context().newPage();
  await second.goto(here.url);
  await expect(card(second, THEOS)).toBeVisible();
  await expect(second.getByRole("group", { name: "Minimized" }).getByText("Nils Okafor")).toBeVisible();
  await card(second, THEOS).getByRole("button", { name: "Close" }).click();
  await expect(card(priya, THEOS)).toHaveCount(0);
  await priya.reload();
  await expect(priya.getByRole("group", { name: "Minimized" }).getByText("Nils Okafor")).toBeVisible();
  await expect(card(priya, THEOS)).toHaveCount(0);
});

test("one tab sends for all: its end in the middle loses nothing and doubles nothing", async ({ person }) => {
  const theo = await person(THEO, { baseURL: here.url });
  await begin(theo, "Nils Okafor");
  const second = await theo.context().newPage();
  await second.goto(here.url);
  await expect(card(second, "Nils Okafor")).toBeVisible();
  // The first tab leads: what it asks for hangs, so that it dies in the middle of sending.
  await theo.route("**/api/v1/messages", () => {});
  for (const text of ["one", "two", "three"]) await send(second, "Nils Okafor", text);
  await theo.close();
  const nils = await Api.signIn(here.url, "1004@harbor");
  // It begins with the first message: until the other tab leads there is none.
  await expect.poll(async () => (await nils.timeline()).map(({ body }) => body)).toEqual(["one", "two", "three"]);
  await expect(log(second, "Nils Okafor").getByText("three")).toHaveCount(1);
});
