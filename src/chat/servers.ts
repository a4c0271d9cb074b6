/** The clauses for the set of servers: `server_join_req`, `update_servers`, `start`. */
import { atHome, hostOf, isAddress } from "./address.ts";
import { type Read, read } from "./body.ts";
import type { Effect, Event } from "./effects.ts";
import { BOOT_PATIENCE_MS, MAX_INC_STEP, MAX_MEMBERS } from "./limits.ts";
import { type Member, merge, replaces } from "./members.ts";
import {
  type MembersRequest,
  parseMembersAnswer,
  parseMembersRequest,
  parseRefusal,
  writeMembers,
  writeMembersRequest,
} from "./members-wire.ts";
import { declare, learn, newEpoch } from "./membership.ts";
import { awaitStart, hearFrom } from "./peer.ts";
import { answer, no, peerRefusal, type Reply, yes } from "./replies.ts";
import { sightOf } from "./sight.ts";
import { isAlive, others, type State, self, serverEntries } from "./state.ts";
import type { Verb } from "./wire.ts";

type PeerRequest = Event & { type: Verb };

/** A new server asks to be in the set: it is added and gets all members; everyone else is told by `update_servers`. */
export function server_join_req(state: State, event: PeerRequest, out: Effect[]): Reply | undefined {
  const request = readMembers(state, event.body);
  if (!request.ok) return no(400, "bad_request", request.reason);
  if (self(state) === undefined && state.name === "main") startMain(state, event.now, out);
  const refused = peerRefusal(state, request.value.from);
  if (refused) return refused;
  hear(state, request.value, event.now, out);
  const peer = state.peers.get(request.value.from);
  if (peer) awaitStart(peer, state.members, state.membersVersion, event.now);
  return yes({ members: writeMembers(request.value.from, state.members, state) });
}

/** A server tells what is new of the members: it is merged, and passed on to those who may lack it. */
export function update_servers(state: State, event: PeerRequest, out: Effect[]): Reply | undefined {
  const request = readMembers(state, event.body);
  if (!request.ok) return no(400, "bad_request", request.reason);
  const { from, members } = request.value;
  const claim = members.find(([address]) => address === state.name)?.[1];
  if (!state.starting && self(state) === undefined && claim?.status === "alive")
    adopt(state, claim, members, event.now, out);
  else if (!state.starting && self(state)) hear(state, request.value, event.now, out);
  return peerRefusal(state, from) ?? yes({});
}

/** The body of a request, refused if it would make the set larger than a chat can be. */
function readMembers(state: State, body: string): Read<MembersRequest> {
  const request = read(parseMembersRequest, body, state);
  if (!request.ok) return request;
  const all = new Set([...state.members.keys(), ...request.value.members.map(([address]) => address)]);
  if (all.size > MAX_MEMBERS)
    return { ok: false, reason: `a chat has at most ${MAX_MEMBERS} servers, those that left included` };
  for (const [address, { inc }] of request.value.members) {
    // Of itself it believes less, so that others take what outlives the claim.
    const most = address === state.name ? MAX_INC_STEP / 2 : MAX_INC_STEP;
    if (inc > (state.members.get(address)?.inc ?? 0) + most)
      return { ok: false, reason: `inc of '${address}' is more than ${most} beyond what is known here` };
  }
  return request;
}

/** The set counts on this server, which knows nothing: its storage was lost, or its start broke off half way. It begins its next life. */
function adopt(state: State, claim: Member, members: [string, Member][], now: number, out: Effect[]): void {
  declare(state, { inc: claim.inc + 1, status: "alive", epoch: newEpoch(state) }, members, now, out);
}

function hear(state: State, { from, members }: MembersRequest, now: number, out: Effect[]): void {
  learn(state, members, now, out);
  const peer = state.peers.get(from);
  if (!peer) return;
  merge(peer.members, members);
  sightOf(state, from).heard = now;
  hearFrom(peer);
}

/** `main` starts by itself, when it is first needed. */
export function startMain(state: State, now: number, out: Effect[]): void {
  declare(state, nextLife(state), [], now, out);
}

/** This server's entry once it is started: what it is if it is alive, else one incarnation on. */
function nextLife(state: State): Member {
  const me = self(state);
  if (me?.status === "alive") return me;
  return { inc: (me?.inc ?? 0) + 1, status: "alive", epoch: me?.epoch ?? newEpoch(state) };
}

/** Operator: start this server by joining the set of `boot`, as the original's `server2:start(Boot)`. Answered when it is in. */
export function start(
  state: State,
  { req, boot: given, now }: Event & { type: "start" },
  out: Effect[],
): Reply | undefined {
  const boot = given === undefined ? defaultBoot(state) : atHome(given, state.host);
  if (boot !== undefined && !isAddress(boot))
    return no(400, "bad_name", "boot must be the name of a server, or name@host for one of another deployment");
  if (boot !== undefined && hostOf(boot) !== undefined && state.host === undefined)
    return no(
      400,
      "no_federation",
      "HOST is not set here, so servers of other hosts cannot be joined; name a server of this deployment",
    );
  if (boot === state.name) return no(400, "bad_boot", "a server cannot boot from itself");
  if (state.draining) return no(409, "leaving", `server '${state.name}' is being disconnected; start it afterwards`);
  if (state.starting) {
    state.starting.reqs.push(req);
    return undefined;
  }
  if (boot === undefined) {
    if (!isAlive(state)) startMain(state, now, out);
    return yes(started(state));
  }
  if (isAlive(state) && state.members.get(boot)?.status === "alive") return yes(started(state));
  const member = nextLife(state);
  state.starting = { reqs: [req], boot, member };
  const body = writeMembersRequest(boot, state.name, [[state.name, member]], state);
  out.push({ do: "post", peer: boot, verb: "server_join_req", body, patience: BOOT_PATIENCE_MS });
  return undefined;
}

/** Whom a server asks that is told nobody: `main`, and that one whoever else it knows. */
const defaultBoot = (state: State): string | undefined => (state.name === "main" ? others(state)[0] : "main");

const started = (state: State) => ({ server: { name: state.name, status: "alive" }, servers: serverEntries(state) });

/** What the boot server answered. Nothing was written before, so a refusal leaves no trace. */
export function joined(state: State, { status, body, now }: Event & { type: "answer" }, out: Effect[]): void {
  const { starting } = state;
  if (!starting) return;
  state.starting = undefined;
  const { reqs, boot, member } = starting;
  const answered = status === 200 ? read(parseMembersAnswer, body, state) : undefined;
  if (!answered?.ok) {
    // One that has left and hears that its boot server has, too, asks another one the next time, or in the end nobody.
    const refusal = read(parseRefusal, body, state);
    if (refusal.ok && self(state)) learn(state, refusal.value.members, now, out);
    for (const req of reqs) answer(req, refused(state, boot, status, body), out);
    return;
  }
  // Another life may have begun meanwhile, as `main` begins one when somebody joins; or an earlier one, of a database since lost, is still known.
  const members = answered.value;
  const next = { ...(self(state) ? nextLife(state) : member) };
  const known = members.find(([address]) => address === state.name)?.[1];
  if (known && replaces(known, next)) next.inc = known.inc + 1;
  declare(state, next, members, now, out);
  const peer = state.peers.get(boot);
  if (peer) merge(peer.members, members);
  for (const req of reqs) answer(req, yes(started(state)), out);
}

function refused(state: State, boot: string, status: number, body: string): Reply {
  const refusal = read(parseRefusal, body, state);
  const what =
    status === 0 ? "cannot be reached, or did not answer in time" : `gave no usable answer (status ${status})`;
  if (!refusal.ok) return no(502, "boot_failed", `boot server '${boot}' ${what}`);
  if (status === 401 || status === 403)
    return no(502, "boot_failed", `boot server '${boot}' refused the cookie; both deployments need the same COOKIE`);
  return no(status, refusal.value.code, `boot server '${boot}': ${refusal.value.message}`);
}
