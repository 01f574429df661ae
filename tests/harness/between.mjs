// Something between the app and its server: it can hold answers back, and refuse in the server's place.
import { createServer, request } from "node:http";
import { connect } from "node:net";

export class Between {
  #server;
  #sockets = new Set();
  #gate = Promise.resolve();
  #open = () => {};
  /** Says what is answered in the server's place: a status and a body, or nothing. */
  refuses = () => undefined;

  static async start(target) {
    const between = new Between();
    const { hostname, port } = new URL(target);
    between.#server = createServer(async (asked, answer) => {
      const parts = [];
      for await (const part of asked) parts.push(part);
      const body = Buffer.concat(parts);
      const refusal = between.refuses(asked, body.toString());
      if (refusal) return answer.writeHead(refusal.status, { "content-type": "application/json" }).end(JSON.stringify(refusal.body));
      const passed = request({ hostname, port, method: asked.method, path: asked.url, headers: asked.headers }, async (given) => {
        if (asked.url.startsWith("/media/")) await between.#gate;
        answer.writeHead(given.statusCode, given.headers);
        given.pipe(answer);
      });
      passed.on("error", () => answer.destroy());
      passed.end(body);
    });
    between.#server.on("upgrade", (asked, socket, head) => {
      between.#sockets.add(socket);
      const passed = connect(port, hostname, () => {
        const lines = Object.entries(asked.headers).map(([name, value]) => `${name}: ${value}`);
        passed.write([`${asked.method} ${asked.url} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
        passed.write(head);
        socket.pipe(passed).pipe(socket);
      });
      for (const side of [passed, socket]) side.on("error", () => [passed, socket].forEach((end) => end.destroy()));
    });
    await new Promise((listening) => between.#server.listen(0, "127.0.0.1", listening));
    between.url = `http://127.0.0.1:${between.#server.address().port}`;
    return between;
  }

  /** From now on answers with files wait. */
  hold() {
    this.#gate = new Promise((open) => (this.#open = open));
  }

  release() {
    this.#open();
  }

  async stop() {
    this.release();
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}
