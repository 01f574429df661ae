// A carrier and the phones outside: the server's own simulator, a process of its own, and what it says it took and brought.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { TOKEN } from "./server.mjs";

const READY = "carrier simulator listening on ";

export class Outside {
  #child;

  /** Starts it, and lets it carry these numbers of a server. */
  static async start(server, domain, numbers) {
    const outside = new Outside();
    const words = ["carrier-simulator", "--listen", "127.0.0.1:0", "--token", TOKEN, "--speed", "4"];
    const child = spawn(server.binary, words, { stdio: ["ignore", "pipe", process.env.HALYARD_TEST_LOG ? "inherit" : "ignore"] });
    outside.#child = child;
    const lines = createInterface({ input: child.stdout });
    outside.url = await new Promise((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the carrier simulator ended with ${code} before it was ready`)));
      child.once("error", reject);
      lines.on("line", (line) => line.startsWith(READY) && resolve(line.slice(READY.length).trim()));
    });
    child.removeAllListeners("exit");
    const secret = "token=env:HALYARD_SIMULATOR_TOKEN";
    const added = await server.command("carrier", "add", "simulator", "--tenant", domain, "--name", "Outside", "--set", `api=${outside.url}`, "--secret", secret);
    const [account] = added.split(" ");
    for (const number of numbers) await server.command("number", "assign-carrier", number, "--account", account);
    return outside;
  }

  async #ask(method, path, body) {
    const headers = { authorization: `Bearer ${TOKEN}`, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const answer = await fetch(`${this.url}${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path} was answered by ${answer.status}: ${await answer.text()}`);
    return answer;
  }

  /** Sets how a phone behaves: `delivers`, `unreachable`, `loses_answer`. */
  async set(phone, behavior) {
    await this.#ask("PUT", `/control/phones/${phone}`, { behavior });
  }

  /** A phone writes; `more` has the others of a group, or a picture. */
  async write(from, to, body, more = {}) {
    await this.#ask("POST", "/control/texts", { from, to, body, ...more });
  }

  /** All texts of Halyard's that phones got, or that failed on the way to them, oldest first; to this phone alone if one is named. */
  async texts(phone) {
    const { texts } = await (await this.#ask("GET", "/control/state")).json();
    return texts.filter((text) => !text.of_phone && (!phone || text.to.includes(phone)));
  }

  /** How often each reference was handed over and taken. */
  async references() {
    return (await this.#ask("GET", "/control/references")).json();
  }

  /** The bytes of a file of a text. */
  async file({ id }) {
    return Buffer.from(await (await this.#ask("GET", `/media/${id}`)).arrayBuffer());
  }

  async stop() {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await gone;
  }
}
