// A wire that can be held: what the server sends while it is held arrives at once when it is let go.
import { connect, createServer } from "node:net";

/** Listens on a free port in front of the server at `url`. */
export async function gate(url) {
  const { hostname, port } = new URL(url);
  let held = false;
  const kept = new Map();
  const listener = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    kept.set(client, []);
    client.pipe(upstream);
    upstream.on("data", (bytes) => (held ? kept.get(client)?.push(bytes) : client.write(bytes)));
    const close = () => {
      kept.delete(client);
      client.destroy();
      upstream.destroy();
    };
    for (const end of [client, upstream]) end.on("close", close).on("error", close);
  });
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${listener.address().port}`,
    hold: () => (held = true),
    release() {
      held = false;
      const at = performance.timeOrigin + performance.now();
      for (const [client, bytes] of kept) client.write(Buffer.concat(bytes.splice(0)));
      return at;
    },
    close: () => listener.close(),
  };
}
