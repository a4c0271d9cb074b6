/**
 * What this server owes: a debt is whatever a peer has not acknowledged. While there is one, an alarm is set, which a crash leaves behind.
 */
import type { Effect } from "./effects.ts";
import { DEBT_ALARM_MS, LATE_ALARMS, PAUSE_MS, SLOW_MS } from "./limits.ts";
import { type Peer, reach, unknownPeer } from "./peer.ts";
import { isAlive, isBrisk, others, type State, writers } from "./state.ts";
import type { Cursor } from "./wire.ts";

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

/** Whether who has `known` of these origins lacks anything. */
const lacks = (state: State, known: Cursor | null, origins: string[]): boolean =>
  known === null || origins.some((origin) => state.log.applied(origin) > (known[origin] ?? 0));

const lacksAny = (state: State, peer: Peer, known: Cursor | null, origins: string[]): boolean =>
  peer.poke ||
  owesMembers(state, peer) ||
  owesPresence(state, peer) ||
  lacks(state, known, origins) ||
  (peer.wants.length > 0 && lacks(state, known, peer.wants));

/** Whether a peer has not acknowledged everything. */
export const owes = (state: State, peer: Peer, origins: string[]): boolean =>
  lacksAny(state, peer, peer.acked, origins);

/** Whether there is anything to send to a peer now: what it has applied it gets no more. */
export const isDue = (state: State, peer: Peer, origins: string[]): boolean =>
  lacksAny(state, peer, reach(peer), origins);

/** Whether all that is left is that a peer writes what it has applied. */
export const owesUnwritten = (state: State, peer: Peer, origins: string[]): boolean =>
  owes(state, peer, origins) && !isDue(state, peer, origins);

/** Whether some living peer holds everything this server owes to all; nobody to hold it counts as such. */
export function isHeld(state: State): boolean {
  const all = [...peers(state)];
  const origins = owedOrigins(state);
  return all.length === 0 || all.some(([, peer]) => !lacks(state, peer.acked, origins));
}

/** Sets the alarm if something is owed and none is set that rings in time; clears it if nothing is, unless it will soon be needed again. */
export function settle(state: State, now: number, out: Effect[]): void {
  const due = nextDue(state, now);
  const isOpen = state.log.open.since !== undefined;
  // One may be open soon where more is said.
  const brisk = isBrisk(state, now) && (due <= now + DEBT_ALARM_MS || due === Number.POSITIVE_INFINITY);
  const at = due === Number.POSITIVE_INFINITY ? null : marked(due, isOpen || brisk);
  const rings = state.alarm !== null && at !== null && state.alarm <= at;
  if (at === state.alarm || (rings && (!isOpen || saysOpen(state.alarm)))) return;
  if (at === null && brisk && mayRing(state, now)) return;
  state.alarm = at;
  if (at !== null) state.alarms = [...state.alarms, at].slice(-LATE_ALARMS);
  out.push({ do: "alarm", at });
}

/** When the first thing is to be done that nobody else will cause, ms since epoch; infinity: nothing is owed, and nobody waits. */
function nextDue(state: State, now: number): number {
  const { parked, catching, draining, alarm, log } = state;
  const due = [...state.graces.values(), ...state.serverGraces.values()];
  const all = [...peers(state)];
  const origins = all.length > 0 ? owedOrigins(state) : [];
  for (const [, peer] of all)
    if (peer.inflight || owes(state, peer, origins)) due.push(peer.retryAt > now ? peer.retryAt : now + DEBT_ALARM_MS);
  for (const { askAt, parkedUntil } of parked) due.push(askAt > now ? askAt : parkedUntil);
  for (const { overSince } of catching) if (overSince > 0) due.push(overSince + SLOW_MS);
  if (draining) due.push(draining.deadline);
  const { since } = log.open;
  if (since !== undefined) due.push(Math.min(since, now) + DEBT_ALARM_MS, alarm ?? Number.POSITIVE_INFINITY);
  return due.reduce((first, at) => Math.min(first, at), Number.POSITIVE_INFINITY);
}

/** Whether the alarm may be left to ring: it will be needed again, and is due or soon will be, and not far away, as one is that a clock was put back from. */
const mayRing = ({ alarm, lately }: State, now: number): boolean =>
  (alarm ?? 0) - now <= DEBT_ALARM_MS + 1 && now - (lately.at(-1) ?? 0) <= PAUSE_MS;

/**
 * An alarm at an odd millisecond says that a row may be open. It costs nothing, and outlives the memory: who wakes and finds one does not know how
 * much those were told whose sockets slept.
 */
const marked = (at: number, isOpen: boolean): number => (at % 2 === (isOpen ? 1 : 0) ? at : at + 1);
export const saysOpen = (alarm: number | null | undefined): boolean => typeof alarm === "number" && alarm % 2 === 1;

/** Whether an alarm that rings was set or found in this life; one may ring although it was cleared or moved since, if it had begun to. */
export const isOwn = ({ alarm, alarms }: State, at: number | undefined): boolean =>
  at === undefined ? alarm !== null : alarms.includes(at);

/** The alarm rings: peers that have applied all, and not written it when they last spoke, are asked whether they have. */
export function askUnwritten(state: State): void {
  const origins = owedOrigins(state);
  for (const [, peer] of peers(state)) peer.poke ||= owesUnwritten(state, peer, origins);
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
