/** Connections that are dead without a word. */
import { evictAllDurableObjects } from "cloudflare:test";
import { afterEach, expect, it } from "vitest";
import { Client } from "./client.ts";
import { freshChat, setAhead } from "./helpers.ts";

afterEach(() => setAhead(0));

/** Who pinged once, who pinged and speaks, and who never pinged, all silent for longer than a server waits. */
async function silence(between: () => Promise<unknown> = async () => {}) {
  const chat = freshChat();
  const dead = await Client.join(chat, "Dead");
  const speaks = await Client.join(chat, "Speaks");
  const plain = await Client.join(chat, "Plain");
  for (const client of [dead, speaks]) client.raw("ping");
  speaks.send("before");
  await plain.hears("before");
  await between();
  setAhead(91_000);
  speaks.send("after");
  await plain.hears("after");
  return { dead, speaks, plain };
}

it("C19 who pinged once and fell silent is closed, and nobody else", async () => {
  const { dead, speaks, plain } = await silence();
  await dead.until(({ closed }) => closed !== undefined, "its end");
  expect(dead.closed?.code).toBe(4003);
  speaks.send("still here");
  await plain.hears("still here");
  expect([speaks.closed, plain.closed]).toEqual([undefined, undefined]);
});

it("C19 L8 also if the server slept meanwhile", async () => {
  const { dead, speaks } = await silence(() => evictAllDurableObjects());
  await dead.until(({ closed }) => closed !== undefined, "its end");
  expect([dead.closed?.code, speaks.closed]).toEqual([4003, undefined]);
});

it("C19 90 s are not yet too long", async () => {
  const chat = freshChat();
  const [quiet, other] = [await Client.join(chat, "Quiet"), await Client.join(chat, "Other")];
  quiet.raw("ping");
  other.send("one");
  await quiet.hears("one");
  setAhead(85_000);
  other.send("two");
  await quiet.hears("two");
  expect(quiet.closed).toBeUndefined();
});
