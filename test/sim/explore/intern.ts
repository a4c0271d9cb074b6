/** Gives equal values one number, so that a state is a short list of numbers. */

/** A value and its number. */
export interface Kept<T> {
  readonly id: number;
  readonly value: T;
}

export class Intern<T> {
  readonly #ids = new Map<string, Kept<T>>();
  readonly #kept: Kept<T>[] = [];

  /** The value as it is kept; `key` tells it from all others. */
  keep(value: T, key = JSON.stringify(value)): Kept<T> {
    const known = this.#ids.get(key);
    if (known) return known;
    const kept = { id: this.#kept.length, value };
    this.#ids.set(key, kept);
    this.#kept.push(kept);
    return kept;
  }

  at(id: number): T {
    return (this.#kept[id] as Kept<T>).value;
  }

  get size(): number {
    return this.#kept.length;
  }
}
