// Who is there and who types, as it happens.
import { begin, card, composer, contactRow, expect, goTo, row, send, serverWith, test } from "../harness/app.mjs";
import { LENA, THEO, harbor } from "../harness/people.mjs";

const here = serverWith(harbor);

test("typing shows on the other side and goes; status text shows at once", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  const theo = await person(THEO, { baseURL: here.url });
  await begin(lena, "Theo Brandt");
  await send(lena, "Theo Brandt", "Are you at the dock?");
  await goTo(theo, "Chat and SMS");
  await row(theo, "Lena Castellanos").getByText("Are you at the dock?").click();
  await composer(theo, "Lena Castellanos").pressSequentially("On my w");
  await expect(card(lena, "Theo Brandt").getByText(/typing/i)).toBeVisible();
  await composer(theo, "Lena Castellanos").press("Enter");
  await expect(card(lena, "Theo Brandt").getByText(/typing/i)).toBeHidden();

  await goTo(lena, "Contacts");
  await expect(contactRow(lena, "Theo Brandt")).toContainText(/Available|Online/);
  await theo.context().close();
  await expect(contactRow(lena, "Theo Brandt")).toContainText(/Offline|Away/);
});

test("one's own avatar opens one's status, the settings and the way out", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  const me = lena.getByRole("button", { name: "Lena Castellanos: my status and settings" });
  await me.click();
  const menu = lena.getByRole("menu", { name: "Lena Castellanos: my status and settings" });
  await expect(menu.getByRole("menuitemradio")).toHaveText(["Available", "Busy", "Away", "Do not disturb"]);
  await expect(menu.getByRole("menuitem")).toHaveText(["Settings", "Sign out"]);
  await menu.getByRole("menuitemradio", { name: "Busy" }).click();
  await me.click();
  await expect(menu.getByRole("menuitemradio", { name: "Busy", checked: true })).toBeVisible();
  await menu.getByRole("menuitem", { name: "Settings" }).click();
  await expect(lena.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  await me.click();
  await menu.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(lena.getByRole("button", { name: "Sign in" })).toBeVisible();
});
