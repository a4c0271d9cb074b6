/** Changes to the members: merged in, written, logged, passed on and told to clients. */
import type { Effect } from "./effects.ts";
import { type Member, type Members, merge, replaces } from "./members.ts";
import { unknownPeer } from "./peer.ts";
import { serverLeft } from "./people.ts";
import { originOfSelf, ownSeq, type State, self, serverEntries, wantFlush } from "./state.ts";
import type { Cursor } from "./wire.ts";

/** Merges what someone else says of the members. What it says of this server itself is not believed, but outlived. */
export function learn(state: State, entries: [string, Member][], now: number, out: Effect[]): void {
  const before = new Map(state.members);
  const changed = mergeOthers(state, entries);
  const me = self(state);
  const claim = entries.find(([address]) => address === state.name)?.[1];
  if (me && claim && replaces(claim, me)) {
    // Of equal incarnations `left` wins, so who has left need not go further than the claim.
    state.members.set(state.name, { ...me, inc: me.status === "left" ? claim.inc : claim.inc + 1 });
    changed.push(state.name);
  }
  spread(state, before, changed, now, out);
}

/** Makes `member` this server's own entry, and takes over what a boot server says of the others. */
export function declare(state: State, member: Member, entries: [string, Member][], now: number, out: Effect[]): void {
  const before = new Map(state.members);
  const changed = mergeOthers(state, entries);
  state.members.set(state.name, member);
  // In a new life the people here are to be published again: others have dropped those of the life before.
  for (const peer of state.peers.values()) peer.presence = -1;
  state.log.writeAs(originOfSelf(state));
  spread(state, before, [...changed, state.name], now, out);
}

/** A peer knows more of this server than it does itself: its storage is not what it was. What it wrote meanwhile is nobody's; it begins its next life. */
export function outgrown(state: State, vv: Cursor, now: number, out: Effect[]): void {
  const me = self(state);
  if (me?.status !== "alive" || (vv[originOfSelf(state)] ?? 0) <= ownSeq(state)) return;
  declare(state, { inc: me.inc + 1, status: "alive", epoch: newEpoch(state) }, [], now, out);
}

/** Someone holds that this server has left, in some incarnation: if it has not, it outlives that as any other claim. */
export function objectTo(state: State, left: number | undefined, now: number, out: Effect[]): void {
  const me = self(state);
  if (left === undefined || me?.status !== "alive") return;
  learn(state, [[state.name, { inc: left, status: "left", epoch: me.epoch, final: 0 }]], now, out);
}

/** What a new database is known by. */
export const newEpoch = (state: State): string => state.env.mint().slice(0, 8);

const hasEnded = (before: Member | undefined, now: Member | undefined): boolean =>
  before?.status === "alive" && (now?.status === "left" || now?.epoch !== before.epoch);

const mergeOthers = (state: State, entries: [string, Member][]): string[] =>
  merge(
    state.members,
    entries.filter(([address]) => address !== state.name),
  );

function spread(state: State, before: Members, changed: string[], now: number, out: Effect[]): void {
  if (changed.length === 0) return;
  // What a life that ended wrote is now everyone's to pass on: this server has to know what each of them holds of it.
  if (changed.some((address) => hasEnded(before.get(address), state.members.get(address))))
    for (const peer of state.peers.values()) peer.acked = null;
  for (const address of changed) {
    const member = state.members.get(address) as Member;
    out.push({ do: "put", key: `member/${address}`, value: member });
    if (member.status === "left") serverLeft(state, address, now);
    else state.serverGraces.delete(address);
    // Started or started again: nothing is known of what it holds.
    const { inflight, unreachable } = state.peers.get(address) ?? {};
    if (inflight) inflight.stale = true;
    if (unreachable) out.push({ do: "put", key: `unreachable/${address}`, value: false });
    if (address !== state.name) state.peers.set(address, { ...unknownPeer(), inflight });
  }
  state.membersVersion++;
  state.serversChanged = true;
  const servers = serverEntries(state);
  const alive = servers.filter(({ status }) => status !== "left").map(({ name }) => name);
  const message = `[SERVER UPDATE] [${alive.join(", ")}]`;
  out.push({ do: "print", event: "server_update", message, detail: { servers } });
  wantFlush(state, out);
}
