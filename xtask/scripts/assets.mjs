// Makes public/icons.svg, public/emoji*.json and public/LICENSES.txt from the npm packages of tests/package-lock.json.
// With --check, writes nothing and fails if a committed file is another one.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);
const packages = new URL("tests/node_modules/", root);
const require = createRequire(new URL("tests/package.json", root));

// Our name for an icon, where it is not Lucide's.
const OURS = { contacts: "book-user" };
const ICONS = `
  contacts message-square-text phone voicemail settings search square-pen pin pin-off minus ellipsis-vertical x
  chevron-left chevron-right chevron-down smile paperclip send-horizontal bell bell-off maximize-2 minimize-2 user-round
  users-round user-plus trash-2 check check-check clock circle-alert wifi-off layout-grid star plus upload download
  log-out laptop smartphone arrow-down pencil refresh-cw history
`.trim().split(/\s+/);

// What the systems' fonts of the last two years draw.
const NEWEST_EMOJI = 15.1;

// The languages beside English that have names for the emoji.
const emojiOf = (language) => `emoji-${language}.json`;
const LANGUAGES = readdirSync(new URL("public/words/", root))
  .map((file) => file.replace(".txt", ""))
  .filter((language) => language !== "en" && existsSync(new URL(`emojibase-data/${language}/compact.json`, packages)))
  .sort();

// The stroke's width is left to the page, which knows the size.
function icons() {
  const symbols = ICONS.map((id) => {
    const svg = readFileSync(new URL(`lucide-static/icons/${OURS[id] ?? id}.svg`, packages), "utf8");
    const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    const shapes = body.replace(/\s*\/>\s*/g, "/>").replace(/\s+/g, " ").trim();
    return `<symbol id="${id}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

// [{ group, emoji: [[character, name, words to find it by, 1 if it takes a skin tone], ...] }, ...]
function emoji(groupName, inWords) {
  const groups = require("unicode-emoji-json/data-by-group.json").map(({ name, slug, emojis }) => ({
    group: groupName(name, slug),
    emoji: emojis
      .filter((one) => Number(one.emoji_version) <= NEWEST_EMOJI)
      .map((one) => {
        const { name, keywords } = inWords(one);
        return [one.emoji, name, words(name, keywords), one.skin_tone_support ? 1 : 0];
      }),
  }));
  const rows = groups.map(
    ({ group, emoji }) => `{"group":${JSON.stringify(group)},"emoji":[\n${emoji.map((row) => JSON.stringify(row)).join(",\n")}\n]}`,
  );
  return `[\n${rows.join(",\n")}\n]\n`;
}

function english() {
  const keywords = require("emojilib");
  return emoji((name) => name, (one) => ({ name: one.name, keywords: keywords[one.emoji] ?? [] }));
}

// Another language, with the names and words of CLDR.
function translated(language) {
  const bare = (emoji) => emoji.replaceAll("\ufe0f", "");
  const all = new Map(require(`emojibase-data/${language}/compact.json`).map((one) => [bare(one.unicode), one]));
  const names = new Map(require(`emojibase-data/${language}/messages.json`).groups.map(({ key, message }) => [key, message]));
  const groupName = (_, slug) => names.get(slug.replaceAll("_", "-")).replace(/^./u, (first) => first.toUpperCase());
  return emoji(groupName, ({ emoji }) => {
    const { label, tags = [] } = all.get(bare(emoji));
    return { name: label, keywords: tags };
  });
}

// The words that the name does not already say, each once, in lower case. A word with accents is found without them, too.
function words(name, keywords) {
  const said = name.split(" ");
  const more = keywords.flatMap((keyword) => keyword.replaceAll("_", " ").toLowerCase().split(" "));
  const plain = [...said, ...more].map((word) => word.toLowerCase().normalize("NFD").replace(/\p{Mn}/gu, ""));
  return [...new Set([...more, ...plain])].filter((word) => word !== "" && !said.includes(word)).join(" ");
}

function licences() {
  const of = (name) => readFileSync(new URL(`${name}/LICENSE`, packages), "utf8").trim();
  const version = (name) => JSON.parse(readFileSync(new URL(`${name}/package.json`, packages), "utf8")).version;
  const part = (file, name) => `${file} is made from ${name} ${version(name)}:\n\n${of(name)}\n`;
  return [part("icons.svg", "lucide-static"), part("emoji.json", "unicode-emoji-json"), part("emoji.json", "emojilib"), part(LANGUAGES.map(emojiOf).join(", "), "emojibase-data")].join(
    `\n${"-".repeat(80)}\n\n`,
  );
}

const files = { "icons.svg": icons(), "emoji.json": english(), "LICENSES.txt": licences() };
for (const language of LANGUAGES) files[emojiOf(language)] = translated(language);
const check = process.argv.includes("--check");
let stale = 0;
for (const [name, content] of Object.entries(files)) {
  const file = fileURLToPath(new URL(`public/${name}`, root));
  if (!check) writeFileSync(file, content);
  else if (readFileSync(file, "utf8") !== content) {
    console.error(`public/${name} is not what its source makes: run \`cargo xtask assets\``);
    stale += 1;
  }
}
process.exitCode = stale === 0 ? 0 : 1;
