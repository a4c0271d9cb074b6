/** How each is called on a terminal: by the name alone while that says who it is. */
import type { Person } from "../../src/chat/wire.ts";
import { type People, tagOf } from "../lib/index.ts";
import { visible } from "./visible.ts";

/** Names that would pass for something else in a line, or for a tagged name. */
const CONFUSING = /^(?:JOIN|LEAVE)$|[[\]#]/;

/** `John`, or `John#9f3a` if somebody else of that name is here, with as many digits as it takes; fit to be printed. */
export function label(people: People, person: Person): string {
  const { name, id } = person;
  const others = people.namesakes(person);
  return visible(others.length === 0 && !CONFUSING.test(name) ? name : `${name}#${tagOf(id, others)}`);
}

/** The labels of those known, by name. */
export const labels = (people: People): string[] =>
  people.known.map((person) => label(people, person)).sort((a, b) => a.localeCompare(b));
