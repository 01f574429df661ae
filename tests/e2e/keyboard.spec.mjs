// The main job without a pointer: sign in, find a person, text them, read the answer, come back.
import { card, expect, log, row, serverWith, test } from "../harness/app.mjs";
import { Api, text } from "../harness/api.mjs";
import { PASSWORD } from "../harness/server.mjs";
import { LENA, MAYA, THREE_NUMBERS, harbor, kittiwake } from "../harness/people.mjs";

const here = serverWith(harbor, kittiwake);

/** Moves the focus on by Tab until it is on this, as somebody would who can't point. */
async function tabTo(page, target, most = 60) {
  for (let presses = 0; presses < most; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${target}`);
}

test("from sign-in to the answer by keyboard alone", async ({ person }) => {
  const setup = await Api.signIn(here.url, LENA);
  await setup.save({ scope: "personal", given: "Maya", family: "Delgado", numbers: [{ label: "mobile", number: "+16195550142" }] });

  const page = await person(undefined, { baseURL: here.url });
  await tabTo(page, page.getByRole("textbox", { name: "Extension" }));
  await page.keyboard.type(LENA);
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");

  await expect(page.getByRole("navigation").getByRole("link", { name: "Chat and SMS" })).toBeVisible();
  await tabTo(page, page.getByRole("navigation").getByRole("link", { name: "Chat and SMS" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "New Conversation" }).first());
  await page.keyboard.press("Enter");

  // The box for people has the focus at once; arrows choose, Enter takes.
  await expect(page.getByRole("combobox", { name: "Add Contact" })).toBeFocused();
  await page.keyboard.type("maya");
  await expect(page.getByRole("option", { name: /Maya Delgado/ }).first()).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /^Remove Maya Delgado/ })).toBeVisible();
  await tabTo(page, page.getByRole("button", { name: "Done" }));
  await page.keyboard.press("Enter");

  await expect(card(page, "Maya Delgado").getByRole("textbox", { name: "Type a message" })).toBeFocused();
  await page.keyboard.type("Two");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("lines");
  await page.keyboard.press("Enter");
  await expect(log(page, "Maya Delgado").getByText("Two\nlines")).toBeVisible();

  const maya = await Api.signIn(here.url, MAYA);
  await maya.send(text("+16195550142", THREE_NUMBERS[0]), "Got both");
  await expect(log(page, "Maya Delgado").getByText("Got both")).toBeVisible();

  // The menu opens by Enter, moves by arrows, closes by Escape, and gives the focus back.
  const more = card(page, "Maya Delgado").getByRole("button", { name: "More" });
  await more.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem").nth(1)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(more).toBeFocused();

  await card(page, "Maya Delgado").getByRole("button", { name: "Close" }).focus();
  await page.keyboard.press("Enter");
  await expect(card(page, "Maya Delgado")).toBeHidden();
  await expect(row(page, "Maya Delgado")).toBeVisible();
});
