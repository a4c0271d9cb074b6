/** The lines of the log's rows, as far as they are in memory: who asks for a row asks for it again soon, and reading costs. */
import { MAX_RECALLED } from "./limits.ts";

/** Reads the lines of a row of the store. */
export type ReadRow = (pos: number) => string;

export class Lines {
  readonly #read: ReadRow;
  /** Those of the latest rows: what was written in this turn is not in the store yet, and relays ask for it soon. */
  readonly #recent = new Map<number, string>();
  #recentSize = 0;
  /** Those of rows read of late: who asks for one is seldom alone. */
  readonly #recalled = new Map<number, string>();
  #recalledSize = 0;

  constructor(read: ReadRow) {
    this.#read = read;
  }

  /** The lines of a row that is being written. */
  keep(pos: number, lines: string): void {
    this.#recent.set(pos, lines);
    this.#recentSize += lines.length;
  }

  /** Lets go of the oldest rows kept beyond `most` characters; all of them are in the store by now. */
  forget(most: number): void {
    for (const [pos, lines] of this.#recent) {
      if (this.#recentSize <= most) break;
      this.#recent.delete(pos);
      this.#recentSize -= lines.length;
    }
  }

  of(pos: number): string {
    return this.#recent.get(pos) ?? this.#recalled.get(pos) ?? this.#recall(pos);
  }

  /** A row from the store; those read longest ago are let go of, whoever reads how much, and whether anything is ever flushed. */
  #recall(pos: number): string {
    const lines = this.#read(pos);
    this.#recalled.set(pos, lines);
    this.#recalledSize += lines.length;
    for (const [oldest, { length }] of this.#recalled) {
      if (this.#recalledSize <= MAX_RECALLED) break;
      this.#recalled.delete(oldest);
      this.#recalledSize -= length;
    }
    return lines;
  }
}
