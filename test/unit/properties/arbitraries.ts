/**
 * What the properties are tried with: names, texts, cursors, members and batches of all kinds, the awkward ones often.
 *
 * The seed is fixed, so every run tries the same. `RUNS=20 npx vitest run --project unit test/unit/properties` tries twenty times as much;
 * a failure prints the smallest example it found, and the `seed` and `path` that lead to it.
 */
import fc from "fast-check";
import { vi } from "vitest";
import type { Batch } from "../../../src/chat/batch.ts";
import { MAX_INC } from "../../../src/chat/limits.ts";
import type { Member } from "../../../src/chat/members.ts";
import type { Cursor } from "../../../src/chat/wire.ts";

const SEED = 20_260_930;
/** How many times as many examples as usual. */
const FACTOR = Number(process.env.RUNS ?? 1);
/** Milliseconds for the examples of one property, on a busy machine. */
const TIMEOUT_MS = 10_000;

fc.configureGlobal({ seed: SEED, numRuns: 100 * FACTOR });
vi.setConfig({ testTimeout: TIMEOUT_MS * FACTOR });

/** For a property that needs more or fewer examples than the usual 100. */
export const runs = (count: number) => ({ numRuns: count * FACTOR });

/** Things that happen one after the other, up to so many; by itself an array is seldom longer than ten. */
export const history = <T>(happening: fc.Arbitrary<T>, most: number) =>
  fc.array(happening, { maxLength: most, size: "max" });

/** Half of the time nothing. */
export const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });

/** Characters that are escaped, break lines, have halves or several parts, or mean something elsewhere. */
export const AWKWARD = [
  ...['"', "\\", "\n", "\r", "\u0000", "\u001b", "\u0085", "\u2028", "\u2029", "{"],
  ...["\u061c", "\u200e", "\u202e", "\u2066", "\ufeff", "\ud83d", "\ude00", "😀"],
];
/** Those a name may have. */
const SHOWN = ["a", "Z", "7", " ", '"', "\\", "#", "[", "é", "漢", "😀", "\ud83d", "\ude00", "\ufeff", "👩‍👧"];

/** Any code point, halves of pairs too; fast-check's own way to these takes most of a second to begin. */
const character = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code));
const unit = fc.oneof(fc.constantFrom(...AWKWARD), fc.constantFrom(..."abc 0"), character);
/** A text of a message. */
export const text = fc.string({ unit, minLength: 1, maxLength: 12 });
/** Any string at all. */
export const anything = fc.oneof(fc.string(), fc.string({ unit }));
/** The name of a person. */
export const personName = fc
  .string({ unit: fc.constantFrom(...SHOWN), minLength: 1, maxLength: 10 })
  .filter((name) => name.trim() !== "");

const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: digits, maxLength: digits });
export const session = hex(32);
export const epoch = fc.oneof(fc.constantFrom("00000001", "00000002"), hex(8));
/** A whole number from 0, mostly small or as great as can be. */
export const count = fc.oneof(
  fc.nat(4),
  fc.integer({ min: Number.MAX_SAFE_INTEGER - 2, max: Number.MAX_SAFE_INTEGER }),
  fc.maxSafeNat(),
);

/** A number of a message, or how many there were: mostly small, or about as great as can be. */
export const number = (from: number) =>
  fc.oneof(fc.integer({ min: from, max: 4 }), fc.integer({ min: 2 ** 40 - 2, max: 2 ** 40 }));

/** Public ids of a few people. */
export const IDS = ["0", "a", "f"].map((digit) => digit.repeat(20));
export const ORIGINS = ["main#00000001", "b#00000002", "b#00000003", "constructor#00000004"];
/** Servers of this deployment and of two others. */
export const HOSTS = ["home.test", "other.test:8787", "127.0.0.1"] as const;
export const ADDRESSES = ["main", "b", "constructor", "x-9"].flatMap((name) => [
  name,
  ...HOSTS.map((host) => `${name}@${host}`),
]);

const key = fc.oneof(fc.constantFrom(...ORIGINS), anything, fc.constant("__proto__"));
export const cursor: fc.Arbitrary<Cursor> = fc.dictionary(key, count, { noNullPrototype: true });

const inc = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: MAX_INC - 3, max: MAX_INC - 1 }));
export const member: fc.Arbitrary<Member> = fc.oneof(
  fc.record({ inc, status: fc.constant("alive" as const), epoch }),
  fc.record({ inc, status: fc.constant("left" as const), epoch, final: count }),
);
/** Members with their addresses, each once. */
export const entries = (addresses: readonly string[]): fc.Arbitrary<[string, Member][]> =>
  fc.uniqueArray(fc.tuple(fc.constantFrom(...addresses), member), { selector: ([address]) => address, maxLength: 5 });

/** What a message says, and who says it. */
export interface Said {
  id: string;
  n: number;
  name: string;
  text: string;
}
export const said: fc.Arbitrary<Said> = fc.record({
  id: fc.constantFrom(...IDS),
  n: fc.integer({ min: 1, max: 9 }),
  name: personName,
  text,
});

/** A batch as its origin writes it. */
export function batchOf(origin: string, first: number, messages: readonly Said[], time = 5, dep: Cursor = {}): Batch {
  const ids = [...new Set(messages.map(({ id }) => id))];
  const by = messages.flatMap(({ id, n }) => [ids.indexOf(id), n]);
  const lines = messages
    .map(({ id, n, name, text }, i) =>
      JSON.stringify({ type: "message", name, text, id, n, origin, seq: first + i, time }),
    )
    .join("\n");
  return { head: { origin, first, count: messages.length, time, dep, ids, by, size: lines.length }, lines };
}
export const batch: fc.Arbitrary<Batch> = fc
  .tuple(fc.constantFrom(...ORIGINS), fc.integer({ min: 1, max: 2 ** 40 }), fc.array(said, { minLength: 1, maxLength: 3 }), count, cursor) // biome-ignore format: in the order of the call below
  .map((parts) => batchOf(...parts));
