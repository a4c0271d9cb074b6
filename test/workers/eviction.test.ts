/** The same conversation, with every server put to sleep or killed at every point: nobody notices, or nothing is lost. */
import { abortAllDurableObjects, evictAllDurableObjects } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import type { Client } from "./client.ts";
import { PATIENCE_MS } from "./helpers.ts";
import { SCRIPT, Talk } from "./script.ts";

/** What happens to the servers at one moment, and what people do about it. */
interface Disturbance {
  moment: string;
  strike(): Promise<void>;
  heal(talk: Talk): Promise<void>;
}

/** Plays the script, disturbed in the middle of one step or after it. */
async function play(disturbance?: Disturbance): Promise<Talk> {
  const talk = new Talk();
  const disturb = async (moment: string, acting?: Promise<unknown>) => {
    if (disturbance?.moment !== moment) return acting;
    await disturbance.strike();
    const failed = await acting?.then(
      () => false,
      () => true,
    );
    await disturbance.heal(talk);
    return failed;
  };
  for (const [i, { title, act, noticed }] of SCRIPT.entries()) {
    try {
      // Whoever gave an order and got no answer gives it again.
      if ((await disturb(`during ${i}`, Promise.resolve(act(talk)))) === true) await act(talk);
      await noticed(talk);
      await disturb(`after ${i}`);
    } catch (error) {
      throw new Error(`step ${i}, ${title}`, { cause: error });
    }
  }
  return talk;
}

/** What everyone hears when nothing happens. */
let undisturbed: Talk;
beforeAll(async () => {
  undisturbed = await play();
  // A server that has nothing to do lets itself be evicted at once; if one does not, say so here and not 24 times.
  const late = new Promise((_, reject) =>
    setTimeout(() => reject(new Error(`a quiet server could not be evicted within ${PATIENCE_MS} ms`)), PATIENCE_MS),
  );
  await Promise.race([evictAllDurableObjects(), late]);
});

/** Per person who tells of themselves or speaks, what someone was told of them, in order. */
function streams({ got, shown }: Client, presence: boolean): Record<string, string[]> {
  const streams: Record<string, string[]> = {};
  for (const message of got) {
    if (message.type === "message" && !shown.includes(message)) continue;
    if (message.type !== "message" && !(presence && (message.type === "join" || message.type === "leave"))) continue;
    const said = message.type === "message" ? message.text : `[${message.type}]`;
    streams[message.name] = [...(streams[message.name] ?? []), said];
  }
  return streams;
}

const views = ({ people }: Talk, presence: boolean) =>
  [...people.values()].map((person) => ({ name: person.name, ...streams(person, presence) }));

const moments = SCRIPT.flatMap(({ title }, i) => [`during ${i}`, `after ${i}`].map((moment) => ({ moment, title })));

describe("everything is evicted, the sockets hibernate", () => {
  it.for(moments)("L8 C5 S3 P3 the streams stay the same: $moment, $title", async ({ moment }) => {
    const strike = () => evictAllDurableObjects();
    const talk = await play({ moment, strike, heal: (talk) => talk.ringAll() });
    expect(views(talk, true)).toEqual(views(undisturbed, true));
    for (const person of talk.people.values()) expect(person.repeated).toEqual([]);
  });
});

describe("everything crashes, the sockets are cut", () => {
  it.for(moments)("L8 C4 C5 S5 S7 every text once and in order: $moment, $title", async ({ moment }) => {
    const strike = () => abortAllDurableObjects();
    const talk = await play({ moment, strike, heal: (talk) => talk.comeBack() });
    expect(views(talk, false)).toEqual(views(undisturbed, false));
    for (const person of talk.people.values()) expect(person.repeated).toEqual([]);
  });
});
