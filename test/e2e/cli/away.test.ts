/** Servers that go, as people live it: sent elsewhere in under a second, and back after a crash with nothing lost. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { Chatty } from "../chatty.ts";
import { Program, run } from "./program.ts";

/** Milliseconds within which a client told `exit` is on another server. */
const MOVE_MS = 1000;
/** Milliseconds within which half the clients are back once their deployment answers again: a start takes seconds, and the delay grows with them. */
const BACK_MS = 8000;

let chatty: Chatty;
beforeAll(async () => {
  chatty = await Chatty.start();
});
afterAll(() => chatty?.stop());

/** A program that notes when each object came, ms since epoch. */
class Timed extends Program {
  readonly #came: number[] = [];

  /** When the object of this type came, the first after `from`. */
  async when(type: string, from: number): Promise<number> {
    let found = -1;
    await this.until(`for ${type}`, () => {
      while (this.#came.length < this.lines.length) this.#came.push(Date.now());
      found = this.objects.findIndex((object, i) => object.type === type && (this.#came[i] ?? 0) >= from);
      return found >= 0;
    });
    return this.#came[found] ?? 0;
  }
}

it("K12 T12 told exit, people are on another server in under a second, and hear everything once", async () => {
  const at = (...more: string[]) => ["--url", chatty.url, "--chat", "away", ...more];
  const setUp = await run(["start", "b", ...at()]);
  expect([setUp.code, setUp.lines]).toEqual([0, ["b  alive", "main  alive"]]);
  const anne = new Program(["Anne", ...at("--server", "main")]);
  const people = ["John", "Mary", "Lisa"].map((name) => new Timed([name, ...at("--server", "b", "--json")]));
  for (const [i, program] of people.entries()) {
    await program.when("welcome", 0);
    program.say(`${i} before`);
  }
  for (const i of people.keys()) await anne.until("to hear all", () => anne.out.includes(`${i} before`));
  const ordered = Date.now();
  expect((await run(["disconnect", "b", ...at()])).code).toBe(0);
  for (const [i, program] of people.entries()) {
    const told = await program.when("exit", ordered);
    const back = await program.when("welcome", told);
    expect(program.objects.findLast(({ type }) => type === "welcome")).toMatchObject({ server: "main" });
    expect(back - told).toBeLessThan(MOVE_MS);
    program.say(`${i} after`);
  }
  for (const i of people.keys()) await anne.until("to hear all", () => anne.out.includes(`${i} after`));
  expect(anne.lines.filter((line) => line.includes(" before")).length).toBe(3);
  expect(anne.out).not.toContain("[LEAVE]");
  for (const program of people) {
    await program.until("to hear all", () => [0, 1, 2].every((i) => program.out.includes(`"${i} after"`)));
    const texts = program.objects.filter(({ type }) => type === "message").map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
    program.end();
    expect(await program.ended()).toBe(0);
  }
  anne.end();
  expect(await anne.ended()).toBe(0);
});

it("T2 T8 T12 K11 K12 MS4 and MS5: people on three servers hear each other; two servers go, and they go on, once and in order", async () => {
  const at = (...more: string[]) => ["--url", chatty.url, "--chat", "ms5", ...more];
  for (const server of ["b", "c"]) expect((await run(["start", server, ...at()])).code).toBe(0);
  const names = ["A", "B", "C", "D", "E", "F"];
  const people = names.map((name, i) => new Program([name, ...at("--server", ["main", "b", "c"][i % 3] ?? "main")]));
  for (const program of people) await program.until("to be welcomed", () => program.err.includes("chat ms5"));
  const said = names.map((): string[] => []);
  const talk = (count: number) => {
    for (const [i, program] of people.entries()) {
      const lines = Array.from({ length: count }, (_, n) => `${names[i]} ${(said[i]?.length ?? 0) + n + 1}`);
      said[i]?.push(...lines);
      program.say(...lines);
    }
  };
  const heardBy = (program: Program, name: string) =>
    program.lines.flatMap((line) => (line.startsWith(`[${name}] `) ? [line.slice(name.length + 3)] : []));
  const allHeard = async () => {
    for (const program of people)
      for (const [i, name] of names.entries())
        await program.until(`to hear all of ${name}`, () => program.lines.includes(`[${name}] ${said[i]?.at(-1)}`));
    for (const program of people)
      for (const [i, name] of names.entries()) expect(heardBy(program, name)).toEqual(said[i]);
  };
  talk(20);
  await allHeard();
  talk(50);
  for (const server of ["c", "main"]) expect((await run(["disconnect", server, ...at()])).code).toBe(0);
  talk(50);
  await allHeard();
  const moved = people.map(({ err }) => /(?:moved to|back, on) server (\w+)\n(?!.*server)/.exec(err)?.[1]);
  expect(moved).toEqual(["b", undefined, "b", "b", undefined, "b"]);
  const list = await run(["servers", ...at()]);
  expect(list.lines).toEqual([
    "b  alive  6 clients",
    expect.stringMatching(/^c {2}left/),
    expect.stringMatching(/^main {2}left/),
  ]);
  for (const { out } of people) expect(out).not.toContain("[LEAVE]");
  for (const program of people) {
    program.signal("SIGTERM");
    expect(await program.ended()).toBe(0);
  }
});

it("K4 K10 T8 T12 killed with SIGKILL and started again, everyone is back, and what was said meanwhile arrives once", async () => {
  const at = ["--url", chatty.url, "--chat", "crash"];
  const people = ["John", "Mary", "Anne"].map((name) => new Program([name, ...at]));
  for (const [i, program] of people.entries()) {
    program.say(`${i} before`);
    await program.until("to hear itself", () => program.out.includes(`${i} before`));
  }
  await chatty.kill();
  for (const [i, program] of people.entries()) {
    await program.until("to lose the connection", () => program.err.includes("connection lost"));
    program.say(`${i} meanwhile`);
  }
  await chatty.start();
  const answers = Date.now();
  const times: number[] = [];
  for (const program of people) {
    await program.until("to be back", () => program.err.includes("back, on server main"));
    times.push(Date.now() - answers);
  }
  const said = [0, 1, 2].flatMap((i) => [`${i} before`, `${i} meanwhile`]);
  for (const program of people) {
    await program.until("to hear all", () => said.every((text) => program.out.includes(text)));
    const texts = program.lines.flatMap((line) => /^\[\w+\] (\d .*)$/.exec(line)?.[1] ?? []);
    expect(texts.toSorted()).toEqual(said);
    program.end();
    expect(await program.ended()).toBe(0);
  }
  // The median.
  expect(times.toSorted((a, b) => a - b)[1]).toBeLessThan(BACK_MS);
});
