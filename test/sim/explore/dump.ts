/**
 * All that a server is, as text: two servers of one text do the same whatever happens next. The core's classes hide fields; here they are asked what
 * they answer instead, which `Locals` checks: of two ways to one text both are tried, and must go on alike.
 */
import { Copies } from "../../../src/chat/copies.ts";
import { Log } from "../../../src/chat/log.ts";
import type { Presence } from "../../../src/chat/presence.ts";
import { Seen } from "../../../src/chat/seen.ts";
import type { State } from "../../../src/chat/state.ts";
import type { Host } from "./host.ts";

/** Maps whose order nothing depends on: what is made of them is sorted, or goes to different servers. */
const UNORDERED = new Set(["members", "peers", "published"]);

function text(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  if (Array.isArray(value)) return `[${value.map(text)}]`;
  if (value instanceof Map) return `{${[...value].map(([key, item]) => `${text(key)}:${text(item)}`)}}`;
  if (value instanceof Set) return `{${[...value].map(text)}}`;
  // It follows from the log.
  if (value instanceof Seen || value instanceof Copies) return "";
  if (value instanceof Log) return logText(value);
  const kind = Object.getPrototypeOf(value) as unknown;
  if (kind !== Object.prototype && kind !== null) throw new Error(`the dump does not know ${value.constructor.name}`);
  let all = "";
  for (const key of Object.keys(value).sort()) all += `${key}:${text((value as Record<string, unknown>)[key])};`;
  return `{${all}}`;
}

/** What the batches say is on the disk. */
function logText(log: Log): string {
  const { places, open, ...rest } = log;
  const lie = places.map(({ head: { origin, first }, ...where }) => [origin, first, where]);
  return text([lie, log.cursor(), log.floorNow(), log.dependencies(), [open.since, open.lines], rest]);
}

function core(state: State): string {
  // How much was sent matters to who is slow; nobody here is, for it takes megabytes.
  const { env: _, told: _told, marks: _marks, membersVersion, presence, peers, clients, byId, ...rest } = state;
  const parts: [string, unknown][] = Object.entries(rest).map(([key, value]) => [
    key,
    UNORDERED.has(key) && value instanceof Map ? Object.fromEntries(value) : value,
  ]);
  // Versions of the members are only compared with each other.
  const behind = (version: number) => (version < 0 ? version : membersVersion - version);
  const known = [...peers].map(([address, peer]): [string, unknown] => [
    address,
    {
      ...peer,
      members: Object.fromEntries(peer.members),
      membersVersion: behind(peer.membersVersion),
      inflight: peer.inflight && {
        ...peer.inflight,
        members: Object.fromEntries(peer.inflight.members),
        membersVersion: behind(peer.inflight.membersVersion),
      },
    },
  ]);
  const at = [...clients].map(([key, { sent, acked, marks, ...client }]): [string, unknown] => [`${key}`, client]);
  const ids = [...byId].map(([id, { key }]): [string, unknown] => [id, key]);
  parts.push(["clients", Object.fromEntries(at)], ["byId", Object.fromEntries(ids)]);
  return text([parts, Object.fromEntries(known), people(presence)]);
}

const people = (presence: Presence): unknown => [
  presence
    .servers()
    .sort()
    .map((server) => [server, presence.on(server)]),
  presence.names(Number.POSITIVE_INFINITY),
];

/** A server with its disk, its sockets and those who wait for its answers. */
export function dump(host: Host): string {
  const { life, minted, disk, sockets, asked, ringing, state } = host;
  const { kv, ...disc } = disk;
  return text([
    life,
    minted,
    { ...disc, rows: disk.rows, kv: Object.fromEntries(kv) },
    Object.fromEntries(sockets),
    Object.fromEntries(asked),
    ringing,
    state ? core(state) : "asleep",
  ]);
}
