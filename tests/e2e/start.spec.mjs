// The start of a browser in which nobody has ever signed in: the log-in waits for nothing, and nothing typed into it is lost.
import { WITHOUT_APP, expect, serverWith, test } from "../harness/app.mjs";
import { LENA, harbor } from "../harness/people.mjs";
import { onDevice } from "../harness/release.mjs";
import { PASSWORD } from "../harness/server.mjs";

const here = serverWith(harbor);

/** Opens the app while the server's first answer, who is signed in, is on its way; `answer` lets it come. */
async function waiting(person) {
  const page = await person(undefined, { baseURL: here.url, path: WITHOUT_APP });
  const { comes: asked, goesOn: answer } = await heldUp(page, "**/api/v1/bootstrap");
  await page.goto(here.url);
  await asked;
  return { page, answer };
}

/** Holds up what the browser asks for at this address: `comes` when it is asked for, and it is answered after `goesOn`. */
async function heldUp(page, address) {
  let asked, goesOn;
  const comes = new Promise((resolve) => (asked = resolve));
  const answered = new Promise((resolve) => (goesOn = resolve));
  await page.context().route(address, async (route) => {
    asked();
    await answered;
    await route.continue();
  });
  return { comes, goesOn };
}

test("words that come later than the WebAssembly hold up the first screen, and no more", async ({ person }) => {
  const page = await person(undefined, { baseURL: here.url, path: WITHOUT_APP, serviceWorkers: "allow" });
  const { comes, goesOn } = await heldUp(page, /\/words-en-\w+\.txt$/);
  const binary = page.waitForEvent("requestfinished", (request) => request.url().endsWith(".wasm"));
  await page.goto(here.url);
  await comes;
  await binary;
  // The app runs, and the browser has had time for all that waits until it is idle.
  await page.evaluate(async () => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((next) => requestIdleCallback(next));
  });
  goesOn();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await onDevice(page);
});

test("the log-in shows before the server has said who is signed in, and what is sent meanwhile goes then", async ({ person }) => {
  const { page, answer } = await waiting(person);
  await page.getByRole("textbox", { name: "Extension" }).fill(LENA);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: "Signing in" })).toBeVisible();
  answer();
  await expect(page.getByRole("navigation").getByRole("link", { name: "Contacts" })).toBeVisible();
});

for (const [where, before] of [["is typing", "half a "], ["has gone to the password", ""]]) {
  test(`whoever ${where} when the server says that nobody is signed in goes on where they are`, async ({ person }) => {
    const { page, answer } = await waiting(person);
    const password = page.getByRole("textbox", { name: "Password" });
    await password.focus();
    await page.keyboard.type(before);
    const said = page.waitForResponse("**/api/v1/bootstrap");
    answer();
    await said;
    // The focus is moved within four frames, if it is.
    await page.evaluate(async () => {
      for (let frame = 0; frame < 8; frame += 1) await new Promise((next) => requestAnimationFrame(next));
    });
    await page.keyboard.type("password");
    await expect(password).toHaveValue(`${before}password`);
    await expect(page.getByRole("textbox", { name: "Extension" })).toHaveValue("");
  });
}

test("the password can be shown and hidden, and stays what it is", async ({ person }) => {
  const page = await person(undefined, { baseURL: here.url });
  const password = page.getByRole("textbox", { name: "Password" });
  await password.fill("half a password");
  await expect(password).toHaveAttribute("type", "password");
  await page.getByRole("button", { name: "Show password" }).click();
  await expect(password).toHaveAttribute("type", "text");
  await page.getByRole("button", { name: "Hide password" }).click();
  await expect(password).toHaveAttribute("type", "password");
  await expect(password).toHaveValue("half a password");
});
