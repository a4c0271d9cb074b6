/** The meter of one Durable Object: it counts, and knows how long its object is billed for. Its clock is handed in, in ms. */
import { type Counts, nothing } from "./counts.ts";

export class Meter {
  readonly #now: () => number;
  readonly #counts = nothing();
  /** How much is under way, and since when anything is. */
  #open = 0;
  #activeSince = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(what: keyof Counts, count = 1): void {
    this.#counts[what] += count;
  }

  /** Something begins that keeps the object active until it ends: an event, a timer, a request. */
  begin(): void {
    if (this.#open++ === 0) this.#activeSince = this.#now();
  }

  end(): void {
    if (--this.#open === 0) this.#counts.active += this.#now() - this.#activeSince;
  }

  /** Runs something that keeps the object active. */
  async during<T>(task: () => T | Promise<T>): Promise<T> {
    this.begin();
    try {
      return await task();
    } finally {
      this.end();
    }
  }

  /** All that is counted until now. */
  read(): Counts {
    const more = this.#open > 0 ? this.#now() - this.#activeSince : 0;
    return { ...this.#counts, active: this.#counts.active + more };
  }
}
