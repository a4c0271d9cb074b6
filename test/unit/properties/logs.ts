/** Logs to be tried: one that lives beside its store, the one that comes back from it, and the flat list of messages both stand for. */
import fc from "fast-check";
import type { Batch, Head } from "../../../src/chat/batch.ts";
import { above, find, last } from "../../../src/chat/history.ts";
import { Log } from "../../../src/chat/log.ts";
import type { Cursor } from "../../../src/chat/wire.ts";
import { batchOf, IDS, ORIGINS } from "./arbitraries.ts";

/** A log and the rows it wrote. */
export class Kept {
  readonly #rows: { heads: Head[]; lines: string }[] = [];
  readonly #read = (pos: number) => {
    const row = this.#rows[pos - 1];
    if (row === undefined) throw new Error(`row ${pos} is not written`);
    return row.lines;
  };
  readonly log = new Log(this.#read);

  /** Writes a row, as a flush does; `memory`: characters of lines that stay in memory. */
  append(batches: Batch[], memory: number): void {
    for (const batch of batches) this.log.add(batch, 0);
    const row = this.log.close();
    if (row) this.#rows.push(structuredClone(row));
    this.log.forgetLines(memory);
  }

  /** The log as it comes back after a loss of memory. */
  rebuilt(): Log {
    const log = new Log(this.#read);
    for (const { heads } of this.#rows) log.append(structuredClone(heads));
    return log;
  }
}

/** What a log answers, in plain data. */
export const ask = (log: Log) => ({
  above: (cursor: Cursor) => above(log, cursor, 1, Number.POSITIVE_INFINITY).lines,
  last: (count: number) => last(log, count),
  after: (origin: string, seq: number): Batch[] =>
    [...log.after(origin, seq)].map((place) => ({ head: place.head, lines: log.linesOf(place) })),
  find: (id: string, n: number) => find(log, id, n),
});

export interface Message {
  origin: string;
  seq: number;
  /** The message, whoever brought it: its author and number. */
  key: string;
  line: string;
}

/** The messages of batches, in the order applied. */
export const flat = (batches: Batch[]): Message[] =>
  batches.flatMap(({ head: { origin, first, ids, by }, lines }) =>
    lines.split("\n").map((line, i) => ({
      origin,
      seq: first + i,
      key: `${ids[by[2 * i] ?? -1]} ${by[2 * i + 1]}`,
      line,
    })),
  );

/** One of a few people says one of their first messages: so the same one often comes by several origins. */
const saying = fc.tuple(fc.constantFrom(...IDS), fc.integer({ min: 1, max: 6 }));
const written = fc.record({
  origin: fc.constantFrom(...ORIGINS),
  sayings: fc.array(saying, { minLength: 1, maxLength: 4 }),
  later: fc.nat(3),
});

/** Rows of batches, each the next of its origin; no origin writes a message twice, but several may write the same one. */
export const rows: fc.Arbitrary<Batch[][]> = fc
  .array(fc.array(written, { minLength: 1, maxLength: 3 }), { maxLength: 8 })
  .map((rows) => {
    const wrote = new Set<string>();
    const applied: Cursor = {};
    let time = 0;
    const next = ({ origin, sayings, later }: (typeof rows)[number][number]): Batch[] => {
      const messages = sayings.flatMap(([id, n]) => {
        const text = `${n}: "\n😀\u2028"`;
        return wrote.size < wrote.add(`${origin} ${id} ${n}`).size ? [{ id, n, name: "é", text }] : [];
      });
      if (messages.length === 0) return [];
      time += later;
      const first = (applied[origin] ?? 0) + 1;
      applied[origin] = first + messages.length - 1;
      return [batchOf(origin, first, messages, time)];
    };
    return rows.map((row) => row.flatMap(next)).filter((row) => row.length > 0);
  });
