// The real server against the SMSC that Kannel tests itself with: what is sent is read by the code by which Kannel speaks to carriers. That SMSC
// takes one session for each direction, gives messages no ids and ends with the first session. It listens at all addresses and has no setting for
// that, so the tests' command runs this in a network of its own.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Api, text } from "../harness/api.mjs";
import { check, inOrder, is, report, until } from "../harness/checks.mjs";
import { LENA, THREE_NUMBERS, harbor } from "../harness/people.mjs";
import { Server } from "../harness/server.mjs";

const OWN = THREE_NUMBERS[0];
/** Kannel's SMSC ends by itself unless a gateway listens there. What it has to say to that does not count here. */
const GATEWAY = 13_001;
const MANY = 50;
/** How many texts it brings, to a number that is nobody's, each with a question whether anybody is there. */
const BROUGHT = 10;

const folder = await mkdtemp(join(tmpdir(), "halyard-kannel-"));
const secret = join(folder, "password");
await writeFile(secret, "fairwind");
const log = join(folder, "kannel.log");
const gateway = createServer((socket) => socket.on("error", () => {}));
// Another test may have it for some seconds.
await until("the gateway's port is free", () => listens(gateway, GATEWAY));
const port = await free();
const words = ["-v", "4", "-l", log, "-p", `${port}`, "-m", `${BROUGHT}`];
const kannel = spawn(process.env.HALYARD_KANNEL, words, { stdio: ["ignore", "ignore", "inherit"] });
const ended = new Promise((resolve) => kannel.once("exit", (code, signal) => resolve(`${code ?? signal}`)));
let server;
try {
  server = await Server.start([harbor]);
  await inOrder(checks);
} finally {
  await server?.stop();
  kannel.kill();
  await ended;
  gateway.close();
  await rm(folder, { recursive: true });
}
await report();

async function checks() {
  const lena = await Api.signIn(server.url, LENA);
  const sent = [];

  await check("Kannel reads the logins of both directions", async () => {
    await until("it is there", async () => (await lines()).length > 0);
    const settings = { host: "127.0.0.1", port, tls: "no", system_id: "halyard", bind: "separate", segments_a_second: 1000, idle_seconds: 5, concatenation: "sar" };
    const set = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
    const said = await server.command("carrier", "add", "smpp", "--tenant", "harbor", "--name", "Kannel", ...set, "--secret", `password=file:${secret}`);
    await server.command("number", "assign-carrier", OWN, "--account", said.split(" ")[0]);
    await until("both are bound", async () => (await units()).filter((unit) => unit.startsWith("bind_")).length === 2);
    is((await units()).filter((unit) => unit.startsWith("bind_")).sort().join(), "bind_receiver,bind_transmitter");
  });

  await check("it reads texts, and the parts of a long one, each once", async () => {
    for (let number = 0; number < MANY; number += 1) {
      sent.push(await lena.send(text(OWN, `+1202555${1_000 + (number % 10)}`), `Fair winds, number ${number}.`));
    }
    const long = "Following seas. ".repeat(20).trim();
    sent.push(await lena.send(text(OWN, "+12025551999"), long));
    await until("all are sent", async () => (await states(lena, sent)).every((state) => state === "sent"));
    const read = (await lines()).map((line) => /short_message = <(.*)>$/.exec(line)?.[1]).filter(Boolean);
    is(read.length, MANY + 3);
    const plain = read.filter((words) => words.startsWith("Fair"));
    is(plain.sort().join("|"), sent.slice(0, MANY).map(({ body }) => body).sort().join("|"));
    is(read.filter((words) => !words.startsWith("Fair")).join(""), long);
  });

  await check("each text that it brings and each question is answered, and the server asks as well", async () => {
    const count = async (unit) => (await units()).filter((one) => one === unit).length;
    await until("all are answered", async () => (await count("deliver_sm_resp")) === BROUGHT && (await count("enquire_link_resp")) === BROUGHT);
    await until("the server asks", async () => (await count("enquire_link")) > 0);
  });

  await check("the server says farewell, and Kannel had nothing to complain of", async () => {
    await server.end();
    is(await ended, "0");
    is((await units()).includes("unbind"), true);
    is((await lines()).filter((line) => / (WARNING|ERROR|PANIC): |Unhandled|garbage/.test(line)).join("\n"), "");
  });
}

/** What Kannel has written down. */
async function lines() {
  const text = await readFile(log, "latin1").catch(() => "");
  return text.split("\n").filter(Boolean);
}

/** The units that Kannel has read, by their names. */
async function units() {
  return (await lines()).map((line) => /Handling SMPP PDU of type (\w+)/.exec(line)?.[1]).filter(Boolean);
}

/** How far texts are. */
async function states(api, sent) {
  const states = [];
  for (const conversation of new Set(sent.map((message) => message.conversation))) {
    const { entries } = await api.ask("GET", `/conversations/${conversation}/entries?limit=100`);
    states.push(...entries.map(({ deliveries }) => deliveries[0].state));
  }
  return states;
}

/** Listens at a port of this machine; false if somebody else does. */
function listens(server, port) {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => (error.code === "EADDRINUSE" ? resolve(false) : reject(error)));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
}

/** A port that nobody listens at. */
async function free() {
  const server = createServer();
  await listens(server, 0);
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
