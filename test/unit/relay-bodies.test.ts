/** The body of `relay`, field by field: what is off by one, of another kind or too long refuses the whole. */
import { describe, expect, it } from "vitest";
import { read } from "../../src/chat/body.ts";
import { parseRelayAnswer } from "../../src/chat/relay-answer.ts";
import { parseRelay, writeRelay } from "../../src/chat/relay-wire.ts";

const HERE = { chat: "lobby", host: undefined };
const ANN = "0123456789abcdef0123";
const BEN = "fedcba98765432100123";
const ORIGIN = "b#0000000b";

type Fields = Record<string, unknown>;

const MESSAGES: Fields[] = [
  { type: "message", name: "ann", text: "one", id: ANN, n: 1, origin: ORIGIN, seq: 1, time: 0 },
  { type: "message", name: "ben", text: "two", id: BEN, n: 9, origin: ORIGIN, seq: 2, time: 0 },
];

/** A body of one batch of two messages, with some fields of the request, of the batch or of its last line changed. */
function body({ relay = {}, batch = {}, line = {} }: { relay?: Fields; batch?: Fields; line?: Fields } = {}): string {
  const lines = MESSAGES.map((message, i) => JSON.stringify({ ...message, ...(i === 1 ? line : {}) })).join("\n");
  const size = lines.length;
  const head = { origin: ORIGIN, first: 1, count: 2, time: 0, dep: {}, ids: [ANN, BEN], by: [0, 1, 1, 9], size };
  return `${JSON.stringify({ chat: "lobby", from: "b", vv: {}, batches: [{ ...head, ...batch }], ...relay })}\n${lines}`;
}

const isRead = (text: string): boolean => read(parseRelay, text, HERE).ok;
const presence = (fields: Fields) =>
  JSON.stringify({
    chat: "lobby",
    from: "b",
    vv: {},
    batches: [],
    presence: { epoch: "0000000b", version: 0, people: [[ANN, "ann"]], ...fields },
  });

describe("a relay", () => {
  it("L5 R7 comes out as it was written, and a request without batches has no lines", () => {
    const result = read(parseRelay, body(), HERE);
    expect(result).toMatchObject({ ok: true, value: { from: "b", vv: {} } });
    if (!result.ok) return;
    expect(result.value).not.toHaveProperty("presence");
    expect(writeRelay("main", result.value, HERE)).toBe(body());
    const none = JSON.stringify({ chat: "lobby", from: "b", vv: {}, batches: [] });
    expect(isRead(none)).toBe(true);
    expect(isRead(`${none}\n`)).toBe(false);
    expect(isRead(`${none}\n{}`)).toBe(false);
  });

  it("R7 must be as long as its batches say", () => {
    expect(isRead(`${body()}\n`)).toBe(false);
    expect(isRead(`${body()}x`)).toBe(false);
    expect(isRead(body().slice(0, -1))).toBe(false);
    expect(isRead(body().split("\n")[0] ?? "")).toBe(false);
  });

  it("R7 every field of the header of a batch is checked", () => {
    const wrong: Fields[] = [];
    for (const key of ["first", "count", "time", "size"])
      wrong.push(...[-1, 1.5, "1", null].map((value) => ({ [key]: value })));
    wrong.push({ first: 0 }, { count: 0 }, { count: 3 }, { count: 1 }, { size: 1 });
    wrong.push({ dep: null }, { dep: { a: -1 } });
    wrong.push({ dep: Object.fromEntries(Array.from({ length: 4097 }, (_, i) => [`s${i}#00000000`, 1])) });
    wrong.push(
      { ids: ANN },
      { ids: [ANN, BEN, "x"] },
      { ids: [ANN, 1] },
      { ids: [ANN, `${BEN}0`] },
      { ids: [ANN, `0${BEN}`] },
      { ids: [ANN, [BEN]] },
    );
    wrong.push({ by: null }, { by: [0, 1, 1] }, { by: [0, 1, 1, 9, 1] }, { by: [0, 1, 2, 9] }, { by: [0, 1, -1, 9] });
    wrong.push({ by: [0, 1, 1, 0] }, { by: [0, 1, "1", 9] }, { by: [0, 1, 1, 8] }, { by: [0, 1, 0, 9] });
    expect(wrong.filter((batch) => isRead(body({ batch })))).toEqual([]);
    expect(isRead(body({ relay: { batches: [null] } }))).toBe(false);
    const dep = Object.fromEntries(Array.from({ length: 4096 }, (_, i) => [`s${i}#00000000`, 1]));
    expect(isRead(body({ batch: { dep } }))).toBe(true);
  });

  it("R7 L4 an origin is a server and its epoch, and the lines say the same", () => {
    const from = (origin: unknown) => {
      const lines = MESSAGES.map((message) => JSON.stringify({ ...message, origin })).join("\n");
      const head = body({ batch: { origin, size: lines.length } }).split("\n")[0];
      return isRead(`${head}\n${lines}`);
    };
    expect([ORIGIN, "c#0123abcd", `${"b".repeat(32)}#0000000b`].filter(from)).toHaveLength(3);
    const wrong = [
      "b",
      "b#0000000b0",
      "B#0000000b",
      "?b#0000000b",
      "b#0000000b?",
      "#0000000b",
      "b#0000000g",
      1,
      [ORIGIN],
    ];
    expect([...wrong, `${"b".repeat(33)}#0000000b`].filter(from)).toEqual([]);
  });

  it("R7 S6 every line must be the message its batch speaks of", () => {
    const wrong: Fields[] = [{ type: "join" }, { origin: "c#0000000b" }, { seq: 3 }, { seq: 1 }, { time: 1 }];
    wrong.push({ id: ANN }, { n: 8 }, { name: 1 }, { text: null }, { text: 5 });
    const sized = (line: Fields) => {
      const lines = MESSAGES.map((message, i) => JSON.stringify({ ...message, ...(i === 1 ? line : {}) })).join("\n");
      return body({ line, batch: { size: lines.length } });
    };
    expect(isRead(sized({ text: "longer than before" }))).toBe(true);
    expect(wrong.filter((line) => isRead(sized(line)))).toEqual([]);
  });

  it("R20 of a server of this deployment the lines are believed, and nothing else", () => {
    const told = (text: string) => read((body, place) => parseRelay(body, place, true), text, HERE);
    const other = body({ line: { text: "TWO" } });
    expect(told(other)).toEqual(read(parseRelay, other, HERE));
    expect(told(body({ line: { n: 8 } })).ok).toBe(true);
    for (const wrong of [`${other}x`, body({ batch: { count: 3 } }), body({ relay: { from: 1 } })])
      expect(told(wrong).ok).toBe(false);
  });

  it("R7 X1 the sender and what it has applied are checked", () => {
    for (const relay of [{ from: 1 }, { from: "B" }, { from: "b@" }, { vv: null }, { vv: { a: "1" } }, { chat: "x" }])
      expect(isRead(body({ relay }))).toBe(false);
    const answers = ['{"vv":{}}', '{"vv":{"a":1}}'].map((text) => read(parseRelayAnswer, text, HERE));
    expect(answers).toMatchObject([{ value: { vv: {}, want: [] } }, { value: { vv: { a: 1 } } }]);
    const bad = ['"want":1', '"want":["x"]', '"life":[0,"00000001"]', '"life":[1,"x"]', '"life":{}', '"left":0'];
    for (const text of ["", "[]", "{}", '{"vv":1}', ...bad.map((more) => `{"vv":{},${more}}`)])
      expect(read(parseRelayAnswer, text, HERE).ok).toBe(false);
  });
});

describe("published people", () => {
  it("P1 R7 are a list of ids and names, with an epoch and a version", () => {
    expect(isRead(presence({}))).toBe(true);
    expect(isRead(presence({ people: [] }))).toBe(true);
    expect(isRead(presence({ people: [[ANN, "n".repeat(64)]] }))).toBe(true);
    const wrong: Fields[] = [{ epoch: 1 }, { epoch: "0000000b0" }, { epoch: "00000000b" }, { epoch: ["0000000b"] }];
    wrong.push(
      { version: -1 },
      { version: "0" },
      { people: null },
      { people: {} },
      { people: [null] },
      { people: [ANN] },
    );
    wrong.push({ people: [[1, "ann"]] }, { people: [[[ANN], "ann"]] }, { people: [[`${ANN}0`, "ann"]] });
    wrong.push({ people: [[ANN]] }, { people: [[ANN, 1]] }, { people: [[ANN, "n".repeat(65)]] });
    wrong.push({ people: [[ANN, "ann"], [BEN, null]] }); // biome-ignore format: a list
    expect(wrong.filter((fields) => isRead(presence(fields)))).toEqual([]);
    for (const value of [null, [], "x"]) expect(isRead(body({ relay: { presence: value } }))).toBe(false);
  });

  it("P1 R7 are at most as many as one object has sockets", () => {
    const people = (count: number) => Array.from({ length: count }, () => [ANN, "a"]);
    expect(isRead(presence({ people: people(32_768) }))).toBe(true);
    expect(isRead(presence({ people: people(32_769) }))).toBe(false);
  });
});
