/** What a person sees at a terminal: the line being typed is never broken, whatever arrives. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it as test } from "vitest";
import { Chatty } from "../chatty.ts";
import { Program, run } from "./program.ts";
import { HAS_TMUX, Screen } from "./tmux.ts";

const it = test.runIf(HAS_TMUX);
if (!HAS_TMUX) console.warn("SKIPPED: the tests of the terminal need tmux, which is not installed");

let chatty: Chatty;
const screens: Screen[] = [];

beforeAll(async () => {
  if (HAS_TMUX) chatty = await Chatty.start();
});
afterEach(() => {
  for (const screen of screens.splice(0)) screen.close();
});
afterAll(() => chatty?.stop());

const at = (chat: string) => ["--url", chatty.url, "--chat", chat];

/** John at a terminal, welcomed. */
async function john(chat: string, size: { width?: number; height?: number; env?: Record<string, string> } = {}) {
  const screen = new Screen(["John", ...at(chat)], size);
  screens.push(screen);
  await screen.until("the join", (seen) => seen.includes("[JOIN] John joined the chat") && seen.endsWith("->"));
  return screen;
}

it("T1 T2 a line that wraps and has wide characters stays whole, with its cursor, while others talk", async () => {
  const screen = await john("wrap", { width: 40, height: 16 });
  screen.type(
    "a long line that is being typed while others talk, wrapping over 日本語日本語日本語 several rows of the screen",
  );
  screen.press("Home", "Right", "Right");
  const typed = [
    "-> a long line that is being typed while",
    " others talk, wrapping over 日本語日本語",
    "日本語 several rows of the screen",
  ];
  await screen.until("the line", (seen) => seen.endsWith(typed.join("\n")));
  await run(["Mary", ...at("wrap")], "one\ntwo\n\x1b[2Jthree");
  const seen = await screen.until("Mary to have left", (now) => now.includes("[LEAVE] Mary") && now.endsWith("screen"));
  expect(seen.split("\n").slice(1)).toEqual([
    "[JOIN] John joined the chat",
    "[JOIN] Mary joined the chat",
    "[Mary] one",
    "[Mary] two",
    "[Mary] ␛[2Jthree",
    "[LEAVE] Mary left the chat",
    ...typed,
  ]);
  expect(screen.cursor).toBe("5,7");
  screen.type("XX");
  screen.press("Enter");
  const said = await screen.until("the echo", (now) => now.includes("XXlong") && now.endsWith("\n->"));
  expect(said.split("\n").slice(7)).toEqual([
    "[John] a XXlong line that is being typed",
    " while others talk, wrapping over 日本語",
    "日本語日本語 several rows of the screen",
    "->",
  ]);
});

it("T1 a line stays whole when the terminal gets narrower, and wider again", async () => {
  const screen = await john("width", { width: 60, height: 20 });
  screen.type("a line of some length that I am typing now, and more");
  await screen.until("the line", (seen) => seen.endsWith("and more"));
  for (const [width, rows] of [
    [30, ["-> a line of some length that", "I am typing now, and more"]],
    [70, ["-> a line of some length that I am typing now, and more"]],
  ] as const) {
    screen.resize(width, 20);
    await screen.until("the line wrapped anew", (seen) => seen.endsWith(`\n${rows.join("\n")}`));
    await run(["Mary", ...at("width")], `at ${width}`);
    const seen = await screen.until(
      "Mary",
      (now) => now.includes(`[Mary] at ${width}\n[LEAVE]`) && now.endsWith("more"),
    );
    const ending = ["[JOIN] Mary joined the chat", `[Mary] at ${width}`, "[LEAVE] Mary left the chat", ...rows];
    expect(seen.endsWith(ending.join("\n"))).toBe(true);
    expect(seen.match(/^-> /gm)?.length).toBe(1);
  }
});

it("T1 no key is lost while 200 messages a second arrive, and each of them is shown", async () => {
  const screen = await john("busy");
  const talker = new Program(["Talker", ...at("busy")]);
  await talker.untilSaid("[JOIN] Talker joined the chat");
  const keys = "the quick brown fox jumps over the lazy dog, 0123456789 times, and nobody misses a key of it";
  const began = Date.now();
  let said = 0;
  const talking = setInterval(() => {
    for (const due = ((Date.now() - began) * 200) / 1000; said < due; said++) talker.say(`message ${said}`);
  }, 5);
  try {
    for (const key of keys) screen.type(key);
    await talker.until("that 400 are said", () => said >= 400);
  } finally {
    clearInterval(talking);
  }
  expect(said / ((Date.now() - began) / 1000)).toBeGreaterThan(150);
  const last = `[Talker] message ${said - 1}`;
  await talker.untilSaid(last);
  await screen.until("the last message", (seen) => seen.includes(`${last}\n`));
  const lines = screen.see({ all: true }).split("\n");
  expect(lines.filter((line) => line.startsWith("[Talker]"))).toEqual(
    Array.from({ length: said }, (_, i) => `[Talker] message ${i}`),
  );
  expect(lines.slice(-2).join("")).toBe(`-> ${keys}`);
  screen.press("Enter");
  await talker.untilSaid(`[John] ${keys}`);
  talker.end();
  expect(await talker.ended()).toBe(0);
});

it("T5 T6 T14 history, commands, a line too long, and leaving", async () => {
  const screen = await john("hands", { width: 60, height: 30 });
  screen.type("first");
  screen.press("Enter");
  await screen.until("the echo", (seen) => seen.endsWith("[John] first\n->"));
  screen.press("Up", "Enter");
  await screen.until("the echo", (seen) => seen.endsWith("[John] first\n[John] first\n->"));
  for (const line of ["/who", "/servers", "/nope", "//slash"]) {
    screen.type(line);
    screen.press("Enter");
  }
  const seen = await screen.until("the last echo", (now) => now.endsWith("[John] /slash\n->"));
  const answers = ["-> /who", "1 person: John", "-> /servers", "main  alive  (yours)", "-> /nope"];
  expect(seen).toContain([...answers, "there is no /nope; /help lists the commands, //text says '/t"].join("\n"));
  screen.type("y".repeat(4097));
  screen.press("Enter");
  await screen.until(
    "the refusal",
    (now) => now.includes("not sent: a text has 1 to 4096 characters; this one has 4097"),
    true,
  );
  screen.press("BSpace", "C-e", "Enter");
  await screen.until("the echo", (now) => now.includes(`[John] ${"y".repeat(53)}\n`) && now.endsWith("\n->"), true);
  screen.press("C-d");
  await screen.until("the end", (now) => now.endsWith("ended with 0"));
});

it.each(["exit", "C-c"])("T5 %s leaves, and the others are told", async (how) => {
  const mary = new Program(["Mary", ...at(`leave-${how.toLowerCase()}`)]);
  await mary.untilSaid("[JOIN] Mary joined the chat");
  const screen = await john(`leave-${how.toLowerCase()}`);
  screen.press(...(how === "exit" ? ["e", "x", "i", "t", "Enter"] : [how]));
  await screen.until("the end", (seen) => seen.endsWith("ended with 0"));
  await mary.untilSaid("[LEAVE] John left the chat");
  mary.end();
  expect(await mary.ended()).toBe(0);
});

it("T5 T10 T12 T17 nobody answers: that is said once, Ctrl-C ends, and what was not delivered is counted", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "chatty-screen-")), "john");
  const screen = new Screen(["John", "--url", "http://127.0.0.2:1", "--resume", file], { width: 100 });
  screens.push(screen);
  await screen.until("the note", (seen) =>
    seen.endsWith("no answer from http://127.0.0.2:1; still trying (Ctrl-C ends)\n->"),
  );
  screen.type("nobody hears");
  screen.press("Enter");
  await screen.until("the promise", (seen) => seen.endsWith("not connected: it will be sent\n->"));
  screen.press("C-c", "C-c");
  const seen = await screen.until("the end", (now) => now.endsWith("ended with 3"));
  expect(seen.split("\n").slice(-3)).toEqual([
    `not delivered: 1 message, kept in ${file}`,
    "unreachable: no server answered",
    "ended with 3",
  ]);
  expect(seen.match(/no answer/g)?.length).toBe(1);
  rmSync(dirname(file), { recursive: true });
});

it("T5 a terminal that is closed leaves the chat", async () => {
  const mary = new Program(["Mary", ...at("closed")]);
  await mary.untilSaid("[JOIN] Mary joined the chat");
  (await john("closed")).close();
  await mary.until("to hear that John left", () => mary.out.includes("[LEAVE] John left the chat"), 5000);
  mary.end();
  expect(await mary.ended()).toBe(0);
});

it("T7 colours where they are wanted, none with NO_COLOR", async () => {
  const plain = await john("colour", { env: { NO_COLOR: "1" } });
  await run(["Mary", ...at("colour")], "hi!");
  await plain.until("Mary", (seen) => seen.includes("[LEAVE] Mary"));
  expect(plain.see({ colours: true })).not.toContain("\x1b[");
  const coloured = new Screen(["Anne", ...at("colour")]);
  screens.push(coloured);
  await coloured.until("the history", (seen) => seen.includes("[Mary] hi!") && seen.endsWith("->"));
  expect(coloured.see({ colours: true }).replaceAll("\x1b", "ESC")).toMatch(
    /ESC\[3\dm(?:ESC\[\d+m)*\[Mary\](?:ESC\[\d+m)+ hi!/,
  );
});

it("T7 a dumb terminal works, without a single escape", async () => {
  const screen = await john("dumb", { env: { TERM: "dumb" } });
  screen.type("hello");
  screen.press("Enter");
  await screen.until("the echo", (seen) => seen.endsWith("[John] hello\n->"));
  expect(screen.see({ colours: true })).not.toContain("\x1b");
  screen.press("C-c");
  await screen.until("the end", (seen) => seen.endsWith("ended with 0"));
});

it("T5 T12 the server is killed and comes back: two quiet lines, and what was typed meanwhile arrives", async () => {
  const screen = await john("crash");
  screen.type("half a li");
  await chatty.kill();
  await screen.until("the loss", (seen) => /connection lost: .*; trying to come back\n-> half a li$/.test(seen));
  screen.type("ne");
  screen.press("Enter");
  await screen.until("the promise", (seen) => seen.endsWith("-> half a line\nnot connected: it will be sent\n->"));
  await chatty.start();
  const seen = await screen.until("the return", (now) => now.endsWith("back, on server main\n[John] half a line\n->"));
  expect(seen.match(/connection lost/g)?.length).toBe(1);
});
