/**
 * Clients whose cursor is ahead of this server: they have seen elsewhere what has not arrived here, so they wait for it, or what they say
 * next would overtake it. Not for ever: what they saw may exist only on a server that stays unreachable.
 */
import { nameOf } from "./address.ts";
import type { Effect } from "./effects.ts";
import { restart } from "./exit.ts";
import { AHEAD_MS, ASK_MS } from "./limits.ts";
import { type Client, others, type State, writers } from "./state.ts";
import { EVERYONE } from "./wanted.ts";
import { type Cursor, originOf } from "./wire.ts";

/** The origins of which a cursor says more than is applied here. */
export const aheadIn = (state: State, cursor: Cursor): string[] =>
  Object.keys(cursor).filter((origin) => (cursor[origin] as number) > state.log.applied(origin));

/** Whether there is no more of an origin than is applied here: its server left, and named its last number. */
export function isComplete(state: State, origin: string): boolean {
  for (const [address, { status, epoch, final = 0 }] of state.members)
    if (status === "left" && originOf(nameOf(address), epoch) === origin) return state.log.applied(origin) >= final;
  return false;
}

/** The origins for which a client has to wait. */
const missing = (state: State, { cursor = {} }: Client): string[] =>
  aheadIn(state, cursor).filter((origin) => !isComplete(state, origin));

/** Lets a joining client wait if it must; false if it need not. Whoever writes what it has seen is asked for it. */
export function park(state: State, client: Client, now: number, out: Effect[]): boolean {
  const origins = missing(state, client);
  if (origins.length === 0) return false;
  client.phase = "parked";
  client.askAt = now + ASK_MS;
  client.parkedUntil = now + AHEAD_MS;
  state.parked.push(client);
  out.push({ do: "park", client: client.key });
  const living = writers(state);
  for (const origin of origins) poke(state, living.get(origin));
  return true;
}

/** Those who have waited long enough, or no longer need to. */
export function release(state: State, now: number): Client[] {
  const released: Client[] = [];
  state.parked = state.parked.filter((client) => {
    if (client.phase !== "parked") return false;
    const origins = missing(state, client);
    if (origins.length > 0 && now < client.parkedUntil) {
      if (now >= client.askAt) askEveryone(state, origins);
      return true;
    }
    client.n = Math.max(client.n, state.log.seen.highest(client.id));
    client.known = client.n;
    released.push(client);
    return false;
  });
  if (state.parked.length === 0)
    for (const [origin, whom] of state.wanted) if (whom === EVERYONE) state.wanted.delete(origin);
  return released;
}

/** Whether the next flush would release someone. */
export const canRelease = (state: State): boolean => state.parked.some((client) => missing(state, client).length === 0);

/** What a living server wrote may be had from another that it reaches; what nobody writes any more comes unasked from all who have it. */
function askEveryone(state: State, origins: string[]): void {
  const living = writers(state);
  for (const origin of origins) {
    if (!living.has(origin) || state.wanted.get(origin) === EVERYONE) continue;
    state.wanted.set(origin, EVERYONE);
    for (const address of others(state)) poke(state, address);
  }
}

/** The next flush asks a server how far it is, and what it has, even if nothing is owed to it. */
function poke(state: State, address: string | undefined): void {
  const peer = address === undefined ? undefined : state.peers.get(address);
  if (!peer) return;
  peer.poke = true;
  peer.retryAt = 0;
}

/** After a loss of memory nobody knows what those were waiting for: their connections end, and they come back. */
export function dropParked(state: State, now: number, out: Effect[]): void {
  for (const client of state.parked) restart(state, client, now, out);
  state.parked = [];
}
