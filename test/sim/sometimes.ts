/** Counts the rare paths of a run as they can be seen from outside a core: in its events, its effects and what it has on disk. */
import type { Effect, Event } from "../../src/chat/effects.ts";
import { MAX_ROW } from "../../src/chat/limits.ts";
import type { Member } from "../../src/chat/members.ts";
import type { Server } from "./server.ts";

/** What must have happened in some seed, or a run proves nothing of it. */
export const RARE = [
  "a catch-up in pieces",
  "a claim outlived",
  "a copy spared",
  "a copy written",
  "a crowd counted later",
  "a dependency awaited",
  "a new epoch",
  "a person in two places",
  "a person of a crowd",
  "a relay paced",
  "a relay split",
  "a row split",
  "a server adopted",
  "a slow one let go",
  "a tail forwarded",
  "a tombstone received",
  "a floor adopted",
  "a floor told",
  "an origin wanted",
  "alarm after a loss of memory",
  "alarm cleared too late",
  "boot from one that is not main",
  "clock jump",
  "clock jump by hours",
  "connection replaced",
  "crash",
  "crash after the commit",
  "crash before the commit",
  "cut in the middle of a frame",
  "deploy",
  "disconnect 200",
  "disconnect 200, forced",
  "disconnect 503",
  "evicted",
  "evicted without sockets",
  "exit of one that left",
  "lost answer",
  "lost request",
  "main left",
  "parked",
  "parked one let go by a loss of memory",
  "partitioned answer",
  "partitioned request",
  "refused: clock_ahead",
  "refused: left",
  "refused: not_started",
  "refused: starting",
  "refused: unknown_server",
  "reordered request",
  "repeated request",
  "reset: ahead",
  "reset: trimmed",
  "roamed",
  "shown later",
  "start 200",
  "started twice at once",
  "storage lost",
  "storage lost after leaving",
  "storm",
  "trimmed",
  "told before it is written here",
  "told busy",
  "told leaving",
  "told n_gap",
  "told waiting",
  "traffic watched",
  "unreachable",
  "vanished",
  "view of others watched",
  "woken with a row open",
];

/** Codes with which a socket is closed: see docs/protocol.md. */
const REPLACED = 4001;
const SLOW = 4002;
const RESTART = 1012;
const GOING_AWAY = 1001;

/** A step of a server is over, and nothing of it is written yet. */
export function notice(server: Server, event: Event, effects: Effect[]): void {
  const { world, state } = server;
  if (event.type === "flush" && state && state.held.size > 0) world.count("a dependency awaited");
  if (event.type === "start" && (state?.starting?.reqs.length ?? 0) > 1) world.count("started twice at once");
  if (event.type === "answer" && event.status > 299) refused(server, event.body);
  if (event.type === "answer" && event.body.includes('"want":[')) world.count("an origin wanted");
  let rows = 0;
  for (const effect of effects) {
    if (effect.do === "append") rows++;
    if (effect.do === "trim" && event.type === "flush") world.count("trimmed");
    if (effect.do === "tell" && effect.frame.startsWith('{"type":"reset"')) world.count("a floor adopted");
    if (effect.do === "park") world.count(waits(server, effect.client) ? "parked" : "a catch-up in pieces");
    if (effect.do === "put" && effect.key.startsWith("member/")) member(server, event, effect.key, effect.value);
    if (effect.do === "post" && effect.verb === "relay") relay(server, effect.body);
    if (effect.do === "tell" && effect.frame.includes('"status":"unreachable"')) world.count("unreachable");
    if (effect.do === "tell" && effect.frame.startsWith('{"type":"presence"')) world.count("a person of a crowd");
    if (effect.do !== "close") continue;
    if (effect.code === SLOW) world.count("a slow one let go");
    if (effect.code === REPLACED) world.count("connection replaced");
    if (effect.code === RESTART) restarted(server, event, effect.client);
    if (effect.code === GOING_AWAY && event.type === "open") world.count("exit of one that left");
  }
  if (rows > 1) world.count("a row split");
}

/** Someone is sent home: who waited or caught up, or was told what may not be written. */
function restarted(server: Server, event: Event, client: number): void {
  const sleeps = (event.type === "wake" || event.type === "alarm") && server.sockets.isAdmitted(client);
  server.world.count(sleeps ? "woken with a row open" : "parked one let go by a loss of memory");
}

const waits = ({ state }: Server, client: number): boolean => state?.clients.get(client)?.phase === "parked";

function refused({ world }: Server, body: string): void {
  const code = /"code":"(\w+)"/.exec(body)?.[1];
  world.count(`refused: ${code}`);
}

function member(server: Server, event: Event, key: string, value: unknown): void {
  const { world, name } = server;
  const { inc, status, epoch } = value as Member;
  const address = key.slice("member/".length);
  const before = server.member(address);
  if (before && before.epoch !== epoch) world.count("a new epoch");
  if (address !== name && status === "left") world.count("a tombstone received");
  if (address !== name) return;
  if (!before && event.type === "update_servers") world.count("a server adopted");
  if (before?.status === status && inc > before.inc) world.count("a claim outlived");
  if (name === "main" && status === "left") world.count("main left");
}

/** What the header of a relay says: whose messages it brings, and whether it brings all. */
function relay({ world, name, keeper }: Server, body: string): void {
  const end = body.indexOf("\n");
  const header = end < 0 ? body : body.slice(0, end);
  if (header.includes('"floor":{')) world.count("a floor told");
  if (header.includes('"want":[')) world.count("an origin wanted");
  if (end < 0) return;
  const origins = new Set(Array.from(header.matchAll(/"origin":"([^"]+)"/g), ([, origin]) => origin as string));
  for (const origin of origins) if (!origin.startsWith(`${name}#`)) world.count("a tail forwarded");
  if (body.length < MAX_ROW) return;
  const { batches } = JSON.parse(header) as { batches: { origin: string; first: number; count: number }[] };
  const last = batches.at(-1);
  if (last && last.first + last.count - 1 < (keeper.holds.get(last.origin) ?? 0)) world.count("a relay split");
}
