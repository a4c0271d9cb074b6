/** What is owed is paid: at once, or later by an alarm that outlives the memory of the server; and nothing owed, nothing set. */
import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { afterEach, expect, it } from "vitest";
import { Client, pair } from "./client.ts";
import {
  agreed,
  alarmOf,
  eventually,
  inside,
  listServers,
  order,
  ring,
  rows,
  setAhead,
  settled,
  statuses,
  stubOf,
  tap,
} from "./helpers.ts";

afterEach(() => setAhead(0));

/** How many batches a relay brought. */
const batchesIn = (body: string | undefined): number =>
  (JSON.parse(body?.split("\n")[0] ?? "{}") as { batches: unknown[] }).batches.length;

it("I1 R2 R5 while a peer lacks something an alarm is set, it is tried again, and when all is paid there is none", async () => {
  const { chat, ann, bob } = await pair();
  const asked = await tap(chat, "main", "b");
  ann.send("can you hear me?");
  await ann.hears("can you hear me?");
  const at = await alarmOf(chat, "main");
  expect(at).toBeGreaterThan(Date.now());
  expect(at).toBeLessThanOrEqual(Date.now() + 10_000);
  await eventually("three attempts", async () => asked.length >= 3);
  expect(bob.texts).not.toContain("Ann: can you hear me?");
  expect(new Set(asked.map(({ body }) => body)).size).toBe(1);
  const [first = 0, second = 0, third = 0] = asked.map(({ at }) => at);
  expect(second - first).toBeGreaterThanOrEqual(250);
  expect(third - second).toBeGreaterThanOrEqual(500);
  expect(await alarmOf(chat, "main")).not.toBeNull();

  await tap(chat, "main");
  setAhead(5000);
  await ring(chat, "main");
  await bob.hears("can you hear me?");
  await settled(chat, "main", "b");
  expect(bob.repeated).toEqual([]);
});

it("I2 R2 the debt of a server that was evicted is paid by its alarm, which first asks what is owed", async () => {
  const { chat, ann, bob } = await pair();
  await tap(chat, "main", "b");
  ann.send("one", "two");
  await ann.hears("one", "two");
  await evictDurableObject(stubOf(chat, "main"));
  const asked = await tap(chat, "main");
  expect(await alarmOf(chat, "main")).not.toBeNull();
  await ring(chat, "main");
  await bob.hears("one", "two");
  await settled(chat, "main", "b");
  const relays = asked.filter(({ verb }) => verb === "relay");
  expect(batchesIn(relays[0]?.body)).toBe(0);
  expect(bob.texts).toEqual(["Ann: hello", "Ann: one", "Ann: two"]);
  ann.send("three");
  await bob.hears("three");
  expect(bob.repeated).toEqual([]);
});

it("I2 R2 L2 the debt of a server that crashed is paid by its alarm within seconds, although nobody comes back", async () => {
  const { chat, ann, bob } = await pair();
  await tap(chat, "main", "b");
  ann.send("one", "two");
  await ann.hears("one", "two");
  await abortAllDurableObjects();
  await bob.reconnect("b");
  await bob.until(({ shown }) => shown.length === 3, "one and two", 12_000);
  expect(bob.texts).toEqual(["Ann: hello", "Ann: one", "Ann: two"]);
  expect(bob.repeated).toEqual([]);
});

it("I2 a server that wakes without an alarm asks nobody, and sends the next message straight away", async () => {
  const { chat, ann, bob } = await pair();
  await evictDurableObject(stubOf(chat, "main"));
  const asked = await tap(chat, "main");
  const dan = await new Client(chat, "Dan").open("main");
  dan.raw('{"type":"send","text":"too early"}');
  await dan.until(() => dan.of("error").length === 1, "a refusal");
  expect(asked).toEqual([]);
  ann.send("awake");
  await bob.hears("awake");
  expect(asked.map(({ peer, verb, body }) => [peer, verb, batchesIn(body)])).toEqual([["b", "relay", 1]]);
});

it("I3 L8 F5 quiet servers sleep at once, their sockets open; a ping does not wake them, and nobody else does", async () => {
  const { chat, ann, bob } = await pair();
  for (const server of ["main", "b"]) {
    const slept = evictDurableObject(stubOf(chat, server)).then(() => "asleep");
    const late = new Promise((resolve) => setTimeout(() => resolve("kept awake"), 2000));
    expect(await Promise.race([slept, late])).toBe("asleep");
  }
  for (const person of [ann, bob]) {
    person.raw("ping");
    await person.until(({ frames }) => frames.at(-1) === "pong", "pong");
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  // Only an object that runs can be evicted.
  for (const server of ["main", "b"]) await expect(evictDurableObject(stubOf(chat, server))).rejects.toThrow();
  for (const server of ["main", "b"]) {
    expect(await alarmOf(chat, server)).toBeNull();
    expect(await inside(chat, server, (state) => state.getWebSockets().length)).toBe(1);
  }
  bob.send("good morning");
  await ann.hears("good morning");
});

it("R2 R4 L2 a peer that cannot write acknowledges nothing, and gets everything when it can", async () => {
  const { chat, ann, bob } = await pair();
  await rows(chat, "b", "CREATE TRIGGER full BEFORE INSERT ON log_0 BEGIN SELECT RAISE(ABORT, 'disk full'); END");
  ann.send("lost?");
  await ann.hears("lost?");
  await bob.until(({ closed }) => closed !== undefined, "its server's end");
  expect(bob.texts).toEqual(["Ann: hello"]);
  expect(await alarmOf(chat, "main")).not.toBeNull();
  await rows(chat, "b", "DROP TRIGGER full");
  await bob.reconnect("b");
  await bob.hears("lost?");
  await settled(chat, "main");
  expect(bob.repeated).toEqual([]);
});

it("I1 I2 M4 what a server has learnt of the members is passed on, although it crashed as soon as it had answered", async () => {
  const { chat } = await pair();
  const ghost = { inc: 1, status: "left", epoch: "00000000", final: 0 };
  const answer = await order(chat, "main", "update_servers", { chat, from: "c", members: { ghost } });
  expect(answer.status).toBe(200);
  await abortAllDurableObjects();
  expect(statuses(await listServers(chat, "main"))).toContain("ghost left");
  expect(await ring(chat, "main")).toBe(true);
  await agreed(chat, ["b"], ["b alive", "ghost left", "main alive"]);
});
