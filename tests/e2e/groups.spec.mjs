// Several people at once: a group text to saved and unsaved numbers, a group chat, and what the rules refuse.
import { addRecipient, begin, card, composer, expect, goTo, log, newConversation, row, send, serverWith, test } from "../harness/app.mjs";
import { Api } from "../harness/api.mjs";
import { DEVON, LENA, MAYA, NILS, PRIYA, ROSA, THEO, harbor, kittiwake, shownPattern } from "../harness/people.mjs";

const here = serverWith(harbor, kittiwake);

test("a group MMS to one saved and two raw numbers reaches all three", async ({ person }) => {
  const api = await Api.signIn(here.url, LENA);
  await api.save({ scope: "personal", given: "Maya", family: "Delgado", numbers: [{ label: "mobile", number: "+16195550142" }] });
  const lena = await person(LENA, { baseURL: here.url });
  const others = await Promise.all([MAYA, ROSA, DEVON].map((login) => person(login, { baseURL: here.url })));

  await begin(lena, "Maya Delgado", "619 555 0133", "+1 (619) 555-0177");
  const title = /Maya Delgado/;
  await send(lena, title, "Regatta starts at nine.");
  await expect(log(lena, title).getByText(/Delivered to all/)).toBeVisible();
  for (const page of others) {
    await goTo(page, "Chat and SMS");
    await expect(row(page, "Regatta starts at nine.")).toBeVisible();
  }

  // An answer of one is an answer to all.
  await row(others[1], "Regatta starts at nine.").getByText("Regatta").click();
  await others[1].getByRole("textbox", { name: "Type a message" }).fill("I bring the flags.");
  await others[1].getByRole("textbox", { name: "Type a message" }).press("Enter");
  await expect(log(lena, title).getByText("I bring the flags.")).toBeVisible();
  await expect(row(others[2], "I bring the flags.")).toBeVisible();
});

test("a group chat of three, each told apart", async ({ person }) => {
  const [theo, priya, nils] = await Promise.all([THEO, PRIYA, NILS].map((login) => person(login, { baseURL: here.url })));
  await begin(theo, "Priya Iyer", "1004");
  const title = /Priya Iyer/;
  await send(theo, title, "Tide turns at 14:10, bring the long lines");
  for (const page of [priya, nils]) {
    await goTo(page, "Chat and SMS");
    await row(page, "Tide turns").getByText("Tide turns").click();
    await expect(page.getByRole("log").getByText("Theo Brandt")).toBeVisible();
  }
  await priya.getByRole("textbox", { name: "Type a message" }).fill("On my way, ten minutes.");
  await priya.getByRole("textbox", { name: "Type a message" }).press("Enter");
  await expect(log(theo, title).getByText("On my way, ten minutes.")).toBeVisible();
  await expect(nils.getByRole("log").getByText("On my way, ten minutes.")).toBeVisible();
});

test("extensions and outside numbers don't mix, and the app says why", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await goTo(lena, "Chat and SMS");
  await newConversation(lena);
  await addRecipient(lena, "Theo Brandt");
  await addRecipient(lena, "6195550133");
  const reason = lena.getByRole("region", { name: "Workspace" }).getByText(/Extensions and outside numbers can't be in one group/);
  await expect(reason).toBeVisible();
  await lena.getByRole("button", { name: "Done" }).click();
  await expect(reason).toBeVisible();
  await lena.getByRole("button", { name: /^Remove Theo Brandt/ }).click();
  await expect(reason).toBeHidden();
  await lena.getByRole("button", { name: "Done" }).click();
  await expect(composer(lena, shownPattern("+16195550133"))).toBeVisible();
});

test("what cannot be sent stays in the box", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await begin(lena, "6195550133");
  const title = shownPattern("+16195550133");
  const long = "fair winds ".repeat(150);
  await composer(lena, title).fill(long);
  await composer(lena, title).press("Enter");
  await expect(card(lena, title).getByText(/1,?600/).first()).toBeVisible();
  await expect(composer(lena, title)).toHaveValue(long);
});
