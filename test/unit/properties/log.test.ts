/** The log against a flat list of messages, as it lives and as it comes back from its store. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch } from "../../../src/chat/batch.ts";
import type { Cursor } from "../../../src/chat/wire.ts";
import { IDS, ORIGINS } from "./arbitraries.ts";
import { ask, flat, Kept, type Message, rows } from "./logs.ts";

/** Characters of lines kept in memory: none, some, all. */
const memory = fc.constantFrom(0, 500, 1_000_000);

/** Tries something on the log that wrote these rows, and on the one rebuilt from them. */
function onBoth(rows: Batch[][], memory: number, look: (answers: ReturnType<typeof ask>) => void): void {
  const kept = new Kept();
  for (const row of rows) kept.append(row, memory);
  look(ask(kept.log));
  look(ask(kept.rebuilt()));
}

const reached = (messages: Message[]): Cursor => {
  const cursor: Cursor = {};
  for (const { origin, seq } of messages) cursor[origin] = Math.max(seq, cursor[origin] ?? 0);
  return cursor;
};
const isWithin = (cursor: Cursor, { origin, seq }: Message) => seq <= (cursor[origin] ?? 0);
/** Each message once, by the copy that came first. */
const once = (messages: Message[]) =>
  messages.filter(({ key }, i) => messages.findIndex((other) => other.key === key) === i);
const linesOf = (messages: Message[]) => messages.map(({ line }) => line);

/** Where a reader may be: anywhere in each origin, beyond it, or in one nobody knows. */
const anywhere: fc.Arbitrary<Cursor> = fc.dictionary(fc.constantFrom(...ORIGINS, "x#00000009"), fc.nat(12), {
  noNullPrototype: true,
});

describe("the log", () => {
  it("R3 L8 how far each origin is applied, and which copies are not shown, survives a loss of memory", () => {
    fc.assert(
      fc.property(rows, memory, (rows, memory) => {
        const kept = new Kept();
        const messages = flat(rows.flat());
        for (const row of rows) kept.append(row, memory);
        for (const log of [kept.log, kept.rebuilt()]) {
          expect(log.cursor()).toEqual(reached(messages));
          for (const origin of [...ORIGINS, "x#00000009"])
            expect(log.applied(origin)).toBe(reached(messages)[origin] ?? 0);
          expect(log.pos).toBe(rows.length + 1);
          expect(log.time).toBe(Math.max(0, ...rows.flat().map(({ head }) => head.time)));
          expect(log.dependencies()).toEqual(reached(messages));
        }
      }),
    );
  });

  it("R2 L5 the batches of an origin after a number are those that hold a greater one, as they were written", () => {
    fc.assert(
      fc.property(rows, memory, fc.constantFrom(...ORIGINS), fc.nat(12), (rows, memory, origin, seq) => {
        const due = rows.flat().filter(({ head }) => head.origin === origin && head.first + head.count - 1 > seq);
        onBoth(rows, memory, ({ after }) => expect(after(origin, seq)).toEqual(due));
      }),
    );
  });

  it("C5 R8 above any cursor comes each message of which no copy lies within it, once, in the order applied", () => {
    fc.assert(
      fc.property(rows, memory, anywhere, (rows, memory, cursor) => {
        const messages = flat(rows.flat());
        const had = new Set(messages.filter((message) => isWithin(cursor, message)).map(({ key }) => key));
        const due = once(messages).filter(({ key }) => !had.has(key));
        onBoth(rows, memory, ({ above }) => expect(above(cursor)).toEqual(linesOf(due)));
      }),
    );
  });

  it("C5 R8 who was told everything up to some point is told the rest, and nothing again", () => {
    fc.assert(
      fc.property(rows, memory, fc.nat(20), (rows, memory, point) => {
        const messages = flat(rows.flat());
        const cursor = reached(messages.slice(0, point));
        const told = linesOf(once(messages.slice(0, point)));
        onBoth(rows, memory, ({ above }) => expect([...told, ...above(cursor)]).toEqual(linesOf(once(messages))));
      }),
    );
  });

  it("C5 R8 the last lines are the last of those shown", () => {
    fc.assert(
      fc.property(rows, memory, fc.nat(12), (rows, memory, count) => {
        const shown = linesOf(once(flat(rows.flat())));
        const due = shown.slice(Math.max(0, shown.length - count));
        onBoth(rows, memory, ({ last }) => expect(last(count)).toEqual(due));
      }),
    );
  });

  it("S5 a message is found by its author and number if and only if it is there", () => {
    fc.assert(
      fc.property(rows, memory, fc.constantFrom(...IDS), fc.integer({ min: 1, max: 8 }), (rows, memory, id, n) => {
        const there = linesOf(flat(rows.flat()).filter(({ key }) => key === `${id} ${n}`));
        onBoth(rows, memory, ({ find }) => {
          if (there.length === 0) expect(find(id, n)).toBe(undefined);
          else expect(there).toContain(find(id, n));
        });
      }),
    );
  });
});
