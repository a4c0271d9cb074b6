/**
 * What this server owes: a debt is whatever a peer has not acknowledged. While there is one, an alarm is set, which a crash leaves behind.
 */
import type { Effect } from "./effects.ts";
import { BRISK, DEBT_ALARM_MS, SLOW_MS } from "./limits.ts";
import { type Peer, unknownPeer } from "./peer.ts";
import { isAlive, others, type State, writers } from "./state.ts";

/** The other living servers. */
export function* peers(state: State): Generator<[string, Peer]> {
  for (const address of others(state)) {
    const peer = state.peers.get(address) ?? unknownPeer();
    state.peers.set(address, peer);
    yield [address, peer];
  }
}

export const owesMembers = (state: State, peer: Peer): boolean => peer.membersVersion !== state.membersVersion;

/** A server that left no longer publishes people. */
export const owesPresence = (state: State, peer: Peer): boolean =>
  isAlive(state) && peer.presence !== state.presenceVersion;

/** Origins whose batches this server owes to all: its own, and those nobody else writes under any more; all if it leaves, for who knows who will have them. */
export function owedOrigins(state: State): string[] {
  if (state.draining || !isAlive(state)) return [...state.log.origins()];
  const living = writers(state);
  return [...state.log.origins()].filter((origin) => !living.has(origin));
}

const owesBatches = (state: State, { acked }: Peer, origins: string[]): boolean =>
  acked === null || origins.some((origin) => state.log.applied(origin) > (acked[origin] ?? 0));

export const owes = (state: State, peer: Peer, origins: string[]): boolean =>
  peer.poke ||
  owesMembers(state, peer) ||
  owesPresence(state, peer) ||
  owesBatches(state, peer, origins) ||
  (peer.wants.length > 0 && owesBatches(state, peer, peer.wants));

/** Whether some living peer holds everything this server owes to all; nobody to hold it counts as such. */
export function isHeld(state: State): boolean {
  const all = [...peers(state)];
  const origins = owedOrigins(state);
  return all.length === 0 || all.some(([, peer]) => !owesBatches(state, peer, origins));
}

/** Sets the alarm if something is owed and none is set that rings in time; clears it if nothing is, unless it will soon be needed again. */
export function settle(state: State, now: number, out: Effect[]): void {
  const origins = owedOrigins(state);
  let due = Number.POSITIVE_INFINITY;
  for (const [, peer] of peers(state))
    if (peer.inflight || owes(state, peer, origins))
      due = Math.min(due, peer.retryAt > now ? peer.retryAt : now + DEBT_ALARM_MS);
  for (const deadline of state.graces.values()) due = Math.min(due, deadline);
  for (const deadline of state.serverGraces.values()) due = Math.min(due, deadline);
  for (const { askAt, parkedUntil } of state.parked) due = Math.min(due, askAt > now ? askAt : parkedUntil);
  for (const { overSince } of state.catching) if (overSince > 0) due = Math.min(due, overSince + SLOW_MS);
  if (state.draining) due = Math.min(due, state.draining.deadline);
  const at = due === Number.POSITIVE_INFINITY ? null : due;
  if (at === state.alarm || (at !== null && state.alarm !== null && state.alarm <= at)) return;
  if (at === null && isBrisk(state, now)) return;
  state.alarm = at;
  out.push({ do: "alarm", at });
}

/** Everything is paid: whether that was so so often of late that the alarm, which rings soon, may stay. */
function isBrisk(state: State, now: number): boolean {
  const { brisk } = state.env;
  state.paid = [...state.paid.filter((at) => now - at <= BRISK.ms), now].slice(-brisk);
  const rings = (state.alarm ?? now) - now;
  return state.paid.length === brisk && rings > 0 && rings <= DEBT_ALARM_MS;
}

/** Forgets what peers acknowledged: an alarm nobody here remembers setting means that something is owed. */
export function assumeDebts(state: State): void {
  for (const [address, { inflight, fails, unreachable }] of peers(state))
    state.peers.set(address, { ...unknownPeer(), inflight, fails, unreachable });
}

/** Nothing is owed to anyone: how a server starts whose storage holds no alarm. */
export function assumeNoDebts(state: State): void {
  for (const [, peer] of peers(state)) {
    peer.acked = state.log.cursor();
    peer.presence = state.presenceVersion;
    peer.members = new Map(state.members);
    peer.membersVersion = state.membersVersion;
  }
}
