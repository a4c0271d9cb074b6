/**
 * Real processes are killed every few seconds while people talk, roam, lose their connections and have their programs killed: nothing is lost,
 * nothing comes twice, out of order or before its cause.
 *
 *   KILLED_SECONDS=60 npx vitest run --project e2e test/e2e/killed.test.ts      ten kills each; KILLED_SEED: another lot
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it, onTestFailed } from "vitest";
import { bundleAll } from "../../bench/lib/bundle.ts";
import { lot } from "../client/world.ts";
import { type Process, startBare } from "./bare.ts";
import { Chatty } from "./chatty.ts";
import { list, order, transcript } from "./operator.ts";
import { Person } from "./person.ts";
import { countSaid, isWhole, judge } from "./verdict.ts";

const SECONDS = process.env.KILLED_SECONDS === undefined ? undefined : Number(process.env.KILLED_SECONDS);
const SEED = Number(process.env.KILLED_SEED ?? 1);
const PEOPLE = 12;
/** Milliseconds between two texts of one person. */
const PAUSE_MS = 100;
/** Milliseconds between two things that happen to one of the people. */
const MISCHIEF_MS = 500;
/** Milliseconds between two kills, and at least from a return to the next one: time for some to come back, not always for all. */
const KILL_MS = 6000;
const WHOLE_MS = 2000;
/** Milliseconds that it may take until all have everything: a client waits up to 30 s before it tries again. */
const HEAL_MS = 60_000;
const LOOK_MS = 20;
/** Milliseconds a process among others is away at most: a client waits for 10 s for a server that alone has what it has seen. */
const AWAY_MS = 5000;

/** What lasts for so many seconds, and a margin for starts. */
const LIMIT_MS = (SECONDS ?? 30) * 3000 + 2 * HEAL_MS;

let deployments: Process[] = [];
let people: Person[] = [];
afterEach(async () => {
  for (const person of people) person.end();
  await Promise.all(deployments.map((process) => process.stop()));
  [deployments, people] = [[], []];
});

/** One kill: milliseconds the processes were away, and from the kill until everybody had an echo of something said after it. */
interface Kill {
  away: number;
  back: number | undefined;
}

/** People talk and have their accidents while one after the other of the deployments is killed and started again; then all heals. */
async function campaign(name: string, servers: string[], kills: number, away: number): Promise<void> {
  onTestFailed(() => console.error(deployments.map(({ tail }) => tail).join("\n---\n")));
  const chance = lot(SEED);
  const draw = <T>(all: readonly T[]): T => all[Math.floor(chance() * all.length)] as T;
  const happened = { roam: 0, kill: 0, break: 0 };
  const accident = () => {
    const what = draw(["roam", "kill", "break"] as const);
    happened[what]++;
    draw(people)[what](draw(servers));
  };
  const talking = setInterval(() => draw(people).say(), PAUSE_MS / PEOPLE);
  const accidents = setInterval(accident, MISCHIEF_MS);
  const told: Kill[] = [];
  const began = performance.now();
  try {
    for (let i = 1; i <= kills; i++) {
      await sleep(Math.max(WHOLE_MS, began + i * KILL_MS - WHOLE_MS - performance.now()));
      const victim = draw(deployments);
      const gone = performance.now();
      await victim.kill();
      const kill: Kill = { away: 0, back: undefined };
      told.push(kill);
      void everybodyBack().then((ms) => {
        kill.back = Math.round(ms);
      });
      await sleep(chance() * away);
      await victim.start();
      kill.away = Math.round(performance.now() - gone);
    }
    await everybodyBack();
  } finally {
    clearInterval(talking);
    clearInterval(accidents);
  }
  const talked = Math.round(performance.now() - began);
  const healing = performance.now();
  while (!isWhole(people) && performance.now() - healing < HEAL_MS) await sleep(LOOK_MS);
  const healed = Math.round(performance.now() - healing);
  for (const person of people) person.say();
  while (!isWhole(people) && performance.now() - healing < 2 * HEAL_MS) await sleep(LOOK_MS);

  const verdict = judge(people);
  const figures = {
    kills: told.length,
    talked,
    messages: countSaid(people),
    streams: people.length,
    ...happened,
    healed,
  };
  console.info(`${name}, seed ${SEED}: ${JSON.stringify({ ...figures, ...verdict })} ${JSON.stringify(told)}`);
  expect(verdict).toEqual({ lost: 0, twice: 0, outOfOrder: 0, beforeCause: 0, invented: 0, resets: 0 });
  expect(people.flatMap(({ wrong }) => wrong)).toEqual([]);
  expect(told).toHaveLength(kills);
  expect(Math.min(...Object.values(happened))).toBeGreaterThan(0);
}

/** Milliseconds until each heard the echo of something said from now on. */
async function everybodyBack(): Promise<number> {
  const from = performance.now();
  const marks = people.map(({ said }) => said.length);
  while (people.some(({ echoed }, i) => echoed <= (marks[i] as number))) {
    if (performance.now() - from > HEAL_MS) throw new Error(`not all came back within ${HEAL_MS} ms`);
    await sleep(LOOK_MS);
  }
  return performance.now() - from;
}

/** A transcript holds what everybody said, each once and in order. */
async function expectTranscript(url: string, chat: string, server?: string): Promise<void> {
  const messages = await transcript(url, chat, server);
  expect(messages.length).toBe(countSaid(people));
  for (const { id, said } of people) {
    const own = messages.filter((message) => message.id === id).sort((a, b) => a.n - b.n);
    expect(own.map(({ text }) => text)).toEqual(said);
  }
}

const join = (url: string, chat: string, server: string, i: number) =>
  Person.join(url, chat, server, `p${i}`, lot(SEED * PEOPLE + i));

it("S1 S7 L8 C4 C5 R10 H10 K22 K23 one process of three servers is killed again and again: nothing is lost, twice, out of order or before its cause", {
  timeout: LIMIT_MS,
}, async () => {
  const chat = "killed";
  const servers = ["main", "b", "c"];
  const chatty = await Chatty.start();
  deployments = [chatty];
  for (const server of servers.slice(1)) await order(chatty.url, chat, server, "start");
  for (let i = 0; i < PEOPLE; i++) people.push(await join(chatty.url, chat, servers[i % servers.length] as string, i));
  await campaign("one process", servers, Math.round((SECONDS ?? 25) / (KILL_MS / 1000)), 0);
  for (const server of servers) await expectTranscript(chatty.url, chat, server);
});

it("S1 S7 L8 C4 C5 R2 R10 H11 K11 K22 K23 of three processes one after the other is killed: nothing is lost, twice, out of order or before its cause", {
  timeout: LIMIT_MS,
}, async () => {
  const chat = "killed";
  const { chatty } = await bundleAll();
  deployments = await Promise.all([1, 2, 3].map(() => startBare(chatty)));
  const [one, two, three] = deployments as [Process, Process, Process];
  await order(two.url, chat, "main", "start", { boot: `main@${one.host}` });
  await order(three.url, chat, "main", "start", { boot: `main@${two.host}` });
  await expect.poll(() => list(one.url, chat)).toHaveLength(3);
  for (let i = 0; i < PEOPLE; i++) people.push(await join((deployments[i % 3] as Process).url, chat, "main", i));
  await campaign("three processes", ["main"], Math.round((SECONDS ?? 20) / (KILL_MS / 1000)), AWAY_MS);
  for (const { url } of deployments) await expectTranscript(url, chat);
});
