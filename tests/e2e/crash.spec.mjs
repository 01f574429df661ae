// The server is killed in the middle of a burst, twice, and started again: every acknowledged message is there once, in order.
import { expect, test } from "@playwright/test";
import { Api, chat, freshId } from "../harness/api.mjs";
import { LENA, THEO, harbor } from "../harness/people.mjs";
import { Server } from "../harness/server.mjs";

const SENDS = 500;
const KILLED_AFTER = [120, 310];

test("kill -9 loses no acknowledged message, doubles none and keeps their order", async () => {
  const server = await Server.start([harbor]);
  try {
    const lena = await Api.signIn(server.url, LENA);
    const theo = await Api.signIn(server.url, THEO);
    const them = (await theo.ask("GET", "/bootstrap")).me.user.id;
    const messages = Array.from({ length: SENDS }, (_, index) => ({ id: freshId(), body: `message ${index}` }));

    const acknowledged = [];
    const kills = [...KILLED_AFTER];
    for (const { id, body } of messages) {
      // The kill comes while the answer is on its way: whether this one was taken, nobody knows.
      const sending = lena.send(chat(them), body, id).catch(() => undefined);
      if (acknowledged.length === kills[0]) {
        kills.shift();
        await server.end("SIGKILL");
        await server.resume();
      }
      // What was not acknowledged is sent again under its id, as the app does.
      const answer = (await sending) ?? (await lena.send(chat(them), body, id));
      acknowledged.push(answer.id);
    }
    expect(kills).toEqual([]);
    expect(acknowledged).toEqual(messages.map(({ id }) => id));

    for (const side of [lena, theo]) {
      const stored = await side.timeline();
      expect(stored.map(({ id }) => id)).toEqual(acknowledged);
      expect(stored.map(({ body }) => body)).toEqual(messages.map(({ body }) => body));
      expect(new Set(stored.map(({ seq }) => seq)).size).toBe(SENDS);
    }
  } finally {
    await server.stop();
  }
});
