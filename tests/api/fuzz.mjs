// Runs schemathesis against a server of its own: no server error, and no answer that the OpenAPI page does not describe.
// Writes { passed, failed } (operations) into the file that the first argument names.
import { spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { Api } from "../harness/api.mjs";
import { NILS, harbor, kittiwake } from "../harness/people.mjs";
import { Server } from "../harness/server.mjs";

// Bounded: the same cases in every run, and an end to them.
const BUDGET = ["--max-examples", "25", "--max-time", "240", "--seed", "41", "--generation-deterministic", "--no-shrink"];
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
];
// These end the session that all others need; the server's own tests call them.
const SIGN_OUTS = "sign_out|sign_out_device";

const report = process.argv[2];
const junit = `${report}.xml`;
const server = await Server.start([harbor, kittiwake]);
try {
  const { cookie } = await Api.signIn(server.url, NILS);
  const status = await new Promise((resolve, reject) => {
    const child = spawn(
      process.env.HALYARD_SCHEMATHESIS,
      [
        "run", `${server.url}/api/openapi.json`,
        "--header", `Cookie: ${cookie}`,
        "--checks", CHECKS.join(","),
        "--exclude-operation-id-regex", `^(${SIGN_OUTS})$`,
        "--phases", "examples,coverage,fuzzing",
        "--generation-database", "none",
        "--warnings", "off",
        "--report", "junit", "--report-junit-path", junit,
        "--continue-on-failure", "--no-color",
        ...BUDGET,
      ],
      { stdio: ["ignore", "inherit", "inherit"] },
    );
    child.once("error", reject);
    child.once("exit", (code) => resolve(code));
  });
  const sums = await readFile(junit, "utf8").then(count, () => ({ passed: 0, failed: 1 }));
  if (status !== 0 && sums.failed === 0) sums.failed = 1;
  await writeFile(report, JSON.stringify(sums));
  await rm(junit, { force: true });
} finally {
  await server.stop();
}

/** An operation with any failure has failed. */
function count(xml) {
  const cases = xml.match(/<testcase\b[^>]*?(\/>|>[\s\S]*?<\/testcase>)/g) ?? [];
  const failed = cases.filter((one) => /<(failure|error)\b/.test(one)).length;
  return { passed: cases.length - failed, failed };
}
