/** Messages the log holds more than once: a client that never got an echo sent them again, to another server (R8). There are few. */
import type { Place } from "./batch.ts";
import { comesBefore, type Mark, markOf } from "./mark.ts";

/** One of the places of a message: its batch, and which message of it. */
export interface Copy {
  place: Place;
  i: number;
}

export class Copies {
  readonly #all = new Map<string, Copy[]>();

  /** Adds a copy; `first` finds the one there was before, if the log still holds it. */
  add(id: string, n: number, copy: Copy, first: () => Copy | undefined): void {
    const key = `${id} ${n}`;
    const known = this.#all.get(key);
    if (known) {
      known.push(copy);
      return;
    }
    const before = first();
    this.#all.set(key, before ? [before, copy] : [copy]);
  }

  /** Takes one out that is no longer in the log. */
  remove(id: string, n: number, place: Place): void {
    const key = `${id} ${n}`;
    const rest = this.#all.get(key)?.filter((copy) => copy.place !== place);
    if (rest === undefined) return;
    if (rest.length === 0) this.#all.delete(key);
    else this.#all.set(key, rest);
  }

  /** The messages, as `id n`, of which some copy has a mark that satisfies a condition. */
  having(condition: (mark: Mark) => boolean): Set<string> {
    const keys = new Set<string>();
    for (const [key, copies] of this.#all)
      if (copies.some(({ place, i }) => condition(markOf(place.head, i)))) keys.add(key);
    return keys;
  }

  /** Whether the message at a mark stands for all its copies: it comes first of them in the transcript. */
  isFirst(id: string, n: number, mark: Mark): boolean {
    const copies = this.#all.get(`${id} ${n}`) ?? [];
    return !copies.some(({ place, i }) => comesBefore(markOf(place.head, i), mark));
  }
}
