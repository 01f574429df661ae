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

test("a named group beside another of the same people; somebody joins, and leaves", async ({ person }) => {
  const [lena, theo, priya] = await Promise.all([LENA, THEO, PRIYA].map((login) => person(login, { baseURL: here.url })));
  for (const name of ["Night watch", "Day watch"]) {
    await goTo(lena, "Chat and SMS");
    await newConversation(lena);
    for (const colleague of ["Theo Brandt", "1004"]) await addRecipient(lena, colleague);
    await lena.getByRole("textbox", { name: "Group name (optional)" }).fill(name);
    await lena.getByRole("button", { name: "Done" }).click();
    await send(lena, name, `This is the ${name}`);
  }
  await goTo(theo, "Chat and SMS");
  await expect(row(theo, "Day watch")).toBeVisible();
  await row(theo, "Night watch").getByText("This is the Night watch").click();

  // By the keyboard alone.
  await card(theo, "Night watch").getByRole("button", { name: "More" }).press("Enter");
  await theo.getByRole("menuitem", { name: "People in this group" }).press("Enter");
  const people = theo.getByRole("dialog", { name: "People in this group" });
  const members = people.getByRole("list", { name: "People in this group" }).getByRole("listitem");
  await expect(members).toHaveText([/Lena/, /Nils/]);
  await people.getByRole("combobox", { name: "Add people" }).fill("priya");
  await people.getByRole("combobox", { name: "Add people" }).press("Enter");
  await expect(members).toHaveCount(3);
  await expect(people.locator("[aria-live]").filter({ hasText: "Priya Iyer added" })).toHaveCount(1);
  // Whoever is removed takes no focus along: the next one has it, and after the last one the field.
  const focused = theo.locator(":focus");
  const remove = async (name) => {
    await people.getByRole("button", { name: `Remove ${name}` }).press("Enter");
    await theo.getByRole("dialog", { name: `Remove ${name} from Night watch?` }).getByRole("button", { name: "Remove", exact: true }).press("Enter");
    await expect(people.locator("[aria-live]").filter({ hasText: `${name} removed` })).toHaveCount(1);
  };
  await remove("Priya Iyer");
  await expect(members).toHaveText([/Lena/, /Nils/]);
  await expect(focused).toHaveAccessibleName("Remove Nils Okafor");
  await remove("Nils Okafor");
  await expect(members).toHaveText([/Lena/]);
  await expect(focused).toHaveAccessibleName("Add people");
  await theo.keyboard.type("priya");
  await theo.keyboard.press("Enter");
  await expect(members).toHaveCount(2);
  await theo.keyboard.press("Escape");
  await expect(log(lena, "Night watch").getByText("Theo Brandt added Priya Iyer").first()).toBeVisible();

  await goTo(priya, "Chat and SMS");
  await row(priya, "Night watch").getByText("Theo Brandt added Priya Iyer").click();
  await expect(log(priya, "Night watch").getByText("This is the Night watch")).toBeHidden();
  await send(priya, "Night watch", "Good evening");
  await expect(log(theo, "Night watch").getByText("Good evening")).toBeVisible();
  await card(priya, "Night watch").getByRole("button", { name: "More" }).click();
  await priya.getByRole("menuitem", { name: "People in this group" }).click();
  await priya.getByRole("button", { name: "Leave group" }).click();
  await priya.getByRole("dialog", { name: "Leave Night watch?" }).getByRole("button", { name: "Leave", exact: true }).click();
  await expect(card(priya, "Night watch")).toBeHidden();
  await expect(row(priya, "Night watch")).toBeHidden();
  await expect(log(theo, "Night watch").getByText("Left: Priya Iyer")).toBeVisible();
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
