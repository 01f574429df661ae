// How to start the browser: the system's own, without its talk to the outside.

/** Options for Playwright's `launch`. */
export function chromium() {
  const args = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
  ];
  // Chromium's sandbox refuses to run for root.
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  return { executablePath: process.env.HALYARD_CHROMIUM, args };
}
