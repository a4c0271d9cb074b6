/** What the invariants ask of a server, taken from its disk and, where it has one, its memory. */
import { nameOf } from "../../../src/chat/address.ts";
import type { Member } from "../../../src/chat/members.ts";
import type { Published } from "../../../src/chat/presence.ts";
import type { State } from "../../../src/chat/state.ts";
import { type Cursor, originOf } from "../../../src/chat/wire.ts";
import { sorted } from "./canon.ts";
import { type Written, written } from "./effect-oracle.ts";
import type { Host } from "./host.ts";
import { Intern, type Kept } from "./intern.ts";

export interface Facts {
  log: Kept<Written>;
  members: Map<string, Member>;
  /** What each server publishes, as far as it is known here. */
  published: Map<string, Published>;
  alarm: number | null;
  sockets: ReadonlySet<number>;
  /** Who waits for an answer of it. */
  asked: string[];
  /** Whether a flush is to come, and whether there is a memory at all. */
  flushing: boolean;
  awake: boolean;
  /** How far it believes each peer has applied each origin; null: unknown. */
  acked: Map<string, Cursor | null>;
  /** Whether it believes that it owes anything; a server without memory does not know. */
  owing: boolean | undefined;
  /** Its members, how far it has applied, and whom it shows, as text that is the same for the same. */
  same: { members: string; applied: string; shown: string };
  /** What in its memory contradicts its disk. */
  wrong: string | undefined;
}

const logs = new Intern<Written>();

function kind<T>(host: Host, prefix: string): Map<string, T> {
  const entries = [...host.disk.kv].filter(([key]) => key.startsWith(prefix));
  return new Map(entries.map(([key, value]) => [key.slice(prefix.length), value as T]));
}

export function factsOf(host: Host): Facts {
  const { disk, state } = host;
  const members = kind<Member>(host, "member/");
  const log = logs.keep(written(disk.rows), disk.rows.map(({ lines }) => lines).join("\n"));
  return {
    log,
    members,
    published: kind<Published>(host, "presence/"),
    alarm: disk.alarm,
    sockets: new Set(host.sockets.keys()),
    asked: [...host.asked.values()],
    flushing: state?.flushing ?? false,
    awake: state !== undefined,
    acked: new Map([...(state?.peers ?? [])].map(([peer, { acked }]) => [peer, acked && { ...acked }])),
    owing: state && isOwing(state),
    same: {
      members: JSON.stringify(sorted(Object.fromEntries(members))),
      applied: JSON.stringify(sorted(log.value.applied)),
      shown: (state?.presence.names(Number.POSITIVE_INFINITY) ?? [])
        .map(({ id, server }) => `${id} ${server}`)
        .sort()
        .join(),
    },
    wrong: state && contradiction(state, members, disk.alarm),
  };
}

/** Origins whose batches a server owes to all: its own, and those nobody else writes under any more (R2); all if it leaves or has left (M19). */
export function owedOrigins(
  name: string,
  members: Map<string, Member>,
  { applied }: Written,
  leaves = false,
): string[] {
  if (leaves || members.get(name)?.status !== "alive") return Object.keys(applied);
  const living = [...members].filter(([address, { status }]) => status === "alive" && address !== name);
  const theirs = new Set(living.map(([address, { epoch }]) => originOf(nameOf(address), epoch)));
  return Object.keys(applied).filter((origin) => !theirs.has(origin));
}

/** Whether anything is left to do that an alarm is for (I1). */
function isOwing(state: State): boolean {
  const { graces, serverGraces, parked, draining, members, name } = state;
  if (graces.size + serverGraces.size + parked.length > 0 || draining) return true;
  if (state.catching.some(({ overSince }) => overSince > 0)) return true;
  const origins = owedOrigins(name, members, { applied: state.log.cursor() } as Written);
  const mine = members.get(name);
  for (const [address, { status }] of members) {
    if (address === name || status !== "alive") continue;
    const peer = state.peers.get(address);
    if (peer === undefined || peer.inflight || peer.poke || peer.membersVersion !== state.membersVersion) return true;
    if (mine?.status === "alive" && peer.presence !== state.presenceVersion) return true;
    const { acked } = peer;
    if (
      acked === null ||
      [...origins, ...peer.wants].some((origin) => state.log.applied(origin) > (acked[origin] ?? 0))
    )
      return true;
  }
  return false;
}

function contradiction(state: State, members: Map<string, Member>, alarm: number | null): string | undefined {
  const order = (map: Map<string, Member>) => JSON.stringify([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
  if (order(state.members) !== order(members)) return "its members are not those on its disk";
  if (state.alarm !== null && alarm !== state.alarm) return "its alarm is not the one that is set";
  return undefined;
}
