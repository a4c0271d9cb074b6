/** What is known of another server: how much of what we owe it it has acknowledged, and how it answers. */
import { BACKOFF_FIRST_MS, BACKOFF_MAX_MS, STALL_MAX_MS, UNREACHABLE_AFTER } from "./limits.ts";
import type { Members } from "./members.ts";
import type { Cursor } from "./wire.ts";

export interface Sent {
  from: Cursor | null;
  origins: string[];
  members: Members;
  membersVersion: number;
  /** Whether it asks something, and is to be repeated until it is heard. */
  poke: boolean;
  /** The peer began another life since: what the one before answers says nothing of this one. */
  stale: boolean;
  /** The version of our people it brings; -1: none. */
  people: number;
  /** The peer said since that it holds none of our people: an answer from before says nothing of that. */
  forgotten: boolean;
}

export interface Peer {
  /** What it has applied, durably, as far as it said; null: unknown, ask. */
  acked: Cursor | null;
  /** What it has applied beyond that, and not written yet: it gets that no more, and it stays owed. */
  unwritten: Cursor;
  /** The version of our published set it holds; -1: unknown. */
  presence: number;
  /** The members it is known to know, and our version of them when it knew all; -1: unknown. */
  members: Members;
  membersVersion: number;
  /** The origins it asked for that others write, and whether it is to be asked or told something even if nothing is owed to it. */
  wants: string[];
  poke: boolean;
  /** What the request under way brings, if there is one; `from`: what the peer had before. */
  inflight: Sent | undefined;
  /** Failures in a row, answers in a row without progress, and when to try again, ms since epoch. */
  fails: number;
  stalls: number;
  /** Since when it gives no sign of life, ms since epoch; 0: it does. */
  failingSince: number;
  retryAt: number;
  /** Until when the next relay waits for company, ms since epoch. */
  pacedUntil: number;
  unreachable: boolean;
}

/** A peer of which nothing is known: everything may be owed to it. */
export const unknownPeer = (): Peer => ({
  acked: null,
  unwritten: {},
  presence: -1,
  members: new Map(),
  membersVersion: -1,
  wants: [],
  poke: false,
  inflight: undefined,
  fails: 0,
  stalls: 0,
  failingSince: 0,
  retryAt: 0,
  pacedUntil: 0,
  unreachable: false,
});

/** A request succeeded, and got the peer further if there was something to get it to. */
export function succeed(peer: Peer): void {
  peer.fails = 0;
  peer.failingSince = 0;
  peer.stalls = 0;
  peer.retryAt = 0;
}

/** What it has applied, as far as it said, written or not; null: unknown. */
export function reach({ acked, unwritten }: Peer): Cursor | null {
  const beyond = Object.entries(unwritten);
  if (acked === null || beyond.length === 0) return acked;
  const reach = { ...acked };
  for (const [origin, seq] of beyond) reach[origin] = Math.max(seq, reach[origin] ?? 0);
  return reach;
}

/** The peer asked something: whatever was wrong with it before, it can be tried now, unless it waits for something that is still not there. `vv`: what it says it has written, `unwritten`: what it has applied beyond that. */
export function hearFrom(peer: Peer, vv: Cursor = {}, unwritten: Cursor = {}): void {
  const before = peer.stalls > 0 ? { ...reach(peer) } : {};
  peer.failingSince = 0;
  // That may pay all it is owed, and then nothing would show that it can be reached again.
  peer.poke ||= peer.unreachable;
  if (peer.acked)
    for (const [origin, seq] of Object.entries(vv)) peer.acked[origin] = Math.max(seq, peer.acked[origin] ?? 0);
  // Who lost its memory has less than before, and needs that once more.
  peer.unwritten = unwritten;
  const isNews = ([origin, seq]: [string, number]) => seq > (before[origin] ?? 0);
  if (peer.stalls > 0 && !Object.entries(reach(peer) ?? {}).some(isNews)) return;
  peer.retryAt = 0;
  // It may hear nothing all the same: what is tried because it speaks does not make the delay grow for ever.
  peer.fails = Math.min(peer.fails, UNREACHABLE_AFTER);
}

/** The peer answered well, but cannot apply yet what it was sent: it waits for something else, and gets it again later, each time twice as late. */
export function postpone(peer: Peer, now: number): void {
  peer.retryAt = now + Math.min(STALL_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(peer.stalls, 30));
  peer.stalls++;
  peer.fails = 0;
  peer.failingSince = 0;
}

/** A new server takes the members from the answer to its `server_join_req`; until it has, it would refuse what it is sent. */
export function awaitStart(peer: Peer, members: Members, membersVersion: number, now: number): void {
  peer.members = new Map(members);
  peer.membersVersion = membersVersion;
  peer.retryAt = now + BACKOFF_FIRST_MS;
}

/** A request failed: the next comes after an exponential delay with "equal jitter" (half fixed, half random), ms. */
export function fail(peer: Peer, now: number, random: number): void {
  peer.fails++;
  peer.failingSince ||= now;
  const delay = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(peer.fails - 1, 30));
  peer.retryAt = now + Math.floor(delay / 2 + (delay / 2) * random);
}

/** Updates the opinion whether the peer can be reached; true if it changed. */
export function judge(peer: Peer): boolean {
  const unreachable = peer.fails >= UNREACHABLE_AFTER;
  const changed = unreachable !== peer.unreachable;
  peer.unreachable = unreachable;
  return changed;
}
