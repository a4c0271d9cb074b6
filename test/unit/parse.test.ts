/** What is taken of a client's line, to the last field, and what is not. */
import { describe, expect, it } from "vitest";
import { isAddress } from "../../src/chat/address.ts";
import { between, isCount, isCursor, parseLine } from "../../src/chat/parse.ts";

const parsed = (fields: object) => parseLine(JSON.stringify(fields));
const SESSION = "0123456789abcdef0123456789abcdef";

describe("what is taken", () => {
  it("F4 C1 of a join: name, session, cursor and n, where they are given, and nothing else", () => {
    const whole = { type: "client_join_req", name: "ann", session: SESSION, cursor: { "main#00000000": 0 }, n: 0 };
    expect(parsed({ ...whole, id: "x" })).toStrictEqual(whole);
    const bare = { type: "client_join_req", name: "ann" };
    expect(parsed({ ...bare, colour: "red" })).toStrictEqual(bare);
  });

  it("F4 S3 of a message: text and n, where it is given, and nothing else", () => {
    expect(parsed({ type: "send", text: "hi", id: "x" })).toStrictEqual({ type: "send", text: "hi" });
    expect(parsed({ type: "send", text: "hi", n: 1 })).toStrictEqual({ type: "send", text: "hi", n: 1 });
  });

  it("C8 C10 of an ack its cursor, of a leave nothing", () => {
    expect(parsed({ type: "ack", cursor: { a: 1 }, n: 4 })).toStrictEqual({ type: "ack", cursor: { a: 1 } });
    expect(parsed({ type: "client_leave_req", name: "ann" })).toStrictEqual({ type: "client_leave_req" });
  });
});

describe("what is refused", () => {
  it("S2 a bad text is answered with the n it was given", () => {
    expect(parsed({ type: "send", text: "", n: 7 })).toMatchObject({ code: "bad_text", n: 7 });
    expect(parsed({ type: "send", text: "" })).not.toHaveProperty("n");
  });

  it("C4 a session is 32 hexadecimal digits and nothing around them", () => {
    for (const session of [`${SESSION}0`, `0${SESSION}`, `${SESSION}\n`, SESSION.slice(1), [SESSION]])
      expect(parsed({ type: "client_join_req", name: "ann", session })).toMatchObject({ code: "bad_session" });
  });

  it("C2 a name is refused wherever it holds what cannot be shown", () => {
    for (const mark of ["\u0000", "\u007f", "\u009f", "\u200e", "\u200f", "\u061c", "\u202a", "\u2066", "\u2069"])
      for (const name of [`${mark}ann`, `an${mark}n`, `ann${mark}`])
        expect(parsed({ type: "client_join_req", name })).toMatchObject({ code: "bad_name" });
  });

  it("X1 the name of a server ends where its 32 characters do, and holds no others", () => {
    const name = "a".repeat(32);
    expect([name, "0", "a-", "a-0"].filter(isAddress)).toHaveLength(4);
    expect([`${name}a`, "ab!", "!ab", "a_b", "-a", " a", "a "].filter(isAddress)).toEqual([]);
  });
});

describe("numbers and lengths", () => {
  it("S3 a count is a whole number from its least, and safe to add to", () => {
    expect([1, 2, 2 ** 53 - 1].filter((n) => isCount(n, 1))).toHaveLength(3);
    expect([0, -1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, "1", null].filter((n) => isCount(n, 1))).toEqual(
      [],
    );
    expect(isCount(0, 0)).toBe(true);
  });

  it("C5 a cursor is an object of counts, and may be empty", () => {
    expect([{}, { a: 0 }, { a: 1, b: 2 }].filter(isCursor)).toHaveLength(3);
    expect([null, undefined, [], "", 1, { a: -1 }, { a: 1, b: "2" }].filter(isCursor)).toEqual([]);
  });

  it("S2 lengths are counted in code points, also just at the limit", () => {
    expect(["a", "ab", "abc", "🦜", "🦜🦜🦜", "🦜🦜c"].filter((text) => between(text, 3))).toHaveLength(6);
    expect(["", "abcd", "🦜🦜🦜🦜", "🦜🦜🦜d", "abcdefg"].filter((text) => between(text, 3))).toEqual([]);
  });
});
