/**
 * Clients whose cursor is ahead of this server: they have seen elsewhere what has not arrived here, so they wait for it, or what they say
 * next would overtake it. Not for ever: what they saw may exist only on a server that stays unreachable.
 */
import type { Effect } from "./effects.ts";
import { AHEAD_MS } from "./limits.ts";
import type { Client, State } from "./state.ts";

/** WebSocket close code "service restart": come back. */
const RESTART = 1012;

/** Whether a client has seen what this server has not. */
const isAhead = (state: State, { cursor }: Client): boolean =>
  cursor !== undefined && Object.entries(cursor).some(([origin, seq]) => seq > state.log.applied(origin));

/** Lets a joining client wait if it must; false if it need not. */
export function park(state: State, client: Client, now: number, out: Effect[]): boolean {
  if (!isAhead(state, client)) return false;
  client.phase = "parked";
  client.parkedUntil = now + AHEAD_MS;
  state.parked.push(client);
  out.push({ do: "park", client: client.key });
  return true;
}

/** Those who have waited long enough, or no longer need to. Those who still need to go on after a `reset`. */
export function release(state: State, now: number): { client: Client; reset: boolean }[] {
  const released: { client: Client; reset: boolean }[] = [];
  state.parked = state.parked.filter((client) => {
    if (client.phase !== "parked") return false;
    const reset = isAhead(state, client);
    if (reset && now < client.parkedUntil) return true;
    client.n = Math.max(client.n, state.log.seen.highest(client.id));
    client.known = client.n;
    released.push({ client, reset });
    return false;
  });
  return released;
}

/** Whether the next flush would release someone. */
export const canRelease = (state: State): boolean => state.parked.some((client) => !isAhead(state, client));

/** After a loss of memory nobody knows what those were waiting for: their connections end, and they come back. */
export function dropParked(state: State, out: Effect[]): void {
  for (const { key } of state.parked) {
    out.push({ do: "close", client: key, code: RESTART, reason: "restart" });
    state.clients.delete(key);
  }
  state.parked = [];
}
