/**
 * The row that is being filled: its batches are applied and told, and not written yet. Only what other servers wrote, and keep, may stay in it for a
 * while; a server that loses its memory gets it from them again.
 */
import type { Batch, Head } from "./batch.ts";
import { MAX_ROW } from "./limits.ts";
import type { Cursor } from "./wire.ts";

export class OpenRow {
  #heads: Head[] = [];
  #lines = "";
  #since = 0;

  /** Since when something is in it, ms since epoch; undefined: nothing is. */
  get since(): number | undefined {
    return this.#heads.length > 0 ? this.#since : undefined;
  }

  get lines(): string {
    return this.#lines;
  }

  /** Whether a batch of `size` characters has room in it; the first always has. */
  fits(size: number): boolean {
    return this.#heads.length === 0 || this.#lines.length + 1 + size <= MAX_ROW;
  }

  /** Adds a batch; answers where in the row its lines begin. */
  add({ head, lines }: Batch, now: number): number {
    const start = this.#heads.length === 0 ? 0 : this.#lines.length + 1;
    if (start === 0) this.#since = now;
    this.#lines = start === 0 ? lines : `${this.#lines}\n${lines}`;
    this.#heads.push(head);
    return start;
  }

  /** Empties it; answers what was in it. */
  take(): { heads: Head[]; lines: string } {
    const taken = { heads: this.#heads, lines: this.#lines };
    this.#heads = [];
    this.#lines = "";
    return taken;
  }

  /** The number before the first it holds of each origin. */
  before(): Cursor {
    const before: Cursor = {};
    for (const { origin, first } of this.#heads) before[origin] ??= first - 1;
    return before;
  }
}
