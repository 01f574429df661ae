// Every state that the app can show: one walk through it, for the tests that look at each of them (is it accessible, is it cut, does it
// mirror, can a finger hit it).
import { card, expect, expectRefusals, log } from "./app.mjs";
import { Api, chat } from "./api.mjs";
import { pdf, photo } from "./files.mjs";
import { LENA, NILS, THEO } from "./people.mjs";
import { PASSWORD } from "./server.mjs";

const MAYA = "Maya Delgado";
const THEOS = "Theo Brandt";
const TABLE = ["First Name,Mobile Phone,Shoe size", "Jonas,(619) 555-0131,44", "Anil,not a number,", 'Ada,"never closed'].join("\r\n");

const CONTACT = "01J00000000000000000000000";

/** What the walk needs to be there: Lena's contact, with all that a contact can have. It may be there already. */
export async function furnish(url) {
  const lena = await Api.signIn(url, LENA);
  await lena.save({
    scope: "personal",
    given: "Maya",
    family: "Delgado",
    company: "Kittiwake Charters",
    emails: ["maya@kittiwake.example"],
    numbers: [{ label: "mobile", number: "+16195550142" }, { label: "work", number: "+16195550177" }],
    // Eight pixels of one color.
    photo_content: "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mPQq83GihiGlgQAGR1FgV1K8ccAAAAASUVORK5CYII=",
    details: { nickname: "Mayita", address: "12 Quay Street\nHarbor", notes: "Prefers mornings", prefix: "Dr." },
  }, CONTACT);
}

/**
 * Goes through the states of the app, from the sign-in on, and has `state` look at each, by its name. What is to be used is found by the
 * words `t` of the page's language. `mark` is in a message, and no other walk's with the same server.
 */
export async function walk({ page, url, t, mark, state: look }) {
  const wide = page.viewportSize().width >= 700;
  const states = new Set();
  const state = async (what) => {
    states.add(what);
    await look(what, states.size);
  };
  const button = (id, args) => page.getByRole("button", { name: t(id, args), exact: true });
  const field = (id, args) => page.getByRole("textbox", { name: t(id, args), exact: true });
  const goTo = (id) => page.getByRole("navigation").getByRole("link", { name: t(id) }).first().click();
  const mayas = card(page, MAYA);

  // Signing in.
  await expect(button("sign_in")).toBeVisible();
  await state("the sign-in");
  await field("extension").fill(LENA);
  await field("password").fill("not it");
  await button("sign_in").click();
  await expect(page.getByText(t("wrong_credentials"))).toBeVisible();
  await state("a wrong password");
  await field("password").fill(PASSWORD);
  await button("sign_in").click();
  await expect(page.getByRole("navigation")).toBeVisible();

  // Contacts.
  await goTo("contacts");
  const contacts = page.getByRole("list", { name: t("contacts"), exact: true });
  await expect(contacts.getByText(MAYA)).toBeVisible();
  await state("the contacts");
  await page.getByRole("searchbox").fill("nobody of this name");
  await expect(page.getByText(t("no_contacts_found"), { exact: true })).toBeVisible();
  await state("no contact found");
  await page.getByRole("searchbox").fill("");
  await button("export_contacts").click();
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await state("the formats of an export");
  await page.keyboard.press("Escape");
  const choosing = page.waitForEvent("filechooser");
  await button("import_contacts").click();
  await (await choosing).setFiles([
    { name: "friends.csv", mimeType: "text/csv", buffer: Buffer.from(TABLE) },
    // In an encoding that the user may have to choose.
    { name: "crew.csv", mimeType: "text/csv", buffer: Buffer.from("First Name,Mobile Phone\r\nZo\xeb,(619) 555-0132\r\n", "latin1") },
  ]);
  for (const name of ["Jonas", "Zoë"]) await expect(page.getByRole("dialog").getByText(name)).toBeVisible();
  await state("what an import will do");
  await page.keyboard.press("Escape");
  await contacts.getByText(MAYA).click();
  await expect(page.getByRole("heading", { name: MAYA })).toBeVisible();
  await state("the contact's details");
  await button("edit").click();
  await expect(field("first_name")).toBeVisible();
  await state("the contact's form");
  // They are open, as some are filled.
  await field("notes").scrollIntoViewIfNeeded();
  await state("all of its fields");
  await field("number_field", { index: "1" }).fill("12");
  await button("save").click();
  await expect(page.getByText(t("number_too_short")).last()).toBeVisible();
  await state("a wrong number in the form");
  await button("cancel").click();

  // A conversation.
  await page.goto(url);
  await page.getByRole("button", { name: t("new_conversation") }).first().click();
  const people = page.getByRole("combobox", { name: t("add_contact") });
  await people.fill("n");
  await expect(page.getByRole("option").first()).toBeVisible();
  await state("people offered for a conversation");
  await people.fill("6195550142");
  await people.press("Enter");
  await expect(page.getByRole("button", { name: t("remove_item", { name: MAYA }) })).toBeVisible();
  await state("a new conversation");
  await button("done").click();
  const box = mayas.getByRole("textbox", { name: t("type_a_message") });
  const send = mayas.getByRole("button", { name: t("send"), exact: true });
  await box.fill(`The slip is yours until Friday (${mark}).`);
  // On a touch screen Enter begins a new line.
  await send.click();
  await expect(log(page, MAYA).getByText(mark)).toBeVisible();
  await state("the card");
  await box.fill(`A \u201cquick\u201d word${" and one more".repeat(8)}`);
  await expect(button("use_plain_characters")).toBeVisible();
  await state("a costly character");
  await box.fill("");
  await mayas.getByRole("button", { name: t("send_sms_using_number") }).click();
  await expect(page.getByRole("menuitemradio").first()).toBeVisible();
  await state("one's own numbers");
  await page.keyboard.press("Escape");
  await mayas.getByRole("button", { name: t("emoji"), exact: true }).click();
  await expect(page.getByRole("gridcell").first()).toBeVisible();
  await state("the emoji");
  await page.keyboard.press("Escape");
  const attached = (...files) => {
    const chosen = files.map(({ name, buffer }) => ({ name, mimeType: "application/octet-stream", buffer }));
    return mayas.getByLabel(t("files_to_send")).setInputFiles(chosen);
  };
  await attached({ name: "virus.exe", buffer: Buffer.from("MZ\x90") });
  await expect(mayas.getByText(t("unsupported_file"), { exact: false })).toBeVisible();
  await state("a file that can't be sent");
  const files = [{ name: "boat.jpg", buffer: await photo(page, 300, 200) }, { name: "plan.pdf", buffer: pdf() }];
  await attached(...files);
  await expect(mayas.locator(".files").getByText("kB")).toHaveCount(2);
  await state("files in the text box");
  await send.click();
  const picture = log(page, MAYA).getByRole("button", { name: t("open_item", { name: "boat.jpg" }) }).last();
  await picture.click();
  await expect(page.getByRole("dialog", { name: "boat.jpg" })).toBeVisible();
  await state("the picture");
  await page.keyboard.press("Escape");
  await expect(picture).toBeFocused();
  await state("files in the card");
  await mayas.getByRole("button", { name: t("more"), exact: true }).click();
  await expect(page.getByRole("menuitem").first()).toBeVisible();
  await state("the card's menu");
  if (wide) {
    await page.getByRole("menuitem", { name: t("move_and_resize_menu") }).click();
    await expect(page.getByRole("menuitemradio", { name: t("float_card") })).toBeFocused();
    await state("where the card can go");
  }
  await page.keyboard.press("Escape");
  await page.keyboard.press("Alt+p");
  await expect(mayas.getByRole("button", { name: t("pin"), pressed: true, exact: true })).toBeVisible();
  await state("the pinned card");
  await page.keyboard.press("Alt+m");
  await expect(page.getByRole("group", { name: t("minimized") })).toBeVisible();
  await state("the dock");

  // Finding and jumping.
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("option", { selected: true })).toBeVisible();
  await state("the palette");
  await page.getByRole("combobox", { name: t("search_or_jump") }).fill("nobody at all");
  await expect(page.getByText(t("palette_nothing_found"))).toBeVisible();
  await state("the palette without a result");
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: t("chat_and_sms") }).focus();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: t("keyboard_shortcuts") })).toBeVisible();
  await state("the sheet of shortcuts");

  // The column.
  await page.goto(url);
  await goTo("chat_and_sms");
  // A group.
  const crew = `Crew ${mark}`;
  await page.getByRole("button", { name: t("new_conversation") }).first().click();
  for (const login of [THEO, NILS]) {
    await people.fill(login.split("@")[0]);
    await people.press("Enter");
  }
  await field("group_name_optional").fill(crew);
  await state("a new group");
  await button("done").click();
  await card(page, crew).getByRole("textbox", { name: t("type_a_message") }).fill("Hello both");
  await card(page, crew).getByRole("button", { name: t("send"), exact: true }).click();
  await expect(log(page, crew).getByText("Hello both")).toBeVisible();
  await card(page, crew).getByRole("button", { name: t("more"), exact: true }).click();
  await page.getByRole("menuitem", { name: t("people_in_group") }).click();
  await expect(page.getByRole("dialog").getByRole("listitem")).toHaveCount(2);
  await state("the people of a group");
  await page.keyboard.press("Escape");
  if (!wide) await card(page, crew).getByRole("button", { name: t("back"), exact: true }).click();

  const theo = await Api.signIn(url, THEO);
  const { me } = await (await Api.signIn(url, LENA)).ask("GET", "/bootstrap");
  for (let number = 1; number <= 30; number += 1) await theo.send(chat(me.user.id), `Note ${number}`);
  await expect(page.getByRole("list", { name: t("conversations") }).getByText(t("unread_messages"))).toBeVisible();
  await state("the column");
  await page.getByRole("searchbox").first().fill("nobody of this name");
  await expect(page.getByText(t("no_conversations_found"), { exact: true })).toBeVisible();
  await state("no conversation found");
  await page.getByRole("searchbox").first().fill("");
  await page.getByRole("list", { name: t("conversations") }).getByRole("listitem").filter({ hasText: THEOS }).getByRole("button").first().click();
  await expect(log(page, THEOS).getByText(t("new_messages_line"), { exact: true })).toBeInViewport();
  await state("unread messages");
  await card(page, THEOS).getByRole("button", { name: t("more"), exact: true }).click();
  await page.getByRole("menuitem", { name: t("delete_conversation") }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await state("a question");
  await page.getByRole("dialog").getByRole("button", { name: t("cancel") }).click();
  if (wide) {
    await page.getByRole("button", { name: t("my_status_and_settings") }).click();
    await expect(page.getByRole("menuitemradio").first()).toBeFocused();
    await state("one's own menu");
    await page.keyboard.press("Escape");
  }

  // Without a network.
  expectRefusals(page);
  await page.context().route("**/api/**", (route) => route.abort("internetdisconnected"));
  await page.context().routeWebSocket("**/api/**", (socket) => socket.close());
  await page.reload();
  const theos = card(page, THEOS).getByRole("textbox", { name: t("type_a_message") });
  await theos.fill("Written without a network");
  await card(page, THEOS).getByRole("button", { name: t("send"), exact: true }).click();
  await expect(page.getByText(t("reconnecting_waiting")).or(page.getByText(t("offline_waiting"))).first()).toBeVisible();
  await state("a message that waits");
  await page.context().unrouteAll();
  await page.reload();

  // Settings.
  await page.goto(`${url}/settings`);
  await expect(page.getByRole("heading", { name: t("your_devices") })).toBeVisible();
  await expect(page.getByText(t("this_device"))).toBeVisible();
  await state("the settings");
  await button("sign_out").click();
  await expect(page.getByText(t("saved_pins", { login: LENA }))).toBeVisible();
  await state("signed out, with pinned conversations kept");
  await page.getByRole("button", { name: t("remove_saved_for", { login: LENA }) }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await state("what is kept is to be removed");

  expect(states.size).toBeGreaterThanOrEqual(wide ? 36 : 34);
}
