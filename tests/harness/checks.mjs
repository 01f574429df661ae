// Checks of a script that is no file of Playwright's: each is a line on the terminal, and their sums go into a file that `cargo xtask` reads.
import { writeFile } from "node:fs/promises";

const PATIENCE = 60_000;
const sums = { passed: 0, failed: 0 };

/** Takes the steps of a check. One that fails is counted, and ends those that build on it. */
export async function check(what, steps) {
  try {
    await steps();
    sums.passed += 1;
    console.log(`ok: ${what}`);
  } catch (error) {
    sums.failed += 1;
    console.log(`FAILED: ${what}: ${error.message}`);
    throw new Counted();
  }
}

/** A failure that was counted. */
class Counted extends Error {}

/** Runs checks that build on one another: the first that fails ends them. What fails outside of a check counts as one. */
export async function inOrder(checks) {
  try {
    await checks();
  } catch (error) {
    if (error instanceof Counted) return;
    sums.failed += 1;
    console.log(`FAILED: ${error.stack}`);
  }
}

/** Writes { passed, failed } into the file that the script's first argument names, if it names one, and sets the script's status. */
export async function report() {
  if (process.argv[2]) await writeFile(process.argv[2], JSON.stringify(sums));
  process.exitCode = sums.failed === 0 ? 0 : 1;
}

export async function until(what, isSo, patience = PATIENCE) {
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100))) {
    if (await isSo()) return;
  }
  throw new Error(`not within ${patience / 1000} s: ${what}`);
}

export function is(value, expected) {
  if (value !== expected) throw new Error(`${JSON.stringify(value)} is not ${JSON.stringify(expected)}`);
}
