// The real server against Twilio, Bandwidth and Telnyx as their own descriptions of their interfaces have them: Prism checks each request by these, and
// answers as they say. Telnyx's is made from its library's types.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Api, freshId, text } from "../harness/api.mjs";
import { check, inOrder, is, report, until } from "../harness/checks.mjs";
import { LENA, THREE_NUMBERS, harbor } from "../harness/people.mjs";
import { Server } from "../harness/server.mjs";
import { Provider, accepted, describe, refused } from "./prism.mjs";
import { describeTelnyx } from "./telnyx.mjs";

/** Where the providers find the server: nobody has to be there. */
const PUBLIC = "https://phone.harbor.example";
const ACCOUNT_SID = "AC0123456789abcdef0123456789abcdef";
const WORDS = "Ça va? ¿€5 & 100% + {pier} ⚓";
const PHONE = "+12025550143";

const TWILIO = {
  described: () => describe("@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json", {
    "/2010-04-01/Accounts/{Sid}.json": { methods: ["get"] },
    "/2010-04-01/Accounts/{AccountSid}/Messages.json": { methods: ["get", "post"] },
  }),
  number: THREE_NUMBERS[0],
  settings: { account_sid: ACCOUNT_SID },
  secrets: ["auth_token"],
  messages: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`,
  wrong: [
    ["From=%2B12025550199&Body=Hi", "required property 'To'"],
    ["From=%2B12025550199&To=%2B12025550143&Body=Hi&Colour=blue", "nothing describes Colour"],
  ],
  type: "application/x-www-form-urlencoded",
  files: (body) => new URLSearchParams(body).getAll("MediaUrl"),
  read(body) {
    const form = new URLSearchParams(body);
    return { from: form.get("From"), to: form.getAll("To"), words: form.get("Body") ?? "" };
  },
};

const BANDWIDTH = {
  described: () => describe("bandwidth-sdk/bandwidth.yml", {
    "/users/{accountId}/messages": { as: "/api/v2/users/{accountId}/messages", methods: ["get", "post"] },
  }),
  number: THREE_NUMBERS[1],
  settings: { account_id: "9900000", application_id: "93de2206-9669-4e07-948d-329f4b722ee2", user: "api", callback_user: "hooks" },
  secrets: ["password", "callback_password"],
  messages: "/api/v2/users/9900000/messages",
  wrong: [
    ['{"applicationId":"a","from":"+12025550199","text":"Hi"}', "required property 'to'"],
    ['{"applicationId":"a","from":"+12025550199","to":["+12025550143"],"words":"Hi"}', "must NOT have additional properties"],
  ],
  type: "application/json",
  files: (body) => JSON.parse(body).media ?? [],
  read(body) {
    const { from, to, text: words = "" } = JSON.parse(body);
    return { from, to, words };
  },
  group: ["+12025550110", "+12025550120"],
  callbacks: {
    inbound: "smsMessageReceivedCallbackExample",
    reports: [["messageSentCallbackExample", "sent"], ["smsMessageDeliveredCallbackExample", "delivered"], ["messageFailedCallbackExample", "failed"]],
    headers: { "content-type": "application/json", authorization: `Basic ${Buffer.from("hooks:fairwind").toString("base64")}` },
  },
  refusal: "'+invalid' must be replaced with a valid E164 formatted telephone number",
};

const TELNYX = {
  described: describeTelnyx,
  number: THREE_NUMBERS[2],
  settings: { public_key: "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=" },
  secrets: ["api_key"],
  messages: "/v2/messages",
  wrong: [
    ['{"from":"+12025550199","text":"Hi"}', "required property 'to'"],
    ['{"from":"+12025550199","to":"+12025550143","words":"Hi"}', "must NOT have additional properties"],
  ],
  type: "application/json",
  files: (body) => JSON.parse(body).media_urls ?? [],
  read(body) {
    const { from, to, text: words = "" } = JSON.parse(body);
    return { from, to: [to].flat(), words };
  },
  group: ["+12025550110", "+12025550120"],
  canNotLookUp: true,
};

const folder = await mkdtemp(join(tmpdir(), "halyard-openapi-"));
const secret = join(folder, "secret");
await writeFile(secret, "fairwind");
const server = await Server.start([harbor], undefined, PUBLIC);
try {
  for (const [kind, carrier] of Object.entries({ twilio: TWILIO, bandwidth: BANDWIDTH, telnyx: TELNYX })) await inOrder(() => checks(kind, carrier));
} finally {
  await server.stop();
  await rm(folder, { recursive: true });
}
await report();

async function checks(kind, carrier) {
  const provider = await Provider.start(await carrier.described());
  try {
    await withProvider(kind, carrier, provider);
  } finally {
    await provider.stop();
  }
}

async function withProvider(kind, carrier, provider) {
  const lena = await Api.signIn(server.url, LENA);
  let hook;
  const isLookUpOf = (number) => ({ method, query }) => method === "GET" && [...query.values()].includes(number);
  /** Submissions, of all that was asked. */
  const submissions = (exchanges) => exchanges.filter(({ method }) => method === "POST");

  await check(`${kind}: its description refuses what is wrong`, async () => {
    const headers = { "content-type": carrier.type, authorization: "Basic YTpi" };
    for (const [body, why] of carrier.wrong) {
      const asked = provider.mark();
      await fetch(`${provider.url}${carrier.messages}`, { method: "POST", headers, body });
      const words = refused(provider, asked());
      if (!words.includes(why)) throw new Error(`${body} was answered: ${words}`);
    }
    const asked = provider.mark();
    await fetch(`${provider.url}${carrier.messages}?Colour=blue`, { headers });
    is(/nothing describes (Colour|GET)/.test(refused(provider, asked())), true);
  });

  await check(`${kind}: an account is added and tested`, async () => {
    const settings = { api: provider.url, segments_a_second: 100, ...carrier.settings };
    const set = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
    const secrets = carrier.secrets.flatMap((name) => ["--secret", `${name}=file:${secret}`]);
    const said = await server.command("carrier", "add", kind, "--tenant", "harbor", "--name", kind, "--public-url", PUBLIC, ...set, ...secrets);
    const account = said.split(" ")[0];
    hook = new URL(/https:\S+/.exec(said)[0]).pathname;
    const asked = provider.mark();
    const words = await server.command("carrier", "test", account, "--tenant", "harbor");
    accepted(provider, asked());
    is(/ knows the /.test(words), true);
    await server.command("number", "assign-carrier", carrier.number, "--account", account);
  });

  await check(`${kind}: a text is as described, and so is the answer that says that it was taken`, async () => {
    const asked = provider.mark();
    const sent = await lena.send(text(carrier.number, PHONE), WORDS);
    await until("it is sent", async () => (await delivery(lena, sent)).state === "sent");
    accepted(provider, asked());
    is(asked().length, 1);
    is(JSON.stringify(carrier.read(asked()[0].body)), JSON.stringify({ from: carrier.number, to: [PHONE], words: WORDS }));
  });

  await check(`${kind}: so is one with pictures, which are where the request says`, async () => {
    const pictures = await Promise.all(["icon-192.png", "icon-512.png"].map((name) => readFile(new URL(`../../public/${name}`, import.meta.url))));
    const media = [];
    for (const picture of pictures) media.push(await upload(lena, picture));
    const asked = provider.mark();
    const message = { to: text(carrier.number, PHONE), body: "Look", media };
    const sent = await lena.ask("POST", "/messages", message, { "idempotency-key": freshId() });
    await until("it is asked", () => asked().length > 0);
    accepted(provider, asked());
    await until("it is sent", async () => (await delivery(lena, sent)).state === "sent");
    const files = carrier.files(asked()[0].body);
    is(files.length, 2);
    for (const file of files) {
      is(file.startsWith(`${PUBLIC}/webhooks/files/`), true);
      const fetched = await fetch(`${server.url}${new URL(file).pathname}`);
      is(fetched.headers.get("content-type"), "image/png");
      is((await fetched.arrayBuffer()).byteLength > 1_000, true);
    }
  });

  if (carrier.group) {
    await check(`${kind}: so is a text to a group`, async () => {
      const asked = provider.mark();
      const sent = await lena.send(text(carrier.number, ...carrier.group), WORDS);
      await until("it is sent", async () => (await deliveries(lena, sent)).every(({ state }) => state === "sent"));
      accepted(provider, asked());
      is(asked().length, 1);
      is(carrier.read(asked()[0].body).to.sort().join(), carrier.group.join());
    });
  }

  if (carrier.callbacks) {
    const { inbound, reports, headers } = carrier.callbacks;
    const example = (name) => structuredClone(provider.description.components.examples[name].value);
    // Alone, as the description has it, and in a list, as the provider's pages have it.
    const bring = async (callback, isInList) => {
      const answer = await fetch(`${server.url}${hook}`, { method: "POST", headers, body: JSON.stringify(isInList ? [callback] : callback) });
      is(answer.status, 204);
    };

    await check(`${kind}: callbacks are read as described`, async () => {
      for (const isInList of [false, true]) {
        const callback = JSON.parse(JSON.stringify(example(inbound)).replaceAll(example(inbound).message.owner, carrier.number));
        callback.message.id += isInList;
        await bring(callback, isInList);
        await until("it is there", async () => (await lena.timeline()).filter(({ body }) => body === callback.message.text).length === 1 + isInList);
        for (const [name, state] of reports) {
          const asked = provider.mark();
          const sent = await lena.send(text(carrier.number, PHONE), `Until ${state}`);
          await until("it is sent", async () => (await delivery(lena, sent)).state === "sent");
          const report = example(name);
          report.to = PHONE;
          report.message.to = [PHONE];
          report.message.id = JSON.parse(asked()[0].words).id;
          report.message.tag = JSON.parse(asked()[0].body).tag;
          await bring(report, isInList);
          await until(`it is ${state}`, async () => (await delivery(lena, sent)).state === state);
        }
      }
    });
  }

  if (carrier.refusal) {
    await check(`${kind}: refusals are read as described: of a text, of one that is too soon, and of nobody knows what`, async () => {
      provider.prefers = (method) => (method === "POST" ? 400 : undefined);
      const refused = await lena.send(text(carrier.number, "+12025550145"), "Refused");
      await until("it has failed", async () => (await delivery(lena, refused)).state === "failed");
      is((await delivery(lena, refused)).reason.includes(carrier.refusal), true);

      let asked = provider.mark();
      let often = 2;
      provider.prefers = () => ((often -= 1) >= 0 ? 429 : undefined);
      const early = await lena.send(text(carrier.number, "+12025550146"), "Early");
      await until("it is sent", async () => (await delivery(lena, early)).state === "sent");
      is(submissions(asked()).map(({ status }) => status).join(), "429,429,202");

      asked = provider.mark();
      provider.prefers = (method) => (method === "POST" ? 500 : undefined);
      await lena.send(text(carrier.number, "+12025550147"), "Broken");
      await until("it is looked up", () => asked().some(isLookUpOf("+12025550147")));
      is(submissions(asked()).length, 1);
      provider.prefers = () => undefined;
    });
  }

  if (carrier.canNotLookUp) return;
  await check(`${kind}: a text whose answer is lost is looked up as described, and not handed over again`, async () => {
    provider.loses = ({ method }) => method === "POST";
    const asked = provider.mark();
    await lena.send(text(carrier.number, "+12025550144"), "Lost");
    await until("it is looked up", () => asked().some(isLookUpOf("+12025550144")));
    accepted(provider, asked());
    is(submissions(asked()).length, 1);
    provider.loses = () => false;
  });
}

/** Gives a file to the server; its id. */
async function upload(api, content) {
  const id = freshId();
  const answer = await fetch(`${api.url}/api/v1/media/${id}?name=boat.png`, {
    method: "PUT",
    headers: { cookie: api.cookie, "content-type": "application/octet-stream" },
    body: content,
  });
  if (!answer.ok) throw new Error(`a file was answered by ${answer.status}: ${await answer.text()}`);
  return id;
}

/** How far a text is, for each of its recipients. */
async function deliveries(api, { id, conversation }) {
  const { entries } = await api.ask("GET", `/conversations/${conversation}/entries?limit=100`);
  return entries.find((entry) => entry.id === id).deliveries;
}

async function delivery(api, sent) {
  return (await deliveries(api, sent))[0];
}
