/** The client of docs/client.mjs, which others are to learn the contract from: servers go under it, and it loses and repeats nothing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFailed, onTestFinished } from "vitest";
import { Chatty } from "./chatty.ts";
import { Program, ROOT } from "./cli/program.ts";
import { Client } from "./client.ts";
import { at, order } from "./operator.ts";

const FILE = join(ROOT, "docs/client.mjs");
/** Lines of code it may have, without comments and empty ones. */
const LINES = 40;

let chatty: Chatty;
beforeAll(async () => {
  chatty = await Chatty.start("federated");
});
afterAll(async () => {
  Client.endAll();
  await chatty?.stop();
});
/** A test that is tried again finds nothing of before. */
let chats = 0;
const newChat = () => `third-${++chats}`;
const explain = () => onTestFailed(() => console.error(chatty.tail));

/** The program, and what it said. */
class Third extends Program {
  readonly name: string;
  readonly said: string[] = [];

  constructor(name: string, url: string) {
    super([name, url.replace(/^http/, "ws")], {}, FILE);
    this.name = name;
  }

  talk(count: number): void {
    const texts = Array.from({ length: count }, (_, i) => `${this.said.length + i + 1} of ${this.name}`);
    this.said.push(...texts);
    this.say(...texts);
  }

  heard = (name: string) =>
    this.lines.flatMap((line) => (line.startsWith(`[${name}] `) ? [line.slice(name.length + 3)] : []));
}

/** Waits until each has heard the last of all, and expects that each has heard all, once and in order. */
async function expectAllHeard(people: Third[]): Promise<void> {
  for (const listener of people)
    for (const { name, said } of people)
      await listener.until(`for all of ${name}`, () => listener.lines.includes(`[${name}] ${said.at(-1)}`), 60_000);
  for (const listener of people)
    for (const { name, said } of people)
      expect([listener.name, name, listener.heard(name)]).toEqual([listener.name, name, said]);
}

it("S1 S5 S7 C4 C5 M8 L8 it talks while its server is disconnected, and while all are killed: everyone hears everything once, in order", async () => {
  explain();
  const chat = newChat();
  const { url } = chatty;
  await order(url, chat, "b", "start");
  const john = new Third("John", at(url, chat, "b"));
  const jane = new Third("Jane", at(url, chat, "main"));
  const mary = await Client.join(at(url, chat, "main"), "Mary", {});
  for (const person of [john, jane]) {
    person.talk(20);
    await mary.until(`to hear ${person.name}`, () => mary.all("message").some(({ name }) => name === person.name));
  }
  for (const person of [john, jane])
    await person.until("to hear both", () => /John\].*Jane\]|Jane\].*John\]/s.test(person.out));
  const gone = order(url, chat, "b", "disconnect");
  for (const person of [john, jane]) person.talk(200);
  await gone;
  for (const person of [john, jane]) person.talk(20);
  await expectAllHeard([john, jane]);

  for (const person of [john, jane]) person.talk(200);
  await mary.until("to hear some of it", () => mary.all("message").length > 500);
  await chatty.kill();
  for (const person of [john, jane]) person.talk(20);
  await chatty.start();
  for (const person of [john, jane]) person.talk(20);
  await expectAllHeard([john, jane]);
  for (const person of [john, jane]) {
    const id = mary.all("message").find(({ name }) => name === person.name)?.id ?? "";
    await mary.until(`to hear all of ${person.name}`, () => mary.heard(id).length >= person.said.length);
    expect(mary.heard(id)).toEqual(person.said);
    person.end();
    expect([await person.ended(), person.err]).toEqual([0, ""]);
  }
  await mary.until("to hear both leave", () => mary.all("leave").length === 2);
});

it("S5 S7 C4 X5 what its killed server never answered it says again to one of another deployment, before anything new", async () => {
  explain();
  const chat = newChat();
  const doomed = await Chatty.start("federated");
  onTestFinished(() => doomed.stop());
  await order(chatty.url, chat, "main", "start", { boot: `main@${doomed.host}` });
  const john = new Third("John", at(doomed.url, chat));
  const jane = new Third("Jane", at(chatty.url, chat));
  jane.talk(3);
  await jane.until("to hear itself", () => jane.heard("Jane").length === 3);
  john.talk(20);
  for (const person of [john, jane]) await person.until("to hear John", () => person.heard("John").length === 20);
  doomed.freeze();
  john.talk(5);
  jane.talk(3);
  await doomed.kill();
  john.talk(5);
  for (const person of [john, jane]) {
    await person.until("to hear John elsewhere", () => person.heard("John").length >= 30, 60_000);
    await person.until("to hear all of Jane", () => person.heard("Jane").at(-1) === jane.said.at(-1));
  }
  for (const person of [john, jane]) {
    person.end();
    expect([await person.ended(), person.err]).toEqual([0, ""]);
    expect([person.name, person.heard("John")]).toEqual([person.name, john.said]);
  }
  // One who joins is told the latest lines, so John may know Jane's first ones.
  expect(jane.heard("Jane")).toEqual(jane.said);
  expect(john.heard("Jane")).toEqual(jane.said.slice(-john.heard("Jane").length));
});

it("it has at most forty lines of code, and needs nothing but Node", () => {
  const code = readFileSync(FILE, "utf8").split("\n").filter((line) => !/^\s*(?:\/\/|\/\*|\*|#|$)/.test(line)); // biome-ignore format: one thing
  expect(code.length).toBeLessThanOrEqual(LINES);
  expect(code.filter((line) => /\b(?:import|require)\b/.test(line))).toEqual([
    'import { createInterface } from "node:readline";',
  ]);
});
