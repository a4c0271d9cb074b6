/** Rooms on metered servers: what is counted while people talk in one, and while nobody does. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Counts, since } from "../meter/counts.ts";
import type { Counted } from "./bill.ts";
import type { Metered } from "./metered.ts";
import { Talk } from "./talk.ts";

/** Milliseconds after which every server sleeps: the platform waits for 10 s without any event. */
const ASLEEP_MS = 12_000;
/** Milliseconds between two pings of a client. */
const PING_MS = 25_000;

export interface Room {
  readonly name: string;
  readonly servers: number;
  /** How many people are connected. */
  readonly people: number;
}

/** A room with everybody in it. */
export interface Gathered extends Room {
  readonly chat: string;
  readonly talk: Talk;
}

/** What was counted, and on how many occasions the messages were said: those said together share a row however fast the servers are. */
export interface Said extends Counted {
  readonly occasions: number;
}

export async function gatherRoom({ port }: Metered, room: Room): Promise<Gathered> {
  const chat = `${room.name}-${room.servers}-${room.people}`;
  const servers = ["main", ...Array.from({ length: room.servers - 1 }, (_, i) => `s${i + 2}`)];
  return { ...room, chat, talk: await Talk.gather({ port, chat, servers, people: room.people, speakers: "all" }) };
}

export const asleep = (): Promise<void> => sleep(ASLEEP_MS);

/** What is counted while so many texts are said at an even pace, by the first on each server in turn. */
export async function talkIn(
  metered: Metered,
  { chat, servers, talk }: Gathered,
  messages: number,
  perSecond: number,
): Promise<Said> {
  const before = await metered.settled(chat);
  const occasions = await talk.say(messages, perSecond);
  const counts = since(before, await metered.settled(chat));
  await talk.check();
  return { messages, servers, counts, occasions };
}

/** What is counted in rooms where nobody says anything, but everybody pings as clients do. */
export async function keepQuiet(metered: Metered, rooms: readonly Gathered[], seconds: number): Promise<Counts[]> {
  await asleep();
  const before = await Promise.all(rooms.map(({ chat }) => metered.counts(chat)));
  for (let left = seconds * 1000; left > 0; left -= PING_MS) {
    for (const { talk } of rooms) talk.ping();
    await sleep(Math.min(left, PING_MS));
  }
  const after = await Promise.all(rooms.map(({ chat }) => metered.counts(chat)));
  for (const { talk } of rooms) await talk.check();
  return rooms.map((_, i) => since(before[i] as Counts, after[i] as Counts));
}
