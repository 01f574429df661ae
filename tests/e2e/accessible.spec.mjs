// axe finds nothing, in light and dark, at every width; and no width scrolls sideways.
import AxeBuilder from "@axe-core/playwright";
import { begin, card, composer, contactRow, expect, goTo, log, newConversation, send, serverWith, signIn, test } from "../harness/app.mjs";
import { Api } from "../harness/api.mjs";
import { attach, pdf, photo } from "../harness/files.mjs";
import { LENA, harbor, kittiwake } from "../harness/people.mjs";

const here = serverWith(harbor, kittiwake);
const SIZES = [[1440, 900], [768, 1024], [400, 640], [320, 640]];

test.beforeAll(async () => {
  const lena = await Api.signIn(here.url, LENA);
  await lena.save({
    scope: "personal",
    given: "Maya",
    family: "Delgado",
    company: "Kittiwake Charters",
    emails: ["maya@kittiwake.example"],
    numbers: [{ label: "mobile", number: "+16195550142" }, { label: "work", number: "+16195550177" }],
  });
});

/** What axe finds on the page as it is, and whether it scrolls sideways. */
async function look(page, what) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${what}: ${id} at ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (overflow > 0) found.push(`${what}: scrolls sideways by ${overflow} px`);
  return found;
}

for (const colorScheme of ["light", "dark"]) {
  for (const [width, height] of SIZES) {
    test(`${colorScheme} at ${width}x${height}`, async ({ person }) => {
      // axe reads the whole page some fifteen times.
      test.setTimeout(120_000);
      const page = await person(undefined, { baseURL: here.url, colorScheme, viewport: { width, height }, reducedMotion: "reduce" });
      const found = [];
      await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
      found.push(...(await look(page, "the sign-in")));

      await signIn(page, LENA);

      await goTo(page, "Contacts");
      await expect(contactRow(page, "Maya Delgado")).toBeVisible();
      found.push(...(await look(page, "the contacts")));
      await contactRow(page, "Maya Delgado").getByText("Maya Delgado").click();
      await expect(page.getByRole("heading", { name: "Maya Delgado" })).toBeVisible();
      found.push(...(await look(page, "the contact's details")));

      await page.goto(here.url);
      await begin(page, "6195550142");
      await send(page, "Maya Delgado", `The slip is yours until Friday (${colorScheme}, ${width}).`);
      found.push(...(await look(page, "the card")));
      const files = [{ name: "boat.jpg", buffer: await photo(page, 300, 200) }, { name: "plan.pdf", buffer: pdf() }];
      await attach(card(page, "Maya Delgado"), ...files);
      await expect(card(page, "Maya Delgado").locator(".files").getByText("kB")).toHaveCount(2);
      found.push(...(await look(page, "files in the text box")));
      await composer(page, "Maya Delgado").press("Enter");
      const picture = log(page, "Maya Delgado").getByRole("button", { name: "boat.jpg, open" }).last();
      await picture.click();
      await expect(page.getByRole("dialog", { name: "boat.jpg" })).toBeVisible();
      found.push(...(await look(page, "the picture")));
      await page.keyboard.press("Escape");
      await expect(picture).toBeFocused();
      found.push(...(await look(page, "files in the card")));
      await card(page, "Maya Delgado").getByRole("button", { name: "More" }).click();
      await expect(page.getByRole("menuitem").first()).toBeVisible();
      found.push(...(await look(page, "the card's menu")));
      if (width >= 700) {
        await page.getByRole("menuitem", { name: /^Move and resize/ }).click();
        await expect(page.getByRole("menuitemradio", { name: "Float" })).toBeFocused();
        found.push(...(await look(page, "where the card can go")));
      }
      await page.keyboard.press("Escape");

      await page.keyboard.press("Alt+p");
      await expect(card(page, "Maya Delgado").getByRole("button", { name: "Pin", pressed: true, exact: true })).toBeVisible();
      found.push(...(await look(page, "the pinned card")));
      await page.keyboard.press("Alt+m");
      await expect(page.getByRole("group", { name: "Minimized" })).toBeVisible();
      found.push(...(await look(page, "the dock")));
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("option", { selected: true })).toBeVisible();
      found.push(...(await look(page, "the palette")));
      await page.getByRole("combobox", { name: "Search or jump" }).fill("nobody at all");
      await expect(page.getByText(/^Nothing found/)).toBeVisible();
      found.push(...(await look(page, "the palette without a result")));
      await page.keyboard.press("Escape");
      await page.getByRole("heading", { name: "Chat and SMS" }).focus();
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
      found.push(...(await look(page, "the sheet of shortcuts")));

      await page.goto(here.url);
      await goTo(page, "Chat and SMS");
      found.push(...(await look(page, "the column")));
      await newConversation(page);
      await page.getByRole("combobox", { name: "Add Contact" }).fill("n");
      await expect(page.getByRole("option").first()).toBeVisible();
      found.push(...(await look(page, "the new conversation")));
      expect(found).toEqual([]);
    });
  }
}
