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
