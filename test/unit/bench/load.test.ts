/** What the benchmarks' load takes for a message, and what it takes for a sign of life. */
import { describe, expect, it } from "vitest";
import { JSON_LINES, SOCKET_IO } from "../../../bench/lib/dialect.ts";
import { FrameReader, OPCODE } from "../../../bench/lib/frames.ts";
import { FrameWalker } from "../../../bench/lib/walker.ts";

/** A frame as a server sends it: not masked. */
function frame(payload: string, opcode: number = OPCODE.text): Buffer {
  const body = Buffer.from(payload);
  const head =
    body.length < 126 ? [body.length] : body.length <= 0xffff ? [126, ...bytes(body.length, 2)] : long(body.length);
  return Buffer.concat([Buffer.from([0x80 | opcode, ...head]), body]);
}

const bytes = (value: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.floor(value / 256 ** (count - 1 - i)) % 256);
const long = (value: number): number[] => [127, ...bytes(value, 8)];

/** Pushes `stream` in pieces of `size` bytes, and gives the bytes of messages and what was shown of the short frames. */
function walk(stream: Buffer, size: number): { messages: number; shown: string[] } {
  const shown: string[] = [];
  const walker = new FrameWalker((opcode, payload) => {
    shown.push(`${opcode} ${payload}`);
    return opcode === OPCODE.text && String(payload) !== "2";
  });
  let messages = 0;
  for (let at = 0; at < stream.length; at += size) {
    const piece = stream.subarray(at, at + size);
    messages += piece.length - walker.push(piece);
  }
  return { messages, shown };
}

describe("a counted connection", () => {
  const messages = [frame("short"), frame("x".repeat(126)), frame("y".repeat(70_000)), frame("")];
  const life = [frame("2"), frame("ping", OPCODE.ping), frame("2"), frame("", OPCODE.pong)];
  const stream = Buffer.concat(messages.flatMap((message, i) => [message, life[i] as Buffer]));

  it("counts the bytes of messages only, wherever the reads end", () => {
    const expected = Buffer.concat(messages).length;
    for (const size of [1, 2, 3, 7, 100, 4096, stream.length]) expect(walk(stream, size).messages).toBe(expected);
  });

  it("shows every short frame once and whole", () => {
    const shown = ["1 short", "1 2", "9 ping", "1 2", "1 ", "10 "];
    for (const size of [1, 2, 3, 7, stream.length]) expect(walk(stream, size).shown).toEqual(shown);
  });

  it("sees the messages a reader reads", () => {
    const texts: string[] = [];
    const reader = new FrameReader((text) => texts.push(text));
    for (let at = 0; at < stream.length; at += 999) reader.push(stream.subarray(at, at + 999));
    expect(texts.filter((text) => text !== "2")).toEqual(["short", "x".repeat(126), "y".repeat(70_000), ""]);
  });
});

describe("the dialect of socket.io", () => {
  it("says and reads the objects that lines of JSON do", () => {
    const object = { type: "send", text: 'a "text"', n: 7 };
    expect(SOCKET_IO.frame(object)).toBe('42["send",{"text":"a \\"text\\"","n":7}]');
    for (const dialect of [SOCKET_IO, JSON_LINES]) expect([...dialect.lines(dialect.frame(object))]).toEqual([object]);
  });

  it("connects when the server opens, and is ready when that is confirmed", () => {
    expect(SOCKET_IO.answer?.('0{"sid":"a","pingInterval":25000}')).toBe("40");
    expect([...SOCKET_IO.lines('40{"sid":"b"}')]).toEqual([{ type: SOCKET_IO.ready }]);
  });

  it("answers a ping, and nothing that is a message", () => {
    expect(SOCKET_IO.answer?.("2")).toBe("3");
    expect(SOCKET_IO.answer?.('42["message",{}]')).toBeUndefined();
    expect([...SOCKET_IO.lines("2")]).toEqual([]);
  });

  it("throws at a packet it does not know", () => {
    expect(() => SOCKET_IO.lines('44{"message":"refused"}')).toThrow("refused");
  });
});
