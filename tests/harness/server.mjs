// Runs the real halyard-server: a port and a database of its own, tenants made by its own commands, stopped by its process id.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);
const READY = "halyard-server listening on ";

function fromEnvironment(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests by \`cargo xtask test\` or \`cargo xtask e2e\``);
  return value;
}

/** One password for everybody: the tests are not about guessing it. */
export const PASSWORD = "fair winds 41 knots";

/** What a server logs in with at the carrier simulator beside it. */
export const TOKEN = "fair-winds-41-knots";

export class Server {
  #folder;
  #child;

  constructor(folder) {
    this.#folder = folder;
    this.binary = fromEnvironment("HALYARD_SERVER_BIN");
    this.database = `sqlite:${join(folder, "halyard.db")}`;
    /** The app that it serves from its next start on. */
    this.app = fromEnvironment("HALYARD_APP");
    /** Where carriers find it, if it is to know; nobody else is served there. */
    this.publicUrl = undefined;
  }

  /** Makes an empty database and the tenants in it, and starts a server on a free port, perhaps with another app, and knowing where carriers find it. */
  static async start(tenants = [], app = undefined, publicUrl = undefined) {
    fromEnvironment("HALYARD_SERVER_BIN");
    const server = new Server(await mkdtemp(join(tmpdir(), "halyard-test-")));
    server.app = app ?? server.app;
    server.publicUrl = publicUrl;
    try {
      for (const tenant of tenants) await server.#addTenant(tenant);
      await server.resume();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Runs one of the server's commands against its database; what it prints. */
  async command(...words) {
    const { stdout } = await run(this.binary, [...words, "--database", this.database], { env: this.#environment() });
    return stdout;
  }

  async #addTenant({ domain, name, users }) {
    await this.command("tenant", "add", domain, "--name", name);
    const owned = new Set();
    for (const { extension, name, department = "", role = "basic", numbers = [] } of users) {
      const login = `${extension}@${domain}`;
      await this.command("user", "add", login, "--name", name, "--department", department, "--role", role, "--password", PASSWORD);
      for (const number of numbers) {
        if (!owned.has(number)) await this.command("number", "add", number, "--tenant", domain);
        owned.add(number);
        await this.command("number", "assign", number, login);
      }
    }
  }

  /** Starts the server again on the same database, and on the same port if it had one. */
  async resume() {
    const known = this.publicUrl ? ["--public-url", this.publicUrl, "--trust-proxy=false"] : [];
    const listen = this.url ? new URL(this.url).host : "127.0.0.1:0";
    const child = spawn(
      this.binary,
      ["serve", "--listen", listen, "--database", this.database, "--app-dir", this.app, ...known],
      { env: this.#environment(), stdio: ["ignore", "pipe", process.env.HALYARD_TEST_LOG ? "inherit" : "ignore"] },
    );
    this.#child = child;
    const lines = createInterface({ input: child.stdout });
    this.url = await new Promise((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`halyard-server ended with ${code} before it was ready`)));
      child.once("error", reject);
      lines.on("line", (line) => line.startsWith(READY) && resolve(line.slice(READY.length).trim()));
    });
    child.removeAllListeners("exit");
  }

  #environment() {
    // Many people sign in from one address here, which elsewhere would look like guessing, and programs text faster than people.
    const patient = {
      HALYARD_SIGN_INS_PER_ACCOUNT: "1000",
      HALYARD_SIGN_INS_PER_ADDRESS: "1000",
      HALYARD_TEXTS_PER_MINUTE: "100000",
      HALYARD_TENANT_TEXTS_PER_MINUTE: "100000",
      HALYARD_SIMULATOR_TOKEN: TOKEN,
    };
    return { PATH: process.env.PATH, HOME: this.#folder, ...patient };
  }

  /** Ends the process with a signal and waits until it is gone. */
  async end(signal = "SIGTERM") {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  }

  /** Ends the server and removes what it kept. */
  async stop() {
    await this.end();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
