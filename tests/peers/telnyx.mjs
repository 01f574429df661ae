// Telnyx publishes no description of its interface in a package; but the types of its library for TypeScript are made from one, and this is made from
// those: the bodies and answers that the server uses, by names, which are needed, and kinds of values.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What the server asks for: how the library does so, with which parameters, and what it gets. */
const OPERATIONS = [
  { call: "this._client.post('/messages', { body, ...options })", path: "/messages", body: "MessageSendParams", answer: "MessageSendResponse" },
  { call: "this._client.post('/messages/group_mms', { body, ...options })", path: "/messages/group_mms", body: "MessageSendGroupMmsParams", answer: "MessageSendGroupMmsResponse" },
  { call: "this._client.getAPIList('/messaging_profiles', (pagination_1.DefaultFlatPagination)", path: "/messaging_profiles", query: "DefaultFlatPaginationParams", list: "MessagingProfile" },
];

/** The description. */
export async function describeTelnyx() {
  const read = (file) => readFile(join(process.env.HALYARD_PROVIDERS, "telnyx", file), "utf8");
  const [types, profiles, pages, calls, client] = await Promise.all([
    "resources/messages/messages.d.ts",
    "resources/messaging-profiles/messaging-profiles.d.ts",
    "core/pagination.d.ts",
    "resources/messages/messages.js",
    "client.js",
  ].map(read));
  const lists = await read("resources/messaging-profiles/messaging-profiles.js");
  const all = `${types}\n${profiles}\n${pages}`;
  const [, base] = /baseURL: baseURL \|\| `https:\/\/api\.telnyx\.com(\/\w+)`/.exec(client);
  const paths = {};
  for (const { call, path, body, query, answer, list } of OPERATIONS) {
    if (!calls.includes(call) && !lists.includes(call)) throw new Error(`Telnyx's library has no call of ${path} any more`);
    const parameters = query && Object.entries(schema(all, query).properties).map(([name, schema]) => ({ in: "query", name, schema }));
    const requestBody = body && { required: true, content: { "application/json": { schema: { ...schema(all, body), additionalProperties: false } } } };
    const data = list ? { type: "object", required: ["data"], properties: { data: { type: "array", minItems: 1, items: schema(all, list) } } } : schema(all, answer);
    const responses = { 200: { description: "Done", content: { "application/json": { schema: data } } } };
    paths[`${base}${path}`] = { [body ? "post" : "get"]: { parameters: parameters ?? [], ...(requestBody && { requestBody }), responses } };
  }
  return { openapi: "3.0.3", info: { title: "Telnyx", version: "2" }, servers: [{ url: "http://127.0.0.1" }], paths };
}

/** An interface of the types, without what is in it that has a name of its own, but for what an answer is about. */
function schema(types, name) {
  const found = new RegExp(`^export interface ${name} \\{\\n([\\s\\S]*?)^\\}`, "m").exec(types);
  if (!found) throw new Error(`Telnyx's library has no ${name} any more`);
  const all = [...found[1].matchAll(/^ {4}'?([\w[\]]+)'?(\??): (.+);$/gm)];
  const properties = Object.fromEntries(all.map(([, name, , type]) => [name, kind(types, name, type)]));
  const required = all.filter(([, , optional]) => optional === "").map(([, name]) => name);
  return { type: "object", properties, ...(required.length > 0 && { required }) };
}

/** What a property may be. */
function kind(types, name, type) {
  if (name === "data") return schema(types, type);
  const each = type.split(" | ");
  const nullable = each.includes("null") ? { nullable: true } : {};
  const [one, ...others] = each.filter((each) => each !== "null");
  if (one.startsWith("'")) return { type: "string", enum: [one, ...others].map((literal) => literal.slice(1, -1)), ...nullable };
  if (["string", "number", "boolean"].includes(one)) return { type: one, ...nullable };
  if (one === "Array<string>") return { type: "array", items: { type: "string" }, ...nullable };
  return {};
}
