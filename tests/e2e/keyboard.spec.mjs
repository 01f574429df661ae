// Everything without a pointer: first the main job (sign in, find a person, text them, read the answer), then each function, in both
// languages.
import { begin, card, composer, expect, log, row, send, serverWith, test } from "../harness/app.mjs";
import { Api, text } from "../harness/api.mjs";
import { photo } from "../harness/files.mjs";
import { PASSWORD } from "../harness/server.mjs";
import { LENA, MAYA, NILS, THEO, THREE_NUMBERS, harbor, kittiwake } from "../harness/people.mjs";
import { wordsOf } from "../harness/words.mjs";

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

const TABLE = ["First Name,Mobile Phone", "Jonas,(619) 555-0131"].join("\r\n");

for (const [language, locale, login] of [["en", "en-US", THEO], ["es", "es-MX", NILS]]) {
  test(`every function by keyboard alone: ${language}`, async ({ person }) => {
    test.setTimeout(120_000);
    const t = await wordsOf(language);
    const page = await person(undefined, { baseURL: here.url, locale });
    const press = async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const type = (words) => page.keyboard.type(words);
    const named = (role, id, args, rest) => page.getByRole(role, { name: t(id, args), exact: true, ...rest });
    const button = (id, args, rest) => named("button", id, args, rest);
    /** To a control, and Enter there. */
    const use = async (target, most) => {
      await tabTo(page, target, most);
      await press("Enter");
    };
    /** To an entry of the menu that is open, and Enter there. */
    const pick = async (entry) => {
      await expect(page.getByRole("menu").or(page.getByRole("menuitemradio")).first()).toBeVisible();
      for (let presses = 0; presses < 12; presses += 1) {
        if (await entry.evaluate((element) => element === document.activeElement)) return press("Enter");
        await press("ArrowDown");
      }
      throw new Error(`the arrows do not lead to ${entry}`);
    };

    await expect(named("textbox", "extension")).toBeFocused();
    await type(login);
    await press("Tab");
    await type(PASSWORD);
    await press("Enter");
    await expect(page.getByRole("navigation")).toBeVisible();

    // A contact: added, found, changed, a favorite, saved as a file, deleted, and back.
    await press("Alt+1");
    await expect(page.getByRole("heading", { level: 1, name: t("contacts") })).toBeVisible();
    await use(button("new_contact"));
    await expect(named("textbox", "first_name")).toBeFocused();
    await type("Devon");
    await press("Tab");
    await type("Kerr");
    await tabTo(page, named("textbox", "number_field", { index: "1" }));
    await type("(619) 555-0177");
    await press("Enter");
    await expect(page.getByRole("heading", { name: "Devon Kerr" })).toBeFocused();
    await use(button("favorite"));
    await expect(button("favorite", {}, { pressed: true })).toBeFocused();
    await use(button("edit"));
    await tabTo(page, named("textbox", "company"));
    await type("Atlas Boatworks");
    await press("Enter");
    await expect(page.getByRole("complementary").getByText("Atlas Boatworks")).toBeVisible();
    await use(button("export_contact"));
    const saved = page.waitForEvent("download");
    await pick(named("menuitem", "export_vcard_4"));
    expect((await saved).suggestedFilename()).toMatch(/\.vcf$/);
    await use(button("delete_contact"));
    await use(button("undo"), 90);
    await expect(page.getByRole("heading", { name: "Devon Kerr" })).toBeVisible();
    await use(button("back_to_contacts"));

    // The list: its search, its filters and its rows.
    await press("/");
    await expect(named("searchbox", "search_contacts")).toBeFocused();
    await type("devon");
    await use(button("favorites"));
    await expect(button("favorites", {}, { pressed: true })).toBeFocused();
    await press("Tab");
    await expect(page.getByRole("list", { name: t("contacts"), exact: true }).getByRole("button", { name: /Devon Kerr/ }).first()).toBeFocused();
    await press("Enter");
    await expect(page.getByRole("heading", { name: "Devon Kerr" })).toBeFocused();
    await use(button("back_to_contacts"));
    await tabTo(page, button("import_contacts"));
    const choosing = page.waitForEvent("filechooser");
    await press("Enter");
    await (await choosing).setFiles({ name: "friends.csv", mimeType: "text/csv", buffer: Buffer.from(TABLE) });
    await expect(page.getByRole("dialog").getByText("Jonas").first()).toBeVisible();
    await use(page.getByRole("dialog").getByRole("button", { name: t("import_count") }));
    await expect(page.getByText(t("contacts_imported")).first()).toBeVisible();

    // A conversation by the palette; what one writes with an emoji, a file and another number.
    await press("Control+k");
    await type("devon kerr");
    await expect(page.getByRole("option", { selected: true })).toContainText("Devon Kerr");
    await press("Enter");
    const devons = card(page, "Devon Kerr");
    const box = devons.getByRole("textbox", { name: t("type_a_message") });
    await expect(box).toBeFocused();
    await type("The tide turns at noon ");
    await use(devons.getByRole("button", { name: t("emoji"), exact: true }));
    await expect(page.getByRole("gridcell").first()).toBeVisible();
    await press("ArrowDown", "ArrowRight", "Enter");
    await expect(box).toBeFocused();
    await expect(box).toHaveValue(/noon .+/);
    await tabTo(page, devons.getByRole("button", { name: t("attach_a_file"), exact: true }));
    const files = page.waitForEvent("filechooser");
    await press("Enter");
    await (await files).setFiles({ name: "boat.jpg", mimeType: "image/jpeg", buffer: await photo(page, 200, 100) });
    await expect(devons.getByRole("button", { name: t("remove_item", { name: "boat.jpg" }) })).toBeVisible();
    await tabTo(page, box);
    await press("Enter");
    const picture = log(page, "Devon Kerr").getByRole("button", { name: t("open_item", { name: "boat.jpg" }) });
    await expect(picture).toBeVisible();
    await use(picture);
    await expect(page.getByRole("dialog", { name: "boat.jpg" })).toBeVisible();
    await press("Escape");
    await expect(picture).toBeFocused();

    // The card: pinned, full screen, minimized and back, to its halves, a step, larger; and a second one in turn.
    await press("Alt+p");
    await expect(devons.getByRole("button", { name: t("pin"), pressed: true, exact: true })).toBeVisible();
    await press("Alt+Enter");
    await expect(devons.getByRole("button", { name: t("exit_fullscreen") })).toBeVisible();
    await press("Alt+Enter");
    await press("Alt+m");
    await use(page.getByRole("group", { name: t("minimized") }).getByRole("button", { name: /Devon Kerr/ }).first(), 90);
    await expect(box).toBeFocused();
    const place = () => devons.boundingBox();
    await press("Alt+l");
    const left = await place();
    await press("Alt+r");
    await expect.poll(async () => (await place()).x).toBeGreaterThan(left.x);
    await use(devons.getByRole("button", { name: t("more"), exact: true }));
    await pick(named("menuitem", "move_and_resize_menu"));
    await pick(named("menuitemradio", "float_card"));
    const floating = await place();
    await press("Alt+Shift+ArrowLeft", "Alt+Shift+Home");
    await expect.poll(async () => (await place()).width).toBeLessThan(floating.width);
    await press("Alt+n");
    await expect(named("combobox", "add_contact")).toBeFocused();
    await type("1003");
    await expect(page.getByRole("option", { name: /Priya Iyer/ }).first()).toBeVisible();
    await press("ArrowDown", "Enter");
    await expect(button("remove_item", { name: "Priya Iyer" })).toBeVisible();
    await type("1001");
    await expect(page.getByRole("option", { name: /Lena Castellanos/ }).first()).toBeVisible();
    await press("ArrowDown", "Enter");
    await use(button("done"));
    const group = card(page, /^(Lena.*Priya|Priya.*Lena)/);
    await expect(group.getByRole("textbox", { name: t("type_a_message") })).toBeFocused();
    await type("Both of you");
    await press("Enter");
    await expect(group.getByText("Both of you").first()).toBeVisible();
    await press("Alt+PageDown");
    await expect(box).toBeFocused();
    await press("Alt+PageUp");
    await use(group.getByRole("button", { name: t("more"), exact: true }));
    await pick(named("menuitem", "name_this_group"));
    await expect(named("textbox", "name")).toBeFocused();
    await type(`Crew ${language}`);
    await press("Enter");
    const crew = card(page, `Crew ${language}`);
    await expect(crew).toBeVisible();
    await use(crew.getByRole("button", { name: t("more"), exact: true }));
    await pick(named("menuitem", "turn_off_notifications"));
    await press("Alt+t");
    await expect(devons).toBeVisible();

    // The column: its filters, its search, its rows; and a conversation that is deleted, and comes back.
    await press("Alt+2");
    await press("/");
    await expect(named("searchbox", "search_conversations")).toBeFocused();
    await type("crew");
    const rows = page.getByRole("list", { name: t("conversations") });
    await expect(rows.getByRole("listitem")).toHaveCount(1);
    await use(button("chat"));
    await tabTo(page, rows.getByRole("button").first());
    await press("Enter");
    await use(crew.getByRole("button", { name: t("more"), exact: true }), 90);
    await pick(named("menuitem", "delete_conversation"));
    await use(page.getByRole("dialog").getByRole("button", { name: t("delete"), exact: true }));
    await expect(crew).toHaveCount(0);
    await use(button("undo"), 90);
    await expect(rows.getByText(`Crew ${language}`, { exact: true })).toBeVisible();
    await tabTo(page, button("chat"), 90);

    // The settings, and out.
    await press("?");
    await expect(page.getByRole("dialog", { name: t("keyboard_shortcuts") })).toBeVisible();
    await press("Escape");
    await press("Control+k");
    await type(t("settings"));
    await press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: t("settings") })).toBeVisible();
    await tabTo(page, page.getByRole("radio", { checked: true }).first());
    await press("ArrowRight");
    await expect(named("radio", "busy")).toBeChecked();
    await tabTo(page, named("textbox", "status_text"));
    await type("At the fuel dock");
    await press("Enter");
    await expect(button("save")).toBeDisabled();
    await tabTo(page, named("radio", "match_system"));
    await press("ArrowRight");
    await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
    await use(button("sign_out"));
    await expect(named("textbox", "extension")).toBeVisible();
  });
}

test("F6 and the slash lead between the list and the card, arrow down leads into the list", async ({ person }) => {
  const page = await person(LENA, { baseURL: here.url });
  await begin(page, "Theo Brandt");
  await send(page, "Theo Brandt", "Noon?");
  const box = composer(page, "Theo Brandt");
  const search = page.getByRole("searchbox", { name: "Search conversations" });
  await box.press("F6");
  await expect(search).toBeFocused();
  await page.keyboard.press("F6");
  await expect(box).toBeFocused();
  // In a text box the slash is a slash; elsewhere in the card it leads to the search.
  await page.keyboard.press("/");
  await expect(box).toHaveValue("/");
  await box.fill("");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("/");
  await expect(search).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("list", { name: "Conversations" }).getByRole("button").first()).toBeFocused();
  await page.keyboard.press("Alt+1");
  await expect(page.getByRole("searchbox", { name: "Search contacts" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("list", { name: "Contacts", exact: true }).getByRole("button").first()).toBeFocused();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet.locator("dl > div").filter({ hasText: "To the card, or to the list" })).toContainText("F6");
});

test("Escape leaves full screen, and a new conversation that nobody has begun", async ({ person }) => {
  const page = await person(LENA, { baseURL: here.url });
  await begin(page, "Theo Brandt");
  const box = composer(page, "Theo Brandt");
  await box.press("Alt+Enter");
  const exit = card(page, "Theo Brandt").getByRole("button", { name: "Exit fullscreen" });
  await expect(exit).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(exit).toHaveCount(0);
  await expect(box).toBeFocused();

  await page.keyboard.press("Alt+n");
  const people = page.getByRole("combobox", { name: "Add Contact" });
  await people.fill("pri");
  const offered = page.getByRole("option", { name: /Priya Iyer/ });
  await expect(offered).toBeVisible();
  // The first one closes what is offered, the next one leaves only where nothing was typed.
  await page.keyboard.press("Escape");
  await expect(offered).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(people).toHaveValue("pri");
  await people.fill("");
  // Whom one wrote to last is offered in an empty field, too: where there is somebody, the first one closes that.
  await expect(async () => {
    await page.keyboard.press("Escape");
    await expect(card(page, "New Conversation")).toHaveCount(0, { timeout: 500 });
  }).toPass();
  await expect(box).toBeFocused();
});
