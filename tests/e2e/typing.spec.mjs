// What is typed with an input method, and what is pasted.
import { begin, card, composer, expect, log, newConversation, serverWith, test } from "../harness/app.mjs";
import { LENA, harbor } from "../harness/people.mjs";

const here = serverWith(harbor);

/** The Enter that ends a composition, as Safari tells of it: the composition is over, only the key's code says whose it was. */
const enterOfInputMethod = (field) =>
  field.evaluate((element) => {
    const init = { key: "Enter", code: "Enter", keyCode: 229, which: 229, bubbles: true, cancelable: true };
    element.dispatchEvent(new CompositionEvent("compositionend", { data: "\u6e2f", bubbles: true }));
    element.dispatchEvent(new KeyboardEvent("keydown", init));
  });

test("the Enter that ends a composition sends nothing and picks nobody", async ({ person }) => {
  const page = await person(LENA, { baseURL: here.url });
  await begin(page, "1002");
  const field = composer(page, "Theo Brandt");
  await field.fill("\u6e2f");
  await enterOfInputMethod(field);
  await expect(field).toHaveValue("\u6e2f");
  await field.press("Enter");
  await expect(log(page, "Theo Brandt").getByText("\u6e2f")).toHaveCount(1);

  await newConversation(page);
  const people = page.getByRole("combobox", { name: "Add Contact" });
  await people.fill("theo");
  await expect(page.getByRole("option", { name: /Theo Brandt/ })).toBeVisible();
  await enterOfInputMethod(people);
  await expect(page.getByRole("button", { name: /^Remove / })).toHaveCount(0);
});

test("a column of a spreadsheet becomes people, each for itself", async ({ person }) => {
  const page = await person(LENA, { baseURL: here.url });
  await newConversation(page);
  const people = page.getByRole("combobox", { name: "Add Contact" });
  await people.evaluate((field) => {
    const data = new DataTransfer();
    data.setData("text/plain", "1002\r\n1003\r\n");
    field.focus();
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await expect(page.getByRole("button", { name: /^Remove / })).toHaveCount(2);
  await expect(people).toHaveValue("");
  await expect(card(page, "New Conversation")).toBeVisible();
});
