/** What is heard, as lines: the original's words, nothing obeyed, nobody mistaken for another. */
import { expect, it, vi } from "vitest";
import { Conversation } from "../../client/cli/conversation.ts";
import { giveUp } from "../../client/cli/patience.ts";
import { label, labels } from "../../client/cli/people.ts";
import { Plain, sendLines } from "../../client/cli/pipe.ts";
import { isRich, wantsColour } from "../../client/cli/style.ts";
import { visible, visibleJson } from "../../client/cli/visible.ts";
import { Client, People } from "../../client/lib/index.ts";
import { Bench } from "./bench.ts";
import { entry, ID, message, URL, welcome } from "./rig.ts";

const JOHN = { name: "John", id: ID };
const person = (name: string, id: string) => ({ name, id });

/** A client that is welcomed, and what it prints. */
function heard({ json = false, colour = false } = {}) {
  const bench = new Bench();
  const client = new Client({ url: URL, chat: "lobby", name: "John" }, bench);
  const said: string[] = [];
  const notes: string[] = [];
  const output = {
    say: (line: string) => void said.push(line),
    note: (line: string) => void notes.push(line),
    colour: { said: colour, notes: colour },
  };
  const conversation = new Conversation(client, output, json);
  client.start();
  bench.open();
  bench.hear(welcome({ names: [JOHN], count: 1 }));
  return { bench, client, conversation, said, notes };
}

it("T2 T12 the original's words for what was said, one quiet line for the rest", () => {
  const { bench, said, notes } = heard();
  const mary = person("Mary", "2e");
  bench.hear({ type: "join", ...JOHN }, { type: "join", ...mary }, message(1, "hi!"), { type: "leave", ...mary });
  expect(said).toEqual([
    "[JOIN] John joined the chat",
    "[JOIN] Mary joined the chat",
    "[John] hi!",
    "[LEAVE] Mary left the chat",
  ]);
  expect(notes).toEqual(["chat lobby, server main, 1 person: John"]);
  bench.hear(
    { type: "presence", count: 40, joined: 41, left: 2 },
    { type: "update_servers", servers: [entry("main")] },
    { type: "reset", reason: "ahead" },
    { type: "error", code: "bad_text", message: "no" },
    { type: "error", code: "busy", message: "wait", retry: 1 },
    { type: "weather" },
  );
  expect(notes.slice(1)).toEqual([
    "41 joined, 2 left; 40 people here",
    "messages may be missing before this line (ahead)",
    "bad_text: no",
    'unsupported message: {"type":"weather"}',
  ]);
  expect(said.length).toBe(4);
});

it("T12 when the connection goes and comes is said once each, and a move in one line", () => {
  const { bench, client, notes } = heard();
  for (let tries = 0; tries < 3; tries++) {
    bench.cut();
    client.retryNow();
  }
  bench.open();
  bench.hear(welcome({ server: "b" }));
  expect(notes.slice(1)).toEqual([
    "connection lost: the connection closed (1006); trying to come back",
    "back, on server b",
  ]);
});

it("T12 a server that sends its clients elsewhere costs one line", () => {
  const { bench, notes } = heard();
  bench.hear({ type: "exit", reason: "disconnect", servers: [entry("main", "left"), entry("b")] });
  bench.open();
  bench.hear(welcome({ server: "b" }));
  expect(notes.slice(1)).toEqual(["moved to server b"]);
});

it("T8 what is not delivered is said, with the reason", async () => {
  const { bench, client, conversation, notes } = heard();
  client.send("mine");
  await Promise.resolve();
  bench.hear({ type: "error", code: "n_reused", message: "another text", n: 1 });
  expect(notes.slice(1)).toEqual(["not delivered: mine (n_reused: another text)"]);
  expect(conversation.failed).toBe(1);
});

it("T6 who is here, and the servers of the chat", () => {
  const { bench, conversation, notes } = heard();
  bench.hear({ type: "join", ...person("Anne", "3e"), server: "main" });
  bench.hear({ type: "update_servers", servers: [entry("b", "unreachable"), entry("main")] });
  notes.length = 0;
  conversation.who();
  conversation.servers();
  expect(notes).toEqual(["2 people: Anne, John", "b  unreachable", "main  alive  (yours)"]);
  bench.hear({ type: "move", ...person("Anne", "3e"), server: "b" });
  bench.hear({ type: "join", ...person("Cleo", "4e"), server: "b" }, { type: "join", ...person("Dora", "5e") });
  notes.length = 0;
  conversation.who();
  expect(notes).toEqual(["4 people", "main (yours): John", "b: Anne, Cleo", "elsewhere: Dora"]);
});

it("T2 T6 where many went is not said; in a crowd who speaks is where they speak, but not who once spoke", () => {
  const { bench, conversation, notes } = heard();
  bench.open();
  const names = Array.from({ length: 100 }, (_, i) => ({ ...person(`p${i}`, `f${i}`), server: "main" }));
  bench.hear(welcome({ names, count: 120, cursor: { "b#1": 1 }, servers: [entry("main"), entry("b")] }));
  notes.length = 0;
  bench.hear({ type: "presence", count: 120, joined: 0, left: 0 });
  bench.hear(...[1, 2].map((n) => message(1, "", { ...person(`p${n}`, `f${n}`), origin: "b#1", seq: n })));
  expect(notes).toEqual([]);
  conversation.who();
  expect(notes.map((note) => note.slice(0, 19))).toEqual(["120 people", "main (yours): John,", "b: p2", "and 19 more"]);
});

it("T3 namesakes are told apart while both are here, and by as many digits as it takes", () => {
  const people = new People();
  const [a, b] = [person("John", "9f3a11"), person("John", "9f3a22")];
  people.reset([a], 1);
  expect(label(people, a)).toBe("John");
  expect(label(people, b)).toBe("John#9f3a2");
  people.add(b);
  expect(labels(people)).toEqual(["John#9f3a1", "John#9f3a2"]);
  people.add({ ...a, name: "Jack" });
  expect([label(people, b), people.count]).toEqual(["John", 2]);
  people.remove(a);
  expect(labels(people)).toEqual(["John"]);
});

it("T3 in a crowd who speaks is known from then on; names that pass for something else are always tagged", () => {
  const people = new People();
  people.reset([person("Anne", "aaaa1")], 200);
  people.hear(person("John", "1111a"));
  expect(label(people, person("John", "2222b"))).toBe("John#2222");
  for (const name of ["JOIN", "LEAVE", "a] [b", "John#2222"])
    expect(label(people, person(name, "12345"))).toBe(`${name}#1234`);
});

it("T4 what a terminal would obey is shown, in texts, names and whatever servers say", () => {
  expect(visible("\x1b[2J\x07\t\x7f a\r\nb\nc\u2028d")).toBe("␛[2J␇⇥␡ a⏎b⏎c⏎d");
  expect(visible("\x9b31m \u202eevil\u2066 \u200b\ufeff \ud83d")).toBe("<9b>31m <202e>evil<2066> <200b><feff> \ufffd");
  expect(visible("日本語 👩‍👩‍👧 é مرحبا")).toBe("日本語 👩‍👩‍👧 é مرحبا");
  const { bench, said, notes } = heard();
  const evil = "\x1b]0;x\x07\x1b[31m\n\x9b";
  bench.hear({ type: "join", name: evil, id: "e" }, message(1, evil, { id: "e", name: evil }));
  bench.hear({ type: "error", code: evil, message: evil }, { type: "reset", reason: evil }, { type: evil });
  bench.hear({ type: "exit", reason: evil, servers: [{ ...entry("main"), name: evil }] });
  bench.open();
  bench.hear(welcome({ server: evil, chat: evil, names: [person(evil, "e")] }));
  expect(said.length + notes.length).toBe(7);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  for (const line of [...said, ...notes]) expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
});

it("T4 T9 json stays the same object, with nothing in it that a terminal obeys", () => {
  const { bench, said, notes } = heard({ json: true });
  const object = message(1, "\x1b \x9b \u202e ok", { extra: [1] });
  bench.hear(object, { type: "weather", rain: true });
  expect(said.length).toBe(3);
  expect(JSON.parse(said[1] ?? "")).toEqual(object);
  expect(said[2]).toBe('{"type":"weather","rain":true}');
  expect(visibleJson("\x1b\x9b\u202e")).toBe('"\\u001b\\u009b\\u202e"');
  expect(notes).toEqual(["chat lobby, server main, 1 person: John"]);
});

it("T7 colour on a terminal that wants it, and nowhere else", () => {
  const terminal = { isTTY: true };
  expect(wantsColour(terminal, { TERM: "xterm" })).toBe(true);
  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) expect(wantsColour(terminal, env)).toBe(false);
  expect(wantsColour({}, { TERM: "xterm" })).toBe(false);
  expect([isRich(terminal, { NO_COLOR: "1" }), isRich(terminal, { TERM: "dumb" })]).toEqual([true, false]);
  const { bench, said, notes } = heard({ colour: true });
  bench.hear(message(1, "hi!"), { type: "join", ...JOHN });
  const shown = [...said, ...notes].map((line) => line.replaceAll("\x1b", "ESC"));
  expect(shown[0]).toMatch(/^ESC\[3\dm\[John\]ESC\[0m hi!$/);
  for (const line of shown.slice(1)) expect(line).toMatch(/^ESC\[2m.*ESC\[0m$/);
});

it("T8 no more input is read than can wait: 2048 messages", async () => {
  const { bench, client } = heard();
  let read = 0;
  async function* input() {
    for (;;) yield `${++read}\n`;
  }
  const tooLong: number[] = [];
  const done = sendLines(client, input(), tooLong);
  await new Promise((resolve) => setImmediate(resolve));
  expect([client.waiting, read]).toEqual([2048, 2048]);
  bench.hear(message(1, "1"));
  await new Promise((resolve) => setImmediate(resolve));
  expect([client.waiting, read]).toEqual([2048, 2049]);
  client.close();
  await done;
  expect(tooLong).toEqual([]);
});

it("T8 K26 long lines are read no faster than there is room for them, and none is dropped", async () => {
  const { bench, client } = heard();
  const long = "x".repeat(4096);
  async function* input() {
    for (let i = 0; i < 300; i++) yield `${long}\n`;
  }
  const tooLong: number[] = [];
  const done = sendLines(client, input(), tooLong);
  for (let n = 1; n <= 300; n++) {
    await new Promise((resolve) => setImmediate(resolve));
    expect(client.waiting).toBe(Math.min(256, 301 - n));
    bench.hear(message(n, long));
  }
  await done;
  expect([client.waiting, tooLong]).toEqual([0, []]);
});

it("T8 exit ends the input, blank lines are no messages, and lines too long are counted", async () => {
  const { client } = heard();
  const tooLong: number[] = [];
  async function* input() {
    yield `one\n\n${"x".repeat(4097)}\n${"y".repeat(4096)}\nexit\nafter\n`;
  }
  await sendLines(client, input(), tooLong);
  expect(tooLong).toEqual([3]);
  expect(client.snapshot().outbox.map(({ n, text }) => [n, text.length])).toEqual([[1, 3], [2, 4096]]); // biome-ignore format: a table
  client.close();
});

it("T5 T8 who is told to leave reads no more input", async () => {
  const { client } = heard();
  const tooLong: number[] = [];
  let read = 0;
  async function* input() {
    for (; read < 10; read++) {
      if (read === 3) client.leave();
      yield `${read}\n`;
    }
  }
  await sendLines(client, input(), tooLong);
  expect([read, client.waiting, tooLong]).toEqual([3, 3, []]);
  client.close();
});

it("T2 what is said in one turn is written at once", async () => {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) } as unknown as NodeJS.WritableStream;
  const plain = new Plain(stream, stream, { said: false, notes: false });
  for (const line of ["a", "b", "c"]) plain.say(line);
  expect(written).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(written).toEqual(["a\nb\nc\n"]);
});

it("T10 a program that nobody watches gives up after 30 s without ever a server, or without one after its input ended", () => {
  vi.useFakeTimers();
  try {
    const ends = (client: Client) => client.state.is === "offline" && client.state.final;
    const never = new Client({ url: URL, chat: "lobby", name: "John" }, new Bench());
    giveUp(never);
    never.start();
    vi.advanceTimersByTime(29_999);
    expect(ends(never)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(ends(never)).toBe(true);

    const { bench, client } = heard();
    const patience = giveUp(client);
    bench.cut();
    vi.advanceTimersByTime(120_000);
    expect(ends(client)).toBe(false);
    patience.inputEnded();
    vi.advanceTimersByTime(29_999);
    client.retryNow();
    bench.open();
    bench.hear(welcome());
    vi.advanceTimersByTime(120_000);
    expect(client.state.is).toBe("online");
    bench.cut();
    vi.advanceTimersByTime(30_000);
    expect(ends(client)).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});
