// Runs schemathesis against a server of its own: no server error, and no answer that the OpenAPI page does not describe.
// Writes { passed, failed } (operations) into the file that the first argument names.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Api, chat } from "../harness/api.mjs";
import { NILS, THEO, harbor, kittiwake } from "../harness/people.mjs";
import { Server } from "../harness/server.mjs";

// Bounded: the same cases in every run, and an end to them.
const BUDGET = ["--max-examples", "30", "--generation-deterministic", "--no-shrink"];
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
];
// These end the session that all others need; the server's own tests call them.
const SIGN_OUTS = ["delete_session", "delete_devices_one"];

const report = process.argv[2];
const server = await Server.start([harbor, kittiwake]);
const folder = await mkdtemp(join(tmpdir(), "halyard-fuzz-"));
try {
  // Whoever may do everything comes furthest.
  await server.command("user", "change", NILS, "--role", "administrator");
  await server.command("tenant", "operator", "harbor");
  const nils = await Api.signIn(server.url, NILS);
  const sums = { passed: 0, failed: 0 };
  const runs = [
    await fuzz(nils.cookie),
    await fuzz(nils.cookie, "/conversations/", await conversation(nils)),
    await fuzz(nils.cookie, "/users/", await user(nils, THEO)),
    await fuzz(nils.cookie, "/carriers/", await carrier()),
  ];
  for (const found of runs) {
    sums.passed += found.passed;
    sums.failed += found.failed;
  }
  await writeFile(report, JSON.stringify(sums));
} finally {
  await server.stop();
  await rm(folder, { recursive: true });
}

/** A conversation that the fuzzer may read, mute and name. */
async function conversation(api) {
  const { users, me } = await api.ask("GET", "/bootstrap");
  const other = users.find(({ id }) => id !== me.user.id);
  return (await api.send(chat(other.id), "Ready for the tide?")).conversation;
}

/** A user whom the fuzzer may change. */
async function user(api, login) {
  const { users } = await api.ask("GET", "/bootstrap");
  return users.find(({ extension }) => login.startsWith(`${extension}@`)).id;
}

/** An account that the fuzzer may test: nobody is where its carrier should be. */
async function carrier() {
  const settings = ["--set", "api=http://127.0.0.1:9", "--secret", "token=env:HALYARD_SIMULATOR_TOKEN"];
  const added = await server.command("carrier", "add", "simulator", "--tenant", "harbor", "--name", "Outside", ...settings);
  return added.split(" ")[0];
}

/** All operations with made-up ids; or those on one thing, by the path and the id of one that is there. */
async function fuzz(cookie, path, id) {
  const junit = join(folder, "junit.xml");
  const config = join(folder, "schemathesis.toml");
  await writeFile(config, id ? `[parameters]\n"path.id" = "${id}"\n` : "");
  const scope = id ? ["--include-path-regex", path, "--exclude-method", "DELETE"] : [];
  const words = [
    "--config-file", config,
    "run", `${server.url}/api/openapi.json`,
    "--header", `Cookie: ${cookie}`,
    "--checks", CHECKS.join(","),
    ...SIGN_OUTS.flatMap((operation) => ["--exclude-operation-id", operation]),
    ...scope,
    "--generation-with-security-parameters", "false",
    "--phases", "examples,coverage,fuzzing",
    "--warnings", "off",
    "--report", "junit", "--report-junit-path", junit,
    "--continue-on-failure", "--no-color",
    ...BUDGET,
  ];
  const child = spawn(process.env.HALYARD_SCHEMATHESIS, words, { stdio: ["ignore", "inherit", "inherit"] });
  const status = await new Promise((resolve, reject) => child.once("error", reject).once("exit", resolve));
  const sums = await readFile(junit, "utf8").then(count, () => ({ passed: 0, failed: 1 }));
  await rm(junit, { force: true });
  if (status !== 0 && sums.failed === 0) sums.failed = 1;
  return sums;
}

/** An operation with any failure has failed. */
function count(xml) {
  const cases = xml.match(/<testcase\b[^>]*?(\/>|>[\s\S]*?<\/testcase>)/g) ?? [];
  const failed = cases.filter((one) => /<(failure|error)\b/.test(one)).length;
  return { passed: cases.length - failed, failed };
}
