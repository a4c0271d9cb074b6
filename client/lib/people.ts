/** Who is here, as far as one is told, and what tells namesakes apart. */
import { nameOf } from "../../src/chat/address.ts";
import { addressOf, type Person, type ServerEntry } from "../../src/chat/wire.ts";

/** Digits of an id that tell namesakes apart, at least. */
const TAG_DIGITS = 4;

/** As many digits of an id as it takes to tell it from the `others`. */
export function tagOf(id: string, others: readonly string[]): string {
  let digits = TAG_DIGITS;
  while (digits < id.length && others.some((other) => other.startsWith(id.slice(0, digits)))) digits++;
  return id.slice(0, digits);
}

/** Somebody, and the address of the server they are on, if it is known. */
export interface Placed extends Person {
  server?: string | undefined;
}

/** The server an origin belongs to. Origins name no host: nothing if several servers have that name, or the one that had it left. */
export function serverOf(origin: string, servers: readonly ServerEntry[]): string | undefined {
  const [server, ...others] = servers.filter(({ name }) => nameOf(name) === addressOf(origin));
  return others.length > 0 || server?.status === "left" ? undefined : server?.name;
}

export class People {
  /** By id. */
  readonly #here = new Map<string, Placed>();
  /** name → ids. */
  readonly #namesakes = new Map<string, Set<string>>();
  /** How many are here, known by name or not. */
  count = 0;
  /** Whether everyone here is known. In a crowd some who are known may have gone without having been named. */
  isAll = true;
  /** The id of who was welcomed, and counted by that, until it is told that they joined. */
  #welcomed: string | undefined;

  /** Begins anew with what a welcome says: who is welcomed is counted, and listed or not. */
  welcome({ id, name, server, names, count }: Placed & { names: readonly Placed[]; count: number }): void {
    this.#clear();
    this.reset([...names.filter((person) => person.id !== id), { id, name, server }], count);
    this.#welcomed = id;
  }

  /** Everyone, or if `count` is more, some of them. */
  reset(people: readonly Placed[], count: number): void {
    this.isAll = people.length >= count;
    if (this.isAll) this.#clear();
    for (const person of people) this.#put(person);
    this.count = count;
  }

  add(person: Placed): void {
    const isCounted = this.isAll ? this.#here.has(person.id) : person.id === this.#welcomed;
    if (!isCounted) this.count++;
    if (person.id === this.#welcomed) this.#welcomed = undefined;
    this.#put(person);
  }

  /** Someone is on another server now. */
  move(person: Placed): void {
    if (this.#here.has(person.id)) this.#put(person);
  }

  remove({ id }: Person): void {
    const person = this.#here.get(id);
    // Where all are known, who is not was not counted.
    if (person === undefined && this.isAll) return;
    this.count = Math.max(0, this.count - 1);
    if (id === this.#welcomed) this.#welcomed = undefined;
    this.#here.delete(id);
    if (person) this.#forget(person);
  }

  /** Someone speaks, on a server if that is known: in a crowd, not all of whom are known, that is news. */
  hear({ id, name }: Person, server?: string): void {
    if (!this.isAll) this.#put({ id, name, server: server ?? this.#here.get(id)?.server });
  }

  /** The ids of the others of this name who are here. */
  namesakes({ name, id }: Person): string[] {
    return [...(this.#namesakes.get(name) ?? [])].filter((other) => other !== id);
  }

  /** Those known, in no order. */
  get known(): Placed[] {
    return [...this.#here.values()];
  }

  #clear(): void {
    this.#here.clear();
    this.#namesakes.clear();
  }

  #put({ id, name, server }: Placed): void {
    const before = this.#here.get(id);
    this.#here.set(id, { id, name, server });
    if (before?.name === name) return;
    if (before) this.#forget(before);
    const ids = this.#namesakes.get(name);
    if (ids) ids.add(id);
    else this.#namesakes.set(name, new Set([id]));
  }

  #forget({ id, name }: Person): void {
    const ids = this.#namesakes.get(name);
    ids?.delete(id);
    if (ids?.size === 0) this.#namesakes.delete(name);
  }
}
