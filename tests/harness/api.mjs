// The HTTP interface as a program uses it: for what a test needs to be there before its own steps.
import { randomBytes } from "node:crypto";
import { PASSWORD } from "./server.mjs";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A fresh id: 48 bits of time, 80 of chance. */
export function freshId(now = Date.now()) {
  let bits = (BigInt(now) << 80n) | BigInt(`0x${randomBytes(10).toString("hex")}`);
  let text = "";
  for (let place = 0; place < 26; place += 1) {
    text = ALPHABET[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return text;
}

export class Api {
  constructor(url, cookie) {
    this.url = url;
    this.cookie = cookie;
  }

  /** Signs in and keeps the session's cookie. */
  static async signIn(url, login) {
    const answer = await fetch(`${url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ login, password: PASSWORD, device: "test" }),
    });
    if (!answer.ok) throw new Error(`sign-in of ${login} was answered by ${answer.status}`);
    return new Api(url, answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; "));
  }

  async call(method, path, body, headers = {}) {
    return fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { cookie: this.cookie, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  /** As `call`, but a refusal is an error of the test; the answer's JSON. */
  async ask(method, path, body, headers) {
    const answer = await this.call(method, path, body, headers);
    if (!answer.ok) throw new Error(`${method} ${path} was answered by ${answer.status}: ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  }

  /** Sends a message; its id may be given, to send it again. */
  async send(to, body, id = freshId()) {
    return this.ask("POST", "/messages", { to, body }, { "idempotency-key": id });
  }

  /** All entries of the newest conversation, in order, page by page from the end; none where there is no conversation. */
  async timeline() {
    const { conversations: [conversation] } = await this.ask("GET", "/bootstrap");
    let all = [];
    for (let before = "", more = Boolean(conversation); more; ) {
      const page = await this.ask("GET", `/conversations/${conversation.id}/entries?limit=100${before}`);
      all = [...page.entries, ...all];
      more = page.more;
      before = `&before=${all[0].seq}`;
    }
    return all;
  }

  /** Saves a contact under a fresh id. */
  async save(contact, id = freshId()) {
    return this.ask("PUT", `/contacts/${id}`, contact);
  }
}

/** A text from an own number to others. */
export const text = (from, ...numbers) => ({ from, peers: numbers.map((number) => ({ number })) });

/** A chat with other users, by their ids. */
export const chat = (...users) => ({ peers: users.map((user) => ({ user })) });
