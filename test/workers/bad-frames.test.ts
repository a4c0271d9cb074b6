/** Whatever a client sends: it is told what was wrong, and nobody else in the chat notices. */
import { expect, it } from "vitest";
import { Client } from "./client.ts";
import { freshChat } from "./helpers.ts";

type Frame = string | ArrayBuffer;
type Cases = [code: string, what: string, frames: Frame[]][];

/** Joins and sends with one field as it must not be. */
const joins = (field: string, ...values: unknown[]): Frame[] =>
  values.map((value) => JSON.stringify({ type: "client_join_req", name: "Mallory", [field]: value }));
const sends = (field: string, ...values: unknown[]): Frame[] =>
  values.map((value) => JSON.stringify({ type: "send", text: "x", [field]: value }));
const types = (...values: unknown[]): Frame[] => values.map((type) => JSON.stringify({ type }));
const acks = (...values: unknown[]): Frame[] => values.map((cursor) => JSON.stringify({ type: "ack", cursor }));
const named = (characters: string): Frame[] => joins("name", ...[...characters].map((character) => `a${character}b`));

const TOO_LARGE = 2 ** 53;
const NO_CURSORS = [null, 7, "x", [], { a: -1 }, { a: 1.5 }, { a: "1" }, { a: null }, { a: TOO_LARGE }];
const DIRECTION = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";

/** What may not be sent before the join, or at all. */
const STRANGERS: Cases = [
  [
    "bad_json",
    "what is not JSON",
    ["{", "hello", '{"type":"send"', '{"type":"ack"} x', `{"type":${"[".repeat(200_000)}`],
  ],
  ["bad_json", "no object", ["1", '"send"', "null", "true", "[]", '[{"type":"send"}]']],
  ["unknown_type", "other types", types(undefined, "nope", "", "SEND", "toString", "__proto__", 7, null, {})],
  ["not_joined", "sends", sends("n", undefined, 1)],
  ["not_joined", "others", [...types("client_leave_req"), ...acks({})]],
  ["binary", "binary frames", [new Uint8Array([123, 125]).buffer, new ArrayBuffer(0)]],
  ["frame_too_large", "a mebibyte, or a character too many", ["x".repeat(2 ** 20), "{}".padEnd(262_145)]],
  ["bad_name", "wrong types", joins("name", undefined, null, 7, true, [], {})],
  ["bad_name", "empty or blank", joins("name", "", " ", "\t", "\u00a0\u2003")],
  ["bad_name", "too long", joins("name", "x".repeat(33), "😀".repeat(33), "x".repeat(100_000))],
  ["bad_name", "control characters", named("\0\b\n\r\t\u001b\u007f\u0085\u009f")],
  ["bad_name", "line separators", named("\u2028\u2029")],
  ["bad_name", "marks of direction", named(DIRECTION)],
  ["bad_session", "no sessions", joins("session", null, 7, "", "f".repeat(31), "f".repeat(33), "F".repeat(32), {})],
  ["bad_cursor", "no cursors", joins("cursor", ...NO_CURSORS)],
  ["bad_n", "no numbers", joins("n", null, -1, 1.5, "1", TOO_LARGE, {})],
];

/** What may not be sent after it. */
const MEMBERS: Cases = [
  ["already_joined", "joins", joins("session", undefined, "f".repeat(32))],
  ["bad_text", "wrong types", sends("text", undefined, null, 7, true, [], {})],
  ["bad_text", "empty or too long", sends("text", "", "x".repeat(4097), "😀".repeat(4097))],
  ["bad_n", "no numbers", sends("n", null, 0, -1, 1.5, "1", TOO_LARGE, true)],
  ["n_gap", "not the next number", sends("n", 2, 3, 1_000_000)],
  ["bad_cursor", "no cursors", acks(undefined, ...NO_CURSORS)],
  ["binary", "binary frames", [new ArrayBuffer(8)]],
];

/** Mallory sends frames; each is refused in plain words, to Mallory alone, and Ann goes on talking. */
async function refused(joined: boolean, code: string, frames: Frame[]) {
  const chat = freshChat();
  const ann = await Client.join(chat, "Ann");
  const mallory = new Client(chat, "Mallory");
  await (joined ? mallory.connect() : mallory.open());
  if (joined) await ann.until(() => ann.of("join").length === 2, "Mallory's join");
  const before = ann.got.length;
  for (const frame of frames) mallory.raw(frame);
  await mallory.until(() => mallory.of("error").length >= frames.length, `${frames.length} refusals`);
  ann.send("did you hear anything?");
  await ann.hears("did you hear anything?");
  expect(ann.got.slice(before).map(({ type }) => type)).toEqual(["message"]);
  expect(mallory.of("error").length).toBe(frames.length);
  expect(mallory.closed).toBeUndefined();
  for (const error of mallory.of("error")) {
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^[^\n]{10,200}$/);
    expect(error.message).not.toMatch(/\bat .*:\d+|Error:|\.ts\b|\bundefined\b/);
    expect(error).not.toHaveProperty("retry");
  }
  return { ann, mallory };
}

it.for(STRANGERS)("F2 F3 F4 F6 C2 C4 C5 C7 S3 %s before the join: %s", async ([code, , frames]) => {
  const { ann, mallory } = await refused(false, code, frames);
  expect(mallory.of("welcome")).toEqual([]);
  mallory.raw('{"type":"client_join_req","name":"Mallory"}\n{"type":"send","text":"sorry"}');
  await ann.hears("sorry");
  expect(ann.texts).toEqual(["Ann: did you hear anything?", "Mallory: sorry"]);
});

it.for(MEMBERS)("F2 F6 C7 C10 S2 S3 S4 %s after the join: %s", async ([code, , frames]) => {
  const { ann, mallory } = await refused(true, code, frames);
  if (code === "n_gap") for (const error of mallory.of("error")) expect(error.n).toBe(1);
  mallory.send("sorry");
  await mallory.until(({ n }) => n === 1, "its echo");
  await ann.hears("sorry");
  expect(mallory.of("welcome").length).toBe(1);
});
