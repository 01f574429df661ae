// Two tabs of one user are one app: what is read in one is read in the other.
import { card, expect, goTo, log, row, send, serverWith, test } from "../harness/app.mjs";
import { Api, chat, text } from "../harness/api.mjs";
import { LENA, MAYA, THEO, THREE_NUMBERS, harbor, kittiwake, shownPattern } from "../harness/people.mjs";

const here = serverWith(harbor, kittiwake);
const MAYAS = shownPattern("+16195550142");

/** How many conversations wait, as the rail says it. */
async function waiting(page, count) {
  const link = page.getByRole("navigation").getByRole("link", { name: "Chat and SMS" });
  await expect(link).toContainText(count === 0 ? /^\D*$/ : `${count} unread`);
}

test("unread counts agree, go down when one tab reads, and a reload keeps them", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await goTo(lena, "Chat and SMS");
  const second = await lena.context().newPage();
  await second.goto(here.url);
  await goTo(second, "Contacts");

  const maya = await Api.signIn(here.url, MAYA);
  for (const body of ["one", "two", "three"]) await maya.send(text("+16195550142", THREE_NUMBERS[0]), body);
  await waiting(lena, 1);
  await waiting(second, 1);
  await expect(row(lena, MAYAS)).toContainText("3 unread");

  await lena.bringToFront();
  await row(lena, MAYAS).getByText("three").click();
  await expect(log(lena, MAYAS).getByText("two")).toBeVisible();
  await waiting(lena, 0);
  await waiting(second, 0);
  await second.reload();
  await expect(second.getByRole("navigation").getByRole("link", { name: "Contacts" })).toBeVisible();
  await waiting(second, 0);
});

test("what one tab sends shows once in both, and in the other user's too", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  const theo = await Api.signIn(here.url, THEO);
  const me = (await (await Api.signIn(here.url, LENA)).ask("GET", "/bootstrap")).me.user.id;
  await theo.send(chat(me), "Ready for the tide?");
  await goTo(lena, "Chat and SMS");
  await row(lena, "Theo Brandt").getByText("Ready for the tide?").click();
  const second = await lena.context().newPage();
  await second.goto(here.url);
  await goTo(second, "Chat and SMS");
  await row(second, "Theo Brandt").getByText("Ready for the tide?").click();
  await send(lena, "Theo Brandt", "Lines are ready");
  await expect(log(second, "Theo Brandt").getByText("Lines are ready")).toHaveCount(1);
  await expect(log(lena, "Theo Brandt").getByText("Lines are ready")).toHaveCount(1);
  await card(second, "Theo Brandt").getByRole("button", { name: "Close" }).click();
});
