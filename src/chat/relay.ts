/** The clause for `relay`: what other servers tell, taken over in the order of its origin, and answered with what of it is written, and what only applied. */

import type { Batch } from "./batch.ts";
import { read } from "./body.ts";
import type { Effect, Event, RequestKey } from "./effects.ts";
import { applicable, take } from "./held.ts";
import { MAX_CLOCK_SKEW_MS } from "./limits.ts";
import { isCurrent } from "./members.ts";
import { outgrown } from "./membership.ts";
import { hearFrom } from "./peer.ts";
import { heldOf, receive, versionHeld } from "./published.ts";
import { writeRelayAnswer } from "./relay-answer.ts";
import { parseRelay, type RelayRequest } from "./relay-wire.ts";
import { answer, no, peerRefusal, type Reply, yes } from "./replies.ts";
import { adoptFloor } from "./retention.ts";
import { forWatchersAt, hearOf } from "./sight.ts";
import { lifeOf, type State, wantFlush } from "./state.ts";
import { heardFrom, wantFrom } from "./wanted.ts";
import type { Verb } from "./wire.ts";

/** Queues what a peer tells for the flush of this turn. */
export function relay(state: State, event: Event & { type: Verb }, out: Effect[]): Reply | undefined {
  const { req, body, neighbour, now } = event;
  const parsed = read((text, place) => parseRelay(text, place, neighbour), body, state);
  if (!parsed.ok) return no(400, "bad_request", parsed.reason);
  const relay = parsed.value;
  const refused = peerRefusal(state, relay.from);
  if (refused) return refused;
  if (!state.members.has(relay.from) || relay.from === state.name)
    return no(409, "unknown_server", `'${relay.from}' is no other server of this chat; send server_join_req first`);
  outgrown(state, relay.vv, now, out);
  outgrown(state, relay.unwritten ?? {}, now, out);
  outgrown(state, relay.floor?.cursor ?? {}, now, out);
  const peer = state.peers.get(relay.from);
  // What another life of the sender had says nothing of this one.
  const current = isCurrent(relay.life, state.members.get(relay.from));
  hearOf(state, relay.from, relay, now);
  if (peer) hearFrom(peer, current ? relay.vv : {}, current ? relay.unwritten : {});
  if (peer && current) {
    peer.wants = relay.want ?? [];
    for (const origin of peer.wants) if (peer.acked) peer.acked[origin] = relay.vv[origin] ?? 0;
    // An older version may be on its way to become the newest; that nothing is held is to be mended.
    if (versionHeld(state, relay.held) < 0) {
      peer.presence = -1;
      if (peer.inflight) peer.inflight.forgotten = true;
    }
  }
  const time = Math.max(relay.floor?.time ?? 0, ...relay.batches.map(({ head }) => head.time));
  if (time > now + MAX_CLOCK_SKEW_MS) {
    const message = `a batch of '${relay.from}' is ${time - now} ms ahead of the clock here; correct the clock of one of the two`;
    return no(409, "clock_ahead", message);
  }
  state.arrived.push({ req, relay });
  wantFlush(state, out);
  return undefined;
}

type Arrived = { req: RequestKey; relay: RelayRequest };

/** Of what arrived, the batches that can be applied; published people and floors are taken over at once, and clients are due a `reset` for the latter. */
export function acceptArrived(
  state: State,
  arrived: Arrived[],
  now: number,
  out: Effect[],
): { batches: Batch[]; resets: string[] } {
  const resets: string[] = [];
  for (const { relay } of arrived) {
    const { from, floor, presence, batches } = relay;
    if (presence && state.members.get(from)?.status === "alive") receive(state, from, presence, now, out);
    if (floor) resets.push(...adoptFloor(state, floor, out));
    heardFrom(state, from);
    take(state, from, batches);
  }
  return { batches: applicable(state), resets };
}

/** Answers the relays of this flush: what is written and what is applied here, and what the sender is asked for. */
export function answerArrived(state: State, arrived: Arrived[], now: number, out: Effect[]): void {
  if (arrived.length === 0) return;
  const [vv, unwritten] = [state.log.written(), state.log.unwritten()];
  for (const { req, relay } of arrived) {
    const want = wantFrom(state, relay.from);
    const { status, inc } = state.members.get(relay.from) ?? {};
    const [held, life] = [heldOf(state, relay.from), lifeOf(state)];
    const left = status === "left" ? inc : undefined;
    const told = { vv, unwritten, want, held, life, left, ...forWatchersAt(state, relay.from, now) };
    answer(req, yes(writeRelayAnswer(relay.from, told, state)), out);
  }
}
