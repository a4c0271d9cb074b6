/** What lies in a server's SQLite: nothing before it is needed, one row per flush, the same bytes everywhere, and only what this code knows. */
import { evictAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import { Client, type Message, pair } from "./client.ts";
import {
  alarmOf,
  call,
  codeOf,
  freshChat,
  inside,
  listServers,
  order,
  rows,
  setAhead,
  startServer,
  statuses,
  stubOf,
} from "./helpers.ts";

afterEach(() => setAhead(0));

const tables = (chat: string, server: string) =>
  rows<{ name: string }>(chat, server, "SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'");

/** The log as its lines. */
const logOf = async (chat: string, server: string): Promise<string[]> =>
  (await rows<{ lines: string }>(chat, server, "SELECT lines FROM log_0 ORDER BY pos")).flatMap(({ lines }) =>
    lines.split("\n"),
  );

const countRows = async (chat: string, server: string): Promise<number> =>
  (await rows<{ n: number }>(chat, server, "SELECT count(*) n FROM log_0"))[0]?.n ?? -1;

/** Frames of everyone who has joined a server, in one turn: `each(i)` is what the i-th says. */
const atOnce = (chat: string, server: string, each: (i: number) => string[]): Promise<void> =>
  inside(chat, server, (state, self) => {
    for (const [i, socket] of state.getWebSockets().entries())
      for (const frame of each(i)) void self.webSocketMessage(socket, frame);
  });

const send = (text: string): string => JSON.stringify({ type: "send", text });

it("L7 looking at a chat, its servers, or opening a connection without joining writes nothing", async () => {
  const chat = freshChat();
  for (const path of ["", "/servers", "/servers/b/ws", "/ws"]) await call(`/chats/${chat}${path}`);
  expect(statuses(await listServers(chat))).toEqual(["main alive"]);
  for (const verb of ["disconnect", "update_servers", "relay"]) {
    const body = { chat, from: "c", members: {}, vv: {}, batches: [] };
    expect(codeOf(await order(chat, "main", verb, body))).toBe("not_started");
  }
  const visitor = await new Client(chat, "Visitor").open();
  visitor.raw("ping");
  visitor.raw(send("hello?"));
  await visitor.until(() => visitor.of("error").length === 1, "a refusal");
  visitor.drop();
  for (const server of ["main", "b"]) {
    expect(await tables(chat, server)).toEqual([]);
    expect(await alarmOf(chat, server)).toBeNull();
  }
  await Client.join(chat, "Ann");
  expect((await tables(chat, "main")).map(({ name }) => name).sort()).toEqual(["chapters", "state"]);
});

it("L6 H7 a database of newer code is not opened, nobody outside is told why, and the other servers go on", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const { chat, ann, bob } = await pair();
  await rows(chat, "main", "UPDATE state SET value = '4' WHERE key = 'schema'");
  await evictDurableObject(stubOf(chat, "main"), { webSockets: "close" });
  await ann.until(({ closed }) => closed !== undefined, "the end of its connection");
  for (const path of [`/chats/${chat}/servers`, `/chats/${chat}/servers/main/start`, `/chats/${chat}/ws`]) {
    const post = path.endsWith("start") ? { method: "POST", headers: { authorization: "Bearer secret" } } : {};
    const answer = await call(path, { headers: { upgrade: "websocket" }, ...post });
    expect(answer).toMatchObject({ status: 503 });
    expect(codeOf(answer)).toBe("internal");
    expect(answer.body).not.toContain("schema");
  }
  expect(error).toHaveBeenCalledWith(expect.stringContaining("schema 4"));
  error.mockRestore();
  bob.send("without main");
  await bob.hears("without main");
  await ann.connect("b");
  await ann.hears("without main");
});

it("L6 L8 a database of version 1 is migrated to the newest when it is opened, and holds what it held", async () => {
  const { chat, ann, bob } = await pair();
  await rows(chat, "main", "ALTER TABLE log_0 RENAME TO log");
  await rows(chat, "main", "DROP TABLE chapters");
  await rows(chat, "main", "UPDATE state SET value = '1' WHERE key = 'schema'");
  await evictDurableObject(stubOf(chat, "main"));
  expect(await rows(chat, "main", "SELECT value FROM state WHERE key = 'schema'")).toEqual([{ value: "3" }]);
  ann.send("after");
  await bob.hears("after");
  const late = await Client.join(chat, "Late");
  await late.hears("hello", "after");
  expect(late.shown).toEqual(ann.shown);
});

it("L1 what many clients say in one turn is one row, and one frame to each", async () => {
  const chat = freshChat();
  const people = await Promise.all(["Ann", "Bob", "Cid", "Dan"].map((name) => Client.join(chat, name)));
  for (const person of people)
    await person.until(() => person.of("welcome")[0]?.count === 4 || person.of("join").length > 0);
  people[0]?.send("hello");
  for (const person of people) await person.hears("hello");
  const before = await countRows(chat, "main");
  await atOnce(chat, "main", (i) => [...Array(25).keys()].map((n) => send(`${i} ${n}`)));
  for (const person of people) {
    await person.until(({ shown }) => shown.length === 101, "100 messages more");
    expect(person.frames.filter((frame) => frame.includes('"message"')).length).toBe(2);
  }
  expect(await countRows(chat, "main")).toBe(before + 1);
});

it("L1 a turn of more than 262,144 characters is as few rows and frames as its size allows", async () => {
  const chat = freshChat();
  const ann = await Client.join(chat, "Ann");
  const text = "x".repeat(4096);
  await atOnce(chat, "main", () => [...Array(100).keys()].map(() => send(text)));
  await ann.until(({ shown }) => shown.length === 100, "100 messages");
  const sizes = await rows<{ size: number }>(chat, "main", "SELECT length(lines) size FROM log_0");
  expect(sizes.length).toBe(2);
  for (const { size } of sizes) expect(size).toBeLessThanOrEqual(262_144);
  for (const frame of ann.frames) expect(frame.length).toBeLessThanOrEqual(262_144);
  expect(ann.shown.map(({ seq }) => seq)).toEqual([...Array(100).keys()].map((i) => i + 1));
});

it("L5 S2 S6 a line is the same on every server and for every client, byte for byte", async () => {
  const { chat, ann, bob } = await pair();
  const texts = [
    "\u2028\u2029\u0000\u001b",
    'quotes " and \\ and </script>',
    "👩‍👩‍👧 e\u0301 ﷺ",
    "\ud800 alone",
    "x".repeat(4096),
    "👍".repeat(4096),
  ];
  ann.send(...texts);
  bob.send(...texts);
  for (const person of [ann, bob])
    await person.until(({ shown }) => shown.length === 2 * texts.length + 1, "all of them");
  const log = await logOf(chat, "main");
  expect(log.length).toBe(2 * texts.length + 1);
  expect((await logOf(chat, "b")).sort()).toEqual([...log].sort());
  for (const person of [ann, bob]) {
    const lines = person.frames.flatMap((frame) => frame.split("\n")).filter((line) => line.includes('"message"'));
    expect(lines.sort()).toEqual([...log].sort());
    for (const author of [ann, bob]) {
      const said = person.shown.filter(({ id }) => id === author.id).map(({ text }) => text);
      expect(said).toEqual(author === ann ? ["hello", ...texts] : texts);
    }
  }
});

it("L4 L8 numbers go on after an eviction, and a server whose storage was lost is another origin", async () => {
  const chat = freshChat();
  await startServer(chat, "b");
  const ann = await Client.join(chat, "Ann");
  const bob = await Client.join(chat, "Bob", "b");
  ann.send("1");
  await bob.hears("1");
  bob.send("2");
  await ann.hears("2");
  await evictAllDurableObjects();
  ann.send("3");
  await bob.hears("3");
  const [one, two, three] = ann.shown as [Message, Message, Message];
  expect(one).toMatchObject({ origin: expect.stringMatching(/^main#[0-9a-f]{8}$/), seq: 1 });
  expect(two).toMatchObject({ origin: expect.stringMatching(/^b#[0-9a-f]{8}$/), seq: 1 });
  expect(three).toMatchObject({ origin: one.origin, seq: 2 });

  const alone = freshChat();
  const cid = await Client.join(alone, "Cid");
  cid.send("before");
  await cid.hears("before");
  await inside(alone, "main", (state) => state.storage.deleteAll());
  await evictDurableObject(stubOf(alone, "main"), { webSockets: "close" });
  const dan = await Client.join(alone, "Dan");
  dan.send("after");
  await dan.hears("after");
  expect(dan.texts).toEqual(["Dan: after"]);
  expect(dan.shown[0]?.origin).toMatch(/^main#[0-9a-f]{8}$/);
  expect(dan.shown[0]?.origin).not.toBe(cid.shown[0]?.origin);
});

it("L3 the time of a message is the clock's, or one more than the highest there is", async () => {
  const { chat, ann, bob } = await pair();
  const now = Date.now();
  setAhead(60_000);
  ann.send("in a minute");
  await bob.hears("in a minute");
  setAhead(0);
  bob.send("before that");
  await ann.hears("before that");
  ann.send("and then");
  await bob.hears("and then");
  const [, ahead, next, last] = ann.shown.map(({ time }) => time) as [number, number, number, number];
  expect(ahead).toBeGreaterThanOrEqual(now + 60_000);
  expect(ahead).toBeLessThan(now + 70_000);
  expect([next, last]).toEqual([ahead + 1, ahead + 2]);
  expect(chat).not.toBe("");
});

it("L2 S5 when the log cannot be written nothing is told, and all is told once it can", async () => {
  const chat = freshChat();
  const ann = await Client.join(chat, "Ann");
  const bob = await Client.join(chat, "Bob");
  ann.send("written");
  await bob.hears("written");
  await rows(chat, "main", "CREATE TRIGGER full BEFORE INSERT ON log_0 BEGIN SELECT RAISE(ABORT, 'disk full'); END");
  ann.send("not written", "nor this");
  for (const person of [ann, bob]) {
    await person.until(({ closed }) => closed !== undefined, "the end of its connection");
    expect(person.texts).toEqual(["Ann: written"]);
    expect(person.of("error")).toEqual([]);
  }
  await rows(chat, "main", "DROP TRIGGER full");
  await bob.reconnect();
  await ann.reconnect();
  for (const person of [ann, bob]) {
    await person.hears("not written", "nor this");
    expect(person.texts).toEqual(["Ann: written", "Ann: not written", "Ann: nor this"]);
    expect(person.repeated).toEqual([]);
  }
});

it("L12 where little is said a message is written before its event is over", async () => {
  const chat = freshChat();
  const ann = await Client.join(chat, "Ann");
  ann.send("hello");
  await ann.hears("hello");
  const counts = await inside(chat, "main", async (state, self) => {
    const [socket] = state.getWebSockets();
    const count = () => state.storage.sql.exec<{ n: number }>("SELECT count(*) n FROM log_0").one().n;
    void self.webSocketMessage(socket as WebSocket, JSON.stringify({ type: "send", text: "alone" }));
    const before = count();
    await Promise.resolve().then(() => {});
    return [before, count()];
  });
  expect(counts).toEqual([1, 2]);
});
