// The article's two ways to send a text, as its steps are written, and the answer to it.
import { addRecipient, card, contactRow, expect, goTo, log, newConversation, row, send, sendUsing, serverWith, test } from "../harness/app.mjs";
import { Api } from "../harness/api.mjs";
import { LENA, MAYA, THREE_NUMBERS, harbor, kittiwake, shownPattern } from "../harness/people.mjs";

const here = serverWith(harbor, kittiwake);
const MAYAS = "+16195550142";

test.beforeAll(async () => {
  const lena = await Api.signIn(here.url, LENA);
  await lena.save({
    scope: "personal",
    given: "Maya",
    family: "Delgado",
    company: "Kittiwake Charters",
    numbers: [{ label: "mobile", number: MAYAS }],
  });
});

test("through the Contacts tab, and the answer comes back", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  const maya = await person(MAYA, { baseURL: here.url });

  await goTo(lena, "Contacts");
  await lena.getByRole("searchbox", { name: /Search/ }).fill("kitti");
  await contactRow(lena, "Maya Delgado").getByText("Maya Delgado").click();
  await expect(lena.getByRole("heading", { name: "Maya Delgado" })).toBeVisible();
  await lena.getByRole("button", { name: /^Message \(619\).*, mobile/ }).click();
  await lena.getByRole("menuitem", { name: shownPattern(THREE_NUMBERS[1]) }).click();
  await expect(card(lena, "Maya Delgado")).toBeVisible();
  await send(lena, "Maya Delgado", "The slip is yours until Friday.");
  await expect(log(lena, "Maya Delgado").getByText("Delivered")).toBeVisible();

  // On the other side it is a text from that number, which nobody there has saved.
  await goTo(maya, "Chat and SMS");
  const incoming = row(maya, shownPattern(THREE_NUMBERS[1]));
  await expect(incoming).toContainText("The slip is yours until Friday.");
  await incoming.getByText("The slip is yours").click();
  await send(maya, shownPattern(THREE_NUMBERS[1]), "Thank you, see you then!");

  await expect(log(lena, "Maya Delgado").getByText("Thank you, see you then!")).toBeVisible();
});

test("through the Chat and SMS tab, to a number that is typed", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await goTo(lena, "Chat and SMS");
  await newConversation(lena);
  await addRecipient(lena, "6195550133");
  await lena.getByRole("button", { name: "Done" }).click();
  const title = shownPattern("+16195550133");
  await sendUsing(card(lena, title), shownPattern(THREE_NUMBERS[2]));
  await send(lena, title, "Is the fuel dock open today?");
  await expect(log(lena, title).getByText("Delivered")).toBeVisible();
  await expect(row(lena, title)).toContainText("Is the fuel dock open today?");

  // Closed, and opened again from the column.
  await card(lena, title).getByRole("button", { name: "Close" }).click();
  await expect(card(lena, title)).toBeHidden();
  await row(lena, title).getByText("Is the fuel dock open").click();
  await expect(log(lena, title).getByText("Is the fuel dock open today?")).toBeVisible();
});

test("a number that no carrier serves says so, in plain words", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await goTo(lena, "Chat and SMS");
  await newConversation(lena);
  await addRecipient(lena, "(619) 555-0199");
  await lena.getByRole("button", { name: "Done" }).click();
  const title = shownPattern("+16195550199");
  await send(lena, title, "Anybody there?");
  await expect(log(lena, title).getByText("Not delivered. No carrier is set up for this number. Ask your administrator.")).toBeVisible();
});
