// Whom one texts from: three own numbers and the right one remembered, one, and none.
import { addRecipient, begin, card, expect, goTo, newConversation, row, send, sendUsing, serverWith, test } from "../harness/app.mjs";
import { LENA, PRIYA, THREE_NUMBERS, harbor, kittiwake, shownPattern } from "../harness/people.mjs";

const here = serverWith(harbor, kittiwake);
const using = (page, title) => card(page, title).getByRole("button", { name: /Send SMS using/ });

test("each person keeps the number that was last used with them", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  const choices = [
    ["6195550142", shownPattern("+16195550142"), THREE_NUMBERS[1]],
    ["6195550133", shownPattern("+16195550133"), THREE_NUMBERS[2]],
  ];
  for (const [typed, title, own] of choices) {
    await begin(lena, typed);
    await sendUsing(card(lena, title), shownPattern(own));
    await send(lena, title, `from ${own}`);
    await card(lena, title).getByRole("button", { name: "Close" }).click();
  }
  // A new conversation with the same people offers the same number again, also on another device.
  const elsewhere = await person(LENA, { baseURL: here.url });
  for (const page of [lena, elsewhere]) {
    for (const [typed, title, own] of choices) {
      await begin(page, typed);
      await expect(using(page, title)).toContainText(shownPattern(own));
      await card(page, title).getByRole("button", { name: "Close" }).click();
    }
  }
});

test("choosing another number in an open card goes on from that number", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await begin(lena, "6195550177");
  const title = shownPattern("+16195550177");
  await sendUsing(card(lena, title), shownPattern(THREE_NUMBERS[0]));
  await send(lena, title, "From the first");
  await sendUsing(card(lena, title), shownPattern(THREE_NUMBERS[2]));
  await send(lena, title, "From the third");
  await goTo(lena, "Chat and SMS");
  await expect(row(lena, "From the first")).toBeVisible();
  await expect(row(lena, "From the third")).toBeVisible();
});

test("who has no SMS number is told whom to ask, and can still chat", async ({ person }) => {
  const priya = await person(PRIYA, { baseURL: here.url });
  await goTo(priya, "Chat and SMS");
  await newConversation(priya);
  await addRecipient(priya, "6195550142");
  await expect(priya.getByRole("region", { name: "Workspace" }).getByText(/ask your administrator/i)).toBeVisible();
  await priya.getByRole("button", { name: /^Remove / }).click();
  await addRecipient(priya, "Theo Brandt");
  await priya.getByRole("button", { name: "Done" }).click();
  await send(priya, "Theo Brandt", "Could you cover the front desk?");
});

test("plain characters make a text one again, and the browser's Undo brings back what was typed", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await begin(lena, "6195550142");
  const title = shownPattern("+16195550142");
  const box = card(lena, title).getByRole("textbox", { name: "Type a message" });
  const typed = "It\u2019s the \u201cother\u201d slip, beside the fuel dock, behind the crane, and it is yours until Friday";
  await box.fill(typed);
  await card(lena, title).getByRole("button", { name: "Use plain characters" }).click();
  await expect(box).toHaveValue(typed.replace("\u2019", "'").replace(/[\u201c\u201d]/g, '"'));
  await expect(box).toBeFocused();
  await lena.keyboard.press("Control+z");
  await expect(box).toHaveValue(typed);
});
