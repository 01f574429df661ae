// The same text to several people, to each alone: nobody sees the others.
import { addRecipient, expect, goTo, newConversation, row, serverWith, test } from "../harness/app.mjs";
import { DEVON, LENA, MAYA, ROSA, harbor, kittiwake } from "../harness/people.mjs";

const here = serverWith(harbor, kittiwake);

test("three people get one text, each in a conversation of their own, by the keyboard alone", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  const others = await Promise.all([MAYA, ROSA, DEVON].map((login) => person(login, { baseURL: here.url })));
  await goTo(lena, "Chat and SMS");
  await newConversation(lena);
  for (const number of ["619 555 0142", "619 555 0133", "619 555 0177"]) await addRecipient(lena, number);
  await expect(lena.getByText(/Everyone sees everyone and all answers/)).toBeVisible();
  const alone = lena.getByRole("group", { name: "How to send" }).getByRole("button", { name: "Text each one alone" });
  await alone.press("Enter");
  await expect(alone).toHaveAttribute("aria-pressed", "true");
  await expect(lena.getByText("Nobody sees the others.")).toBeVisible();
  const box = lena.getByRole("textbox", { name: "Type a message" });
  await box.fill("Your berth is ready.");
  await box.press("Enter");
  await expect(lena.getByText("All 3 texts are sent.").first()).toBeVisible();
  await expect(lena.getByRole("list", { name: "Conversations" }).getByRole("listitem").filter({ hasText: "Your berth is ready." })).toHaveCount(3);
  for (const page of others) {
    await goTo(page, "Chat and SMS");
    await row(page, "Your berth is ready.").getByText("Your berth").click();
    await expect(page.getByRole("log")).toHaveCount(1);
    await expect(page.getByText("group MMS")).toHaveCount(0);
  }
  // What one answers the others do not get.
  await others[0].getByRole("textbox", { name: "Type a message" }).fill("Thank you!");
  await others[0].getByRole("textbox", { name: "Type a message" }).press("Enter");
  await expect(row(lena, "Thank you!")).toBeVisible();
  await expect(others[1].getByText("Thank you!")).toHaveCount(0);
});
