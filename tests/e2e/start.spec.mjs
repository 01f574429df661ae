// The start of a browser in which nobody has ever signed in: the log-in waits for nothing, and nothing typed into it is lost.
import { expect, serverWith, test } from "../harness/app.mjs";
import { LENA, harbor } from "../harness/people.mjs";
import { PASSWORD } from "../harness/server.mjs";

const here = serverWith(harbor);

/** Opens the app while the server's first answer, who is signed in, is on its way; `answer` lets it come. */
async function waiting(person) {
  const page = await person(undefined, { baseURL: here.url });
  let answer;
  const answered = new Promise((resolve) => (answer = resolve));
  const asked = page.waitForRequest("**/api/v1/bootstrap");
  await page.context().route("**/api/v1/bootstrap", async (route) => {
    await answered;
    await route.continue();
  });
  await page.reload();
  await asked;
  return { page, answer };
}

test("the log-in shows before the server has said who is signed in, and what is sent meanwhile goes then", async ({ person }) => {
  const { page, answer } = await waiting(person);
  await page.getByRole("textbox", { name: "Extension" }).fill(LENA);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: "Signing in" })).toBeVisible();
  answer();
  await expect(page.getByRole("navigation").getByRole("link", { name: "Contacts" })).toBeVisible();
});

for (const [where, before] of [["is typing", "half a "], ["has gone to the password", ""]]) {
  test(`whoever ${where} when the server says that nobody is signed in goes on where they are`, async ({ person }) => {
    const { page, answer } = await waiting(person);
    const password = page.getByRole("textbox", { name: "Password" });
    await password.focus();
    await page.keyboard.type(before);
    const said = page.waitForResponse("**/api/v1/bootstrap");
    answer();
    await said;
    // The focus is moved within four frames, if it is.
    await page.evaluate(async () => {
      for (let frame = 0; frame < 8; frame += 1) await new Promise((next) => requestAnimationFrame(next));
    });
    await page.keyboard.type("password");
    await expect(password).toHaveValue(`${before}password`);
    await expect(page.getByRole("textbox", { name: "Extension" })).toHaveValue("");
  });
}
