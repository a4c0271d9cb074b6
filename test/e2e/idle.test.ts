/** A chat in which nothing is said costs nothing: no request, no timer, no alarm; its servers sleep with their sockets open. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it, onTestFailed } from "vitest";
import type { View } from "../../src/chat/view.ts";
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
const MANY_SERVERS = ["main", ...Array.from({ length: 19 }, (_, i) => `s${i + 1}`)];
const PEOPLE_EACH = 10;
/** Milliseconds in which all that a word causes is over. */
const OVER_MS = 3000;

let server: IdleServer;
beforeAll(async () => {
  server = await startIdleServer();
});
afterEach(() => Client.endAll());
afterAll(() => server.stop());

/** Servers with people on each. */
async function gather(chat: string, servers: string[], peopleEach: number): Promise<[Client, Client, ...Client[]]> {
  onTestFailed(() => console.error(server.tail()));
  for (const name of servers.slice(1)) await order(server.url, chat, name, "start");
  const join = (name: string, i: number) => Client.join(at(server.url, chat, name), `${name}-${i}`);
  const places = Array.from({ length: peopleEach }, () => servers).flat();
  return (await Promise.all(places.map(join))) as [Client, Client, ...Client[]];
}

/** One says a word that all hear; answers which objects were constructed anew for it. */
async function wake(everybody: Client[], speaker: Client, word: string): Promise<string[]> {
  const { constructed } = await server.counts();
  speaker.say(word);
  await Promise.all(everybody.map((c) => c.until(`for '${word}'`, () => c.heard(speaker.id).includes(word))));
  return (await server.counts()).constructed.slice(constructed.length).sort();
}

it("I3 every server sleeps 15 s after the last word", async () => {
  const everybody = await gather("pause", SERVERS, 2);
  const [first] = everybody;
  await talk(first, 10);
  await expectAllHeard(everybody);
  await sleep(SETTLE_MS);
  expect(await wake(everybody, first, "good morning")).toEqual(["pause/b", "pause/c", "pause/main"]);
  await expectAllHeard(everybody);
});

it("V8 I3 watching a chat that sleeps wakes one server, which sleeps on; a word wakes each once, and is watched", async () => {
  const chat = `watched-${Date.now()}`;
  const everybody = await gather(chat, SERVERS, 2);
  const [first] = everybody;
  await talk(first, 3);
  await expectAllHeard(everybody);
  await sleep(SETTLE_MS);
  const before = await server.counts();
  const frames: string[] = [];
  const watcher = new WebSocket(`${server.url.replace(/^http/, "ws")}/chats/${chat}/cluster/ws`);
  watcher.addEventListener("message", ({ data }) => void frames.push(String(data)));
  await expect.poll(() => frames.length).toBe(1);
  for (let i = 0; i < 4; i++) {
    watcher.send("ping");
    await sleep(PING_MS);
  }
  expect(frames.slice(1)).toEqual(Array(4).fill("pong"));
  const { constructed, requests, ...others } = await server.counts();
  expect(constructed.slice(before.constructed.length)).toEqual([`${chat}/main`]);
  expect({ ...others, requests, constructed }).toEqual({ ...before, requests: before.requests + 1, constructed });
  // It slept again, or it would not be made anew.
  expect(await wake(everybody, first, "good morning")).toEqual(["b", "c", "main"].map((name) => `${chat}/${name}`));
  await sleep(OVER_MS);
  expect((await server.counts()).relays).toBe(before.relays + SERVERS.length - 1);
  const last = frames.flatMap((frame) =>
    frame.startsWith("{") ? frame.split("\n").map((line) => JSON.parse(line)) : [],
  );
  expect(last.find(({ type }) => type === "traffic")?.messages).toEqual({ main: 1 });
  const { links } = last.findLast(({ type }) => type === "cluster") as View;
  expect(links.flatMap(({ from, lag }) => (from === "main" ? [lag] : []))).toEqual([0, 0]);
  watcher.close();
});

/** Expects that all have heard, once and in order, what these said. */
async function expectHeard(listeners: Client[], speakers: Client[]): Promise<void> {
  for (const listener of listeners)
    for (const { id, name, said } of speakers) {
      await listener.until(`for all of ${name}`, () => listener.heard(id).length >= said.length);
      expect(listener.heard(id)).toEqual(said);
    }
}

it("I3 I1 I2 R1 F5 P3 twenty servers and 200 people fall silent: for a minute nothing runs, then a word wakes each server once, with one request to each peer", async () => {
  const everybody = await gather("quiet", MANY_SERVERS, PEOPLE_EACH);
  const [first, second] = everybody;
  const cable = await Cable.lay(server.url);
  const lost = await Client.join(at(cable.url, "quiet", "s1"), "Lost");
  lost.faithful = false;
  const speakers = [first, second, lost];
  await Promise.all(speakers.map((client) => talk(client, 10)));
  await expectHeard([...everybody, lost], speakers);

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
  const { constructed: _, alarmsPending: __, ...numbers } = before;
  expect(Math.min(...Object.values(numbers))).toBeGreaterThan(0);
  const received = everybody.map((client) => client.received.length);
  for (const end = Date.now() + QUIET_MS; Date.now() < end; await sleep(PING_MS)) {
    const { pongs } = first;
    first.write("ping");
    await first.until("for pong", () => first.pongs > pongs);
  }
  expect(await server.counts()).toEqual(before);
  expect(everybody.map((client) => client.received.length)).toEqual(received);
  expect(everybody.flatMap(({ closed }) => closed)).toEqual([]);

  const all = MANY_SERVERS.map((name) => `quiet/${name}`).sort();
  expect(await wake(everybody, first, "good morning")).toEqual(all);
  await sleep(OVER_MS);
  const after = await server.counts();
  expect(after.constructed.slice(before.constructed.length).sort()).toEqual(all);
  expect(after.frames).toBe(before.frames + 1);
  expect(after.relays).toBe(before.relays + MANY_SERVERS.length - 1);
  expect(after.requests).toBe(before.requests + MANY_SERVERS.length - 1);
  expect(after.alarmsRun).toBe(before.alarmsRun);
  expect(after.alarmsPending).toEqual([]);
  await expectHeard(everybody, [first]);
});
