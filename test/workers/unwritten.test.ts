/** What others wrote is told before it is written here: what the platform makes of it when the memory goes, by sleep, alarm or crash. */
import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BRISK } from "../../src/chat/limits.ts";
import { pair } from "./client.ts";
import { alarmOf, eventually, ring, rows, stubOf } from "./helpers.ts";

const { times } = BRISK;
// Servers expect more after the first relay.
beforeAll(() => {
  BRISK.times = 1;
});
afterAll(() => {
  BRISK.times = times;
});

/** How many messages lie on the disk of a server. */
async function written(chat: string, server: string): Promise<number> {
  const all = await rows<{ heads: string }>(chat, server, "SELECT heads FROM log_0");
  return all
    .flatMap(({ heads }) => JSON.parse(heads) as { count: number }[])
    .reduce((sum, { count }) => sum + count, 0);
}

/** Ann on main has said something that Bob heard, and that b has not written. */
async function told() {
  const { chat, ann, bob } = await pair();
  ann.send("one", "two");
  await bob.hears("one", "two");
  const have = await written(chat, "b");
  ann.send("three");
  await bob.hears("three");
  expect(await written(chat, "b")).toBe(have);
  const at = await alarmOf(chat, "b");
  expect((at ?? 0) % 2).toBe(1);
  return { chat, ann, bob, have };
}

const ALL = ["Ann: hello", "Ann: one", "Ann: two", "Ann: three"];

it.concurrent("L13 R4 R19 I1 one row is written by the alarm, which the platform rings by itself, and then nothing is owed", async () => {
  const { chat, bob } = await told();
  await eventually("all is written", async () => (await written(chat, "b")) === 4, 8000);
  await eventually(
    "nothing is owed",
    async () => (await alarmOf(chat, "main")) === null && (await alarmOf(chat, "b")) === null,
    12_000,
  );
  expect(bob.texts).toEqual(ALL);
});

it.concurrent("L14 L13 who slept while a row was open is sent home, and told nothing twice", async () => {
  const { chat, ann, bob } = await told();
  await evictDurableObject(stubOf(chat, "b"));
  ann.send("four");
  await bob.until(({ closed }) => closed !== undefined, "the end of the connection");
  expect(bob.closed?.code).toBe(1012);
  await bob.reconnect("b");
  await bob.hears("four");
  expect([bob.texts, bob.repeated]).toEqual([[...ALL, "Ann: four"], []]);
});

it.concurrent("L14 R19 also when the alarm wakes it, which knows for when it was set", async () => {
  const { chat, bob } = await told();
  await evictDurableObject(stubOf(chat, "b"));
  expect(await ring(chat, "b")).toBe(true);
  await bob.until(({ closed }) => closed !== undefined, "the end of the connection");
  expect(bob.closed?.code).toBe(1012);
  await eventually("all is there and written", async () => (await written(chat, "b")) === 4, 8000);
  await bob.reconnect("b");
  expect([bob.texts, bob.repeated]).toEqual([ALL, []]);
});

it("R19 C11 L8 after a crash who has seen more than its server wrote is welcomed when that has it again", async () => {
  const { chat, bob, have } = await told();
  await abortAllDurableObjects();
  expect(await written(chat, "b")).toBe(have);
  await bob.reconnect("b");
  expect([bob.texts, bob.repeated, bob.of("reset")]).toEqual([ALL, [], []]);
  bob.send("here again");
  await bob.hears("here again");
});
