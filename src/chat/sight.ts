/**
 * What is known of the other servers beyond what is owed to them, for whoever watches the cluster: when they were heard, how long an answer
 * takes, and what they say of their own links. It lives in memory only.
 */

import { MAX_LINKS } from "./limits.ts";
import type { ForWatchers, Link, Sight } from "./links.ts";
import type { State } from "./state.ts";

export function sightOf(state: State, address: string): Sight {
  let sight = state.sights.get(address);
  if (sight === undefined) {
    sight = { posted: 0, heard: 0, rtt: undefined, watches: false, links: [], linksAt: 0, told: "" };
    state.sights.set(address, sight);
  }
  return sight;
}

/** A request to a peer was answered, or not: one that does not answer is not told of links any more. */
export function answeredBy(state: State, address: string, answered: boolean, now: number): void {
  const sight = sightOf(state, address);
  if (!answered) {
    sight.watches = false;
    return;
  }
  sight.heard = now;
  sight.rtt = Math.max(0, now - sight.posted);
}

/** A peer says whether somebody watches there, and, if somebody does here, how its links are. */
export function hearOf(state: State, address: string, { watch, links }: ForWatchers, now: number): void {
  const sight = sightOf(state, address);
  sight.heard = now;
  sight.watches = watch === true;
  if (links === undefined) return;
  sight.links = links;
  sight.linksAt = now;
}

/** What a relay, or the answer to one, says to a peer beside what it is for; nothing where nobody watches. */
export function forWatchersAt(state: State, address: string, now: number): ForWatchers {
  const told: ForWatchers = {};
  if (state.watching.watchers.size > 0) told.watch = true;
  const sight = state.sights.get(address);
  if (!sight?.watches) return told;
  sight.told = broken(state);
  told.links = linksOf(state, now);
  return told;
}

/** The links of this server as others are told of them: what is under way counts as there, unless the other end cannot be reached. */
function linksOf(state: State, now: number): Link[] {
  const links: Link[] = [];
  for (const [to, peer] of state.peers) {
    if (state.members.get(to)?.status !== "alive" || links.length === MAX_LINKS) continue;
    const { heard = 0, rtt } = state.sights.get(to) ?? {};
    links.push({
      to,
      ...(rtt === undefined ? {} : { rtt }),
      ...(heard > 0 ? { ago: Math.max(0, now - heard) } : {}),
      ...(peer.unreachable ? { unreachable: true } : {}),
    });
  }
  return links;
}

/** Whom this server cannot reach. */
const broken = (state: State): string =>
  [...state.peers].flatMap(([address, { unreachable }]) => (unreachable ? [address] : [])).join();

/** Where somebody watches, a link that broke or healed here is told of at once; all else goes along with what is relayed anyway. */
export function tellBroken(state: State): void {
  const watching = [...state.sights].filter(([, { watches }]) => watches);
  if (watching.length === 0) return;
  const now = broken(state);
  for (const [address, { told }] of watching) {
    const peer = state.peers.get(address);
    if (peer && told !== now) peer.poke = true;
  }
}
