// The texts of the app in one of its languages, by their ids, for tests that run in several.
import { readFile } from "node:fs/promises";

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A text in its parts: those in braces, and those between them. */
function parts(text) {
  const found = [];
  let [part, depth] = ["", 0];
  for (const sign of text) {
    if (sign === "{" && depth === 0) found.push(part), (part = "");
    part += sign;
    depth += sign === "{" ? 1 : sign === "}" ? -1 : 0;
    if (sign === "}" && depth === 0) found.push(part), (part = "");
  }
  return [...found, part];
}

/** The pattern of a text: an argument that is not given may be anything, and a plural any of its forms. From right to left arguments are isolated. */
function pattern(text, args) {
  return parts(text)
    .map((part) => {
      if (!part.startsWith("{")) return escaped(part).replaceAll("#", "[\\d.,]+");
      const [, name, forms] = /^\{(\w+)(?:, plural, (.*))?\}$/s.exec(part);
      if (!forms) return name in args ? `\u2068?${escaped(args[name])}\u2069?` : ".*";
      const each = parts(forms).filter((form) => form.startsWith("{"));
      return `(?:${each.map((form) => pattern(form.slice(1, -1), args)).join("|")})`;
    })
    .join("");
}

/** The lines of a language's file: each an id and its text. */
async function lines(language) {
  const file = await readFile(new URL(`../../public/words/${language}.txt`, import.meta.url), "utf8");
  return file.split("\n").flatMap((line) => {
    const [, id, text] = /^(\w+) = (.*)$/.exec(line) ?? [];
    return id ? [[id, text]] : [];
  });
}

/** By their ids: `t("save")` is the text, and of one with arguments its pattern. */
function finder(texts) {
  return (id, args = {}) => {
    const text = texts.get(id);
    if (text === undefined) throw new Error(`the words have no ${id}`);
    return text.includes("{") ? new RegExp(`^${pattern(text, args)}$`, "s") : text;
  };
}

/** The texts of a language: `t("save")` is the text, and of one with arguments its pattern. */
export const wordsOf = async (language) => finder(new Map(await lines(language)));

/** Longer by a third and in brackets, so that what is cut shows, and what was not taken from the words. Of a plural, each of its forms. */
export function bracketed(text) {
  return `[${longer(text)}]`;
}

function longer(text) {
  const own = parts(text).filter((part) => !part.startsWith("{")).join("").trim().length;
  const lengthened = parts(text).map((part) => {
    const [, start, forms] = /^(\{\w+, plural, )(.*)\}$/s.exec(part) ?? [];
    if (!forms) return part;
    return `${start}${parts(forms).map((form) => (form.startsWith("{") ? `{${longer(form.slice(1, -1))}}` : form)).join("")}}`;
  });
  return lengthened.join("") + "~".repeat(Math.ceil(own / 3));
}

/** A language that nobody speaks: English with each text changed, in a direction. Its words `t`, and the `file` with which the app speaks it. */
export async function strange(change, direction) {
  // The language's own name, its direction and its list of emoji are no texts.
  const own = { language: (name) => name, direction: () => direction, emoji_list: (name) => name };
  const texts = (await lines("en")).map(([id, text]) => [id, (own[id] ?? change)(text)]);
  return { t: finder(new Map(texts)), file: texts.map(([, text]) => `= ${text}`).join("\n") };
}

/** Has the app speak this language in place of English. */
export async function speak(page, { file }) {
  await page.route(/\/words-en-\w+\.txt$/, (route) => route.fulfill({ body: file, contentType: "text/plain; charset=utf-8" }));
  await page.reload();
}
