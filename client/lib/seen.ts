/** The latest messages by `(id, n)`, so that a repetition is recognised in bounded memory. */
import { REMEMBERED } from "./limits.ts";

export class Seen {
  /** Two generations: the older one is dropped whole when the younger is full. */
  #young = new Set<string>();
  #old = new Set<string>();

  /** Adds a message; false if it was there. */
  add(id: string, n: number): boolean {
    const key = `${n} ${id}`;
    if (this.#young.has(key) || this.#old.has(key)) return false;
    if (this.#young.size >= REMEMBERED) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(key);
    return true;
  }
}
