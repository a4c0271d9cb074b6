/** `--resume`: the program is killed, ended or begun twice, and the person goes on where they were. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Snapshot } from "../../../client/lib/index.ts";
import { Chatty } from "../chatty.ts";
import { Program, run } from "./program.ts";

/** Milliseconds until a file is as expected, and between two looks. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 20;

let chatty: Chatty;
let home: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "chatty-resume-"));
  chatty = await Chatty.start();
});
afterAll(async () => {
  await chatty?.stop();
  rmSync(home, { recursive: true, force: true });
});

const at = (chat: string, ...more: string[]) => ["--url", chatty.url, "--chat", chat, ...more];
const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Snapshot;

/** A person of a chat, who keeps a file. */
function person(name: string, chat: string) {
  const file = join(home, `${name}-${chat}.json`);
  return {
    file,
    begin: (...more: string[]) => new Program([name, ...at(chat, "--resume", file, ...more)]),
    /** Waits until the file says so: what is stored when is a matter of milliseconds. */
    stored: async (what: string, holds: (snapshot: Snapshot) => boolean) => {
      for (const end = Date.now() + PATIENCE_MS; !(existsSync(file) && holds(read(file))); await sleep(LOOK_MS))
        if (Date.now() > end) throw new Error(`${what} not stored within ${PATIENCE_MS} ms`);
    },
  };
}

/** Ends a program as a power cut does. */
async function kill(program: Program): Promise<void> {
  program.signal("SIGKILL");
  await program.ended();
}

const heardFrom = (name: string, { lines }: Program) =>
  lines.flatMap((line) => (line.startsWith(`[${name}] `) ? [line.slice(name.length + 3)] : []));

it("T16 T18 K21 K22 K23 killed with SIGKILL, offline and with messages unsent: everything arrives once, in order; what was missed is told once", async () => {
  const { file, begin, stored } = person("John", "killed");
  const mary = new Program(["Mary", ...at("killed")]);
  await mary.untilSaid("[JOIN] Mary joined the chat");
  const first = begin();
  first.say("1", "2", "3");
  await mary.untilSaid("[John] 3");
  await stored("the echoes", ({ n, outbox }) => n === 3 && outbox.length === 0);

  await chatty.kill();
  await first.until("to lose the connection", () => first.err.includes("connection lost"));
  first.say("4", "5", "6");
  await stored("what is unsent", ({ outbox }) => outbox.length === 3);
  await kill(first);
  // Its lock is still there, and takes nobody in.
  const second = begin();
  await second.until("to say what waits", () =>
    second.err.includes("not delivered last time, and now to be: 3 messages"),
  );
  second.say("7");
  await stored("what is unsent", ({ outbox }) => outbox.length === 4);
  await kill(second);

  const third = begin();
  third.say("8");
  await chatty.start();
  await mary.untilSaid("[John] 8");
  await third.untilSaid("[John] 8");
  expect(heardFrom("John", mary)).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
  expect(heardFrom("John", third)).toEqual(["4", "5", "6", "7", "8"]);
  const { session } = read(file);
  await stored("the echoes", ({ n, outbox }) => n === 8 && outbox.length === 0);
  await kill(third);

  mary.say("a", "b");
  await mary.untilSaid("[Mary] b");
  const fourth = begin();
  await fourth.untilSaid("[Mary] b");
  mary.say("c");
  await fourth.untilSaid("[Mary] c");
  expect([heardFrom("Mary", fourth), heardFrom("John", fourth)]).toEqual([["a", "b", "c"], []]);
  expect(read(file).session).toBe(session);
  for (const program of [fourth, mary]) {
    program.end();
    expect(await program.ended()).toBe(0);
  }
});

it("T17 C4 who has left comes back as the same person, and is told what was said meanwhile", async () => {
  const { file, begin } = person("Anne", "left");
  const mary = new Program(["Mary", ...at("left", "--json")]);
  await mary.until("to be welcomed", () => mary.out.includes('"welcome"'));
  const before = begin("--json");
  before.say("one", "exit");
  expect(await before.ended()).toBe(0);
  const id = before.objects.find(({ type }) => type === "welcome")?.id;
  await mary.until("to hear her leave", () =>
    mary.objects.some((object) => object.type === "leave" && object.id === id),
  );
  expect(read(file)).toMatchObject({ n: 1, outbox: [] });
  mary.say("meanwhile");
  await mary.until("the echo", () => mary.out.includes('"meanwhile"'));
  const after = new Program(["Anna", ...at("left", "--resume", file, "--json")]);
  after.say("two");
  await after.until("the echo", () => after.out.includes('"two"'));
  expect(after.objects.find(({ type }) => type === "welcome")).toMatchObject({ id, name: "Anna", n: 1 });
  const heard = after.objects.filter(({ type }) => type === "message");
  expect(heard.map(({ text, n }) => [text, n])).toEqual([["meanwhile", 1], ["two", 2]]); // biome-ignore format: a list
  for (const program of [after, mary]) {
    program.end();
    expect(await program.ended()).toBe(0);
  }
});

it("T17 T5 T10 what could not be delivered before the end is counted, stays in the file, and is delivered by the next one", async () => {
  const { file, begin, stored } = person("Bot", "kept");
  const before = begin();
  before.say("one");
  await before.untilSaid("[Bot] one");
  await chatty.kill();
  await before.until("to lose the connection", () => before.err.includes("connection lost"));
  before.say("two", "three", "exit");
  await before.until("to wait", () => before.err.includes("waiting for 2 messages"));
  before.signal("SIGTERM");
  before.signal("SIGTERM");
  expect(await before.ended()).toBe(3);
  expect(before.err).toContain(`not delivered: 2 messages, kept in ${file}`);
  await stored("what is left", ({ outbox }) => outbox.map(({ text }) => text).join() === "two,three");
  await chatty.start();
  const after = begin();
  after.end();
  expect([await after.ended(), heardFrom("Bot", after)]).toEqual([0, ["two", "three"]]);
  expect(read(file)).toMatchObject({ n: 3, outbox: [] });
});

it("T18 of programs begun at once over the lock of one that was killed, one talks and the others say why not", async () => {
  const { file, begin, stored } = person("Eve", "twice");
  const killed = begin();
  await stored("the session", ({ session }) => session !== undefined);
  await kill(killed);
  expect(Number(readFileSync(`${file}.lock`, "utf8"))).toBeGreaterThan(0);
  const programs = [begin(), begin(), begin(), begin()];
  await Promise.all(
    programs.map((program) => program.until("to begin or end", () => /chat twice|in use/.test(program.err))),
  );
  const [talks, ...more] = programs.filter(({ err }) => err.includes("chat twice"));
  expect(more).toEqual([]);
  for (const program of programs) {
    if (program === talks) continue;
    expect(await program.ended()).toBe(2);
    expect(program.err).toMatch(
      /^--resume \S+: in use by (process \d+|another process); if it is not, remove \S+\.lock\n/,
    );
  }
  talks?.say("here");
  await talks?.untilSaid("[Eve] here");
  talks?.end();
  expect(await talks?.ended()).toBe(0);
});

it("T19 a file that cannot be used is refused with code 2, and nobody joins", async () => {
  const { file, begin } = person("John", "mine");
  const mine = begin();
  mine.end();
  expect(await mine.ended()).toBe(0);
  const broken = join(home, "broken");
  writeFileSync(broken, readFileSync(file, "utf8").slice(0, -20));
  const cases: [string, string, string][] = [
    [broken, "mine", "this is no snapshot of Chatty, or only a part of one"],
    [file, "yours", "/chats/mine/ws, not of"],
    [home, "mine", "this is a directory"],
    [join(home, "no", "file"), "mine", "no such file or directory (ENOENT)"],
  ];
  const texts = [broken, file].map((path) => readFileSync(path, "utf8"));
  for (const [path, chat, words] of cases) {
    const { code, out, err } = await run(["John", ...at(chat, "--resume", path)], "hello");
    expect([code, out, err]).toEqual([2, "", expect.stringMatching(/^--resume .*\nchatty --help says more\n$/)]);
    expect(err).toContain(words);
  }
  expect([broken, file].map((path) => readFileSync(path, "utf8"))).toEqual(texts);
  const elsewhere = await run(["John", "--url", "http://127.0.0.2:1", "--chat", "mine", "--resume", file], "hello");
  expect([elsewhere.code, elsewhere.err]).toEqual([
    2,
    expect.stringContaining("not of ws://127.0.0.2:1/chats/mine/ws"),
  ]);
});
