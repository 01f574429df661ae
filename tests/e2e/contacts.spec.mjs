// Contacts: found by any word or digits, added, changed, deleted with a way back, and brought in from files.
import { readFile } from "node:fs/promises";
import { contactRow, expect, goTo, serverWith, test } from "../harness/app.mjs";
import { Api } from "../harness/api.mjs";
import { photo, tellsPlace } from "../harness/files.mjs";
import { LENA, THEO, harbor } from "../harness/people.mjs";

const here = serverWith(harbor);

const search = (page) => page.getByRole("searchbox", { name: /Search/ });

test("search finds by name, company, e-mail and digits, as one types", async ({ person }) => {
  const api = await Api.signIn(here.url, LENA);
  await api.save({
    scope: "personal", given: "Rosa", family: "Tanaka", company: "Atlas Boatworks", emails: ["rosa@atlas.example"],
    numbers: [{ label: "work", number: "+16195550160" }],
  });
  const lena = await person(LENA, { baseURL: here.url });
  await goTo(lena, "Contacts");
  for (const words of ["tana", "atlas", "rosa@", "0160", "(619) 555-0160"]) {
    await search(lena).fill(words);
    await expect(contactRow(lena, "Rosa Tanaka"), words).toBeVisible();
    await expect(contactRow(lena, "Theo Brandt"), words).toBeHidden();
  }
  await search(lena).fill("nobody of this name");
  await expect(contactRow(lena, "Rosa Tanaka")).toBeHidden();
});

test("a contact is added, changed, deleted, and comes back by Undo", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await goTo(lena, "Contacts");
  await lena.getByRole("button", { name: "New contact" }).click();
  await lena.getByRole("textbox", { name: "First name" }).fill("Devon");
  await lena.getByRole("textbox", { name: "Last name" }).fill("Kerr");
  await lena.getByRole("textbox", { name: /^Number/ }).first().fill("(619) 555-0177");
  await lena.getByRole("button", { name: "Save" }).click();
  // The details lie where the list is.
  const details = lena.getByRole("complementary", { name: "Contact details" });
  await expect(details.getByRole("heading", { name: "Devon Kerr" })).toBeFocused();
  await lena.keyboard.press("Escape");
  await expect(contactRow(lena, "Devon Kerr").getByRole("button").first()).toBeFocused();
  await lena.keyboard.press("Enter");
  await lena.getByRole("button", { name: "Back to contacts" }).click();
  await expect(contactRow(lena, "Devon Kerr").getByRole("button").first()).toBeFocused();
  await contactRow(lena, "Devon Kerr").getByText("Devon Kerr").click();
  await lena.getByRole("button", { name: "Edit" }).click();
  await lena.getByRole("textbox", { name: "Company" }).fill("Atlas Boatworks");
  await lena.getByRole("button", { name: "Save" }).click();
  await expect(details.getByText("Atlas Boatworks")).toBeVisible();

  await lena.getByRole("button", { name: "Delete contact" }).click();
  await expect(lena.getByRole("list", { name: "Contacts", exact: true })).toBeVisible();
  await expect(contactRow(lena, "Devon Kerr")).toHaveCount(0);
  await lena.getByRole("button", { name: "Undo" }).click();
  await expect(details.getByRole("heading", { name: "Devon Kerr" })).toBeVisible();
});

test("a list that is scrolled shows each row in its place, and its elements stand in order once it rests", async ({ person }) => {
  const api = await Api.signIn(here.url, THEO);
  for (let berth = 10; berth < 70; berth += 1) {
    await api.save({ scope: "personal", given: "Berth", family: String(berth), numbers: [{ label: "work", number: `+161955506${berth}` }] });
  }
  const theo = await person(THEO, { baseURL: here.url });
  await goTo(theo, "Contacts");
  await search(theo).fill("berth");
  const list = theo.getByRole("list", { name: "Contacts", exact: true });
  await expect(list.getByText("Berth 10")).toBeVisible();
  /** The berths from the top of the screen down, and in the order of the page, two frames from now. */
  const shown = () => list.evaluate(async (list) => {
    await new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)));
    const rows = [...list.children].filter((row) => !row.hidden).map((row) => ({
      berth: row.querySelector(".row-name").textContent.trim(), top: row.getBoundingClientRect().top, place: Number(row.ariaPosInSet),
    }));
    return { page: rows.map(({ place }) => place), screen: rows.sort((a, b) => a.top - b.top).map(({ berth, place }) => ({ berth, place })) };
  });
  const inOrder = (places) => places.every((place, at) => at === 0 || place > places[at - 1]);
  await list.hover();
  let [moves, mixed] = [0, 0];
  for (const way of [700, 700, -400, 900, -300]) {
    await theo.mouse.wheel(0, way);
    // In one go with the frames: on a busy machine the list may be at rest before the test asks again.
    const { page, screen } = await shown();
    for (const { berth, place } of screen) expect(berth).toBe(`Berth ${place + 9}`);
    expect(screen.map(({ place }) => place)).toEqual([...page].sort((a, b) => a - b));
    moves += screen[0].place === 1 ? 0 : 1;
    mixed += inOrder(page) ? 0 : 1;
  }
  expect(moves, "it was scrolled").toBeGreaterThan(0);
  expect(mixed, "elements stay where they are meanwhile").toBeGreaterThan(0);
  await expect.poll(async () => inOrder((await shown()).page)).toBe(true);
});

const CARDS = `BEGIN:VCARD\r\nVERSION:4.0\r\nN:Wirth;Jonas;;;\r\nFN:Jonas Wirth\r\nTEL;TYPE=cell;VALUE=uri:tel:+1-619-555-0131\r\nEND:VCARD\r
BEGIN:VCARD\r\nVERSION:3.0\r\nN:Iyer;Anil;;;\r\nFN:Anil Iyer\r\nTEL;TYPE=WORK:not a number\r\nEND:VCARD\r
NOTE:left over\r\n`;

test("an import shows what it will do, says which line is broken, and saves the rest at once", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await goTo(lena, "Contacts");
  const choosing = lena.waitForEvent("filechooser");
  await lena.getByRole("button", { name: "Import contacts" }).click();
  const file = { name: "friends.vcf", mimeType: "text/vcard", buffer: Buffer.from(CARDS) };
  await (await choosing).setFiles(file);
  const preview = lena.getByRole("dialog", { name: /Import contacts/ });
  await expect(preview.getByText("Jonas Wirth")).toBeVisible();
  await expect(preview.getByText(/not a number/)).toBeVisible();
  await expect(preview.getByText(/Line 13/)).toBeVisible();
  await preview.getByRole("button", { name: /^Import \d/ }).click();
  await expect(contactRow(lena, "Jonas Wirth")).toBeVisible();
});

test("several files are imported at once, and one of them is read in another encoding", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await goTo(lena, "Contacts");
  const choosing = lena.waitForEvent("filechooser");
  await lena.getByRole("button", { name: "Import contacts" }).click();
  await (await choosing).setFiles([
    { name: "harbor.csv", mimeType: "text/csv", buffer: Buffer.from("First Name,Mobile\nOlga,619 555 0171\nx,y,z\n") },
    { name: "cyrillic.csv", mimeType: "text/csv", buffer: Buffer.from("First Name,Mobile\n\xc8\xe2\xe0\xed,619 555 0172\n", "latin1") },
  ]);
  const preview = lena.getByRole("dialog", { name: /Import contacts/ });
  await expect(preview.getByText("harbor.csv, line 3")).toBeVisible();
  await expect(preview.getByText("Èâàí")).toBeVisible();
  const encoding = preview.getByRole("combobox", { name: /cyrillic\.csv/ });
  await encoding.selectOption("Windows-1251");
  await expect(preview.getByText("Иван")).toBeVisible();
  await expect(encoding).toHaveValue(/\d/);
  await preview.getByRole("button", { name: "Import 2 contacts" }).click();
  await expect(contactRow(lena, "Иван")).toBeVisible();
  await expect(contactRow(lena, "Olga")).toBeVisible();
});

test("files that are let go over the list are imported", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await goTo(lena, "Contacts");
  const files = await lena.evaluateHandle(() => {
    const data = new DataTransfer();
    for (const name of ["Una", "Duo"]) data.items.add(new File([`First Name\n${name}\n`], `${name}.csv`, { type: "text/csv" }));
    return data;
  });
  await lena.locator(".column").dispatchEvent("drop", { dataTransfer: files });
  await expect(lena.getByRole("dialog").getByRole("button", { name: "Import 2 contacts" })).toBeVisible();
});

/** A content in base 64 on lines as phones fold them. */
const folded = (content) => content.toString("base64").replace(/.{74}/g, "$&\r\n ");

/** How large a person's picture is that their avatar shows; none while there are initials. */
const picture = (place) => place.locator(".avatar img").evaluateAll((images) =>
  images.filter((image) => image.complete && image.naturalWidth > 0).map((image) => [image.naturalWidth, image.naturalHeight]));

test("photos come with an import, show small, are exported, changed and removed", async ({ person }) => {
  const lena = await person(LENA, { baseURL: here.url });
  await goTo(lena, "Contacts");
  const large = await photo(lena, 800, 600);
  expect(tellsPlace(large)).toBe(true);
  const cards = [
    `BEGIN:VCARD\r\nVERSION:2.1\r\nN:Sato;Aiko;;;\r\nPHOTO;ENCODING=BASE64;JPEG:${folded(large)}\r\n\r\nEND:VCARD\r\n`,
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bo Lind\r\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/AAAA\r\nEND:VCARD\r\n",
    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Cem Aydin\r\nPHOTO:https://photos.example/cem.jpg\r\nEND:VCARD\r\n",
  ];
  const choosing = lena.waitForEvent("filechooser");
  await lena.getByRole("button", { name: "Import contacts" }).click();
  await (await choosing).setFiles({ name: "phone.vcf", mimeType: "text/vcard", buffer: Buffer.from(cards.join("")) });
  const preview = lena.getByRole("dialog", { name: /Import contacts/ });
  await expect(preview.getByText(/PHOTO are not imported/)).toBeVisible();
  await expect(preview.getByText(/Bo Lind: This photo can't be read/)).toBeVisible();
  await preview.getByRole("button", { name: "Import 3 contacts" }).click();
  await expect.poll(() => picture(contactRow(lena, "Aiko Sato"))).toEqual([[192, 144]]);
  expect(await picture(contactRow(lena, "Bo Lind"))).toEqual([]);

  await contactRow(lena, "Aiko Sato").getByText("Aiko Sato").click();
  const details = lena.getByRole("complementary", { name: "Contact details" });
  await expect.poll(() => picture(details)).toEqual([[192, 144]]);
  const saving = lena.waitForEvent("download");
  await lena.getByRole("button", { name: "Export contact" }).click();
  await lena.getByRole("menuitem", { name: "vCard 4" }).click();
  const card = await readFile(await (await saving).path(), "utf8");
  expect(card).toContain("PHOTO:data:image/jpeg;base64,/9j/");
  expect(tellsPlace(card)).toBe(false);

  await lena.getByRole("button", { name: "Edit", exact: true }).click();
  const form = lena.getByRole("complementary", { name: "Edit contact" });
  await form.locator("input[type=file]").setInputFiles({ name: "aiko.png", mimeType: "image/png", buffer: await photo(lena, 90, 60) });
  await expect.poll(() => picture(form)).toEqual([[90, 60]]);
  await form.getByRole("button", { name: "Save" }).click();
  await expect.poll(() => picture(details)).toEqual([[90, 60]]);
  await lena.getByRole("button", { name: "Edit", exact: true }).click();
  await form.getByRole("button", { name: "Remove photo" }).click();
  await expect(form.getByRole("button", { name: "Choose photo" })).toBeFocused();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(details.getByRole("heading", { name: "Aiko Sato" })).toBeVisible();
  expect(await picture(details)).toEqual([]);
});

test("contacts are selected by their buttons, by clicks and by keys, and exported together", async ({ person }) => {
  const api = await Api.signIn(here.url, LENA);
  for (const given of ["Uma", "Vito", "Wanda", "Xenia"]) {
    await api.save({ scope: "personal", given, family: "Zabel", company: "", emails: [], numbers: [] });
  }
  const lena = await person(LENA, { baseURL: here.url });
  await goTo(lena, "Contacts");
  await search(lena).fill("zabel");
  const open = (name) => contactRow(lena, name).getByRole("button", { name: `${name} Zabel`, exact: true });
  const button = (name) => lena.getByRole("button", { name: `Select ${name} Zabel` });
  const exported = async () => {
    const saving = lena.waitForEvent("download");
    await lena.getByRole("button", { name: "Export", exact: true }).click();
    await lena.getByRole("menuitem", { name: "CSV" }).click();
    const table = await readFile(await (await saving).path(), "utf8");
    return table.match(/\w+(?=,Zabel)/g);
  };

  await expect(button("Uma")).toBeHidden();
  await lena.getByRole("button", { name: "Export contacts" }).click();
  await lena.getByRole("menuitem", { name: "Select contacts" }).click();
  await button("Wanda").click();
  await expect(button("Wanda")).toHaveAttribute("aria-pressed", "true");
  await expect(lena.getByRole("main").getByText("1 selected")).toBeVisible();
  expect(await exported()).toEqual(["Wanda"]);
  await lena.getByRole("button", { name: "Clear", exact: true }).click();
  await expect(button("Wanda")).toBeHidden();

  await open("Uma").click({ modifiers: ["ControlOrMeta"] });
  await open("Wanda").click({ modifiers: ["Shift"] });
  await expect(lena.getByRole("main").getByText("3 selected")).toBeVisible();
  await open("Vito").focus();
  await lena.keyboard.press("Space");
  await expect(button("Vito")).toHaveAttribute("aria-pressed", "false");
  await lena.keyboard.press("ArrowDown");
  await lena.keyboard.press("ArrowDown");
  await expect(open("Xenia")).toBeFocused();
  await lena.keyboard.press("Space");
  await expect(button("Xenia")).toHaveAttribute("aria-pressed", "true");
  await search(lena).fill("uma");
  await expect(lena.getByRole("main").getByText("3 selected")).toBeVisible();
  expect((await exported()).sort()).toEqual(["Uma", "Wanda", "Xenia"]);
  await expect(lena.getByRole("complementary", { name: "Contact details" })).toBeHidden();
});
