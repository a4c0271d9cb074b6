/** Everybody who was heard of in this page, so that people of one name are told apart also after they left. */
import type { Person } from "../../../src/chat/wire.ts";
import { tagOf } from "../../lib/index.ts";

/** Colours of people. */
const HUES = 12;

export class Names {
  readonly #ids = new Map<string, Set<string>>();
  /** Rises when somebody is called differently from now on. */
  version = 0;

  hear({ id, name }: Person): void {
    const ids = this.#ids.get(name);
    if (ids === undefined) this.#ids.set(name, new Set([id]));
    else if (!ids.has(id)) {
      ids.add(id);
      this.version++;
    }
  }

  /** What is added to a name to say which of those who bear it: digits of the id; nothing while there is only one. */
  tag({ id, name }: Person): string | undefined {
    const others = [...(this.#ids.get(name) ?? [])].filter((other) => other !== id);
    return others.length === 0 ? undefined : tagOf(id, others);
  }

  /** `John`, or `John #9f3a`. */
  call(person: Person): string {
    const tag = this.tag(person);
    return tag === undefined ? person.name : `${person.name} #${tag}`;
  }
}

/** The same person always has the same colour, from 0 to 11. */
export const hueOf = (id: string): number => Number.parseInt(id.slice(0, 6), 16) % HUES || 0;

/** The first sign of a name, as it is seen. */
export function initialOf(name: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(name.trim());
  return first?.segment.toLocaleUpperCase() ?? "?";
}
