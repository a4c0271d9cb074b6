/** Somebody goes to another server so fast that what they said is not there yet: they wait for it, and nobody notices. */
import { afterAll, beforeAll, expect, it, onTestFailed } from "vitest";
import { Chatty } from "./chatty.ts";
import { Client } from "./client.ts";
import { at, order } from "./operator.ts";

/** Megabytes under way between two servers, so that the other one lags by several relays when the last echo comes. */
const MESSAGES = 2000;
const TEXT = "x".repeat(4000);
/** Milliseconds until all of that is everywhere. */
const ARRIVE_MS = 60_000;

let chatty: Chatty;
beforeAll(async () => {
  chatty = await Chatty.start();
});
afterAll(async () => {
  Client.endAll();
  await chatty.stop();
});

it("C11 S7 C4 C5 who moves to a server that lags is told nothing twice, and their next message comes after their last", async () => {
  onTestFailed(() => console.error(chatty.tail));
  const ws = (server: string) => at(chatty.url, "roaming", server);
  for (const server of ["b", "c"]) await order(chatty.url, "roaming", server, "start");
  const mover = await Client.join(ws("main"), "Mover");
  const listener = await Client.join(ws("c"), "Listener");
  for (let n = 1; n <= MESSAGES; n++) mover.say(`${n} ${TEXT}`);
  await mover.until("for the last echo", () => mover.echoed === MESSAGES, ARRIVE_MS);
  mover.move(ws("c"));
  mover.say(`${MESSAGES + 1} said elsewhere`);
  for (const client of [mover, listener])
    await client.until("for all", () => new Set(client.heard(mover.id)).size === mover.said.length, ARRIVE_MS);

  expect(mover.all("reset")).toEqual([]);
  expect(mover.all("welcome").at(-1)).toMatchObject({ id: mover.id, server: "c" });
  for (const client of [listener, mover]) {
    const { name } = client;
    const heard = client.heard(mover.id);
    // The numbers of the texts that are not where they belong.
    const wrong = heard.flatMap((text, i) => (text === mover.said[i] ? [] : [Number.parseInt(text, 10)]));
    expect
      .soft({ name, heard: heard.length, wrong: wrong.slice(0, 3) })
      .toEqual({ name, heard: MESSAGES + 1, wrong: [] });
  }
});
