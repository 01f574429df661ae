// The real server against an SMSC that is not ours (the package `smpp`). Prints a line for each check, and writes { passed, failed } into the
// file that the first argument names, if it names one.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import smpp from "smpp";
import { Api, text } from "../harness/api.mjs";
import { check, inOrder, is, report, until } from "../harness/checks.mjs";
import { LENA, THREE_NUMBERS, harbor } from "../harness/people.mjs";
import { Server } from "../harness/server.mjs";
import { PASSWORD, SYSTEM_ID, Smsc } from "./smsc.mjs";

const OWN = THREE_NUMBERS[0];
/** Phones of people who use another system. */
const phone = (line) => `+1202555${String(line).padStart(4, "0")}`;
const [MANY, FEW] = [1_000, 200];
/** How many submissions may wait for their answer. */
const WINDOW = 50;

const folder = await mkdtemp(join(tmpdir(), "halyard-smpp-"));
const secret = join(folder, "password");
await writeFile(secret, PASSWORD);
const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=SMSC"];
const extensions = ["subjectAltName=IP:127.0.0.1", "basicConstraints=critical,CA:FALSE"].flatMap((extension) => ["-addext", extension]);
await promisify(execFile)("openssl", ["req", "-x509", ...made, ...extensions, "-keyout", key, "-out", certificate]);
const smsc = await Smsc.start();
const secure = await Smsc.start({ key: await readFile(key), cert: await readFile(certificate) });
const server = await Server.start([harbor]);
try {
  await inOrder(checks);
} finally {
  await server.stop();
  await smsc.stop();
  await secure.stop();
  await rm(folder, { recursive: true });
}
await report();

async function checks() {
  const lena = await Api.signIn(server.url, LENA);
  let account;

  await check("an account that a command adds is tested, and connected by the server that runs", async () => {
    account = await add("transceiver");
    const words = await server.command("carrier", "test", account, "--tenant", "harbor");
    is(words.trim(), "The carrier takes the login, as transceiver.");
    await server.command("number", "assign-carrier", OWN, "--account", account);
    await until("it is bound", () => smsc.bound === 1);
  });

  await check("a text leaves, and each state of a receipt shows", async () => {
    const states = [
      ["DELIVRD", "delivered"],
      ["EXPIRED", "failed"],
      ["DELETED", "failed"],
      ["UNDELIV", "failed"],
      ["REJECTD", "failed"],
      ["ACCEPTD", "sent"],
      ["ENROUTE", "sent"],
      ["UNKNOWN", "sent"],
      ["SKIPPED", "sent"],
    ];
    for (const [number, [state, shown]] of states.entries()) {
      const words = `Ça va? ¿€5 @ {pier} ${state}`;
      const sent = await lena.send(text(OWN, phone(100 + number)), words);
      const part = await taken(({ to }) => to === phone(100 + number));
      is(part.words, words);
      is(await smsc.receipt(part, state), smpp.ESME_ROK);
      await until(`${state} shows as ${shown}`, async () => (await delivery(lena, sent)).state === shown);
    }
  });

  await check("a receipt with parameters alone is read, with the network's reason", async () => {
    const sent = await lena.send(text(OWN, phone(120)), "Hello");
    const part = await taken(({ to }) => to === phone(120));
    const parameters = { receipted_message_id: part.id, message_state: 5, network_error_code: Buffer.from([3, 0, 1]) };
    const addresses = { source_addr: phone(120).slice(1), destination_addr: OWN.slice(1) };
    is(await smsc.bring({ ...addresses, ...parameters, esm_class: 4, short_message: "" }), smpp.ESME_ROK);
    await until("it failed", async () => (await delivery(lena, sent)).cause?.code === "number_not_in_use");
  });

  await check("a long text in UCS-2 leaves in two parts, and is delivered when both are", async () => {
    const words = "⚓ Fair winds and following seas ".repeat(3);
    const sent = await lena.send(text(OWN, phone(121)), words);
    await until("both parts are there", () => of(121).length === 2);
    const parts = of(121);
    is(parts.map(({ words }) => words).join(""), words);
    is(parts.every(({ coding, concat }) => coding === 8 && concat.total === 2), true);
    await smsc.receipt(parts[0], "DELIVRD");
    is((await delivery(lena, sent)).state, "sent");
    await smsc.receipt(parts[1], "DELIVRD");
    await until("it is delivered", async () => (await delivery(lena, sent)).state === "delivered");
  });

  await check("texts come in, in the GSM alphabet and in UCS-2, and parts in any order", async () => {
    const from = { source_addr: phone(200).slice(1), destination_addr: OWN.slice(1) };
    is(await smsc.bring({ ...from, data_coding: 0, short_message: "Ahoy €7, señor à bord" }), smpp.ESME_ROK);
    is(await smsc.bring({ ...from, data_coding: 8, short_message: "Здравствуйте 🙂" }), smpp.ESME_ROK);
    const all = ["Is there ", "a berth ", "left? ⚓"];
    for (const part of [2, 0, 1]) {
      const udh = Buffer.from([5, 0, 3, 42, 3, part + 1]);
      is(await smsc.bring({ ...from, data_coding: 8, short_message: { udh, message: all[part] } }), smpp.ESME_ROK);
    }
    const expected = ["Ahoy €7, señor à bord", "Здравствуйте 🙂", all.join("")];
    await until("all are there", async () => (await lena.timeline()).length === expected.length);
    is((await lena.timeline()).map(({ body }) => body).join("|"), expected.join("|"));
  });

  await check("parts come in with numbers of two octets, by parameters, and one of them twice; so do texts as payloads", async () => {
    const from = { source_addr: phone(201).slice(1), destination_addr: OWN.slice(1), data_coding: 0 };
    const all = ["Three more ", "berths at ", "pier 7."];
    for (const part of [1, 0, 1, 2]) {
      const udh = Buffer.from([6, 8, 4, 1, 42, 3, part + 1]);
      is(await smsc.bring({ ...from, short_message: { udh, message: all[part] } }), smpp.ESME_ROK);
    }
    for (const part of [2, 2, 1, 0]) {
      const sar = { sar_msg_ref_num: 4_242, sar_total_segments: 3, sar_segment_seqnum: part + 1 };
      is(await smsc.bring({ ...from, ...sar, short_message: all[part] }), smpp.ESME_ROK);
    }
    is(await smsc.bring({ ...from, short_message: "", message_payload: all.join("").repeat(9) }), smpp.ESME_ROK);
    is(await smsc.bring({ ...from, message_payload: "By data_sm" }, "data_sm"), smpp.ESME_ROK);
    const expected = [all.join(""), all.join(""), all.join("").repeat(9), "By data_sm"];
    await until("all are there", async () => (await lena.timeline()).length === expected.length);
    is((await lena.timeline()).map(({ body }) => body).join("|"), expected.join("|"));
  });

  await check("an SMSC that is asked too often gets the text later, once", async () => {
    let often = 3;
    smsc.judge = () => ((often -= 1) >= 0 ? smpp.ESME_RTHROTTLED : smpp.ESME_ROK);
    const sent = await lena.send(text(OWN, phone(122)), "Later");
    await until("it is sent", async () => (await delivery(lena, sent)).state === "sent");
    is(of(122).length, 1);
    smsc.judge = () => smpp.ESME_ROK;
  });

  await check("a recipient that the SMSC does not take has failed, with its reason", async () => {
    smsc.judge = () => smpp.ESME_RINVDSTADR;
    const sent = await lena.send(text(OWN, phone(123)), "Nobody");
    await until("it failed", async () => (await delivery(lena, sent)).state === "failed");
    is((await delivery(lena, sent)).reason, "0x0000000B: The carrier does not take the recipient's number.");
    smsc.judge = () => smpp.ESME_ROK;
  });

  await check("a connection that is cut amid a thousand texts sends none twice, and says of which nobody knows", () => cutAmid(lena, MANY, 300));

  await check("a long text leaves in parts by parameters, and is delivered when all are", async () => {
    const before = smsc.unbinds;
    const sar = await add("transceiver", { concatenation: "sar" });
    await server.command("number", "assign-carrier", OWN, "--account", sar);
    await server.command("carrier", "remove", account, "--tenant", "harbor");
    account = sar;
    await until("it is bound, and the one before is gone", () => smsc.bound === 1 && smsc.unbinds === before + 1);
    const words = "⚓ Fair winds and following seas ".repeat(6);
    const sent = await lena.send(text(OWN, phone(125)), words);
    await until("all parts are there", () => of(125).length === 3);
    const parts = of(125);
    is(parts.map(({ words }) => words).join(""), words);
    is(parts.map(({ concat }) => `${concat.sar} ${concat.total} ${concat.part}`).join(), "true 3 1,true 3 2,true 3 3");
    is(new Set(parts.map(({ concat }) => concat.reference)).size, 1);
    await until("it is sent", async () => (await delivery(lena, sent)).state === "sent");
    for (const part of parts) is(await smsc.receipt(part, "DELIVRD"), smpp.ESME_ROK);
    await until("it is delivered", async () => (await delivery(lena, sent)).state === "delivered");
  });

  let separate;
  await check("an account with a session for each direction works, and the one before has left in order", async () => {
    const before = smsc.unbinds;
    await until("it is bound", () => smsc.bound === 1);
    separate = await add("separate");
    await server.command("number", "assign-carrier", OWN, "--account", separate);
    await server.command("carrier", "remove", account, "--tenant", "harbor");
    await until("two are bound, and the first is gone", () => smsc.bound === 2 && smsc.unbinds === before + 1);
    const sent = await lena.send(text(OWN, phone(124)), "Both ways");
    const part = await taken(({ to }) => to === phone(124));
    is(await smsc.receipt(part, "DELIVRD"), smpp.ESME_ROK);
    await until("it is delivered", async () => (await delivery(lena, sent)).state === "delivered");
  });

  await check("so it is where the session for one direction alone is cut, and the other still brings texts", async () => {
    const binds = smsc.binds.length;
    await cutAmid(lena, FEW, 60, false);
    const more = smsc.binds.slice(binds);
    is(more.length > 0 && more.every((kind) => kind === "bind_transmitter"), true);
    const from = { source_addr: phone(203).slice(1), destination_addr: OWN.slice(1) };
    is(await smsc.bring({ ...from, data_coding: 0, short_message: "Still here" }), smpp.ESME_ROK);
    await until("it is there", async () => (await lena.timeline()).at(-1)?.body === "Still here");
  });

  await check("a wrong login is said in words", async () => {
    await writeFile(secret, "gale");
    const wrong = await add("transceiver");
    const said = await server.command("carrier", "test", wrong, "--tenant", "harbor").catch((error) => error.stderr);
    is(said.includes("The password is wrong."), true);
    await server.command("carrier", "remove", wrong, "--tenant", "harbor");
    await writeFile(secret, PASSWORD);
  });

  await check("with TLS texts go both ways, and an SMSC that nobody vouches for gets no login", async () => {
    const distrusted = await add("transceiver", { tls: "yes", port: secure.port });
    const said = await server.command("carrier", "test", distrusted, "--tenant", "harbor").catch((error) => error.stderr);
    is(said.includes("is not trusted"), true);
    is(secure.binds.length, 0);
    await server.command("carrier", "remove", distrusted, "--tenant", "harbor");
    const trusted = await add("transceiver", { tls: "yes", port: secure.port, ca_file: certificate });
    await server.command("number", "assign-carrier", OWN, "--account", trusted);
    await server.command("carrier", "remove", separate, "--tenant", "harbor");
    await until("it is bound, and no other is", () => secure.bound === 1 && smsc.bound === 0);
    const sent = await lena.send(text(OWN, phone(126)), "Sealed ⚓");
    await until("it is there", () => secure.taken.length === 1);
    is(secure.taken[0].words, "Sealed ⚓");
    is(await secure.receipt(secure.taken[0], "DELIVRD"), smpp.ESME_ROK);
    await until("it is delivered", async () => (await delivery(lena, sent)).state === "delivered");
    const from = { source_addr: phone(202).slice(1), destination_addr: OWN.slice(1) };
    is(await secure.bring({ ...from, data_coding: 0, short_message: "Sealed, too" }), smpp.ESME_ROK);
    await until("it is there", async () => (await lena.timeline()).at(-1)?.body === "Sealed, too");
  });

  await check("a server that stops says farewell to the SMSC", async () => {
    await server.end();
    is(secure.unbinds, 1);
    is(secure.bound, 0);
  });
}

/** Sends many texts while the SMSC cuts all its connections, or those alone by which texts come, whenever so many have come; and takes some later. */
async function cutAmid(lena, many, every, isAll = true) {
  const before = smsc.taken.length;
  let seen = 0;
  smsc.judge = () => {
    seen += 1;
    const place = seen % every;
    // Not taken, and to be brought again later.
    if (place === every / 2) return smpp.ESME_RTHROTTLED;
    // Taken, and the answers are lost: of the last before the cut the connection takes them with it.
    if (place === 0) setImmediate(() => smsc.cut(isAll));
    return place > every - 10 || place === 0 ? undefined : smpp.ESME_ROK;
  };
  const sent = [];
  for (let number = 0; number < many; number += 1) {
    sent.push(await lena.send(text(OWN, phone(1_000 + (number % 50))), `Number ${number} of ${many}`));
  }
  let states = new Map();
  await until("all have ended", async () => {
    states = await statesOf(lena, sent);
    return sent.every(({ id }) => !["accepted", undefined].includes(states.get(id)));
  }, 240_000);
  const counts = new Map();
  for (const { words } of smsc.taken.slice(before)) counts.set(words, (counts.get(words) ?? 0) + 1);
  let unconfirmed = 0;
  for (const { id, body } of sent) {
    const [state, count] = [states.get(id), counts.get(body) ?? 0];
    if (state === "sent") is(`${body} ${count}`, `${body} 1`);
    else {
      is(`${body} ${state}`, `${body} unconfirmed`);
      is(count <= 1, true);
      unconfirmed += 1;
    }
  }
  console.log(`  ${many - unconfirmed} sent once, ${unconfirmed} unconfirmed, ${smsc.binds.length} binds`);
  // With each cut at most those are lost whose answers were, and those that were under way.
  is(unconfirmed > 0 && unconfirmed <= Math.floor(seen / every) * (10 + WINDOW), true);
  smsc.judge = () => smpp.ESME_ROK;
}

/** Adds an account, with other settings than usual; its id. */
async function add(bind, others = {}) {
  const settings = { host: "127.0.0.1", port: smsc.port, tls: "no", system_id: SYSTEM_ID, bind, window: WINDOW, segments_a_second: 1000, response_seconds: 5, ...others };
  const set = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const said = await server.command("carrier", "add", "smpp", "--tenant", "harbor", "--name", bind, ...set, "--secret", `password=file:${secret}`);
  return said.split(" ")[0];
}

/** The parts that were taken for a phone. */
function of(line) {
  return smsc.taken.filter(({ to }) => to === phone(line));
}

/** A part that the SMSC takes. */
async function taken(is) {
  await until("the SMSC takes it", () => smsc.taken.some(is));
  return smsc.taken.find(is);
}

/** How far a text to one recipient is. */
async function delivery(api, { id, conversation }) {
  const { entries } = await api.ask("GET", `/conversations/${conversation}/entries?limit=100`);
  return entries.find((entry) => entry.id === id).deliveries[0];
}

/** How far many texts are, by their ids. */
async function statesOf(api, sent) {
  const states = new Map();
  for (const conversation of new Set(sent.map((message) => message.conversation))) {
    const { entries } = await api.ask("GET", `/conversations/${conversation}/entries?limit=100`);
    for (const { id, deliveries } of entries) states.set(id, deliveries[0].state);
  }
  return states;
}
