/**
 * All rows in their order: *chunks* of old ones, which the page draws only near where one reads, and the *tail*, which is always drawn and
 * read aloud as it grows.
 */
import { type Entry, type Row, rowAfter, rowsAfter, type Said } from "./rows.ts";

/** Rows that are drawn or not drawn together; replaced when anything in it changes. */
export interface Chunk {
  key: number;
  rows: readonly Row[];
  /** Whether it was drawn before, or is next to what is, so that it may be in sight. */
  near: boolean;
}

/** Rows of a chunk: few, for a frame in which so many are sealed draws them anew. */
const CHUNK = 25;
/** Rows the tail keeps, at least, when its oldest are sealed into a chunk. */
const TAIL = 100;
/** Rows kept in all: about 50 MB. */
export const MOST_ROWS = 50_000;

export class Timeline {
  readonly chunks: Chunk[] = [];
  #tail: Row[] = [];
  /** How many rows of the tail were drawn; those are its first. */
  #drawn = 0;
  #size = 0;
  #nextKey = 0;
  /** Whether old rows were let go. */
  cut = false;

  get tail(): readonly Row[] {
    return this.#tail;
  }

  get last(): Entry | undefined {
    return (this.#tail.at(-1) ?? this.chunks.at(-1)?.rows.at(-1))?.entry;
  }

  get size(): number {
    return this.#size;
  }

  /** At the end. */
  add(entry: Entry): void {
    this.#tail.push(rowAfter(this.last, entry));
    this.#size++;
    if (this.#tail.length < TAIL + CHUNK) return;
    this.#seal(this.#tail.splice(0, CHUNK), this.#drawn > 0);
    this.#drawn = Math.max(0, this.#drawn - CHUNK);
    while (this.#size > MOST_ROWS) {
      this.#size -= this.chunks.shift()?.rows.length ?? 0;
      this.cut = true;
    }
  }

  /** All there is now was drawn. */
  drew(): void {
    this.#drawn = this.#tail.length;
  }

  /** Instead of the last one. */
  replaceLast(entry: Entry): void {
    const row = this.#tail.pop();
    if (row === undefined) throw new Error("there is no row to be replaced");
    this.#tail.push({ ...row, entry });
  }

  /** At the end, and not news: what was said before one came. */
  addOld(entries: readonly Entry[]): void {
    if (this.#tail.length > 0) throw new Error("what is old comes first");
    for (const row of rowsAfter(this.last, entries)) {
      const chunk = this.chunks.at(-1);
      if (chunk && chunk.rows.length < CHUNK)
        this.chunks[this.chunks.length - 1] = { ...chunk, rows: [...chunk.rows, row] };
      else this.#seal([row], false);
      this.#size++;
    }
  }

  /** Before everything else. */
  prepend(entries: readonly Entry[]): void {
    const last = entries.at(-1);
    if (last === undefined) return;
    this.#refit(last);
    const rows = rowsAfter(undefined, entries);
    this.#size += rows.length;
    const chunks: Chunk[] = [];
    for (let end = rows.length; end > 0; end -= CHUNK)
      chunks.unshift({
        key: this.#nextKey++,
        rows: rows.slice(Math.max(0, end - CHUNK), end),
        near: end === rows.length,
      });
    this.chunks.unshift(...chunks);
  }

  /** Changes the messages for which `change` answers another one; looks at all. */
  change(change: (said: Said) => Said): void {
    const changed = (row: Row): Row => {
      const entry = row.entry.kind === "said" ? change(row.entry) : row.entry;
      return entry === row.entry ? row : { ...row, entry };
    };
    this.#tail = this.#tail.map(changed);
    for (const [i, chunk] of this.chunks.entries()) {
      const rows = chunk.rows.map(changed);
      if (rows.some((row, at) => row !== chunk.rows[at])) this.chunks[i] = { ...chunk, rows };
    }
  }

  #seal(rows: Row[], drawn: boolean): void {
    this.chunks.push({ key: this.#nextKey++, rows, near: drawn || this.chunks.length === 0 });
  }

  /** What was the first row is now behind `before`. */
  #refit(before: Entry): void {
    const chunk = this.chunks[0];
    const first = chunk?.rows[0] ?? this.#tail[0];
    if (first === undefined) return;
    const row = rowAfter(before, first.entry);
    if (chunk) this.chunks[0] = { ...chunk, rows: [row, ...chunk.rows.slice(1)] };
    else this.#tail[0] = row;
  }
}
