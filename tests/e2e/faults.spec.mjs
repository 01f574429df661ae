// A hundred rounds of writing in two tabs, each with a fault: a tab, the server, a request or a frame goes in the wrong moment.
// In the end nothing is lost, doubled or out of order, at the server and in both tabs.
import { Api, chat, freshId } from "../harness/api.mjs";
import { begin, composer, expect, log, messages, serverWith, signIn, test } from "../harness/app.mjs";
import { chance } from "../harness/chance.mjs";
import { rowsOf } from "../harness/device.mjs";
import { LENA, THEO, harbor } from "../harness/people.mjs";

const ROUNDS = 100;
const THEOS = "Theo Brandt";
const here = serverWith(harbor);

// A picture of each of some thousand steps would take longer than the steps.
test.use({ trace: { mode: "retain-on-failure", snapshots: false, screenshots: false } });

test("a hundred faults lose nothing, double nothing and keep the order", async ({ browser }) => {
  test.setTimeout(240_000);
  const seed = Number(process.env.HALYARD_FAULTS_SEED ?? Date.now() % 2 ** 32);
  console.log(`HALYARD_FAULTS_SEED=${seed} makes these faults again`);
  const show = await Show.begin(browser, chance(seed));
  try {
    for (let round = 1; round <= ROUNDS; round += 1) await show.round(round);
    await show.heal();
  } finally {
    await show.context.close();
  }
});

/** What can happen to a request that sends a message. */
const REQUEST_FAULTS = {
  "a request does not leave": () => (route) => route.abort("connectionreset"),
  "an answer is lost": () => async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  },
  "a request comes twice": (dice) => {
    const atOnce = dice.often(0.5);
    return async (route) => {
      const first = route.fetch();
      if (!atOnce) await first;
      const [response] = await Promise.all([route.fetch(), first]);
      await route.fulfill({ response });
    };
  },
  "a request takes its time": (dice) => {
    const wait = dice.between(20, 600);
    return (route) => later(wait, () => route.continue());
  },
};

/** What can happen to a frame of the socket. None is lost alone on a wire; that one is, stands for whatever a client might miss. */
const FRAME_FAULTS = {
  "a frame is lost": () => () => {},
  "a frame comes twice": () => (deliver) => {
    deliver();
    deliver();
  },
  "a frame is overtaken": (dice) => {
    const wait = dice.between(20, 600);
    return (deliver) => later(wait, deliver);
  },
};

const later = (wait, then) => new Promise((resolve) => setTimeout(resolve, wait)).then(then);

/** Lena's two tabs, Theo, and what goes wrong between them and the server. */
class Show {
  /** Lena's messages in the order of writing: `text`, by which `tab`, whether it is `kept` for certain, or `may` be missing. */
  written = [];
  /** Theo's. */
  answers = [];
  complaints = [];
  /** What happens to the next requests and frames. */
  requests = [];
  frames = [];
  sockets = new Set();
  offline = false;

  static async begin(browser, dice) {
    const show = new Show();
    show.dice = dice;
    show.theo = await Api.signIn(here.url, THEO);
    show.lena = await Api.signIn(here.url, LENA);
    show.me = (await show.lena.ask("GET", "/bootstrap")).me.user.id;
    show.context = await browser.newContext({ serviceWorkers: "block" });
    await show.context.route("**/api/v1/messages", (route) => show.#send(route));
    await show.context.routeWebSocket("**/api/v1/socket", (socket) => show.#connect(socket));
    show.tabs = [{ letter: "a", life: 1 }, { letter: "b", life: 1 }];
    const [first, second] = show.tabs;
    await show.#load(first);
    await signIn(first.page, LENA);
    await begin(first.page, THEOS);
    await show.#write(first);
    await show.#open(second);
    return show;
  }

  async round(now) {
    const fault = this.dice.of(FAULTS);
    await test.step(`round ${now}: ${fault}`, async () => {
      if (fault in REQUEST_FAULTS) this.requests.push(...this.#some(REQUEST_FAULTS[fault]));
      else if (fault in FRAME_FAULTS) this.frames.push(...this.#some(FRAME_FAULTS[fault]));
      await (PLACES[fault] ?? (() => this.#writeSome())).call(this, this.dice.of(this.tabs));
      await this.#kept();
      if (this.dice.often(0.3)) await this.#answer();
    });
  }

  #some(fault) {
    return Array.from({ length: this.dice.between(1, 2) }, () => fault(this.dice));
  }

  // What the users do.

  /** Enter, in a tab. */
  async #write(tab, seen = true) {
    const text = `Lena's ${this.written.length} from ${name(tab)}`;
    const box = composer(tab.page, THEOS);
    await box.fill(text);
    await box.press("Enter");
    this.written.push({ text, tab: name(tab), kept: false, may: false });
    if (seen) await log(tab.page, THEOS).getByText(text, { exact: true }).waitFor();
  }

  async #writeSome() {
    for (let count = this.dice.between(1, 3); count > 0; count -= 1) await this.#write(this.dice.of(this.tabs));
  }

  /** Waits until all that was written is on the device, or at the server. */
  async #kept() {
    await expect.poll(async () => (await this.#takeStock(this.tabs[0].page)).map(({ text }) => text)).toEqual([]);
  }

  /** What is neither here nor there, of what was not yet seen in one of these places. */
  async #takeStock(page) {
    const open = () => this.written.filter(({ kept, may }) => !kept && !may);
    const found = (all) => all.forEach(({ body }) => open().filter(({ text }) => text === body).forEach((message) => (message.kept = true)));
    // In this order: messages go from here to there.
    found(await rowsOf(page, "outbox"));
    if (open().length > 0) found(await this.theo.timeline());
    return open();
  }

  async #answer() {
    const text = `Theo's ${this.answers.length}`;
    await this.theo.send(chat(this.me), text, freshId());
    this.answers.push(text);
  }

  // What goes wrong.

  async #send(route) {
    const fault = this.requests.shift() ?? ((one) => one.continue());
    // Whatever was to happen to it: a request ends with its page, and with its server.
    await Promise.resolve(fault(route)).catch(() => route.abort("connectionreset").catch(() => {}));
  }

  #connect(socket) {
    if (this.offline) {
      void socket.close();
      return;
    }
    const server = socket.connectToServer();
    const both = { socket, server };
    this.sockets.add(both);
    server.onMessage((frame) => {
      const deliver = () => this.sockets.has(both) && socket.send(frame);
      const fault = JSON.parse(frame).type === "events" ? this.frames.shift() : undefined;
      if (fault) void fault(deliver);
      else deliver();
    });
  }

  async goOffline() {
    this.offline = true;
    await this.context.setOffline(true);
    for (const { socket, server } of this.sockets) await Promise.allSettled([socket.close(), server.close()]);
    this.sockets.clear();
    await this.#writeSome();
    this.offline = false;
    await this.context.setOffline(false);
  }

  async killServer() {
    if (this.dice.often(0.5)) await this.#writeSome();
    await here.server.end("SIGKILL");
    await this.#writeSome();
    await here.server.resume();
  }

  async reload(tab) {
    await this.#lastWrite(tab);
    await tab.page.reload({ waitUntil: "commit" });
    await this.#gone(tab);
    await composer(tab.page, THEOS).waitFor();
  }

  async close(tab) {
    await this.#lastWrite(tab);
    await tab.page.close();
    await this.#gone(tab);
    await this.#open(tab);
  }

  async crash(tab) {
    const session = await this.context.newCDPSession(tab.page);
    const crashed = tab.page.waitForEvent("crash");
    await this.#lastWrite(tab);
    // There is nobody left to answer.
    session.send("Page.crash").catch(() => {});
    await crashed;
    await tab.page.close();
    await this.#gone(tab);
    await this.#open(tab);
  }

  /** What the tab writes before it goes: not yet seen, seen, or already kept. */
  async #lastWrite(tab) {
    const until = this.dice.between(0, 2);
    await this.#write(tab, until > 0);
    if (until === 2) await this.#kept();
  }

  /** What was neither here nor there when its tab went may be missing. What follows is written by another tab. */
  async #gone(tab) {
    const { page } = this.tabs.find((other) => other !== tab);
    for (const message of await this.#takeStock(page)) message.may = true;
    tab.life += 1;
  }

  async #open(tab) {
    await this.#load(tab);
    await composer(tab.page, THEOS).waitFor();
  }

  async #load(tab) {
    tab.page = await this.context.newPage();
    tab.page.on("pageerror", (error) => this.complaints.push(String(error)));
    tab.page.on("console", (message) => {
      // The last one is a word of the routed socket: its own has just been closed.
      const expected = /^Failed to load resource|^WebSocket connection to|^WebSocket is already in CLOSING/.test(message.text());
      if (message.type() === "error" && !expected) this.complaints.push(message.text());
    });
    await tab.page.goto(here.url);
  }

  // What has to come of it.

  async heal() {
    this.requests.length = 0;
    this.frames.length = 0;
    for (const tab of this.tabs) await this.#write(tab);
    await this.#answer();
    await this.#kept();
    for (const { page } of this.tabs) await expect.poll(() => rowsOf(page, "outbox"), { timeout: 60_000 }).toEqual([]);

    const stored = await this.lena.timeline();
    expect(await this.theo.timeline().then(ids)).toEqual(ids(stored));
    const bodies = stored.map(({ body }) => body);
    const all = [...this.written.map(({ text }) => text), ...this.answers];
    const missing = this.written.filter(({ text, may }) => may && !bodies.includes(text)).map(({ text }) => text);
    // Each once, whatever the order; then the order.
    expect([...bodies].sort()).toEqual(all.filter((text) => !missing.includes(text)).sort());
    expect(bodies.filter((body) => this.answers.includes(body))).toEqual(this.answers);
    // In each of the two places where one writes: also what was written before and after a tab's end is in order.
    for (const { letter } of this.tabs) {
      const texts = this.written.filter(({ tab }) => tab.startsWith(letter)).map(({ text }) => text);
      expect(bodies.filter((body) => texts.includes(body))).toEqual(texts.filter((text) => !missing.includes(text)));
    }
    for (const { page } of this.tabs) {
      // The newest are there; those before them come by scrolling up.
      await expect.poll(async () => {
        await log(page, THEOS).evaluate((element) => element.scrollBy(0, -1e7));
        return messages(page, THEOS);
      }, { timeout: 30_000 }).toEqual(bodies);
    }
    expect(this.complaints).toEqual([]);
  }
}

const name = ({ letter, life }) => letter + life;
const ids = (all) => all.map(({ id }) => id);

/** Where the fault is no request's and no frame's. */
const PLACES = {
  "the network goes": Show.prototype.goOffline,
  "the server is killed": Show.prototype.killServer,
  "a tab is loaded again": Show.prototype.reload,
  "a tab is closed": Show.prototype.close,
  "a tab crashes": Show.prototype.crash,
};
const FAULTS = Object.keys({ ...REQUEST_FAULTS, ...FRAME_FAULTS, ...PLACES });
