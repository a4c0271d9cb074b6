/**
 * The index of the log: which batches lie where, how far each origin is applied, which lines are copies, and what was trimmed.
 * The lines themselves stay in the store; only headers are held here. Rebuilt on boot from the headers of all rows.
 */
import { authorOf, type Batch, type Head, lastOf, type Place } from "./batch.ts";
import { Copies } from "./copies.ts";
import { Lines, type ReadRow } from "./lines.ts";
import { OpenRow } from "./open-row.ts";
import { Seen, type SessionEntry } from "./seen.ts";
import type { Cursor } from "./wire.ts";

/** What of the log is no longer there: the last number of each origin, the highest time (ms since epoch), and the first row kept. */
export interface Floor {
  cursor: Cursor;
  time: number;
  pos: number;
}

const NONE: ReadonlySet<number> = new Set();

export class Log {
  readonly #lines: Lines;
  /** All batches in the order applied. */
  places: Place[] = [];
  /** Messages and characters of lines in them. */
  messages = 0;
  size = 0;
  /** Every message ever shown, also those trimmed, as long as they are remembered. */
  readonly seen = new Seen();
  /** Of those, the trimmed ones. */
  readonly trimmed = new Seen();
  readonly copies = new Copies();
  readonly #byOrigin = new Map<string, Place[]>();
  readonly #applied = new Map<string, number>();
  readonly #floor = new Map<string, number>();
  #floorTime = 0;
  /** This server's origin, and those of which something was applied since its last batch: what its next batch depends on. */
  #own = "";
  readonly #news = new Set<string>();
  /** The next row, and what is in it already. */
  pos = 1;
  readonly open = new OpenRow();
  /** The highest time applied, ms since epoch. */
  time = 0;

  constructor(read: ReadRow) {
    this.#lines = new Lines(read);
  }

  /** This server writes under `origin` from now on. Under a new one nothing says yet what it depends on, so that is everything. */
  writeAs(origin: string): void {
    if (origin === this.#own) return;
    this.#own = origin;
    if (this.applied(origin) === 0) for (const other of this.#applied.keys()) this.#news.add(other);
  }

  /** Adds the headers of a row of the store. What lies below the floor is passed over. */
  append(heads: readonly Head[]): void {
    let start = 0;
    for (const head of heads) {
      if (lastOf(head) > this.floor(head.origin)) this.#add(head, start);
      start += head.size + 1;
    }
    this.pos++;
  }

  /** Adds a batch to the open row. */
  add(batch: Batch, now: number): Place {
    return this.#add(batch.head, this.open.add(batch, now));
  }

  /** Ends the open row, which is to be written now; undefined if nothing is in it. */
  close(): { pos: number; heads: Head[]; lines: string } | undefined {
    if (this.open.since === undefined) return undefined;
    const row = { pos: this.pos++, ...this.open.take() };
    this.#lines.keep(row.pos, row.lines);
    return row;
  }

  #add(head: Head, start: number): Place {
    const place: Place = { head, pos: this.pos, start, copies: NONE };
    const copies = new Set<number>();
    for (let i = 0; i < head.count; i++) {
      const [id, n] = authorOf(head, i);
      if (this.seen.add(id, n, head.time)) continue;
      copies.add(i);
      this.copies.add(id, n, { place, i }, () => this.#placeOf(id, n));
    }
    if (copies.size > 0) place.copies = copies;
    this.places.push(place);
    this.messages += head.count;
    this.size += head.size;
    const own = this.#byOrigin.get(head.origin);
    if (own) own.push(place);
    else this.#byOrigin.set(head.origin, [place]);
    this.#applied.set(head.origin, lastOf(head));
    this.time = Math.max(this.time, head.time);
    if (head.origin === this.#own) this.#news.clear();
    else this.#news.add(head.origin);
    return place;
  }

  /** Lets go of the oldest lines held in memory beyond `most` characters; all of them are in the store by now. */
  forgetLines(most: number): void {
    this.#lines.forget(most);
  }

  /** The lines of a batch as they were written. */
  linesOf({ pos, start, head }: Place): string {
    const row = pos === this.pos ? this.open.lines : this.#lines.of(pos);
    return row.slice(start, start + head.size);
  }

  /** The highest number applied of an origin. */
  applied(origin: string): number {
    return this.#applied.get(origin) ?? 0;
  }

  /** What is applied, as a cursor. */
  cursor(): Cursor {
    return Object.fromEntries(this.#applied);
  }

  /** What is applied and written. */
  written(): Cursor {
    const cursor = this.cursor();
    if (this.open.since === undefined) return cursor;
    for (const [origin, seq] of Object.entries(this.open.before())) {
      if (seq > 0) cursor[origin] = seq;
      else delete cursor[origin];
    }
    return cursor;
  }

  /** What is applied beyond what is written. */
  unwritten(): Cursor {
    return Object.fromEntries(Object.keys(this.open.before()).map((origin) => [origin, this.applied(origin)]));
  }

  /** The origins of which anything is applied. */
  origins(): Set<string> {
    return new Set(this.#applied.keys());
  }

  /** The highest number trimmed of an origin. */
  floor(origin: string): number {
    return this.#floor.get(origin) ?? 0;
  }

  /** Everything trimmed, as it is stored and as peers are told. */
  floorNow(): Floor {
    return { cursor: Object.fromEntries(this.#floor), time: this.#floorTime, pos: this.places[0]?.pos ?? this.pos };
  }

  /** What this server's next batch depends on: the others' messages applied since its last one. */
  dependencies(): Cursor {
    return Object.fromEntries([...this.#news].map((origin) => [origin, this.applied(origin)]));
  }

  /** After a boot: nobody knows whether the floor came to be before this server's last batch or after, so the next one depends on it. */
  dependOnFloor(): void {
    for (const origin of this.#floor.keys()) if (origin !== this.#own) this.#news.add(origin);
  }

  /** Batches of one origin that hold numbers above `seq`, in order. */
  *after(origin: string, seq: number): Generator<Place> {
    const places = this.#byOrigin.get(origin) ?? [];
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lastOf((places[middle] as Place).head) > seq) high = middle;
      else low = middle + 1;
    }
    for (let i = low; i < places.length; i++) yield places[i] as Place;
  }

  /** A message's latest place, if the log holds it. */
  find(id: string, n: number): { place: Place; i: number } | undefined {
    return this.#placeOf(id, n);
  }

  #placeOf(id: string, n: number): { place: Place; i: number } | undefined {
    for (let at = this.places.length - 1; at >= 0; at--) {
      const place = this.places[at] as Place;
      if (!place.head.ids.includes(id)) continue;
      for (let i = 0; i < place.head.count; i++) {
        const [author, number] = authorOf(place.head, i);
        if (author === id && number === n) return { place, i };
      }
    }
    return undefined;
  }

  /** Takes up what storage says of the trimmed, before its rows are appended. */
  restore({ cursor, time, pos }: Floor, sessions: SessionEntry[]): void {
    this.pos = pos;
    this.raise(cursor, time, sessions);
  }

  /** Trims the first `count` batches, which are whole rows. */
  trim(count: number): void {
    const gone = this.places.slice(0, count);
    const cursor: Cursor = {};
    for (const { head } of gone) cursor[head.origin] = lastOf(head);
    const time = gone.reduce((most, { head }) => Math.max(most, head.time), 0);
    this.raise(cursor, time, []);
  }

  /** Makes `cursor` part of the floor, and the messages of `sessions` part of the trimmed: what lies below is dropped, and what was not even there counts as applied. */
  raise(cursor: Cursor, time: number, sessions: SessionEntry[]): void {
    this.seen.merge(sessions);
    this.trimmed.merge(sessions);
    for (const [origin, seq] of Object.entries(cursor)) {
      if (seq > this.floor(origin)) this.#floor.set(origin, seq);
      if (seq <= this.applied(origin)) continue;
      this.#applied.set(origin, seq);
      this.#news.add(origin);
    }
    this.#floorTime = Math.max(this.#floorTime, time);
    this.time = Math.max(this.time, time);
    const isKept = ({ head }: Place) => lastOf(head) > this.floor(head.origin);
    for (const place of this.places) {
      if (isKept(place)) continue;
      const { head } = place;
      for (let i = 0; i < head.count; i++) {
        const [id, n] = authorOf(head, i);
        this.trimmed.add(id, n, head.time);
        this.copies.remove(id, n, place);
      }
      this.messages -= head.count;
      this.size -= head.size;
    }
    this.places = this.places.filter(isKept);
    for (const [origin, places] of this.#byOrigin) this.#byOrigin.set(origin, places.filter(isKept));
    if (sessions.length > 0) for (const place of this.places) this.#hideTrimmed(place);
  }

  /** What is kept of a message that also lies below the floor is a copy: whoever is above the floor has it. */
  #hideTrimmed(place: Place): void {
    const { head } = place;
    for (let i = 0; i < head.count; i++) {
      const [id, n] = authorOf(head, i);
      if (place.copies.has(i) || !this.trimmed.has(id, n)) continue;
      place.copies = new Set([...place.copies, i]);
      this.copies.add(id, n, { place, i }, () => undefined);
    }
  }
}
