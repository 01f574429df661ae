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

/** The pattern of a text: an argument that is not given may be anything, and a plural any of its forms. */
function pattern(text, args) {
  return parts(text)
    .map((part) => {
      if (!part.startsWith("{")) return escaped(part).replaceAll("#", "[\\d.,]+");
      const [, name, forms] = /^\{(\w+)(?:, plural, (.*))?\}$/s.exec(part);
      if (!forms) return name in args ? escaped(args[name]) : ".*";
      const each = parts(forms).filter((form) => form.startsWith("{"));
      return `(?:${each.map((form) => pattern(form.slice(1, -1), args)).join("|")})`;
    })
    .join("");
}

/** The texts of a language: `t("save")` is the text, and of one with arguments its pattern. */
export async function wordsOf(language) {
  const file = await readFile(new URL(`../../public/words/${language}.txt`, import.meta.url), "utf8");
  const texts = new Map();
  for (const line of file.split("\n")) {
    const [, id, text] = /^(\w+) = (.*)$/.exec(line) ?? [];
    if (id) texts.set(id, text);
  }
  return (id, args = {}) => {
    const text = texts.get(id);
    if (text === undefined) throw new Error(`the words have no ${id}`);
    return text.includes("{") ? new RegExp(`^${pattern(text, args)}$`, "s") : text;
  };
}
