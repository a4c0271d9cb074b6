/** Who is here, as far as one is told, and how each is called: by the name alone while that says who it is. */
import type { Person } from "../../src/chat/wire.ts";
import { visible } from "./visible.ts";

/** Digits of an id that tell namesakes apart, at least. */
const TAG_DIGITS = 4;
/** Names that would pass for something else in a line, or for a tagged name. */
const CONFUSING = /^(?:JOIN|LEAVE)$|[[\]#]/;

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

  /** `John`, or `John#9f3a` if somebody else of that name is here, with as many digits as it takes; fit to be printed. */
  label({ name, id }: Person): string {
    const others = [...(this.#namesakes.get(name) ?? [])].filter((other) => other !== id);
    if (others.length === 0 && !CONFUSING.test(name)) return visible(name);
    let digits = TAG_DIGITS;
    while (digits < id.length && others.some((other) => other.startsWith(id.slice(0, digits)))) digits++;
    return visible(`${name}#${id.slice(0, digits)}`);
  }

  /** The labels of those known, by name. */
  get labels(): string[] {
    return [...this.#here].map(([id, name]) => this.label({ name, id })).sort((a, b) => a.localeCompare(b));
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
