/** Presence as a server lives it: its own people come, go and are published; those of others arrive; grace periods end. */
import type { Effect } from "./effects.ts";
import { GRACE_MS, UNREACHABLE_MS } from "./limits.ts";
import { forgetPeople } from "./published.ts";
import { later, type State } from "./state.ts";
import { type Here, line } from "./wire.ts";

/**
 * Someone is connected here, for the first time or again. Who is `welcome` is here and nowhere else, also after having been elsewhere meanwhile; two
 * servers where someone still waits would take them from each other without end.
 */
export function enter(state: State, id: string, name: string, welcome: boolean): void {
  state.graces.delete(id);
  const isHere = !welcome || state.presence.serverOf(id) === state.name;
  if (isHere && state.presence.on(state.name).get(id) === name) return;
  state.presence.add(state.name, id, name);
  state.presenceNews.set(id, name);
}

/** Someone is no longer connected here. */
export function leave(state: State, id: string): void {
  state.graces.delete(id);
  state.presence.remove(state.name, id);
  state.presenceNews.set(id, null);
}

/** Someone's connection is lost; a return within the grace period shows nothing. */
export function lose(state: State, id: string, now: number): void {
  if (state.presence.on(state.name).has(id)) state.graces.set(id, now + GRACE_MS);
}

/** Ends the grace periods that are over. */
export function expire(state: State, now: number, out: Effect[]): void {
  for (const [id, deadline] of state.graces) if (deadline <= now) leave(state, id);
  for (const [server, deadline] of state.serverGraces) {
    if (deadline > now) continue;
    state.serverGraces.delete(server);
    forgetPeople(state, server, out);
  }
  for (const [address, peer] of state.peers) {
    if (peer.failingSince === 0 || now - peer.failingSince < UNREACHABLE_MS || !state.published.has(address)) continue;
    forgetPeople(state, address, out);
    // It has to hear that nothing of it is held here any more.
    peer.poke = true;
  }
}

/** Another server left: its people stay for the grace period, in which they come back elsewhere. */
export function serverLeft(state: State, server: string, now: number): void {
  if (server !== state.name && state.presence.on(server).size > 0) state.serverGraces.set(server, now + GRACE_MS);
}

/** `came` is to be told before what is said, and `went` after it; `named` are the ids of who came or went by name. */
interface PresenceLines {
  came: string[];
  went: string[];
  named: string[];
}

/** The differences since the last call as lines: who came, and who went or moved; or one line for a crowd, from time to time. */
export function presenceLines(state: State, now: number, out: Effect[]): PresenceLines {
  if (mayWait(state, now, out)) return { came: [], went: [], named: [] };
  const { joined, moved, left } = state.presence.differences();
  const { crowd } = state.env;
  const wasCrowded = state.crowded;
  const waited = state.crowdWaits;
  state.crowded = state.presence.count > crowd.listed;
  state.crowdWaits = false;
  // Who waited may have spoken meanwhile, and is not said to join after that. Welcomes have counted them: their number is told also if they are gone.
  if (joined.length + left.length > crowd.changes || (waited && state.crowded)) {
    if (state.crowded) state.crowdUntil = now + crowd.ms;
    return { came: [crowdLine(state, joined.length, left.length)], went: [], named: [] };
  }
  return {
    came: joined.map((person) => line({ type: "join", ...person })),
    went: [...left.map((person) => line({ type: "leave", ...person })), ...moveLines(state, moved, wasCrowded)],
    named: [...joined, ...left].map(({ id }) => id),
  };
}

/** Whether what changed is told `later`, for a crowd was just told how many it is. The timer keeps this server awake until then. */
function mayWait(state: State, now: number, out: Effect[]): boolean {
  const { presence, crowded, crowdUntil, env } = state;
  const wait = crowdUntil - now;
  // A clock that was put back holds up nothing.
  if (!crowded || presence.count <= env.crowd.listed || wait <= 0 || wait > env.crowd.ms) return false;
  if (presence.isNews) {
    state.crowdWaits = true;
    later(state, "crowd", wait, out);
  }
  return true;
}

/**
 * Who moved; or where everyone is, if many did or what clients know is from a time when not all could be listed. Then it is not told: it would
 * cost much when a server fails, and most clients know nothing of who moved.
 */
function moveLines(state: State, moved: Here[], wasCrowded: boolean): string[] {
  if (state.crowded) return [];
  if (wasCrowded || moved.length > state.env.crowd.changes) return [crowdLine(state, 0, 0)];
  return moved.map((person) => line({ type: "move", ...person }));
}

/** How many are here, and who, as far as they can be listed; and how many of them came and went just now. */
export function crowdLine({ presence, env }: State, joined: number, left: number): string {
  const { count } = presence;
  const names = count <= env.crowd.listed ? { names: presence.names(count) } : {};
  return line({ type: "presence", count, joined, left, ...names });
}
