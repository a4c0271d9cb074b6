/** The file of `--resume`: what it holds after anything that can happen, who may use it, and what is refused. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"; // biome-ignore format: a list
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { UsageError } from "../../client/cli/args.ts";
import { Conversation } from "../../client/cli/conversation.ts";
import { ResumeFile } from "../../client/cli/resume.ts";
import { Client } from "../../client/lib/index.ts";
import { Bench } from "./bench.ts";
import { HOME, message, SESSION, URL, welcome } from "./rig.ts";

let home: string;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "chatty-resume-"));
  file = join(home, "john.json");
});
afterEach(() => rmSync(home, { recursive: true }));

/** The number of a process that is no more. */
const gone = () => `${spawnSync("true").pid}\n`;

/** A client of this file, and what its person reads, in the order printed. */
function john() {
  const resume = new ResumeFile(file);
  const bench = new Bench();
  const client = new Client({ url: URL, chat: "lobby", name: "John", storage: resume }, bench);
  const printed: string[] = [];
  const pending: string[] = [];
  const output = {
    say: (line: string) => void pending.push(line),
    note: (line: string) => void printed.push(line),
    flush: () => void printed.push(...pending.splice(0)),
    colour: { said: false, notes: false },
  };
  const conversation = new Conversation(client, output, false);
  resume.attend(client, output, conversation);
  return { resume, bench, client, printed };
}

it("T16 the file is made with the first welcome, for its owner only; what was told is printed before it counts as told", async () => {
  const { resume, bench, client, printed } = john();
  client.start();
  expect(readdirSync(home)).toEqual(["john.json.lock"]);
  bench.open();
  bench.hear(welcome(), message(1, "hi!", { id: "x", name: "Mary" }));
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ chat: HOME, session: SESSION, cursor: { "main#1": 1 }, n: 0, outbox: [] }); // biome-ignore format: one thing
  expect(printed.at(-1)).toBe("[Mary] hi!");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  chmodSync(file, 0o644);
  bench.time = 20;
  client.send("mine");
  await Promise.resolve();
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(client.snapshot());
  expect(statSync(file).mode & 0o777).toBe(0o600);
  resume.close();
  expect(readdirSync(home)).toEqual(["john.json"]);
});

it("T16 it goes on from the file, and says what waits", () => {
  const snapshot = { chat: HOME, session: SESSION, cursor: {}, n: 1, outbox: [{ n: 2, text: "two" }] };
  writeFileSync(file, JSON.stringify(snapshot));
  const { resume, client, printed } = john();
  expect(client.snapshot()).toEqual(snapshot);
  expect(printed).toEqual(["not delivered last time, and now to be: 1 message"]);
  resume.close();
});

it("T16 a save that was broken off leaves what was there, and its rest is nobody's way", () => {
  writeFileSync(file, "old\n");
  writeFileSync(`${file}.tmp`, "half of a new o", { mode: 0o644 });
  const resume = new ResumeFile(file);
  expect(resume.load()).toBe("old\n");
  resume.save("new");
  expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["new\n", 0o600]);
  resume.close();
  expect(readdirSync(home)).toEqual(["john.json"]);
});

it("T16 what a link leads to is replaced, not the link; and both names have one lock", () => {
  writeFileSync(file, "old");
  const link = join(home, "link");
  symlinkSync(file, link);
  const resume = new ResumeFile(link);
  resume.save("new");
  expect([lstatSync(link).isSymbolicLink(), readFileSync(file, "utf8")]).toEqual([true, "new\n"]);
  expect(readdirSync(home)).toContain("john.json.lock");
  resume.close();
});

it("T19 a file that cannot be written any more is said once, and no longer passes for up to date", async () => {
  const { resume, bench, client, printed } = john();
  client.start();
  bench.open();
  bench.hear(welcome());
  expect(resume.sound).toBe(true);
  mkdirSync(`${file}.tmp`);
  for (const n of [1, 2]) {
    bench.time += 20;
    client.send(`${n}`);
    await Promise.resolve();
  }
  expect(resume.sound).toBe(false);
  expect(printed.filter((line) => line.includes("not up to date"))).toEqual([
    `${file} is not up to date: illegal operation on a directory (EISDIR)`,
  ]);
  expect(bench.socket.sent.length).toBe(3);
  resume.close();
});

it("T18 a lock of a living process is respected, and nothing is touched", () => {
  writeFileSync(file, "old");
  for (const [holder, who] of [
    [`${process.ppid}\n`, `process ${process.ppid}`],
    ["", "another process"],
    ["-1", "another process"],
    ["0", "another process"],
  ] as const) {
    writeFileSync(`${file}.lock`, holder);
    expect(() => new ResumeFile(file)).toThrow(`--resume ${file}: in use by ${who}; if it is not, remove ${file}.lock`);
    expect([readFileSync(`${file}.lock`, "utf8"), readdirSync(home)]).toEqual([
      holder,
      ["john.json", "john.json.lock"],
    ]);
  }
});

it("T18 a lock of a process that is no more is taken over, also if this one has its number", () => {
  for (const holder of [gone(), `${process.pid}\n`]) {
    writeFileSync(`${file}.lock`, holder);
    const resume = new ResumeFile(file);
    expect(readFileSync(`${file}.lock`, "utf8")).toBe(`${process.pid}\n`);
    resume.close();
    expect(readdirSync(home)).toEqual([]);
  }
});

it("T18 T19 who is refused holds no lock", () => {
  mkdirSync(`${file}.tmp`);
  expect(() => new ResumeFile(file)).toThrow(UsageError);
  expect(readdirSync(home)).toEqual(["john.json.tmp"]);
});

/** Makes the file, of this size, or something else of its name. */
const sized = (size: number) => {
  writeFileSync(file, "");
  truncateSync(file, size);
  return file;
};
const fifo = () => {
  execFileSync("mkfifo", [file]);
  return file;
};

it.each([
  ["nothing", () => "", "a file has a name"],
  ["a directory", () => home, "this is a directory"],
  ["a device", () => "/dev/null", "this is no file"],
  ["a pipe", fifo, "this is no file"],
  ["a file too large", () => sized(8_388_609), "too large"],
  ["a directory that is not there", () => join(home, "no", "john.json"), "no such file or directory (ENOENT)"],
  ["a file in a file", () => join(sized(0), "x"), "not a directory (ENOTDIR)"],
  ["a name too long", () => join(home, "x".repeat(300)), "name too long (ENAMETOOLONG)"],
  ["where nobody may write", () => "/proc/john.json", "(ENOENT)"],
])("T19 %s is refused in a few words", (_, path, words) => {
  const refused = path();
  expect(() => new ResumeFile(refused)).toThrow(UsageError);
  expect(() => new ResumeFile(refused)).toThrow(words);
});

it("T4 T19 a name of a file is shown, never obeyed", () => {
  expect(() => new ResumeFile(join(home, "\x1b[2J", "x"))).toThrow("␛[2J/x: no such file");
});

// Whoever is root may do everything.
it.skipIf(process.getuid?.() === 0)("T19 a file that may not be read is refused", () => {
  writeFileSync(file, "{}", { mode: 0 });
  expect(() => new ResumeFile(file)).toThrow("permission denied (EACCES)");
  expect(readdirSync(home)).toEqual(["john.json"]);
});
