/**
 * The relay loop: what is owed to each peer, and when it is sent. At most one request per peer is under way and the next carries all that
 * has accumulated, so the loop clocks itself. A debt is whatever a peer has not acknowledged; while there is one, an alarm is set.
 */
import type { Effect, Event } from "./effects.ts";
import { DEBT_ALARM_MS, MAX_RELAY } from "./limits.ts";
import type { Batch } from "./log.ts";
import { lacking, type Members, merge } from "./members.ts";
import { learn } from "./membership.ts";
import { fail, judge, type Peer, succeed, unknownPeer } from "./peer.ts";
import { parseRefusal, parseRelayAnswer, read, writeMembersRequest, writeRelay } from "./peer-wire.ts";
import { published } from "./people.ts";
import { isAlive, originOfSelf, others, ownSeq, type State, wantFlush } from "./state.ts";

/** The other living servers. */
function* peers(state: State): Generator<[string, Peer]> {
  for (const address of others(state)) {
    const peer = state.peers.get(address) ?? unknownPeer();
    state.peers.set(address, peer);
    yield [address, peer];
  }
}

const owesMembers = (state: State, peer: Peer): boolean => peer.membersVersion !== state.membersVersion;

/** A server that left no longer publishes people. */
const owesPresence = (state: State, peer: Peer): boolean => isAlive(state) && peer.presence !== state.presenceVersion;

const owes = (state: State, peer: Peer): boolean =>
  owesMembers(state, peer) || owesPresence(state, peer) || peer.acked !== ownSeq(state);

/** Whether some living peer holds everything this server wrote; nobody to hold it counts as such. */
export function isHeld(state: State): boolean {
  const all = [...peers(state)];
  return all.length === 0 || all.some(([, peer]) => peer.acked === ownSeq(state));
}

/** Sends every peer that is owed something, and has no request under way, the next piece. */
export function pump(state: State, now: number, out: Effect[]): void {
  for (const [address, peer] of peers(state)) {
    if (peer.inflight || peer.retryAt > now || !owes(state, peer)) continue;
    const sent = { from: peer.acked, batches: 0, presence: peer.presence, membersVersion: state.membersVersion };
    const news: Members = owesMembers(state, peer) ? lacking(state.members, peer.members) : new Map();
    if (news.size > 0) {
      peer.inflight = { ...sent, members: news };
      const body = writeMembersRequest(address, state.name, news, state);
      out.push({ do: "post", peer: address, verb: "update_servers", body, patience: 0 });
      continue;
    }
    peer.membersVersion = state.membersVersion;
    if (!owes(state, peer)) continue;
    const batches = peer.acked === null ? [] : batchesAfter(state, peer.acked);
    const last = batches.at(-1)?.head;
    // Who went is told after what they said: only the request that brings all messages brings the people.
    const all = peer.acked !== null && (last === undefined || last.first + last.count > ownSeq(state));
    const presence = all && owesPresence(state, peer) ? { presence: published(state) } : {};
    const version = "presence" in presence ? state.presenceVersion : peer.presence;
    peer.inflight = { ...sent, batches: batches.length, presence: version, members: news };
    const body = writeRelay(address, { from: state.name, origin: originOfSelf(state), ...presence, batches }, state);
    out.push({ do: "post", peer: address, verb: "relay", body, patience: 0 });
  }
}

/** This server's own batches beyond `seq`, as many as fit a request. */
function batchesAfter(state: State, seq: number): Batch[] {
  const batches: Batch[] = [];
  let size = 0;
  for (const place of state.log.after(originOfSelf(state), seq)) {
    size += place.head.size;
    if (batches.length > 0 && size > MAX_RELAY) break;
    batches.push({ head: place.head, lines: state.log.linesOf(place) });
  }
  return batches;
}

type Sent = NonNullable<Peer["inflight"]>;
type Answer = Event & { type: "answer" };

/** What a peer answered to `update_servers` or `relay`; status 0: nothing. The next piece goes with the flush of this turn. */
export function answered(state: State, event: Answer, out: Effect[]): void {
  const { peer: address, verb, status, now } = event;
  const peer = state.peers.get(address);
  const sent = peer?.inflight;
  if (!peer || !sent) return;
  peer.inflight = undefined;
  const problem = status === 200 ? accepted(state, peer, sent, event) : refused(state, event, out);
  if (problem === undefined) {
    succeed(peer);
  } else {
    fail(peer, now, state.env.random());
    const detail = { peer: address, verb, status, problem, fails: peer.fails, retryAt: peer.retryAt };
    out.push({ do: "print", event: "peer_failed", message: `${verb} to '${address}' failed: ${problem}`, detail });
  }
  if (judge(peer)) state.serversChanged = true;
  wantFlush(state, out);
}

/** Takes note of what a peer acknowledges; answers what was wrong with it, if anything. */
function accepted(state: State, peer: Peer, sent: Sent, { verb, body }: Answer): string | undefined {
  if (verb === "update_servers") {
    merge(peer.members, sent.members);
    return undefined;
  }
  const vv = read(parseRelayAnswer, body, state);
  if (!vv.ok) return vv.reason;
  peer.acked = Math.min(vv.value[originOfSelf(state)] ?? 0, ownSeq(state));
  peer.presence = sent.presence;
  return sent.batches > 0 && peer.acked === sent.from ? "it did not take what it was sent" : undefined;
}

/** Why a peer refused; one that has left says so with its members. */
function refused(state: State, { status, body, now }: Answer, out: Effect[]): string {
  if (status === 0) return "no answer";
  const refusal = read(parseRefusal, body, state);
  if (!refusal.ok) return `status ${status}`;
  learn(state, refusal.value.members, now, out);
  return refusal.value.message;
}

/** Sets the alarm if something is owed and none is set that rings in time; clears it if nothing is. */
export function settle(state: State, now: number, out: Effect[]): void {
  let due = Number.POSITIVE_INFINITY;
  for (const [, peer] of peers(state))
    if (peer.inflight || owes(state, peer))
      due = Math.min(due, peer.retryAt > now ? peer.retryAt : now + DEBT_ALARM_MS);
  for (const deadline of state.graces.values()) due = Math.min(due, deadline);
  for (const deadline of state.serverGraces.values()) due = Math.min(due, deadline);
  for (const { parkedUntil } of state.parked) due = Math.min(due, parkedUntil);
  if (state.draining) due = Math.min(due, state.draining.deadline);
  const at = due === Number.POSITIVE_INFINITY ? null : due;
  if (at === state.alarm || (at !== null && state.alarm !== null && state.alarm <= at)) return;
  state.alarm = at;
  out.push({ do: "alarm", at });
}

/** Forgets what peers acknowledged: an alarm nobody here remembers setting means that something is owed. */
export function assumeDebts(state: State): void {
  for (const [address, { inflight }] of peers(state)) state.peers.set(address, { ...unknownPeer(), inflight });
}

/** Nothing is owed to anyone: how a server starts whose storage holds no alarm. */
export function assumeNoDebts(state: State): void {
  for (const [, peer] of peers(state)) {
    peer.acked = ownSeq(state);
    peer.presence = state.presenceVersion;
    peer.members = new Map(state.members);
    peer.membersVersion = state.membersVersion;
  }
}
