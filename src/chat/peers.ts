/**
 * The relay loop: what is owed to each peer, and when it is sent. At most one request per peer is under way and the next carries all that
 * has accumulated, so the loop clocks itself.
 */

import type { Batch, Place } from "./batch.ts";
import { read } from "./body.ts";
import { isDue, owedOrigins, owesMembers, owesPresence, owesUnwritten, peers } from "./debts.ts";
import type { Effect, Event } from "./effects.ts";
import { MAX_RELAY, UNPACED } from "./limits.ts";
import { isCurrent, lacking, type Members, merge } from "./members.ts";
import { parseRefusal, writeMembersRequest } from "./members-wire.ts";
import { learn, objectTo, outgrown } from "./membership.ts";
import { fail, judge, type Peer, postpone, reach, type Sent, succeed } from "./peer.ts";
import { heldOf, published, versionHeld } from "./published.ts";
import { parseRelayAnswer } from "./relay-answer.ts";
import { type RelayRequest, writeRelay } from "./relay-wire.ts";
import { toldFloor } from "./retention.ts";
import { answeredBy, forWatchersAt, hearOf, sightOf, tellBroken } from "./sight.ts";
import { later, lifeOf, type State, wantFlush } from "./state.ts";
import { wantFrom } from "./wanted.ts";
import type { Cursor } from "./wire.ts";

/** Sends every peer that is owed something, and has no request under way, the next piece. */
export function pump(state: State, now: number, out: Effect[]): void {
  const all = [...peers(state)];
  if (all.length === 0) return;
  const origins = owedOrigins(state);
  const pace = state.env.pace * Math.max(0, all.length - UNPACED);
  let next = Number.POSITIVE_INFINITY;
  for (const [address, peer] of all) {
    if (peer.inflight || peer.retryAt > now || !isDue(state, peer, origins)) continue;
    const wait = peer.pacedUntil - now;
    // A clock that was put back holds up nothing.
    if (wait > 0 && wait <= pace) {
      next = Math.min(next, wait);
      continue;
    }
    const { membersVersion } = state;
    const news: Members = owesMembers(state, peer) ? lacking(state.members, peer.members) : new Map();
    const sent: Sent = {
      from: peer.acked && { ...reach(peer) },
      origins: [],
      members: news,
      membersVersion,
      poke: false,
      stale: false,
      people: -1,
      forgotten: false,
    };
    sightOf(state, address).posted = now;
    if (news.size > 0) {
      peer.inflight = sent;
      const body = writeMembersRequest(address, state.name, news, state);
      out.push({ do: "post", peer: address, verb: "update_servers", body, patience: 0 });
      continue;
    }
    peer.membersVersion = membersVersion;
    if (!isDue(state, peer, origins)) continue;
    sent.poke = peer.poke;
    peer.poke = false;
    const piece = pieceFor(state, peer, [...new Set([...origins, ...peer.wants])], sent);
    const asked = {
      want: wantFrom(state, address),
      held: heldOf(state, address),
      ...forWatchersAt(state, address, now),
    };
    const has = { vv: state.log.written(), unwritten: state.log.unwritten() };
    const relay = { from: state.name, life: lifeOf(state), ...has, ...asked, ...piece };
    const body = writeRelay(address, relay, state);
    peer.inflight = sent;
    peer.pacedUntil = now + pace;
    out.push({ do: "post", peer: address, verb: "relay", body, patience: 0 });
  }
  if (next < Number.POSITIVE_INFINITY) later(state, "pump", next, out);
}

type Piece = Pick<RelayRequest, "floor" | "presence" | "batches">;

/** What a peer is sent next of these origins, and a note of it in `sent`: the floor if it lacks what lies below, else batches, and with the last of them the people. */
function pieceFor(state: State, peer: Peer, origins: string[], sent: Sent): Piece {
  const known = reach(peer);
  if (known === null) return { batches: [] };
  const below = origins.filter((origin) => state.log.floor(origin) > (known[origin] ?? 0));
  if (below.length > 0) {
    sent.origins = below;
    return { floor: toldFloor(state), batches: [] };
  }
  const { batches, all } = batchesAbove(state, known, origins);
  sent.origins = batches.map(({ head }) => head.origin);
  // Who went is told after what they said: only the request that brings all messages brings the people.
  if (!all || !owesPresence(state, peer)) return { batches };
  sent.people = state.presenceVersion;
  return { presence: published(state, peer.presence), batches };
}

/** The batches above a cursor in the order applied here, so that nothing comes before what it depends on; as much as fits a request. */
function batchesAbove(state: State, known: Cursor, origins: string[]): { batches: Batch[]; all: boolean } {
  const places: Place[] = [];
  for (const origin of origins) {
    let size = 0;
    for (const place of state.log.after(origin, known[origin] ?? 0)) {
      places.push(place);
      size += place.head.size;
      if (size > MAX_RELAY) break;
    }
  }
  places.sort((a, b) => a.pos - b.pos || a.start - b.start);
  const batches: Batch[] = [];
  let size = 0;
  for (const place of places) {
    size += place.head.size;
    if (batches.length > 0 && size > MAX_RELAY) return { batches, all: false };
    batches.push({ head: place.head, lines: state.log.linesOf(place) });
  }
  return { batches, all: true };
}

type Answer = Event & { type: "answer" };

/** What a peer answered to `update_servers` or `relay`; status 0: nothing. The next piece goes with the flush of this turn. */
export function answered(state: State, event: Answer, out: Effect[]): void {
  const { peer: address, verb, status, now } = event;
  const peer = state.peers.get(address);
  const sent = peer?.inflight;
  if (!peer || !sent) return;
  peer.inflight = undefined;
  answeredBy(state, address, status > 0 && status < 500, now);
  const problem = status === 200 ? accepted(state, peer, sent, event, out) : refused(state, peer, event, out);
  if (problem !== undefined) {
    fail(peer, now, state.env.random());
    peer.poke ||= sent.poke;
    const detail = { peer: address, verb, status, problem, fails: peer.fails, retryAt: peer.retryAt };
    out.push({ do: "print", event: "peer_failed", message: `${verb} to '${address}' failed: ${problem}`, detail });
  }
  if (judge(peer)) {
    state.serversChanged = true;
    out.push({ do: "put", key: `unreachable/${address}`, value: peer.unreachable });
  }
  tellBroken(state);
  // Where all is said and paid nothing waits for a flush.
  if (state.draining || state.serversChanged || isDue(state, peer, owedOrigins(state))) wantFlush(state, out);
}

/** Takes note of what a peer acknowledges; answers what was wrong with it, if anything. */
function accepted(
  state: State,
  peer: Peer,
  sent: Sent,
  { peer: address, verb, body, now }: Answer,
  out: Effect[],
): string | undefined {
  if (sent.stale) {
    succeed(peer);
    return undefined;
  }
  if (verb === "update_servers") {
    merge(peer.members, sent.members);
    succeed(peer);
    return undefined;
  }
  const answer = read(parseRelayAnswer, body, state);
  if (!answer.ok) return answer.reason;
  const { vv, unwritten, want, held, life, left } = answer.value;
  objectTo(state, left, now, out);
  hearOf(state, address, answer.value, now);
  if (!isCurrent(life, state.members.get(address))) {
    // This comes from a life that ended, or from one that does not know yet what it has to outlive.
    peer.members = new Map();
    peer.membersVersion = -1;
    postpone(peer, now);
    return undefined;
  }
  outgrown(state, vv, now, out);
  outgrown(state, unwritten, now, out);
  const { from, origins } = sent;
  peer.acked = vv;
  peer.unwritten = unwritten;
  const known = reach(peer);
  const advanced = origins.some((origin) => (known?.[origin] ?? 0) > (from?.[origin] ?? 0));
  peer.wants = want;
  const before = peer.presence;
  peer.presence = sent.forgotten ? -1 : versionHeld(state, held);
  // Who speaks only what it must says nothing of people, and would be told them for ever.
  if (life === undefined && held === undefined) peer.presence = Math.max(before, sent.people);
  if (origins.length > 0 ? advanced : !owesUnwritten(state, peer, owedOrigins(state))) succeed(peer);
  else postpone(peer, now);
  return undefined;
}

/** Refusals by which a peer shows that it does not know the members it was told. */
const KNOWS_LESS = new Set(["left", "not_started", "unknown_server"]);

/** Why a peer refused. One that has left says so with its members; one that knows nothing is told again what it should. */
function refused(state: State, peer: Peer, { status, body, now }: Answer, out: Effect[]): string {
  if (status === 0) return body === "" ? "no answer" : body;
  const refusal = read(parseRefusal, body, state);
  if (!refusal.ok) return `status ${status}`;
  const { code, message, members } = refusal.value;
  if (KNOWS_LESS.has(code)) {
    peer.members = new Map(members);
    peer.membersVersion = -1;
    learn(state, members, now, out);
  }
  return message;
}

/** This server may have missed something: that it asks ends whatever delay its peers have reached with it. */
export function askAll(state: State): void {
  for (const [, peer] of peers(state)) peer.poke = true;
  state.wasAway = false;
}
