// Sums of samples, and the table that they are shown in.

/** The value that the share `q` of the samples does not exceed. */
export function quantile(samples, q) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)];
}

export const milliseconds = (value) => `${value.toFixed(1)} ms`;

export const inWords = (samples) =>
  `p95 ${milliseconds(quantile(samples, 0.95))} (median ${milliseconds(quantile(samples, 0.5))}, n=${samples.length})`;

/** A figure of samples in milliseconds, held against a goal for its 95th percentile. */
export function p95(name, samples, goal, method) {
  const value = quantile(samples, 0.95);
  return { name, measured: inWords(samples), goal: `p95 <= ${goal} ms`, met: value <= goal, method };
}

/** A figure of samples in milliseconds, held against a goal for their median. */
export function median(name, samples, goal, method) {
  const value = quantile(samples, 0.5);
  const [least, most] = [Math.min(...samples), Math.max(...samples)].map(milliseconds);
  return { name, measured: `median ${milliseconds(value)} (${least} to ${most}, n=${samples.length})`, goal: `median <= ${goal} ms`, met: value <= goal, method };
}

/** Prints a figure with how it was taken. */
export function print({ name, measured, goal, met, method }) {
  console.log(`\n${met ? "ok  " : "MISS"} ${name}: ${measured}; goal ${goal}\n     ${method}`);
}
