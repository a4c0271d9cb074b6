/** The terminal client and servers on different machines: another address, and three deployments joined by theirs. */
import { afterAll, beforeAll, expect, it, onTestFailed } from "vitest";
import { Chatty } from "../chatty.ts";
import { Program, run } from "./program.ts";

/** Milliseconds within which, in the median, the client of a server whose process was killed is on another one. */
const KILLED_MS = 5000;
/** The same for a server that fell silent, with something sent and not echoed. */
const SILENT_MS = 15_000;

let all: Chatty[] = [];
beforeAll(async () => {
  const starts = ["federated", "federated", "federated", "everywhere"] as const;
  all = await Promise.all(starts.map((how) => Chatty.start(how)));
});
afterAll(() => Promise.all(all.map((chatty) => chatty.stop())));
const explain = () => onTestFailed(() => console.error(all.map(({ tail }) => tail).join("\n---\n")));

/** A chat in which the `main` of each of three deployments is in one set. */
async function joined(chat: string): Promise<[Chatty, Chatty, Chatty]> {
  const [one, two, three] = all as [Chatty, Chatty, Chatty];
  for (const { url } of [two, three]) {
    const order = await run(["start", "main", "--boot", `main@${one.host}`, "--url", url, "--chat", chat]);
    expect([order.code, order.err]).toEqual([0, ""]);
  }
  return [one, two, three];
}

const join = async (name: string, { url }: Chatty, chat: string, ...more: string[]) => {
  const program = new Program([name, "--url", url, "--chat", chat, ...more]);
  await program.until("to be welcomed", () => /welcome|main/.test(program.err + program.out));
  return program;
};

/** Milliseconds from now until a program is welcomed again. */
async function back(program: Program): Promise<number> {
  const began = Date.now();
  const welcomes = () => program.objects.filter(({ type }) => type === "welcome").length;
  const before = welcomes();
  await program.until("to be welcomed elsewhere", () => welcomes() > before, 30_000);
  return Date.now() - began;
}

it("T2 T8 MS3: people on another address of this machine talk with each other", async () => {
  explain();
  const port = new URL(all[3]?.url ?? "").port;
  const at = (address: string) => ({ url: `http://${address}:${port}` }) as Chatty;
  const ann = await join("Ann", at("127.0.0.2"), "ms3");
  const bob = await join("Bob", at("127.0.0.3"), "ms3");
  ann.say("hello from two");
  await bob.untilSaid("[Ann] hello from two");
  bob.say("hello from three", "exit");
  await ann.untilSaid("[Bob] hello from three");
  await ann.untilSaid("[LEAVE] Bob left the chat");
  expect(await bob.ended()).toBe(0);
  ann.end();
  expect(await ann.ended()).toBe(0);
});

it("X3 X5 K11 MS4 and MS5: three deployments are one chat; one is killed, and its people go on elsewhere within 5 s", async () => {
  explain();
  const chat = "ms5";
  const [one, two, three] = await joined(chat);
  const ann = await join("Ann", one, chat);
  const cid = await join("Cid", three, chat);
  const movers = await Promise.all(["Bea", "Bob", "Ben"].map((name) => join(name, two, chat, "--json")));
  for (const [i, mover] of movers.entries()) mover.say(`before ${i}`);
  for (const i of movers.keys())
    for (const hearer of [ann, cid]) await hearer.until("to hear all", () => hearer.out.includes(`before ${i}`));
  const moved = Promise.all(movers.map(back));
  await two.kill();
  const times = (await moved).sort((a, b) => a - b);
  expect(times[1]).toBeLessThan(KILLED_MS);
  for (const [i, mover] of movers.entries()) mover.say(`after ${i}`);
  for (const i of movers.keys())
    for (const hearer of [ann, cid, ...movers])
      await hearer.until("to hear all", () => hearer.out.includes(`after ${i}`));
  await two.start();
  for (const mover of movers) {
    const texts = mover.objects.filter(({ type }) => type === "message").map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
    mover.end();
    expect(await mover.ended()).toBe(0);
  }
  for (const hearer of [ann, cid]) {
    for (const i of movers.keys()) expect(hearer.lines.filter((line) => line.endsWith(`] after ${i}`)).length).toBe(1);
    hearer.end();
    expect(await hearer.ended()).toBe(0);
  }
});

it("K13 T12 a server that falls silent is left within 15 s, and what was sent to it is told once", async () => {
  explain();
  const chat = "silent";
  const [one, , three] = await joined(chat);
  const ann = await join("Ann", one, chat);
  const cid = await join("Cid", three, chat, "--json");
  cid.say("before");
  await ann.untilSaid("[Cid] before");
  three.freeze();
  try {
    cid.say("into the silence");
    expect(await back(cid)).toBeLessThan(SILENT_MS);
    await ann.untilSaid("[Cid] into the silence");
  } finally {
    three.thaw();
  }
  cid.say("after");
  await ann.untilSaid("[Cid] after");
  for (const program of [cid, ann]) {
    program.end();
    expect(await program.ended()).toBe(0);
  }
  expect(ann.lines.filter((line) => line === "[Cid] into the silence").length).toBe(1);
});
