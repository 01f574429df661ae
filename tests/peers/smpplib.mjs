// The real server against an SMSC whose units smpplib reads and writes, which is nobody's of this project: texts and parts both ways, in every way that
// parts are told apart, receipts, and what an SMSC asks.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Api, text } from "../harness/api.mjs";
import { check, inOrder, is, report, until } from "../harness/checks.mjs";
import { LENA, THREE_NUMBERS, harbor } from "../harness/people.mjs";
import { Server } from "../harness/server.mjs";

const OWN = THREE_NUMBERS[0];
const PHONE = "+12025550143";
const [ROK, THROTTLED, QUEUE_FULL] = [0, 0x58, 0x14];
/** Of the alphabet of GSM and longer than one part, with signs that are two octets each, where parts end and elsewhere. */
const PLAIN = "{Fair} winds €7 \\ ~ [pier] ^ señor à bord ".repeat(9);
/** The same with signs that take UCS-2, some of two units each. */
const RICH = "⚓ Попутного ветра 🙂 ".repeat(12);

/** An SMSC in Python. */
class Smsc {
  #child;
  /** What happened, in its order. */
  events = [];

  static async start() {
    const smsc = new Smsc();
    const script = fileURLToPath(new URL("smpplib_smsc.py", import.meta.url));
    smsc.#child = spawn(process.env.HALYARD_SMPPLIB, [script], { stdio: ["pipe", "pipe", "inherit"] });
    smsc.gone = new Promise((resolve) => smsc.#child.once("exit", resolve));
    createInterface({ input: smsc.#child.stdout }).on("line", (line) => smsc.events.push(JSON.parse(line)));
    await until("smpplib listens", () => smsc.events.length > 0);
    smsc.port = smsc.events[0].port;
    return smsc;
  }

  order(what) {
    this.#child.stdin.write(`${JSON.stringify(what)}\n`);
  }

  /** The parts that were taken for a phone. */
  parts(to) {
    return this.events.map(({ part }) => part).filter((part) => part?.to === to.slice(1));
  }

  count(is) {
    return this.events.filter(is).length;
  }

  async stop() {
    this.#child.stdin.end();
    await this.gone;
  }
}

const folder = await mkdtemp(join(tmpdir(), "halyard-smpplib-"));
const secret = join(folder, "password");
await writeFile(secret, "fairwind");
const smsc = await Smsc.start();
const server = await Server.start([harbor]);
try {
  await inOrder(checks);
} finally {
  await server.stop();
  await smsc.stop();
  await rm(folder, { recursive: true });
}
await report();

async function checks() {
  const lena = await Api.signIn(server.url, LENA);
  let phones = 100;
  let current;
  const phone = () => `+1202555${String((phones += 1)).padStart(4, "0")}`;

  await check("smpplib reads a login, and a wrong one is said in words", async () => {
    await writeFile(secret, "gale");
    const wrong = await add("udh8");
    const said = await server.command("carrier", "test", wrong, "--tenant", "harbor").catch((error) => error.stderr);
    is(said.includes("The password is wrong."), true);
    await server.command("carrier", "remove", wrong, "--tenant", "harbor");
    await writeFile(secret, "fairwind");
    is(smsc.events.some(({ bind, known, version }) => bind === "bind_transceiver" && !known && version === 0x34), true);
  });

  for (const way of ["udh8", "udh16", "sar", "payload"]) {
    await check(`smpplib reads texts, long ones by ${way}`, async () => {
      const account = await add(way);
      await carriedBy(account);
      for (const [words, coding, parts] of [["Ça va? {€5} @ pier", 0, 1], ["Здравствуйте ⚓", 8, 1], [PLAIN, 0, way === "payload" ? 1 : 3], [RICH, 8, way === "payload" ? 1 : 4]]) {
        const to = phone();
        const sent = await lena.send(text(OWN, to), words);
        await until("it is sent", async () => (await delivery(lena, sent)).state === "sent");
        const taken = smsc.parts(to);
        is(taken.map((part) => part.words).join(""), words);
        is(taken.length, parts);
        for (const [at, { header, sar, payload, from, ton, receipt, coding: of }] of taken.entries()) {
          is(`${of} ${from} ${ton} ${receipt}`, `${coding} ${OWN.slice(1)} 1,1 1`);
          const isPart = parts > 1;
          const which = [parts, at + 1].map((number) => number.toString(16).padStart(2, "0")).join("");
          is(header.slice(0, 6), isPart && way === "udh8" ? "050003" : isPart && way === "udh16" ? "060804" : "");
          is(header.slice(-4), isPart && way.startsWith("udh") ? which : "");
          is(sar.slice(1).join(), isPart && way === "sar" ? `${parts},${at + 1}` : ",");
          is(payload, way === "payload" && words.length > 160);
        }
        is(new Set(taken.map(({ header, sar }) => `${header.slice(0, -4)} ${sar[0]}`)).size, 1);
      }
    });
  }

  await check("smpplib writes texts, and parts by headers, by parameters and as a payload", async () => {
    const addresses = { source_addr: PHONE.slice(1), destination_addr: OWN.slice(1) };
    const before = smsc.count(({ answer, status }) => answer === "deliver_sm_resp" && status === ROK);
    const expected = [];
    for (const way of ["udh", "sar", "payload"]) {
      for (const words of ["Ahoy €7, señor à bord", "Здравствуйте 🙂", PLAIN.trim(), RICH.trim()]) {
        smsc.order({ text: `${way}: ${words}`, addresses, way });
        expected.push(`${way}: ${words}`);
        // In one second the parts of two texts with the same number would be those of one.
        await until("it is there", async () => (await from(lena, PHONE)).length === expected.length);
      }
    }
    is(JSON.stringify(await from(lena, PHONE)), JSON.stringify(expected));
    is(smsc.count(({ answer, status }) => answer === "deliver_sm_resp" && status === ROK) > before + expected.length, true);
  });

  await check("smpplib writes receipts, in words and in parameters alone", async () => {
    const STATES = [["DELIVRD", 2, "delivered"], ["EXPIRED", 3, "failed"], ["DELETED", 4, "failed"], ["UNDELIV", 5, "failed"], ["ACCEPTD", 6, "sent"], ["REJECTD", 8, "failed"], ["ENROUTE", 1, "sent"]];
    for (const inWords of [true, false]) {
      for (const [state, number, shown] of STATES) {
        const to = phone();
        const sent = await lena.send(text(OWN, to), `Until ${state}`);
        await until("it is sent", async () => (await delivery(lena, sent)).state === "sent");
        const [{ id }] = smsc.parts(to);
        const addresses = { source_addr: to.slice(1), destination_addr: OWN.slice(1), esm_class: 4 };
        const words = `id:${id} sub:001 dlvrd:001 submit date:2611160900 done date:2611160901 stat:${state} err:000 text:Until`;
        const before = smsc.count(({ answer }) => answer === "deliver_sm_resp");
        if (inWords) smsc.order({ deliver: { ...addresses, short_message: Buffer.from(words).toString("hex") } });
        else smsc.order({ deliver: { ...addresses, receipted_message_id: id, message_state: number } });
        await until("it is answered", () => smsc.count(({ answer, status }) => answer === "deliver_sm_resp" && status === ROK) > before);
        await until(`${state} shows as ${shown}`, async () => (await delivery(lena, sent)).state === shown);
      }
    }
  });

  await check("an SMSC of smpplib that is asked too often, or is full, gets the text later, once", async () => {
    const to = phone();
    smsc.order({ statuses: [THROTTLED, QUEUE_FULL, THROTTLED] });
    const sent = await lena.send(text(OWN, to), "Later");
    await until("it is sent", async () => (await delivery(lena, sent)).state === "sent");
    is(smsc.parts(to).length, 1);
  });

  await check("both ask whether the other is there, and each answers", async () => {
    smsc.order({ ask: true });
    await until("the server answers", () => smsc.events.some(({ answer, status }) => answer === "enquire_link_resp" && status === ROK));
    await until("the server asks", () => smsc.events.some(({ asked }) => asked === "enquire_link"));
  });

  await check("after a connection that is cut the server binds again; no text leaves twice, and of which nobody knows it says so", async () => {
    const before = smsc.count(({ bind }) => bind);
    smsc.order({ cut: true });
    const [amid, after] = [phone(), phone()];
    const first = await lena.send(text(OWN, amid), "Amid the cut");
    await until("it is bound again", () => smsc.count(({ bind }) => bind) > before);
    const second = await lena.send(text(OWN, after), "After the cut");
    await until("the second is sent", async () => (await delivery(lena, second)).state === "sent");
    is(smsc.parts(after).length, 1);
    await until("the first has ended", async () => ["sent", "unconfirmed"].includes((await delivery(lena, first)).state));
    const isSent = (await delivery(lena, first)).state === "sent";
    const count = smsc.parts(amid).length;
    is(isSent ? count === 1 : count <= 1, true);
  });

  await check("the server says farewell", async () => {
    const before = smsc.count(({ asked }) => asked === "unbind");
    await server.end();
    is(smsc.count(({ asked }) => asked === "unbind") > before, true);
  });

  /** Lets an account carry the number, in place of the one before, and waits until it is bound alone. */
  async function carriedBy(account) {
    const [bound, left] = [smsc.count(({ bind, known }) => bind && known), smsc.count(({ asked }) => asked === "unbind")];
    await server.command("number", "assign-carrier", OWN, "--account", account);
    if (current) await server.command("carrier", "remove", current, "--tenant", "harbor");
    await until("it is bound", () => smsc.count(({ bind, known }) => bind && known) > bound);
    if (current) await until("the one before has left", () => smsc.count(({ asked }) => asked === "unbind") > left);
    current = account;
  }
}

/** Adds an account that tells parts apart in a way; its id. */
async function add(concatenation) {
  const settings = { host: "127.0.0.1", port: smsc.port, tls: "no", system_id: "halyard", window: 10, segments_a_second: 1000, idle_seconds: 5, concatenation };
  const set = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const said = await server.command("carrier", "add", "smpp", "--tenant", "harbor", "--name", concatenation, ...set, "--secret", `password=file:${secret}`);
  return said.split(" ")[0];
}

/** How far a text is. */
async function delivery(api, { id, conversation }) {
  const { entries } = await api.ask("GET", `/conversations/${conversation}/entries?limit=100`);
  return entries.find((entry) => entry.id === id).deliveries[0];
}

/** What came in from a phone, which is the newest conversation. */
async function from(api, number) {
  const { conversations: [newest] } = await api.ask("GET", "/bootstrap");
  if (!JSON.stringify(newest).includes(number)) return [];
  return (await api.timeline()).map(({ body }) => body);
}
