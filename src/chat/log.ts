/**
 * The index of the log: which batches lie where, how far each origin is applied, which lines are copies.
 * The lines themselves stay in the store; only headers are held here. Rebuilt on boot from the headers of all rows.
 */
import { Seen } from "./seen.ts";
import type { Cursor } from "./wire.ts";

/**
 * The header of a batch: `dep` is what its origin had applied of others when it wrote it, as far as its batch before does not say so; `count` messages of `origin` from number `first`, all of one `time` (ms since epoch). Message i was written
 * by session `ids[by[2i]]` under its number `by[2i+1]`. Its lines, joined by newlines, are `size` UTF-16 code units long.
 */
export interface Head {
  origin: string;
  first: number;
  count: number;
  time: number;
  dep: Cursor;
  ids: string[];
  by: number[];
  size: number;
}

/** A header and its lines: the unit of log, relay and catch-up. */
export interface Batch {
  head: Head;
  lines: string;
}

/** Where a batch lies: row, offset of its lines in the row, and which of its lines are copies this server did not show. */
export interface Place {
  head: Head;
  pos: number;
  start: number;
  copies: Set<number>;
}

/** Reads the lines of a row of the store. */
export type ReadRow = (pos: number) => string;

export const authorOf = (head: Head, i: number): [id: string, n: number] => [
  head.ids[head.by[2 * i] as number] as string,
  head.by[2 * i + 1] as number,
];

const NONE: ReadonlySet<string> = new Set();

export class Log {
  readonly #read: ReadRow;
  /** The lines of the latest rows: those of this turn are not in the store yet, and relays ask for them soon. */
  readonly #recent = new Map<number, string>();
  #recentSize = 0;
  /** All batches in the order applied. */
  readonly places: Place[] = [];
  readonly seen = new Seen();
  readonly #byOrigin = new Map<string, Place[]>();
  /** Batches with copies; there are few. */
  readonly #withCopies: Place[] = [];
  readonly #applied = new Map<string, number>();
  /** This server's origin, and those of which something was applied since its last batch: what its next batch depends on. */
  own = "";
  readonly #news = new Set<string>();
  /** The next row. */
  pos = 1;
  /** The highest time applied, ms since epoch. */
  time = 0;

  constructor(read: ReadRow) {
    this.#read = read;
  }

  /** Adds one row's headers, and its lines if they are not in the store yet; answers the places its batches got. */
  append(heads: readonly Head[], lines?: string): Place[] {
    let start = 0;
    const added: Place[] = [];
    for (const head of heads) {
      const copies = new Set<number>();
      for (let i = 0; i < head.count; i++) if (!this.seen.add(...authorOf(head, i))) copies.add(i);
      const place = { head, pos: this.pos, start, copies };
      start += head.size + 1;
      this.places.push(place);
      if (copies.size > 0) this.#withCopies.push(place);
      const own = this.#byOrigin.get(head.origin);
      if (own) own.push(place);
      else this.#byOrigin.set(head.origin, [place]);
      this.#applied.set(head.origin, head.first + head.count - 1);
      this.time = Math.max(this.time, head.time);
      if (head.origin === this.own) this.#news.clear();
      else this.#news.add(head.origin);
      added.push(place);
    }
    if (lines !== undefined) {
      this.#recent.set(this.pos, lines);
      this.#recentSize += lines.length;
    }
    this.pos++;
    return added;
  }

  /** Lets go of the oldest lines held in memory beyond `most` characters; all of them are in the store by now. */
  forgetLines(most: number): void {
    for (const [pos, lines] of this.#recent) {
      if (this.#recentSize <= most) break;
      this.#recent.delete(pos);
      this.#recentSize -= lines.length;
    }
  }

  /** The lines of a batch as they were written. */
  linesOf({ pos, start, head }: Place): string {
    return (this.#recent.get(pos) ?? this.#read(pos)).slice(start, start + head.size);
  }

  /** The highest number applied of an origin. */
  applied(origin: string): number {
    return this.#applied.get(origin) ?? 0;
  }

  /** What is applied, as a cursor. */
  cursor(): Cursor {
    return Object.fromEntries(this.#applied);
  }

  /** The origins of which anything is applied. */
  origins(): Iterable<string> {
    return this.#applied.keys();
  }

  /** What this server's next batch depends on: the others' messages applied since its last one. */
  dependencies(): Cursor {
    return Object.fromEntries([...this.#news].map((origin) => [origin, this.applied(origin)]));
  }

  /** Batches of one origin that hold numbers above `seq`, in order. */
  *after(origin: string, seq: number): Generator<Place> {
    const places = this.#byOrigin.get(origin) ?? [];
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const { first, count } = (places[middle] as Place).head;
      if (first + count - 1 > seq) high = middle;
      else low = middle + 1;
    }
    for (let i = low; i < places.length; i++) yield places[i] as Place;
  }

  /** The lines of messages above a cursor, in the order applied; without copies, and without those of which a copy lies within the cursor. */
  above(cursor: Cursor): string[] {
    const lines: string[] = [];
    const known = this.#copiesWithin(cursor);
    for (const place of this.places) {
      const have = cursor[place.head.origin] ?? 0;
      if (place.head.first + place.head.count - 1 > have)
        lines.push(...this.#shown(place, have - place.head.first + 1, known));
    }
    return lines;
  }

  /** The messages, as `id n`, that someone at a cursor has seen by a copy this server did not show. */
  #copiesWithin(cursor: Cursor): Set<string> {
    const known = new Set<string>();
    for (const { head, copies } of this.#withCopies)
      for (const i of copies) if (head.first + i <= (cursor[head.origin] ?? 0)) known.add(authorOf(head, i).join(" "));
    return known;
  }

  /** The last `count` lines, in the order applied and without copies. */
  last(count: number): string[] {
    let lines: string[] = [];
    for (let i = this.places.length - 1; i >= 0 && lines.length < count; i--)
      lines = [...this.#shown(this.places[i] as Place), ...lines];
    return lines.slice(-count);
  }

  /** The line of a message by its author and number, if the log holds it. */
  find(id: string, n: number): string | undefined {
    for (let i = this.places.length - 1; i >= 0; i--) {
      const place = this.places[i] as Place;
      if (!place.head.ids.includes(id)) continue;
      for (let j = 0; j < place.head.count; j++) {
        const [author, number] = authorOf(place.head, j);
        if (author === id && number === n) return this.linesOf(place).split("\n")[j];
      }
    }
    return undefined;
  }

  /** The lines of a batch from index `from` that are not copies, and not among the `known`. */
  #shown(place: Place, from = 0, known: ReadonlySet<string> = NONE): string[] {
    const { head, copies } = place;
    const lines = this.linesOf(place).split("\n");
    if (from <= 0 && copies.size === 0 && known.size === 0) return lines;
    return lines.filter((_, i) => i >= from && !copies.has(i) && !known.has(authorOf(head, i).join(" ")));
  }
}
