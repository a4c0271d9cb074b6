/** Who is here, by server: what stands beside the list. */
import type { ServerEntry } from "../../../src/chat/wire.ts";
import type { People, Placed } from "../../lib/index.ts";

export interface Place {
  /** The address of a server; absent: of these people it is not known where they are. */
  server?: string;
  status: ServerEntry["status"] | "unknown";
  /** Those known, in no order. */
  people: readonly Placed[];
  /** How many are there, if that is known. */
  count?: number;
}

/**
 * The servers in the order in which they are shown: `mine` first, the others by address, and last those of whom it is not known where they are.
 * One that left is there as long as somebody is on it. `counts` says how many are on each while not all are known.
 */
export function placesOf(
  people: People,
  servers: readonly ServerEntry[],
  mine: string | undefined,
  counts: ReadonlyMap<string, number>,
): Place[] {
  const known = Map.groupBy(people.known, ({ server }) => servers.find(({ name }) => name === server)?.name);
  const place = ({ name, status }: ServerEntry): Place => {
    const here = known.get(name) ?? [];
    const count = people.isAll ? here.length : counts.get(name);
    return { server: name, status, people: here, ...(count === undefined ? {} : { count }) };
  };
  const order = ({ server }: Place) => (server === mine ? "" : (server ?? ""));
  const places = servers
    .map(place)
    .filter(({ status, people }) => status !== "left" || people.length > 0)
    .sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const others = known.get(undefined) ?? [];
  return others.length > 0 ? [...places, { status: "unknown", people: others }] : places;
}
