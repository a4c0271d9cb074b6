/** Three deployments whose connections are cut and mended again and again while people talk: in the end there is one transcript. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, onTestFailed, onTestFinished } from "vitest";
import { Chatty } from "./chatty.ts";
import { Client } from "./client.ts";
import { at, list, order, transcript } from "./operator.ts";

/** Milliseconds between two texts of one person. */
const PAUSE_MS = 40;
/** Milliseconds between two cuts: enough for some requests, not always for all that waits. */
const WHOLE_MS = 800;
/** Milliseconds until all is everywhere: as the delay doubles, the last one is at most twice as long as the trouble before it. */
const BACK_MS = 30_000;

/**
 * What happens to the cables by which the deployments are reached, and for how many milliseconds. Who is behind a cut one still reaches those
 * who are not; two behind cut ones do not reach each other at all.
 */
const WEATHER: { cut: number[]; mute: number[]; ms: number }[] = [
  { cut: [0], mute: [], ms: 3000 },
  { cut: [], mute: [1], ms: 2000 },
  { cut: [1, 2], mute: [], ms: 3000 },
  { cut: [0, 1, 2], mute: [], ms: 4000 },
  { cut: [2], mute: [0], ms: 3000 },
];

let deployments: Chatty[] = [];
beforeAll(async () => {
  deployments = await Promise.all([1, 2, 3].map(() => Chatty.start("cabled")));
});
afterAll(async () => {
  Client.endAll();
  await Promise.all(deployments.map((chatty) => chatty.stop()));
});

/** Says something every now and then. */
async function talk(client: Client, going: () => boolean): Promise<void> {
  for (; going(); await sleep(PAUSE_MS)) client.say(`${client.name} says ${client.said.length + 1}`);
}

/** Goes to the next place right after each text, says it there again because it was not echoed, and so copies of it arise. */
async function roam(client: Client, places: string[], going: () => boolean): Promise<void> {
  for (let i = 1; going(); i++, await sleep(10 * PAUSE_MS)) {
    client.say(`${client.name} says ${client.said.length + 1}`);
    // Without a cursor nobody lets them wait for what they have seen.
    client.cursor = undefined;
    client.move(places[i % places.length] as string);
  }
}

/** One spell of weather; who is behind a cut cable, as `people[i]` is behind cable i, hears nobody else meanwhile. */
async function endure({ cut, mute, ms }: (typeof WEATHER)[number], people: Client[]): Promise<void> {
  for (const i of mute) deployments[i]?.cable.mute();
  for (const i of cut) deployments[i]?.cable.cut();
  const before = people.map(({ said }) => said.length);
  await sleep(ms);
  for (const listener of cut.map((i) => people[i] as Client))
    for (const [i, { id, said }] of people.entries()) {
      if (id === listener.id) continue;
      expect(said.length).toBeGreaterThan(before[i] as number);
      expect(listener.heard(id).length).toBeLessThanOrEqual(before[i] as number);
    }
  mend();
}

function mend(): void {
  for (const { cable } of deployments) cable.mend();
}

/** Every deployment tells the same transcript: all that these said, each once and without a gap, in order. */
async function expectOneTranscript(chat: string, people: Client[]): Promise<void> {
  const [first, ...others] = await Promise.all(deployments.map(({ url }) => transcript(url, chat)));
  if (!first) throw new Error("no transcript");
  for (const other of others) expect(other).toEqual(first);
  const marks = first.map(({ time, origin, seq }) => ({ time, origin, seq }));
  expect(marks).toEqual(
    marks.toSorted((a, b) => a.time - b.time || (a.origin === b.origin ? a.seq - b.seq : a.origin < b.origin ? -1 : 1)),
  );
  expect(first.length).toBe(people.reduce((sum, { said }) => sum + said.length, 0));
  for (const { id, said } of people) {
    const own = first.filter((message) => message.id === id).sort((a, b) => a.n - b.n);
    expect(own.map(({ n, text }) => [n, text])).toEqual(said.map((text, i) => [i + 1, text]));
  }
}

it("H10 H11 R2 R3 R5 R8 R10 S1 S7 servers cut off from each other again and again while people talk end with one transcript", async () => {
  onTestFailed(() => console.error(deployments.map(({ tail }) => tail).join("\n---\n")));
  let going = true;
  onTestFinished(() => {
    going = false;
    mend();
  });
  const chat = `cut-${Date.now()}`;
  const [one, two, three] = deployments as [Chatty, Chatty, Chatty];
  await order(two.url, chat, "main", "start", { boot: `main@${one.host}` });
  await order(three.url, chat, "main", "start", { boot: `main@${two.host}` });
  await expect.poll(() => list(one.url, chat)).toHaveLength(3);
  // Past the cables: only the servers among themselves are cut off.
  const places = deployments.map(({ url }) => at(url, chat, "main"));
  const people = await Promise.all(["Ann", "Bob", "Cid"].map((name, i) => Client.join(places[i] as string, name)));
  const dan = await Client.join(places[0] as string, "Dan");
  const talks = [...people.map((client) => talk(client, () => going)), roam(dan, places, () => going)];
  for (const weather of WEATHER) {
    await sleep(WHOLE_MS);
    await endure(weather, people);
  }
  going = false;
  await Promise.all(talks);

  for (const listener of people)
    for (const { id, name, said } of [...people, dan])
      await listener.until(`for all of ${name}`, () => new Set(listener.heard(id)).size === said.length, BACK_MS);
  for (const listener of people) {
    for (const { id, said } of people) expect(listener.heard(id)).toEqual(said);
    expect(listener.heard(dan.id).toSorted()).toEqual(dan.said.toSorted());
  }
  await dan.until("for the last echo", () => dan.echoed === dan.said.length);
  await expectOneTranscript(chat, [...people, dan]);
});
