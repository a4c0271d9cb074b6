/** People who move between servers that do not hold the same yet: nothing is told twice, lost or out of order. */
import { evictDurableObject } from "cloudflare:test";
import { afterEach, expect, it } from "vitest";
import { Client, pair } from "./client.ts";
import {
  alarmOf,
  disconnectServer,
  eventually,
  ring,
  rows,
  setAhead,
  settled,
  startServer,
  stubOf,
  tap,
} from "./helpers.ts";

afterEach(() => setAhead(0));

/** Until a server's log holds a text so many times. */
const logged = (chat: string, server: string, text: string, times: number): Promise<void> =>
  eventually(`${server} holds '${text}' ${times} times`, async () => {
    const log = await rows<{ lines: string }>(chat, server, "SELECT lines FROM log_0");
    return log.flatMap(({ lines }) => lines.split("\n")).filter((line) => line.includes(`"${text}"`)).length === times;
  });

/** Until someone waits at a quiet server for what it lacks: that is what its alarm is for. */
const waits = (chat: string, server: string): Promise<void> =>
  eventually(`${server} has set its alarm`, async () => (await alarmOf(chat, server)) !== null);

/** Ann says "once" on main, hears no echo, and says it again on b, while main and b do not reach each other; then both copies are everywhere. */
async function saidTwice() {
  const { chat, ann, bob } = await pair();
  const cid = await Client.join(chat, "Cid", "main");
  await tap(chat, "main", "b");
  ann.send("once");
  await cid.hears("once");
  const again = new Client(chat, "Ann");
  Object.assign(again, { session: ann.session, cursor: { ...bob.cursor }, n: 1, said: 1 });
  ann.drop();
  await again.connect("b");
  again.send("once");
  await bob.hears("once");
  await tap(chat, "main");
  for (const server of ["main", "b"]) await logged(chat, server, "once", 2);
  return { chat, ann: again, bob, cid };
}

it("R8 S5 C4 what was said again on another server is kept twice and told once", async () => {
  const { ann, bob, cid } = await saidTwice();
  ann.send("twice");
  for (const person of [ann, bob, cid]) await person.hears("twice");
  for (const person of [bob, cid]) {
    expect(person.texts).toEqual(["Ann: hello", "Ann: once", "Ann: twice"]);
    expect(person.repeated).toEqual([]);
  }
});

it("R8 C5 who heard one copy and moves to where the other one was told is not told it", async () => {
  const { bob, cid } = await saidTwice();
  await cid.reconnect("b");
  bob.send("welcome");
  await cid.hears("welcome");
  expect(cid.texts).toEqual(["Ann: hello", "Ann: once", "Bob: welcome"]);
  expect(cid.repeated).toEqual([]);
});

it("C5 C11 C12 who moves ahead of what they heard is welcomed when it has arrived, and not told it again", async () => {
  const { chat, ann, bob } = await pair();
  await tap(chat, "main", "b");
  ann.send("faster than the relay");
  await ann.hears("faster than the relay");
  const moving = ann.reconnect("b");
  await waits(chat, "b");
  ann.raw('{"type":"send","text":"let me in","n":3}');
  bob.send("there is no hurry here");
  await bob.hears("there is no hurry here");
  await ann.until(() => ann.of("error").length === 1, "a refusal");
  expect(ann.of("error")).toMatchObject([{ code: "waiting", n: 3, retry: expect.any(Number) }]);
  expect(ann.of("welcome").length).toBe(1);
  expect(ann.texts).not.toContain("Bob: there is no hurry here");
  await tap(chat, "main");
  await moving;
  bob.send("now I know");
  await ann.hears("now I know");
  expect(ann.texts.slice(2)).toEqual(["Bob: there is no hurry here", "Bob: now I know"]);
  expect(ann.repeated).toEqual([]);
  expect(ann.of("reset")).toEqual([]);
});

it("C11 who is ahead of a server that cannot catch up goes on after ten seconds and a reset", async () => {
  const { chat, ann, bob } = await pair();
  await tap(chat, "main", "b");
  ann.send("only on main");
  await ann.hears("only on main");
  const moving = ann.reconnect("b");
  await waits(chat, "b");
  setAhead(10_500);
  await ring(chat, "b");
  await moving;
  expect(ann.of("reset")).toMatchObject([{ type: "reset", reason: "ahead" }]);
  ann.send("I'll say it again");
  await bob.hears("I'll say it again");
});

it("C12 who waits at a server that loses its memory is sent away, to come back", async () => {
  const { chat, ann } = await pair();
  await tap(chat, "main", "b");
  ann.send("only on main");
  await ann.hears("only on main");
  const moving = ann.reconnect("b");
  await waits(chat, "b");
  await evictDurableObject(stubOf(chat, "b"));
  await alarmOf(chat, "b");
  await moving;
  expect(ann.closed?.code).toBe(1012);
  expect(ann.of("welcome").length).toBe(1);
  await tap(chat, "main");
  await ann.connect("b");
  expect(ann.texts).toEqual(["Ann: hello", "Ann: only on main"]);
});

it("S7 M8 C5 C11 who moves to a server that lacks their last words is not heard out of order there", async () => {
  const { chat, ann, bob } = await pair();
  await startServer(chat, "c");
  const cid = await Client.join(chat, "Cid", "c");
  await settled(chat, "main", "b", "c");
  await tap(chat, "main", "c");
  ann.send("one");
  await bob.hears("one");
  await disconnectServer(chat, "main");
  await ann.until(({ closed }) => closed !== undefined, "exit");
  const moving = ann.connect("c");
  ann.send("two");
  cid.send("I have not heard one");
  for (const person of [bob, cid]) await person.hears("I have not heard one");
  expect(bob.texts).not.toContain("Ann: two");
  await tap(chat, "main");
  await moving;
  for (const person of [ann, bob, cid]) await person.hears("one", "two");
  for (const person of [ann, bob, cid])
    expect(person.texts.filter((text) => text.startsWith("Ann"))).toEqual(["Ann: hello", "Ann: one", "Ann: two"]);
});
