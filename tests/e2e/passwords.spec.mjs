// Passwords: one's own, changed in the settings, and one that is chosen by a link; and signing out on all other devices.
import { begin, card, composer, expect, expectRefusals, goTo, log, send, serverWith, signIn, test } from "../harness/app.mjs";
import { keeps, readable } from "../harness/device.mjs";
import { LENA, NILS, PRIYA, THEO, harbor } from "../harness/people.mjs";
import { PASSWORD } from "../harness/server.mjs";

const here = serverWith(harbor);
const NEW = "slack water at nine";

const password = (page, name) => page.getByRole("textbox", { name, exact: true });
const again = (page) => page.getByRole("dialog", { name: "Please sign in again" });

/** A link for a new password, as an administrator gives it to its user. */
async function linkFor(login) {
  const [link] = /https?:\S+#[0-9a-f]{64}/.exec(await here.server.command("user", "password-link", login, "--public-url", here.url));
  return new URL(link);
}

test("a changed password counts everywhere at once, and opens what was sealed after it", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  const laptop = await person(LENA, { baseURL: here.url });
  expectRefusals(lena);
  await begin(lena, "Theo Brandt");
  await send(lena, "Theo Brandt", "The tide turns at noon");
  await card(lena, "Theo Brandt").getByRole("button", { name: "Pin" }).click();
  await keeps(lena, "The tide turns at noon");
  await goTo(lena, "Settings");

  await password(lena, "Current password").fill("not my password");
  await password(lena, "New password").fill("short");
  await lena.getByRole("button", { name: "Change password" }).click();
  await expect(lena.getByRole("alert").getByText("at least 8 characters")).toBeVisible();
  await lena.getByRole("button", { name: "Show password" }).click();
  await expect(password(lena, "New password")).toHaveValue("short");
  await password(lena, "New password").fill(NEW);
  await password(lena, "New password").press("Enter");
  await expect(lena.getByRole("alert").getByText("The current password is wrong.")).toBeVisible();
  await password(lena, "Current password").fill(PASSWORD);
  await lena.getByRole("button", { name: "Change password" }).click();
  await expect(lena.getByText("Your password is changed. Your other devices were signed out.").first()).toBeVisible();
  await expect(password(lena, "Current password")).toHaveValue("");
  await expect(password(lena, "New password")).toHaveValue("");

  await expect(again(laptop)).toBeVisible();
  await again(laptop).getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await again(laptop).getByRole("button", { name: "Sign in" }).click();
  await expect(laptop.getByRole("alert").getByText("Wrong extension or password.")).toBeVisible();
  await again(laptop).getByRole("textbox", { name: "Password" }).fill(NEW);
  await again(laptop).getByRole("button", { name: "Sign in" }).click();
  await expect(again(laptop)).toHaveCount(0);

  await lena.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(lena.getByText("1 pinned conversation for 1001@harbor is saved on this device.")).toBeVisible();
  expect(await readable(lena)).not.toContain("tide");
  // Without a network it is the password alone that opens it.
  await lena.context().route("**/api/**", (route) => route.abort("internetdisconnected"));
  await lena.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await lena.getByRole("button", { name: "Sign in" }).click();
  await expect(lena.getByRole("alert").getByText(/does not open/)).toBeVisible();
  await signIn(lena, LENA, NEW);
  await goTo(lena, "Chat and SMS");
  await expect(log(lena, "Theo Brandt").getByText("The tide turns at noon")).toBeVisible();
});

test("all other devices are signed out at once, and the button goes with them", async ({ person }) => {
  const theo = await person(THEO, { baseURL: here.url });
  await goTo(theo, "Settings");
  const elsewhere = theo.getByRole("button", { name: "Sign out on all other devices" });
  await expect(theo.getByText("This device")).toBeVisible();
  await expect(elsewhere).toHaveCount(0);
  const others = [await person(THEO, { baseURL: here.url }), await person(THEO, { baseURL: here.url })];
  await goTo(theo, "Contacts");
  await goTo(theo, "Settings");
  await elsewhere.click();
  for (const other of others) await expect(again(other)).toBeVisible();
  await expect(theo.getByText("All other devices are signed out.").first()).toBeVisible();
  await expect(elsewhere).toHaveCount(0);
});

test("a password is chosen by a link, once, and the address bar forgets the link", async ({ person }) => {
  const { pathname, hash } = await linkFor(PRIYA);
  const priya = await person(undefined, { baseURL: here.url, path: pathname + hash });
  expectRefusals(priya);
  await expect(password(priya, "New password")).toBeFocused();
  expect(new URL(priya.url())).toMatchObject({ pathname: "/", hash: "" });
  await priya.keyboard.type("short");
  await priya.keyboard.press("Enter");
  await expect(priya.getByRole("alert").getByText("at least 8 characters")).toBeVisible();
  await password(priya, "New password").fill(NEW);
  await priya.getByRole("button", { name: "Save password" }).click();
  await expect(priya.getByText("Your password is saved. Sign in with it.")).toBeVisible();
  await expect(priya.getByRole("textbox", { name: "Extension" })).toHaveValue(PRIYA);
  await signIn(priya, PRIYA, NEW);

  const late = await person(undefined, { baseURL: here.url, path: pathname + hash });
  expectRefusals(late);
  await password(late, "New password").fill(NEW);
  await late.getByRole("button", { name: "Save password" }).click();
  await expect(late.getByRole("alert").getByText(/was used or has expired/)).toBeVisible();
  await late.getByRole("button", { name: "Continue to Halyard" }).click();
  await expect(late.getByRole("button", { name: "Sign in" })).toBeVisible();
});

test("a link for somebody else leaves whoever is signed in as they were, and their own has them sign in again", async ({ person }) => {
  const nils = await person(NILS, { baseURL: here.url });
  await begin(nils, "Theo Brandt");
  await composer(nils, "Theo Brandt").fill("Half a sen");
  await keeps(nils, "Half a sen");
  const others = await linkFor(PRIYA);
  await nils.goto(others.href);
  await password(nils, "New password").fill(NEW);
  await nils.getByRole("button", { name: "Save password" }).click();
  await expect(nils.getByText("Your password is saved. Sign in with it.").first()).toBeVisible();
  await expect(composer(nils, "Theo Brandt")).toHaveValue("Half a sen");

  const own = await linkFor(NILS);
  await nils.goto(own.href);
  await password(nils, "New password").fill(NEW);
  await nils.getByRole("button", { name: "Save password" }).click();
  await again(nils).getByRole("textbox", { name: "Password" }).fill(NEW);
  await again(nils).getByRole("button", { name: "Sign in" }).click();
  await expect(again(nils)).toHaveCount(0);
  await expect(composer(nils, "Theo Brandt")).toHaveValue("Half a sen");
});
