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

/** The labels of some of those known, or of all, by name. */
export const labels = (people: People, some: readonly Person[] = people.known): string[] =>
  some.map((person) => label(people, person)).sort((a, b) => a.localeCompare(b));

/** The labels of those known by server, by name: `mine` first, and last of whom it is not known. */
export function byServer(people: People, mine: string | undefined): [server: string | undefined, labels: string[]][] {
  const order = (server: string | undefined) => (server === undefined ? "~" : server === mine ? "" : server);
  return [...Map.groupBy(people.known, ({ server }) => server)]
    .map(([server, some]): [string | undefined, string[]] => [server, labels(people, some)])
    .sort(([a], [b]) => (order(a) < order(b) ? -1 : 1));
}
