// A phone: its number and behavior, its conversations, and the box to write as it.

import { base64, el, order, say, shown, time, typed, words } from "/parts.js";

const PICTURES = ["jpeg", "png", "gif", "webp"];

/** Who else is in a text of a phone: the business number first. */
function others(text, phone) {
  const line = text.of_phone ? text.to[0] : text.from;
  const phones = (text.of_phone ? [text.from, ...text.to.slice(1)] : text.to).filter((number) => number !== phone);
  return [line, ...phones.sort()];
}

/** A phone's conversations by who is in them, the newest first. */
function conversations(texts, phone) {
  const found = new Map();
  for (const text of texts) {
    if (text.from !== phone && !text.to.includes(phone)) continue;
    const people = others(text, phone);
    const key = people.join(" ");
    const known = found.get(key) ?? { key, people, texts: [] };
    known.texts.push(text);
    found.set(key, known);
  }
  return [...found.values()].reverse();
}

function title(people) {
  return people.length === 1 ? shown(people[0]) : `Group of ${people.length + 1}`;
}

/** How far a phone has a text, in words and a tone. */
function progress(text, phone) {
  const state = text.states.find((state) => state.to === phone);
  if (!state) return ["", "calm"];
  if (state.state === "failed") return [`Failed: ${words(state.code || "other")}`, "bad"];
  return { queued: ["On its way", "calm"], sent: ["Sent", "calm"], delivered: ["Delivered", "good"] }[state.state] ?? ["", "calm"];
}

/** What became of a webhook, in words and a tone. */
function told(report) {
  if (typeof report.told === "object") {
    const status = report.told.refused;
    return [status ? `Halyard refused it (${status})` : "Halyard does not answer", "bad"];
  }
  return {
    held: ["held", "warn"],
    sending: [report.tries > 1 ? `try ${report.tries}` : "on its way", "calm"],
    taken: ["Halyard has it", "good"],
    nowhere: ["no address known", "bad"],
  }[report.told];
}

function files(text) {
  return text.files.map((file) => {
    const href = `/media/${file.id}`;
    if (PICTURES.includes(file.kind)) {
      return el("a", { class: "picture", href, target: "_blank", rel: "noopener" }, el("img", { src: href, alt: "Picture", loading: "lazy" }));
    }
    return el("a", { class: "file", href, download: true }, `${file.kind ?? "file"}, ${Math.ceil(file.size / 1000)} kB`);
  });
}

export class Phone {
  constructor(number, reasons) {
    this.number = number;
    this.reasons = reasons;
    this.open = null; // The conversation on screen; null for the newest, "new" for one that begins.
    this.opened = new Set(); // Texts whose receipts are unfolded.
    this.drawn = "";
    this.picture = null;
    this.build();
  }

  build() {
    const name = `phone-${this.number.slice(1)}`;
    this.behavior = el("select", { id: `${name}-behavior`, onchange: () => this.behave() });
    this.tabs = el("div", { class: "tabs", role: "group", "aria-label": "Conversations" });
    this.log = el("div", { class: "log", tabindex: "0", role: "log", "aria-label": `Texts of ${shown(this.number)}` });
    this.to = el("input", { id: `${name}-to`, type: "tel", autocomplete: "off", placeholder: "+1 619-555-0190", list: "lines" });
    this.with = el("div", { class: "chips", role: "group", "aria-label": "Together with" });
    this.begin = el("div", { class: "begin", hidden: true }, el("label", { for: `${name}-to` }, "To"), this.to, this.with);
    this.box = el("textarea", { rows: "1", "aria-label": `Write as ${shown(this.number)}`, placeholder: "Write as this phone", onkeydown: (event) => this.key(event), oninput: () => this.grow() });
    this.file = el("input", { type: "file", class: "sr", id: `${name}-file`, accept: "image/*,video/mp4,audio/mpeg,application/pdf,.vcf", multiple: true, onchange: () => this.attach([...this.file.files]) });
    this.attached = el("div", { class: "attached", hidden: true });
    this.root = el("article", { class: "phone", id: name, "aria-label": `Phone ${shown(this.number)}` },
      el("header", { class: "screen-bar" },
        el("span", { class: "speaker", "aria-hidden": "true" }),
        el("h2", {}, shown(this.number)),
        el("label", { class: "sr", for: this.behavior.id }, "How it behaves"), this.behavior),
      this.tabs, this.log,
      el("form", { class: "write", onsubmit: (event) => { event.preventDefault(); this.send(); } },
        this.begin, this.attached,
        el("div", { class: "line" },
          el("button", { type: "button", class: "tool", title: "Attach the sample picture", "aria-label": "Attach the sample picture", onclick: () => this.attach("sample") }, icon("picture")),
          this.file, el("label", { class: "tool", for: this.file.id, title: "Attach a file" }, icon("clip"), el("span", { class: "sr" }, "Attach a file")),
          this.box,
          el("button", { type: "submit", class: "tool send", "aria-label": "Send" }, icon("send")))));
  }

  /** Shows the state of the simulator. */
  update(state) {
    this.state = state;
    this.drawBehavior();
    this.draw();
  }

  drawBehavior() {
    const { behaviors, phones } = this.state;
    const own = phones.find((phone) => phone.number === this.number);
    const about = (name) => behaviors.find((behavior) => behavior.name === name)?.about;
    const bySelf = behaviors.find((behavior) => behavior.ending === this.number.slice(-2)) ?? behaviors[0];
    if (this.behavior.options.length === 0) {
      this.behavior.append(el("option", { value: "" }, `${bySelf.about} (by number)`));
      for (const behavior of behaviors) this.behavior.append(el("option", { value: behavior.name }, behavior.about));
    }
    if (document.activeElement !== this.behavior) this.behavior.value = own?.set ? own.behavior : "";
    this.behavior.title = about(own?.behavior) ?? "";
    this.root.dataset.behavior = own?.behavior ?? "delivers";
  }

  draw() {
    const all = conversations(this.state.texts, this.number);
    const current = this.open === "new" ? null : all.find(({ key }) => key === this.open) ?? all[0] ?? null;
    this.current = current;
    const lines = this.state.lines.map(({ number }) => number);
    this.drawTabs(all, current);
    this.begin.hidden = current !== null;
    if (!current) this.drawBegin(lines);
    const drawn = JSON.stringify([current, [...this.opened]]);
    if (drawn === this.drawn) return;
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
    const isAnother = this.drawnKey !== current?.key;
    const focused = this.log.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    [this.drawn, this.drawnKey] = [drawn, current?.key];
    this.log.replaceChildren(...(current ? this.bubbles(current) : [this.empty(lines)]));
    if (focused) this.log.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    if (atEnd || isAnother) this.log.scrollTop = this.log.scrollHeight;
  }

  drawTabs(all, current) {
    const key = JSON.stringify([all.map(({ key }) => key), current?.key]);
    if (this.tabsDrawn === key) return;
    this.tabsDrawn = key;
    const open = (to) => () => { this.open = to; this.draw(); this.tabs.querySelector("[aria-pressed=true]")?.focus(); };
    this.tabs.replaceChildren(
      ...all.map(({ key, people }) => el("button", { type: "button", class: "tab", "aria-pressed": String(current?.key === key), title: people.map(shown).join(", "), onclick: open(key) }, title(people))),
      el("button", { type: "button", class: "tab new", "aria-pressed": String(current === null), "aria-label": "New conversation", title: "New conversation", onclick: open("new") }, all.length ? "+" : "New conversation"));
  }

  drawBegin(lines) {
    if (!this.to.value && lines.length) this.to.value = shown(lines[0]);
    const phones = this.state.phones.map(({ number }) => number).filter((number) => number !== this.number);
    const key = phones.join(" ");
    if (this.withDrawn === key) return;
    this.withDrawn = key;
    const chosen = new Set([...this.with.querySelectorAll(":checked")].map((box) => box.value));
    this.with.replaceChildren(...(phones.length ? [el("span", { class: "with" }, "with")] : []), ...phones.map((number) =>
      el("label", { class: "chip", title: shown(number) }, el("input", { type: "checkbox", value: number, checked: chosen.has(number) }), `…${number.slice(-4)}`)));
  }

  empty(lines) {
    return el("div", { class: "empty" },
      el("p", {}, lines.length ? "No texts yet." : "No business number is known here yet."),
      el("p", {}, lines.length ? "Text this phone from Halyard, or write below." : "Text this phone from a number that Halyard\u2019s simulated account carries. After that, phones can write to it."));
  }

  bubbles({ people, texts }) {
    const isGroup = people.length > 1;
    return texts.map((text) => {
      const mine = text.from === this.number;
      const own = isGroup && !mine ? el("span", { class: "author" }, shown(text.from)) : null;
      const [words, tone] = mine ? told(text.reports.at(-1) ?? { told: "sending", tries: 0 }) : progress(text, this.number);
      const waits = !mine && !text.of_phone && tone !== "good";
      return el("div", { class: `text ${mine ? "mine" : "theirs"}${waits ? " waits" : ""}` },
        own, ...files(text),
        text.missing ? el("p", { class: "missing" }, `${text.missing} file(s) could not be fetched`) : null,
        text.body ? el("p", { class: "bubble" }, text.body) : null,
        el("div", { class: "under" },
          el("time", {}, time(text.at)),
          words ? el("span", { class: `tone ${tone}` }, words) : null,
          mine ? el("button", { type: "button", class: "link", "data-key": `${text.id} again`, onclick: () => this.order(`/control/texts/${text.id}/again`, null, "Brought again") }, "Bring again") : null),
        text.of_phone ? null : this.receipts(text));
    });
  }

  /** What was reported of a text, and what else may be. */
  receipts(text) {
    const mine = text.reports.filter(({ receipt }) => !receipt?.to || receipt.to === this.number);
    const said = mine.map((report) => {
      const { state, code } = report.receipt;
      const [words_, tone] = told(report);
      return el("li", {}, el("span", {}, state === "failed" ? `failed: ${words(code || "other")}` : state), el("span", { class: `tone ${tone}` }, words_));
    });
    const reason = el("select", { "aria-label": "Why it failed", "data-key": `${text.id} why` }, ...this.reasons.map((name) => el("option", { value: name }, words(name))));
    const send = (state) => el("button", { type: "button", class: "btn small", "data-key": `${text.id} ${state}`,
      onclick: () => this.order(`/control/texts/${text.id}/receipts`, { to: this.number, state, code: state === "failed" ? reason.value : "" }, `Reported: ${state}`) }, state);
    return el("details", { class: "receipts", open: this.opened.has(text.id), ontoggle: (event) => { event.target.open ? this.opened.add(text.id) : this.opened.delete(text.id); } },
      el("summary", { "data-key": `${text.id} receipts` }, mine.length === 1 ? "1 receipt" : `${mine.length} receipts`),
      el("ol", {}, ...said),
      el("div", { class: "report", role: "group", "aria-label": "Report" }, send("sent"), send("delivered"), send("failed"), reason));
  }

  async order(path, body, done) {
    if (await order("POST", path, body)) say(done);
  }

  async behave() {
    await order("PUT", `/control/phones/${encodeURIComponent(this.number)}`, { behavior: this.behavior.value || null });
  }

  attach(what) {
    this.picture = what === "sample" || what.length ? what : null;
    const name = what === "sample" ? "Sample picture" : what.map?.((file) => file.name).join(", ");
    this.attached.hidden = !this.picture;
    this.attached.replaceChildren(...(this.picture ? [el("span", {}, name), el("button", { type: "button", class: "link", onclick: () => this.attach([]) }, "Remove")] : []));
    if (!this.picture) this.file.value = "";
    this.box.focus();
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    }
  }

  grow() {
    this.box.rows = Math.min(4, this.box.value.split("\n").length);
  }

  async send() {
    const body = this.box.value.trim();
    if (!body && !this.picture) return this.box.focus();
    const people = this.current?.people ?? [typed(this.to.value), ...[...this.with.querySelectorAll(":checked")].map((box) => box.value)];
    if (!people[0]) return this.to.focus();
    const sample = this.picture === "sample";
    const contents = sample || !this.picture ? [] : await Promise.all(this.picture.map(base64));
    if (!(await order("POST", "/control/texts", { from: this.number, to: people[0], others: people.slice(1), body, files: contents, sample }))) return;
    this.open = [people[0], ...people.slice(1).sort()].join(" ");
    this.box.value = "";
    this.grow();
    this.attach([]);
  }
}

const PATHS = {
  send: "M4 12 20 4l-5 16-3.5-6.5z",
  clip: "M8 12.5 14.5 6a3 3 0 0 1 4.2 4.2l-8 8a5 5 0 0 1-7-7L11 4",
  picture: "M4 5h16v14H4zM4 16l5-5 5 5 2-2 4 4M15.5 9.5h.01",
};

function icon(name) {
  const space = document.getElementById("shape").namespaceURI;
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
