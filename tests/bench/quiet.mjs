// Waits until the machine rests: what came before, such as a server that still reports deliveries, is not in a figure.
import { cpus } from "node:os";
import { setTimeout as wait } from "node:timers/promises";

const SAMPLE_MS = 300;
const PATIENCE_MS = 60_000;

const spent = () => cpus().reduce(({ busy, all }, { times: { idle, ...work } }) => {
  const used = Object.values(work).reduce((sum, time) => sum + time, 0);
  return { busy: busy + used, all: all + used + idle };
}, { busy: 0, all: 0 });

/** Resolves with true when the processors were at rest for nine tenths of three samples in a row; with false if they never are. */
export async function quiet() {
  let rests = 0;
  for (const until = Date.now() + PATIENCE_MS; rests < 3 && Date.now() < until; ) {
    const before = spent();
    await wait(SAMPLE_MS);
    const after = spent();
    rests = after.busy - before.busy < 0.1 * (after.all - before.all) ? rests + 1 : 0;
  }
  return rests === 3;
}
