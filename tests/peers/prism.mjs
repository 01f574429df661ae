// Prism at a carrier's end: it answers as the provider's own description of its interface says, and says what of a request is not as described.
// Before it stands a relay, which notes what was asked and answered, and can lose an answer.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const PRISM = fileURLToPath(new URL("node_modules/@stoplight/prism-cli/dist/index.js", import.meta.url));

export class Provider {
  #prism;
  #folder;
  #server;
  /** What was asked, and what Prism said: { method, path, query, body, status, wrong }. */
  exchanges = [];
  /** The status that a method is answered with, of those that the description has; none for the usual one. */
  prefers = () => undefined;
  /** Whether the answer of an exchange is lost. */
  loses = () => false;

  /** A provider of this description. */
  static async start(description) {
    const provider = new Provider();
    provider.description = description;
    provider.#folder = await mkdtemp(join(tmpdir(), "halyard-prism-"));
    const own = join(provider.#folder, "description.json");
    await writeFile(own, JSON.stringify(provider.description));
    const words = [PRISM, "mock", "--host", "127.0.0.1", "--port", "0", own];
    provider.#prism = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: provider.#prism.stdout });
    const upstream = await new Promise((resolve, reject) => {
      provider.#prism.once("exit", (code) => reject(new Error(`Prism ended with ${code} before it was ready`)));
      lines.on("line", (line) => {
        const [, url] = /listening on (http:\S+)/.exec(line) ?? [];
        if (url) resolve(url);
      });
    });
    provider.#server = createServer((request, answer) => provider.#relay(upstream, request, answer));
    await new Promise((resolve) => provider.#server.listen(0, "127.0.0.1", resolve));
    provider.url = `http://127.0.0.1:${provider.#server.address().port}`;
    return provider;
  }

  async #relay(upstream, request, answer) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const headers = { ...request.headers };
    for (const hop of ["host", "connection", "content-length", "transfer-encoding"]) delete headers[hop];
    const preferred = this.prefers(request.method);
    if (preferred) headers.prefer = `code=${preferred}`;
    const { pathname, searchParams } = new URL(request.url, upstream);
    const said = await fetch(`${upstream}${request.url}`, { method: request.method, headers, body: body.length ? body : undefined });
    const words = await said.text();
    const wrong = JSON.parse(said.headers.get("sl-violations") ?? "[]");
    const exchange = { method: request.method, path: pathname, query: searchParams, body: body.toString(), status: said.status, words, wrong };
    this.exchanges.push(exchange);
    if (this.loses(exchange)) return request.socket.destroy();
    answer.writeHead(said.status, { "content-type": said.headers.get("content-type") ?? "text/plain" });
    answer.end(words);
  }

  /** The next exchanges from here on, once there are so many. */
  mark() {
    const from = this.exchanges.length;
    return () => this.exchanges.slice(from);
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    const gone = new Promise((resolve) => this.#prism.once("exit", resolve));
    this.#prism.kill();
    await gone;
    await rm(this.#folder, { recursive: true });
  }
}

/** Those operations of the description in a file of a package that are named by path and method. What it does not describe in the body of a request is wrong. */
export async function describe(file, wanted) {
  const text = await readFile(join(process.env.HALYARD_PROVIDERS, file), "utf8");
  const description = file.endsWith(".json") ? JSON.parse(text) : parse(text);
  const paths = {};
  for (const [path, { as = path, methods }] of Object.entries(wanted)) {
    const { servers: _, ...whole } = description.paths[path];
    const rest = Object.fromEntries(Object.entries(whole).filter(([name]) => !["get", "put", "post", "delete", "patch"].includes(name) || methods.includes(name)));
    for (const method of methods) {
      if (!rest[method]) throw new Error(`the description has no ${method} ${path}`);
      for (const [type, media] of Object.entries(resolved(description, rest[method].requestBody)?.content ?? {})) {
        const schema = resolved(description, media.schema);
        schema.additionalProperties = false;
        if (type !== "application/x-www-form-urlencoded") continue;
        // How lists stand in a form unless something else is said; Prism goes by it only if it is said.
        const lists = Object.entries(schema.properties).filter(([, property]) => property.type === "array");
        media.encoding = { ...Object.fromEntries(lists.map(([name]) => [name, { style: "form", explode: true }])), ...media.encoding };
      }
    }
    paths[as] = rest;
  }
  return { ...description, servers: [{ url: "http://127.0.0.1" }], paths };
}

/** What a reference in a description leads to. */
function resolved(description, thing) {
  if (!thing?.$ref) return thing;
  return thing.$ref.slice(2).split("/").reduce((within, name) => within[name], description);
}

/** What of a request is not as a provider's description says: in Prism's words; and parameters and fields of a form that nothing describes, which Prism passes over. */
function faults(description, { method, path, query, body, status, words, wrong }) {
  const found = wrong.filter(({ location }) => location[0] === "request").map(({ location, message }) => `${location.join(".")}: ${message}`);
  const isIts = (template) => new RegExp(`^${template.replaceAll(".", "\\.").replace(/\{[^}]+\}/g, "[^/]+")}$`).test(path);
  const template = Object.keys(description.paths).find(isIts);
  const operation = description.paths[template]?.[method.toLowerCase()];
  if (!operation) return [...found, `nothing describes ${method} ${path}`];
  const all = [...(description.paths[template].parameters ?? []), ...(operation.parameters ?? [])].map((one) => resolved(description, one));
  const form = resolved(description, operation.requestBody)?.content["application/x-www-form-urlencoded"];
  const fields = form ? [...new URLSearchParams(body).keys()] : [];
  const named = [...all.filter((one) => one.in === "query").map(({ name }) => name), ...Object.keys(resolved(description, form?.schema)?.properties ?? {})];
  found.push(...[...query.keys(), ...fields].filter((name) => !named.includes(name)).map((name) => `nothing describes ${name}`));
  // Where a description has no answer to what is wrong, Prism answers by one of its own.
  if (status >= 300) found.push(`${method} ${path} was answered by ${status}: ${words.slice(0, 400)}`);
  return found;
}

/** Fails if a provider would not take a request, or none was made. */
export function accepted({ description }, exchanges) {
  if (exchanges.length === 0) throw new Error("nothing was asked");
  const found = exchanges.flatMap((exchange) => faults(description, exchange));
  if (found.length > 0) throw new Error(found.join("; "));
}

/** What Prism has to say of a request. */
export const refused = ({ description }, exchanges) => exchanges.flatMap((exchange) => faults(description, exchange)).join("; ");
