/** A log that is trimmed in SQLite: the rows go, the floor stays, and after a crash everyone is told the truth by what is stored. */
import { abortAllDurableObjects } from "cloudflare:test";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RETENTION } from "../../src/chat/limits.ts";
import type { Floor } from "../../src/chat/log.ts";
import type { SessionEntry } from "../../src/chat/seen.ts";
import { Client } from "./client.ts";
import { eventually, freshChat, inside, rows, setAhead, settled, startServer } from "./helpers.ts";

/** Messages and milliseconds kept here, so that little talk and a minute are enough. */
const KEEP = { messages: 20, ms: 60_000 };
const usual = { ...RETENTION };
beforeEach(() => void Object.assign(RETENTION, KEEP));
afterEach(() => {
  Object.assign(RETENTION, usual);
  setAhead(0);
});

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);

/** Says numbered texts, each in a row of its own. */
async function count(client: Client, from: number, to: number): Promise<void> {
  for (const text of numbers(from, to)) {
    client.send(text);
    await client.hears(text);
  }
}

/** The rows of a log, as the texts in them. */
const kept = async (chat: string, server: string): Promise<string[]> =>
  (
    await rows<{ lines: string }>(
      chat,
      server,
      `SELECT lines FROM log_0 WHERE pos >= ${(await stored<Floor>(chat, server, "floor"))?.pos ?? 0} ORDER BY pos`,
    )
  ).flatMap(({ lines }) => lines.split("\n").map((line) => (JSON.parse(line) as { text: string }).text));

/** What of a server's state is kept by this key. */
async function stored<T>(chat: string, server: string, key: string): Promise<T | undefined> {
  const [row] = await rows<{ value: string }>(chat, server, `SELECT value FROM state WHERE key = '${key}'`);
  return row && (JSON.parse(row.value) as T);
}

/** Ann says 31 texts, Bob hears two and loses his connection, and all but 20 are trimmed. */
async function trimmed() {
  const chat = freshChat();
  const ann = await Client.join(chat, "Ann");
  const bob = await Client.join(chat, "Bob");
  await count(ann, 1, 2);
  await bob.hears("2");
  bob.drop();
  await count(ann, 3, 30);
  setAhead(KEEP.ms + 1000);
  await count(ann, 31, 31);
  const origin = ann.shown[0]?.origin as string;
  return { chat, ann, bob, origin };
}

it("L9 L10 C13 C15 S5 what is trimmed is told no more, and after a crash whoever missed it is told so, and it stays said", async () => {
  const { chat, ann, bob, origin } = await trimmed();
  expect(await kept(chat, "main")).toEqual(numbers(12, 31));
  const { time } = ann.shown[10] as { time: number };
  expect(await stored<Floor>(chat, "main", "floor")).toEqual({ cursor: { [origin]: 11 }, time, pos: 12 });
  expect(await stored(chat, "main", `seen/${ann.id.slice(0, 1)}`)).toEqual([[ann.id, 11, [], time]]);

  await abortAllDurableObjects();
  const before = bob.got.length;
  const cursor = bob.cursor;
  await bob.connect();
  await bob.hears("31");
  expect(bob.got.slice(before, before + 2)).toEqual([
    expect.objectContaining({ type: "welcome", id: bob.id, cursor }),
    { type: "reset", reason: "trimmed", cursor: { [origin]: 11 } },
  ]);
  expect(bob.shown.slice(2).map(({ text, seq }) => [text, seq])).toEqual(numbers(12, 31).map((n) => [n, Number(n)]));

  await ann.reconnect();
  expect(ann.of("welcome").at(-1)).toMatchObject({ n: 31 });
  expect(ann.of("reset")).toEqual([]);
  ann.raw('{"type":"send","text":"5","n":5}');
  await count(ann, 32, 32);
  await bob.hears("32");
  expect(bob.texts.slice(2)).toEqual(numbers(12, 32).map((n) => `Ann: ${n}`));
  expect(ann.shown.at(-1)).toMatchObject({ origin, seq: 32, n: 32 });
  for (const person of [ann, bob]) expect([person.of("error"), person.repeated]).toEqual([[], []]);
});

it("L8 L10 S4 L3 a server continues from a stored floor: numbers, times, and which messages of a session lie below", async () => {
  const chat = freshChat();
  const ann = await Client.join(chat, "Ann");
  await count(ann, 1, 1);
  const origin = ann.shown[0]?.origin as string;
  const time = Date.now() + 3_600_000;
  const floor: Floor = { cursor: { [origin]: 7, "z#0a1b2c3d": 5 }, time, pos: 9 };
  const session: SessionEntry = [ann.id, 2, [[4, 4]], time];
  await inside(chat, "main", ({ storage: { sql } }) => {
    sql.exec("DELETE FROM log_0");
    const put = "INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)";
    sql.exec(put, "floor", JSON.stringify(floor));
    sql.exec(put, `seen/${ann.id.slice(0, 1)}`, JSON.stringify([session]));
  });
  await abortAllDurableObjects();
  await ann.reconnect();
  expect(ann.of("welcome").at(-1)).toMatchObject({ n: 4 });
  expect(ann.of("reset")).toEqual([{ type: "reset", reason: "trimmed", cursor: floor.cursor }]);
  for (const n of [1, 2, 4, 3]) ann.raw(JSON.stringify({ type: "send", text: `again ${n}`, n }));
  await ann.until(() => ann.of("error").length > 0, "a refusal");
  expect(ann.of("error")).toEqual([{ type: "error", code: "n_gap", message: expect.any(String), n: 5 }]);
  ann.send("5");
  await ann.hears("5");
  expect(ann.shown.slice(1)).toEqual([expect.objectContaining({ text: "5", n: 5, origin, seq: 8, time: time + 1 })]);
  expect(await rows(chat, "main", "SELECT pos FROM log_0")).toEqual([{ pos: 9 }]);
});

it("R11 L10 a server that starts in a trimmed chat begins at its floor, and remembers it", async () => {
  const { chat, ann, origin } = await trimmed();
  await startServer(chat, "b");
  await settled(chat, "main", "b");
  expect(await kept(chat, "b")).toEqual(numbers(12, 31));
  expect(await stored<Floor>(chat, "b", "floor")).toMatchObject({ cursor: { [origin]: 11 } });
  await abortAllDurableObjects();
  await ann.connect("b");
  ann.raw('{"type":"send","text":"5","n":5}');
  await count(ann, 32, 32);
  await eventually("main has it", async () => (await kept(chat, "main")).includes("32"));
  for (const server of ["main", "b"]) expect(await kept(chat, server)).toEqual(numbers(12, 32));
  expect([ann.of("error"), ann.of("reset"), ann.repeated]).toEqual([[], [], []]);
});
