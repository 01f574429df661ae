// The page: follows the simulator's state, and shows a phone for each that there is.

import { el, order, say, shown, trouble, typed } from "/parts.js";
import { Phone } from "/phone.js";

const phones = new Map();
const hold = document.getElementById("hold");
const held = document.getElementById("held");
const lines = el("datalist", { id: "lines" });
document.body.append(lines);

/** How long to wait after the simulator did not answer. */
const PAUSE = 1500;

function show(state) {
  hold.setAttribute("aria-pressed", String(state.hold));
  held.hidden = state.held === 0;
  held.textContent = state.held;
  lines.replaceChildren(...state.lines.map(({ number }) => el("option", { value: shown(number) })));
  legend(state.behaviors);
  const main = document.getElementById("phones");
  for (const { number } of state.phones) {
    if (!phones.has(number)) {
      const phone = new Phone(number, state.reasons);
      phones.set(number, phone);
    }
  }
  for (const number of [...phones.keys()].filter((number) => !state.phones.some((phone) => phone.number === number))) {
    phones.get(number).root.remove();
    phones.delete(number);
  }
  // In the order of when they last had a text, but a phone in which one writes stays where it is.
  if (!main.contains(document.activeElement)) {
    const last = (number) => state.texts.findLastIndex((text) => text.from === number || text.to.includes(number));
    const sorted = state.phones.map(({ number }) => number).sort((a, b) => last(b) - last(a));
    sorted.forEach((number, place) => {
      const { root } = phones.get(number);
      if (main.children[place] !== root) main.insertBefore(root, main.children[place] ?? null);
    });
    jump(sorted);
  } else {
    for (const phone of phones.values()) if (!phone.root.isConnected) main.append(phone.root);
  }
  for (const phone of phones.values()) phone.update(state);
}

function legend(behaviors) {
  const list = document.getElementById("legend");
  if (list.childElementCount) return;
  const row = ({ ending, about }) => el("li", {}, el("b", {}, ending ? `…${ending}` : "others"), el("span", {}, about));
  const others = behaviors.find(({ name }) => name === "delivers");
  list.append(...behaviors.filter(({ ending }) => ending).map(row), row(others));
}

function jump(numbers) {
  const nav = document.getElementById("jump");
  nav.replaceChildren(...numbers.map((number) =>
    el("button", { type: "button", onclick: () => phones.get(number).root.scrollIntoView({ behavior: "smooth", inline: "center", block: "nearest" }) }, `…${number.slice(-4)}`)));
}

hold.addEventListener("click", async () => {
  const on = hold.getAttribute("aria-pressed") !== "true";
  if (await order("PUT", "/control/hold", { hold: on })) say(on ? "Receipts are held" : "Receipts go out");
});

document.getElementById("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = document.getElementById("number");
  const number = typed(field.value);
  if (!number) return trouble("A number looks like +1 202-555-0177.");
  if (!(await order("PUT", `/control/phones/${encodeURIComponent(number)}`, { behavior: null }))) return;
  trouble(null);
  field.value = "";
  say(`${shown(number)} is there`);
});

// The list of what numbers do lies over the phones: it goes when one goes on.
const sheet = document.querySelector(".legend");
document.addEventListener("pointerdown", (event) => { if (!sheet.contains(event.target)) sheet.open = false; });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !sheet.open) return;
  sheet.open = false;
  sheet.querySelector("summary").focus();
});

async function follow() {
  let version = null;
  for (;;) {
    try {
      const answer = await fetch(version === null ? "/control/state" : `/control/state?after=${version}`);
      if (!answer.ok) {
        trouble(answer.status === 403 ? "This page works on the computer on which the simulator runs." : `The simulator answers with ${answer.status}.`);
        return;
      }
      const state = await answer.json();
      if (version === null || state.version !== version) {
        const first = version === null;
        version = state.version;
        show(state);
        if (first) trouble(null);
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      trouble("The simulator does not answer. This page goes on when it is there again.");
      version = null;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

follow();
