/** Who is here, as far as one is told, and what tells namesakes apart. */
import type { Person } from "../../src/chat/wire.ts";

/** Digits of an id that tell namesakes apart, at least. */
const TAG_DIGITS = 4;

/** As many digits of an id as it takes to tell it from the `others`. */
export function tagOf(id: string, others: readonly string[]): string {
  let digits = TAG_DIGITS;
  while (digits < id.length && others.some((other) => other.startsWith(id.slice(0, digits)))) digits++;
  return id.slice(0, digits);
}

export class People {
  /** id → name. */
  readonly #here = new Map<string, string>();
  /** name → ids. */
  readonly #namesakes = new Map<string, Set<string>>();
  /** How many are here, known by name or not. */
  count = 0;

  /** Everyone, or if `count` is more, some of them. */
  reset(people: readonly Person[], count: number): void {
    if (people.length >= count) {
      this.#here.clear();
      this.#namesakes.clear();
    }
    for (const person of people) this.#put(person);
    this.count = count;
  }

  add(person: Person): void {
    if (!this.#here.has(person.id)) this.count++;
    this.#put(person);
  }

  remove({ id }: Person): void {
    this.count = Math.max(0, this.count - 1);
    const name = this.#here.get(id);
    this.#here.delete(id);
    if (name !== undefined) this.#namesakes.get(name)?.delete(id);
    if (name !== undefined && this.#namesakes.get(name)?.size === 0) this.#namesakes.delete(name);
  }

  /** Someone speaks: in a crowd, not all of whom are known, that is news. */
  hear(person: Person): void {
    if (this.#here.size < this.count) this.#put(person);
  }

  /** The ids of the others of this name who are here. */
  namesakes({ name, id }: Person): string[] {
    return [...(this.#namesakes.get(name) ?? [])].filter((other) => other !== id);
  }

  /** Those known, in no order. */
  get known(): Person[] {
    return [...this.#here].map(([id, name]) => ({ id, name }));
  }

  #put({ name, id }: Person): void {
    const before = this.#here.get(id);
    if (before === name) return;
    if (before !== undefined) this.#namesakes.get(before)?.delete(id);
    this.#here.set(id, name);
    const ids = this.#namesakes.get(name);
    if (ids) ids.add(id);
    else this.#namesakes.set(name, new Set([id]));
  }
}
