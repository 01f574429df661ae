// Webhooks signed by chance's words: Twilio's own library signs and Telnyx's own checks what is brought to the real server, which has to agree with
// them; and so it has on each that was changed on its way.
import { createRequire } from "node:module";
import { generateKeyPairSync, randomBytes, randomInt, sign } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Api } from "../harness/api.mjs";
import { check, inOrder, is, report, until } from "../harness/checks.mjs";
import { LENA, THREE_NUMBERS, harbor } from "../harness/people.mjs";
import { Server } from "../harness/server.mjs";

const PUBLIC = "https://phone.harbor.example";
const MANY = 40;
const TOKEN = randomBytes(16).toString("hex");
const LOGIN = { user: "hooks", password: "fair winds: 41 knots" };

const load = createRequire(join(process.env.HALYARD_PROVIDERS, "from-here.js"));
const { getExpectedTwilioSignature, validateRequest } = load("./twilio/lib/webhooks/webhooks.js");
const { TelnyxWebhook } = load("./telnyx/lib/webhooks.js");

const keys = generateKeyPairSync("ed25519");
/** Of a key in the form of RFC 8410 the last 32 bytes are the key. */
const publicKey = keys.publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("base64");

const folder = await mkdtemp(join(tmpdir(), "halyard-signatures-"));
const server = await Server.start([harbor], undefined, PUBLIC);
try {
  for (const checks of [twilio, telnyx, bandwidth]) await inOrder(checks);
} finally {
  await server.stop();
  await rm(folder, { recursive: true });
}
await report();

async function twilio() {
  const [number] = THREE_NUMBERS;
  const hook = await account("twilio", number, { account_sid: "AC0123456789abcdef0123456789abcdef" }, { auth_token: TOKEN });
  const signed = (url, form) => getExpectedTwilioSignature(TOKEN, url, form);
  const bring = (query, form, signature) => post(`${hook}${query}`, new URLSearchParams(form).toString(), {
    "content-type": "application/x-www-form-urlencoded",
    "x-twilio-signature": signature,
  });

  await check("twilio: the server takes what Twilio's library signs, with words of all kinds, and not what was changed", async () => {
    const expected = [];
    for (let time = 0; time < MANY; time += 1) {
      const words = chance();
      const form = { MessageSid: `SM${randomBytes(16).toString("hex")}`, From: "+12025550143", To: number, Body: words, NumMedia: "0" };
      for (let more = randomInt(4); more > 0; more -= 1) form[`Extra${randomInt(1000)}`] = chance();
      const query = randomInt(2) ? `?more=${encodeURIComponent(chance())}` : "";
      const url = `${PUBLIC}${hook}${query}`;
      const signature = signed(url, form);
      is(await bring(query, form, signature), 200);
      expected.push(words);
      const wrong = [
        ["", { ...form, Body: `${words}.` }, signature],
        ["", { ...form, More: "" }, signature],
        ["?more=another", form, signature],
        [query, form, getExpectedTwilioSignature(randomBytes(16).toString("hex"), url, form)],
        [query, form, ""],
      ];
      for (const [query, form, signature] of wrong) {
        is(validateRequest(TOKEN, signature, `${PUBLIC}${hook}${query}`, form), false);
        is(await bring(query, form, signature), 403);
      }
    }
    await arrived(number, expected);
  });
}

async function telnyx() {
  const [, number] = THREE_NUMBERS;
  const hook = await account("telnyx", number, { public_key: publicKey }, { api_key: "KEY0123" });
  const library = new TelnyxWebhook(publicKey);
  /** What the library and the server say. */
  const bring = async (body, time, signature) => {
    const headers = { "telnyx-timestamp": time, "telnyx-signature-ed25519": signature };
    const takes = await library.verify(body, headers).then(() => true, () => false);
    return [takes, await post(hook, body, { "content-type": "application/json", ...headers })];
  };
  const signed = (body, time) => sign(null, Buffer.from(`${time}|${body}`), keys.privateKey).toString("base64");

  await check("telnyx: the server takes what Telnyx's library takes, with words of all kinds, and not what was changed", async () => {
    const expected = [];
    for (let round = 0; round < MANY; round += 1) {
      const words = chance();
      const from = { phone_number: "+12025550143" };
      const payload = { id: randomBytes(16).toString("hex"), direction: "inbound", from, to: [{ phone_number: number }], text: words, media: [], type: "SMS" };
      const body = JSON.stringify({ data: { event_type: "message.received", payload } }, undefined, randomInt(4));
      const now = Math.floor(Date.now() / 1_000);
      const time = `${now - randomInt(200)}`;
      is((await bring(body, time, signed(body, time))).join(), "true,204");
      expected.push(words);
      const another = sign(null, Buffer.from(`${time}|${body}`), generateKeyPairSync("ed25519").privateKey).toString("base64");
      const old = `${now - 400 - randomInt(1_000)}`;
      const future = `${now + 400 + randomInt(1_000)}`;
      const wrong = [
        [`${body} `, time, signed(body, time)],
        [body, `${Number(time) - 1}`, signed(body, time)],
        [body, time, another],
        [body, time, signed(body, time).slice(4)],
        [body, old, signed(body, old)],
        [body, future, signed(body, future)],
      ];
      for (const [at, [body, time, signature]] of wrong.entries()) is(`${at} ${await bring(body, time, signature)}`, `${at} false,403`);
    }
    await arrived(number, expected);
  });
}

async function bandwidth() {
  const [, , number] = THREE_NUMBERS;
  const { user, password } = LOGIN;
  const settings = { account_id: "9900000", application_id: "a", user: "api", callback_user: user };
  const hook = await account("bandwidth", number, settings, { password: "gale", callback_password: password });
  const bring = (words, authorization) => {
    const message = { id: randomBytes(10).toString("hex"), owner: number, from: "+12025550143", to: [number], text: words, media: [], direction: "in" };
    const body = JSON.stringify([{ type: "message-received", time: new Date().toISOString(), to: number, message }]);
    return post(hook, body, { "content-type": "application/json", ...(authorization ? { authorization } : {}) });
  };
  const basic = (user, password) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

  await check("bandwidth: the server takes what comes with the application's login, and nothing else", async () => {
    const expected = [];
    for (let time = 0; time < MANY; time += 1) {
      const words = chance();
      is(await bring(words, basic(user, password)), 204);
      expected.push(words);
      is(await bring(words, basic(user, chance())), 403);
      is(await bring(words, basic(chance(), password)), 403);
      is(await bring(words), 401);
    }
    await arrived(number, expected);
  });
}

/** Adds an account that carries a number; the path of its webhook. */
async function account(kind, number, settings, secrets) {
  const set = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const sealed = [];
  for (const [name, value] of Object.entries(secrets)) {
    const file = join(folder, `${kind}-${name}`);
    await writeFile(file, value);
    sealed.push("--secret", `${name}=file:${file}`);
  }
  const said = await server.command("carrier", "add", kind, "--tenant", "harbor", "--name", kind, "--public-url", PUBLIC, ...set, ...sealed);
  await server.command("number", "assign-carrier", number, "--account", said.split(" ")[0]);
  return new URL(/https:\S+/.exec(said)[0]).pathname;
}

/** Brings something to the server; the status that it answers. Not by `fetch`, which writes some signs of an address in another way. */
function post(path, body, headers) {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const asking = request({ hostname, port, path, method: "POST", headers }, (answer) => {
      answer.resume().once("end", () => resolve(answer.statusCode));
    });
    asking.once("error", reject).end(body);
  });
}

/** The newest conversation is the number's, and has these texts and no others. */
async function arrived(number, expected) {
  const lena = await Api.signIn(server.url, LENA);
  await until("all are there", async () => (await lena.timeline()).length >= expected.length);
  const all = await lena.timeline();
  is(JSON.stringify(all.map(({ body }) => body)), JSON.stringify(expected));
}

/** Some words, of signs that are written in several ways. */
function chance() {
  const signs = ["a", "Z", "7", " ", "+", "&", "=", "%", "%20", "'", "\"", "\\", "/", "?", "#", "~", "*", "é", "ß", "€", "日", "👍🏽", "\n", "<", "}", "|"];
  const all = Array.from({ length: 1 + randomInt(30) }, () => signs[randomInt(signs.length)]);
  return `x${all.join("")}x`;
}
