/** What a client makes of what is stored: it goes on from a snapshot of its chat, and refuses everything else. */
import { expect, it } from "vitest";
import { Client, memoryStorage, SnapshotError, type Storage } from "../../client/lib/index.ts";
import { Bench } from "./bench.ts";
import { HOME, SESSION, URL } from "./rig.ts";

const options = { url: URL, chat: "lobby", name: "John" };
const good = { chat: HOME, session: SESSION, cursor: { "main#1": 3 }, n: 3, outbox: [{ n: 4, text: "mine" }] };
/** The same chat, at a deployment of another scheme. */
const far = "wss://chat.test/chats/lobby/ws";
it.each([
  ["nothing", ""],
  ["no JSON", "{"],
  ["half of one", JSON.stringify(good).slice(0, -9)],
  ["null", "null"],
  ["a number", "7"],
  ["a list", "[]"],
  ["an object of something else", '{"name":"x","version":1}'],
  ["one without its chat", JSON.stringify({ ...good, chat: undefined })],
  ["no session", JSON.stringify({ ...good, session: 7 })],
  ["an empty session", JSON.stringify({ ...good, session: "" })],
  ["an endless session", JSON.stringify({ ...good, session: "x".repeat(257) })],
  ["no cursor", JSON.stringify({ ...good, cursor: [] })],
  ["a negative cursor", JSON.stringify({ ...good, cursor: { a: -1 } })],
  ["no number", JSON.stringify({ ...good, n: "3" })],
  ["no outbox", JSON.stringify({ ...good, outbox: { 0: "x" } })],
  ["nothing in the outbox", JSON.stringify({ ...good, outbox: [null] })],
  ["no text", JSON.stringify({ ...good, outbox: [{ n: 4 }] })],
  ["an empty text", JSON.stringify({ ...good, outbox: [{ n: 4, text: "" }] })],
  ["a text too long", JSON.stringify({ ...good, outbox: [{ n: 4, text: "x".repeat(4097) }] })],
  ["half a character", JSON.stringify({ ...good, outbox: [{ n: 4, text: "\ud83d" }] })],
  ["number 0", JSON.stringify({ ...good, outbox: [{ n: 0, text: "x" }] })],
  ["a number twice", JSON.stringify({ ...good, outbox: [{ n: 4, text: "x" }, { n: 4, text: "y" }] })], // biome-ignore format: a list
  ["too many messages", JSON.stringify({ ...good, outbox: Array.from({ length: 4097 }, (_, i) => ({ n: i + 1, text: "x" })) })], // biome-ignore format: a list
  ["too much of them", JSON.stringify({ ...good, outbox: Array.from({ length: 257 }, (_, i) => ({ n: i + 1, text: "x".repeat(4096) })) })], // biome-ignore format: a list
  ["too much altogether", `${JSON.stringify(good)}${" ".repeat(8_388_608)}`],
  ["one of another chat", JSON.stringify({ ...good, chat: HOME.replace("lobby", "tea") })],
  ["one of another deployment", JSON.stringify({ ...good, chat: far })],
])("K24 %s is refused, and neither used nor overwritten", (_, text) => {
  const bench = new Bench();
  let saved = 0;
  const storage: Storage = { load: () => text, save: () => void saved++ };
  expect(() => new Client({ ...options, storage }, bench)).toThrow(SnapshotError);
  expect([bench.sockets.length, saved]).toEqual([0, 0]);
});

it("K24 the refusal says of which chat it is, briefly; fields of a later version are no reason for one", () => {
  const refused = (chat: string) => () =>
    new Client({ ...options, storage: memoryStorage(JSON.stringify({ ...good, chat })) }, new Bench());
  expect(refused(far)).toThrow(`this is of the chat ${far}, not of ${HOME}`);
  expect(refused("x".repeat(9999))).toThrow(/^this is of the chat x{200}, not of/);
  const later = memoryStorage(JSON.stringify({ ...good, later: 1 }));
  expect(new Client({ ...options, server: "b", storage: later }, new Bench()).waiting).toBe(1);
});
