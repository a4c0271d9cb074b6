/** Coming and going: when to connect and where, when a connection counts as dead, and how it ends. */
import { backoff } from "./backoff.ts";
import { CONNECT_MS, MAX_WAIT_MS, WELCOME_MS } from "./limits.ts";
import { choose } from "./places.ts";
import type { Action, Event, State, Status } from "./state.ts";

/** The clock and the lot of the event being handled. */
export type Moment = Pick<Event, "now" | "random">;

/** Why someone is offline who wanted to be. */
export const LEFT = "left the chat";

export function become(state: State, status: Status, out: Action[]): void {
  state.status = status;
  out.push({ do: "status", status });
}

/** Opens a connection to the place chosen for it, the same as before if `lead` says so. */
export function open(state: State, { now, random }: Moment, out: Action[]): void {
  state.url = state.lead ?? choose(state.places, state.home, state.tries, random);
  state.lead = undefined;
  state.tries.set(state.url, (state.tries.get(state.url) ?? 0) + 1);
  state.socket++;
  state.phase = "opening";
  state.deadlines.clear();
  state.deadlines.set("connect", now + CONNECT_MS);
  const is = state.session === undefined ? "connecting" : "resuming";
  if (state.status.is !== is) become(state, { is }, out);
  out.push({ do: "open", socket: state.socket, url: state.url });
}

/** The socket is open: the join is the first frame, and the only one until the welcome. */
export function join(state: State, { now }: Moment, out: Action[]): void {
  const { name, token, session, cursor, echoed } = state;
  state.phase = "joining";
  // Only who has seen something can have to wait for it.
  if (cursor !== undefined) state.deadlines.set("connect", now + WELCOME_MS);
  const resume = session === undefined ? {} : { session, n: echoed };
  const frame = { type: "client_join_req", name, ...resume, ...(cursor && { cursor }), ...(token && { token }) };
  out.push({ do: "send", frame: JSON.stringify(frame) });
}

/** Drops the connection, if there is one. */
function drop(state: State, out: Action[]): void {
  if (state.phase !== "down") out.push({ do: "close", socket: state.socket });
  state.phase = "down";
  state.deadlines.clear();
  state.outbox.rewind();
  state.gap = undefined;
}

/** Ends it for good. */
export function finish(state: State, code: string, why: string, out: Action[]): void {
  drop(state, out);
  become(state, { is: "offline", final: true, code, why }, out);
}

/** Tries again after `delay` ms, at once if that is 0. Who only has to leave, and owes nothing, is done. */
export function retryIn(state: State, delay: number, why: string, at: Moment, out: Action[]): void {
  drop(state, out);
  const until = at.now + delay;
  if (state.wantsLeave && state.outbox.waiting.length === 0) finish(state, "left", LEFT, out);
  else if (delay <= 0) open(state, at, out);
  else {
    state.deadlines.set("retry", until);
    become(state, { is: "offline", final: false, until, why }, out);
  }
}

/** The connection came to nothing, or was lost. After the loss of a good one the same server is tried once more. */
export function lost(state: State, why: string, at: Moment, out: Action[]): void {
  if (state.phase === "live") state.lead = state.url;
  retryIn(state, backoff(++state.fails, at.random), why, at, out);
}

/** The connection is dead without having said so: another server first. */
export function dead(state: State, why: string, at: Moment, out: Action[]): void {
  state.tries.set(state.url, Math.max(1, state.tries.get(state.url) ?? 0));
  retryIn(state, backoff(++state.fails, at.random), why, at, out);
}

/** A server says where to go: elsewhere, unless it only wants the client `back`. Being sent around is slowed down. */
export function moved(state: State, back: boolean, after: number | undefined, why: string, at: Moment, out: Action[]) {
  if (back) state.lead = state.url;
  else state.tries.set(state.url, Math.max(1, state.tries.get(state.url) ?? 0));
  const welcomed = state.phase === "live" || state.phase === "leaving";
  const delay = welcomed || state.fails === 0 ? 0 : backoff(state.fails, at.random);
  if (!welcomed) state.fails++;
  retryIn(state, Math.min(after ?? delay, MAX_WAIT_MS), why, at, out);
}
