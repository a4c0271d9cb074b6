/** A chat in which nothing is said costs nothing: no request, no timer, no alarm; its servers sleep with their sockets open. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it, onTestFailed } from "vitest";
import { Cable } from "./cable.ts";
import { Client } from "./client.ts";
import { type IdleServer, startIdleServer } from "./idle/server.ts";
import { at, order } from "./operator.ts";
import { expectAllHeard, talk } from "./talk.ts";

/** Milliseconds of quiet after which every server sleeps: the platform waits for 10 s without any event. */
const SETTLE_MS = 15_000;
/** Milliseconds in which nothing may happen. */
const QUIET_MS = 60_000;
/** Milliseconds between two pings of a client. */
const PING_MS = 5000;
/** Milliseconds somebody who lost the connection stays, less what clocks and sockets may differ by. */
const GRACE_MS = 9900;
const SERVERS = ["main", "b", "c"];

let server: IdleServer;
beforeAll(async () => {
  server = await startIdleServer();
});
afterEach(() => Client.endAll());
afterAll(() => server.stop());

/** Three servers with two people on each. */
async function gather(chat: string): Promise<[Client, Client, ...Client[]]> {
  onTestFailed(() => console.error(server.tail()));
  for (const name of SERVERS.slice(1)) await order(server.url, chat, name, "start");
  const join = (name: string, i: number) => Client.join(at(server.url, chat, name), `${name}${i}`);
  return (await Promise.all([...SERVERS, ...SERVERS].map(join))) as [Client, Client, ...Client[]];
}

/** One says a word that all hear; answers which objects were constructed anew for it. */
async function wake(everybody: Client[], speaker: Client, word: string): Promise<string[]> {
  const { constructed } = await server.counts();
  speaker.say(word);
  await Promise.all(everybody.map((c) => c.until(`for '${word}'`, () => c.heard(speaker.id).includes(word))));
  return (await server.counts()).constructed.slice(constructed.length).sort();
}

it("I3 every server sleeps 15 s after the last word", async () => {
  const everybody = await gather("pause");
  const [first] = everybody;
  await talk(first, 10);
  await expectAllHeard(everybody);
  await sleep(SETTLE_MS);
  expect(await wake(everybody, first, "good morning")).toEqual(["pause/b", "pause/c", "pause/main"]);
  await expectAllHeard(everybody);
});

it("I3 I1 F5 P3 three servers and six people fall silent: for a minute nothing runs, then a word reaches all", async () => {
  const everybody = await gather("quiet");
  const [first, second] = everybody;
  const cable = await Cable.lay(server.url);
  const lost = await Client.join(at(cable.url, "quiet", "b"), "Lost");
  lost.faithful = false;
  await Promise.all([first, second, lost].map((client) => talk(client, 10)));
  await expectAllHeard([...everybody, lost]);

  const cut = Date.now();
  cable.remove();
  const gone = everybody.map((client) =>
    client.until("to hear that one is gone", () => client.people("leave").includes(lost.id)),
  );
  await Promise.all(gone);
  expect(Date.now() - cut).toBeGreaterThanOrEqual(GRACE_MS);

  await sleep(SETTLE_MS);
  const before = await server.counts();
  expect(before.alarmsPending).toEqual([]);
  // The counters do count: all of this happened while people talked, and when the grace period ended.
  const { requests, frames, closes, timersSet, timersFired, alarmsSet, alarmsRun } = before;
  expect(Math.min(requests, frames, closes, timersSet, timersFired, alarmsSet, alarmsRun)).toBeGreaterThan(0);
  const received = everybody.map((client) => client.received.length);
  for (const end = Date.now() + QUIET_MS; Date.now() < end; await sleep(PING_MS)) {
    const { pongs } = first;
    first.write("ping");
    await first.until("for pong", () => first.pongs > pongs);
  }
  expect(await server.counts()).toEqual(before);
  expect(everybody.map((client) => client.received.length)).toEqual(received);
  expect(everybody.flatMap(({ closed }) => closed)).toEqual([]);

  expect(await wake(everybody, first, "good morning")).toEqual(["quiet/b", "quiet/c", "quiet/main"]);
  await expectAllHeard(everybody);
});
