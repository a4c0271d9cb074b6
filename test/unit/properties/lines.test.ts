/** Lines of clients: those of the contract are read as they were meant, and anything else is refused in words. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCursor, parseLine } from "../../../src/chat/parse.ts";
import { AWKWARD, anything, count, cursor, number, personName, runs, session, text } from "./arbitraries.ts";
import { garbage, joins, sayings } from "./client-lines.ts";

const message = fc.oneof(joins(number(0)), sayings(number(1)));

const FIELDS = ["type", "name", "session", "cursor", "n", "text"];
const TYPES = ["client_join_req", "send", "ack", "client_leave_req"];
/** A name or text of about so many characters. */
const about = (many: number) => fc.integer({ min: many - 1, max: many + 2 }).map((count) => "😀".repeat(count));
const oneMore = fc
  .tuple(personName, fc.constantFrom(...AWKWARD), fc.nat(3))
  .map(([name, more, at]) => name.slice(0, at) + more + name.slice(at));
/** Mostly what it should be. */
const mostly = <T>(right: fc.Arbitrary<T>, ...others: fc.Arbitrary<unknown>[]) =>
  fc.oneof({ weight: 2 + 2 * others.length, arbitrary: right }, ...others, fc.jsonValue());
/** Objects of each type whose fields are right, nearly right or anything. */
const nearly = fc.record(
  {
    type: mostly(fc.constantFrom(...TYPES)),
    name: fc.oneof(personName, about(32), oneMore, anything, fc.jsonValue()),
    session: mostly(session, fc.string()),
    cursor: mostly(cursor, fc.dictionary(fc.string(), fc.oneof(count, fc.jsonValue()))),
    n: mostly(number(0), count, fc.integer(), fc.double()),
    text: fc.oneof(text, about(4096), fc.jsonValue()),
  },
  { requiredKeys: ["type", "name", "text"] },
);

const characters = (text: string) => [...text].length;
const isWhole = (value: unknown, from: number) => Number.isSafeInteger(value) && Number(value) >= from;
const isNumber = (value: unknown, from: number) => isWhole(value, from) && Number(value) <= 1_099_511_627_776;
const isPlace = (value: unknown) =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((seq) => isWhole(seq, 0));

/** Whether an object keeps the contract, as docs/protocol.md words it. */
function keeps(value: Record<string, unknown>): boolean {
  const { type, name, session, cursor, n, text } = value;
  if (type === "client_leave_req") return true;
  if (type === "ack") return isPlace(cursor);
  if (type === "send")
    return (
      typeof text === "string" &&
      characters(text) >= 1 &&
      characters(text) <= 4096 &&
      (n === undefined || isNumber(n, 1))
    );
  return (
    type === "client_join_req" &&
    typeof name === "string" &&
    characters(name) <= 32 &&
    /\S/.test(name) &&
    !/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(name) &&
    (session === undefined || (typeof session === "string" && /^[0-9a-f]{32}$/.test(session))) &&
    (cursor === undefined || isPlace(cursor)) &&
    (n === undefined || isNumber(n, 0))
  );
}

const isRefusal = (answer: ReturnType<typeof parseLine>) =>
  "code" in answer && /^[a-z_]+$/.test(answer.code) && answer.message.length > 10 && !("type" in answer);

describe("a line", () => {
  it("F1 F4 of the contract is read as it was meant, without the fields nobody knows", () => {
    const more = fc.dictionary(
      fc.string().filter((key) => !FIELDS.includes(key)),
      fc.jsonValue(),
      { maxKeys: 2, noNullPrototype: true },
    );
    fc.assert(
      fc.property(message, more, (message, more) => {
        expect(parseLine(JSON.stringify({ ...more, ...message }))).toEqual(message);
      }),
      runs(300),
    );
  });

  it("F2 C2 S2 with fields of all kinds is taken if and only if it keeps the contract", () => {
    let taken = 0;
    fc.assert(
      fc.property(nearly, (fields) => {
        const value = JSON.parse(JSON.stringify(fields));
        const answer = parseLine(JSON.stringify(value));
        if (keeps(value)) {
          taken++;
          expect(value).toMatchObject(answer);
        } else expect([answer, isRefusal(answer)]).toEqual([answer, true]);
      }),
      runs(1000),
    );
    expect(taken).toBeGreaterThan(100);
  });

  it("C2 with a name of one character that cannot be shown, or one too many, is refused", () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 5, arbitrary: oneMore }, about(32)), (name) => {
        const join = { type: "client_join_req", name };
        expect("code" in parseLine(JSON.stringify(join))).toBe(!keeps(join));
      }),
      runs(500),
    );
  });

  it("F2 that is any text, or any JSON, is refused in words", () => {
    fc.assert(
      fc.property(garbage, (line) => {
        const answer = parseLine(line);
        expect([answer, isRefusal(answer)]).toEqual([answer, true]);
      }),
      runs(500),
    );
  });

  it("C5 a cursor is one after it was sent, and a list or a number below 0 never is", () => {
    fc.assert(
      fc.property(fc.oneof(cursor, fc.jsonValue()), (value) => {
        const sent = JSON.parse(JSON.stringify(value));
        expect(isCursor(sent)).toBe(isPlace(sent));
        if (isCursor(value)) expect(sent).toEqual(value);
      }),
    );
  });
});
