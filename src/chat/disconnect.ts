/** The clause for `disconnect`: a server goes when another one holds all it wrote, and says where to go instead. */

import { isHeld } from "./debts.ts";
import type { Effect, Event } from "./effects.ts";
import { exit } from "./exit.ts";
import { DRAIN_MS, EXITS, EXITS_MS } from "./limits.ts";
import { declare } from "./membership.ts";
import { lose } from "./people.ts";
import { answer, no, peerRefusal, type Reply, yes } from "./replies.ts";
import { ownSeq, type State, self, serverEntries, wantFlush } from "./state.ts";

/** Operator: take this server out of the set. Answered when a peer holds everything, or nobody does in time. */
export function disconnect(
  state: State,
  { req, force, now }: Event & { type: "disconnect" },
  out: Effect[],
): Reply | undefined {
  if (self(state)?.status === "left" && !state.starting) return yes(gone(state));
  const refused = peerRefusal(state, state.name);
  if (refused) return refused;
  // What others wrote is passed on too, and nobody knows yet who lacks it.
  if (!state.draining) for (const peer of state.peers.values()) peer.acked = null;
  const reqs = [...(state.draining?.reqs ?? []), req];
  state.draining = {
    deadline: now + DRAIN_MS,
    ...state.draining,
    reqs,
    force: force || state.draining?.force === true,
  };
  wantFlush(state, out);
  return undefined;
}

const gone = (state: State) => ({ server: { name: state.name, status: "left" }, servers: serverEntries(state) });

/** Whether a disconnect under way can end; asked at the end of every flush, when nothing is queued. */
export function checkDrain(state: State, now: number, out: Effect[]): void {
  const me = self(state);
  if (!state.draining || !me) return;
  const { reqs, deadline, force } = state.draining;
  if (!isHeld(state) && now < deadline) return;
  state.draining = undefined;
  if (!isHeld(state) && !force) {
    const message = `no other server has acknowledged everything '${state.name}' wrote; it stays. {"force":true} takes it out all the same`;
    for (const req of reqs) answer(req, no(503, "no_peer", message), out);
    return;
  }
  declare(state, { ...me, status: "left", final: ownSeq(state) }, [], now, out);
  [...state.clients.values()].forEach((client, i) => {
    exit(state, client, "disconnect", out, Math.floor(i / EXITS) * EXITS_MS);
    lose(state, client.id, now);
  });
  for (const req of reqs) answer(req, yes(gone(state)), out);
}
