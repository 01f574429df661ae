// A number that is saved becomes a name at once: in every card and row, in every tab, for everybody who sees that contact.
import { begin, card, contactRow, expect, goTo, row, send, serverWith, test } from "../harness/app.mjs";
import { LENA, NILS, THREE_NUMBERS, harbor, kittiwake, shownPattern } from "../harness/people.mjs";

// Nils shares Lena's first number, so both hold the conversation.
const shared = {
  ...harbor,
  users: harbor.users.map((user) => (user.extension === "1004" ? { ...user, numbers: [THREE_NUMBERS[0]] } : user)),
};
const here = serverWith(shared, kittiwake);

test("saving a number as a contact renames its cards and rows in all open tabs, for all who see it", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await begin(lena, "6195550142");
  const number = shownPattern("+16195550142");
  await send(lena, number, "Your part is ready for pick-up.");
  // Nobody's initials: a number's avatar is a phone, until it has a name.
  const avatars = [card(lena, number).locator("header .avatar"), row(lena, number).locator(".avatar")];
  for (const avatar of avatars) {
    await expect(avatar.locator("use")).toHaveAttribute("href", "#phone");
    await expect(avatar).not.toHaveAttribute("data-initials");
  }
  const second = await lena.context().newPage();
  await second.goto(here.url);
  await goTo(second, "Chat and SMS");
  await row(second, number).getByText("Your part").click();
  await expect(card(second, number)).toBeVisible();

  // Nils texts from the same number, and may change what the whole office sees.
  const nils = await person(NILS, { baseURL: here.url });
  await goTo(nils, "Chat and SMS");
  await row(nils, number).getByText("Your part").click();
  await card(nils, number).getByRole("button", { name: "More" }).click();
  await nils.getByRole("menuitem", { name: "Add to Contacts" }).click();
  await nils.getByRole("textbox", { name: "First name" }).fill("Maya");
  await nils.getByRole("textbox", { name: "Last name" }).fill("Delgado");
  await nils.getByRole("radio", { name: /Shared/ }).check();
  await nils.getByRole("button", { name: "Save" }).click();
  for (const page of [lena, second]) {
    await expect(card(page, "Maya Delgado")).toBeVisible();
    await expect(row(page, "Maya Delgado")).toBeVisible();
  }
  await expect(row(lena, "Maya Delgado").locator(".avatar")).toHaveAttribute("data-initials", "MD");

  // And a new name is a new title, still without a reload.
  await goTo(nils, "Contacts");
  await contactRow(nils, "Maya Delgado").getByText("Maya Delgado").click();
  await nils.getByRole("button", { name: "Edit" }).click();
  await nils.getByRole("textbox", { name: "Last name" }).fill("Delgado-Ruiz");
  await nils.getByRole("button", { name: "Save" }).click();
  await expect(card(lena, "Maya Delgado-Ruiz")).toBeVisible();
  await expect(card(second, "Maya Delgado-Ruiz")).toBeVisible();
});
