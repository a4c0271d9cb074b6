/** What must hold at any time: cheap things after every step of a core, the others from time to time. */
import type { Event } from "../../src/chat/effects.ts";
import { DEBT_ALARM_MS, MAX_HELD, MAX_PENDING } from "../../src/chat/limits.ts";
import type { State } from "../../src/chat/state.ts";
import type { Cursor } from "../../src/chat/wire.ts";
import type { Server } from "./server.ts";
import type { World } from "./world.ts";

/** Steps at whose end the alarm is set anew. */
const SETTLES = new Set<Event["type"]>(["flush", "answer", "start", "server_join_req", "update_servers"]);

/** After each step of a server: what it keeps is bounded, and it has an alarm if and only if it owes something. */
export function checkStep(server: Server, event: Event): void {
  const { state, name } = server;
  if (!state) return;
  const must = (holds: boolean, what: string) => {
    if (!holds) throw new Error(`${name} after ${event.type}: ${what}`);
  };
  must(state.heldSize >= 0 && state.heldSize <= MAX_HELD, `it keeps ${state.heldSize} characters that wait`);
  must(state.sendsSize <= MAX_PENDING, `${state.sendsSize} characters are to be written`);
  must(state.flushing === server.flushing, "it wants a flush that does not come");
  must(state.watching.traffic.size === 0 || state.watching.watchers.size > 0, "it counts what nobody watches");
  must([...state.later].join() === [...server.later].join(), "it waits for a moment that does not come");
  must(state.flushing || state.sends.length + state.arrived.length + state.joining.length === 0, "something is stuck");
  must(state.clients.size + state.watching.watchers.size <= server.sockets.known, "it knows connections that are gone");
  if (event.type === "answer" || event.type === "relay") checkAcked(server);
  if (state.flushing || !SETTLES.has(event.type)) return;
  const owed = owes(server, state);
  must(owed === undefined || server.disk.alarm !== null, `it has no alarm and owes ${owed}`);
  // Where much is said it outlasts the debt a little.
  const rings = server.disk.alarm ?? 0;
  must(owed !== undefined || rings <= server.clock + DEBT_ALARM_MS + 1, "it has an alarm and owes nothing");
}

/** What a server owes, if anything, as rule I1 counts it. */
function owes(server: Server, state: State): string | undefined {
  if (state.graces.size + state.serverGraces.size > 0) return "a grace period";
  if (state.parked.length > 0) return "someone who waits";
  if (state.draining) return "a disconnect";
  if (state.log.open.since !== undefined) return "its disk an open row";
  if (state.catching.some(({ overSince }) => overSince > 0)) return "someone slow";
  const living = livingOrigins(state);
  for (const [address, { status }] of state.members) {
    if (status !== "alive" || address === server.name) continue;
    const peer = state.peers.get(address);
    if (!peer?.acked || peer.inflight) return `${address} everything, or its answer is to come`;
    if (peer.poke) return `${address} a question`;
    for (const origin of peer.wants)
      if ((server.keeper.holds.get(origin) ?? 0) > (peer.acked[origin] ?? 0)) return `${address} what it wants`;
    if (peer.membersVersion !== state.membersVersion) return `${address} members`;
    if (server.isAlive && peer.presence !== state.presenceVersion) return `${address} people`;
    for (const [origin, seq] of server.keeper.holds)
      if (!living.has(origin) && seq > (peer.acked[origin] ?? 0)) return `${address} ${origin} ${seq}`;
  }
  return undefined;
}

/** The origins of the others that are alive: they care for them themselves, unless this server is about to go, or has gone. */
const livingOrigins = ({ members, name, draining }: State): Set<string> =>
  new Set(
    (draining || members.get(name)?.status !== "alive" ? [] : [...members]).flatMap(([address, { status, epoch }]) =>
      status === "alive" && address !== name ? [`${address}#${epoch}`] : [],
    ),
  );

/**
 * Nobody believes another to hold more than it does, of what it owes. Whose storage was lost may be believed to hold what it held, until that is
 * known.
 */
function checkAcked({ name, state, world }: Server): void {
  if (!state) return;
  const living = livingOrigins(state);
  for (const [address, { acked }] of state.peers) {
    if (!acked) continue;
    const peer = world.server(address);
    const { keeper } = peer;
    const known = state.members.get(address)?.epoch === peer.member()?.epoch;
    for (const [origin, seq] of Object.entries(acked))
      if (!living.has(origin) && seq > ((known ? keeper.holds : keeper.held).get(origin) ?? 0))
        throw new Error(`${name} believes that ${address} holds ${origin} ${seq}, which it does not`);
  }
}

/** From time to time: what the sums say, and that one who forgets everything remembers it. */
export function checkServer(server: Server): void {
  const { state, name } = server;
  if (!state) return;
  checkAcked(server);
  const held = [...state.held.values()].flat().reduce((sum, { head }) => sum + head.size, 0);
  if (held !== state.heldSize) throw new Error(`${name} miscounts what waits: ${state.heldSize} for ${held}`);
  const sends = state.sends.reduce((sum, { text }) => sum + text.length, 0);
  if (sends !== state.sendsSize) throw new Error(`${name} miscounts what is to be written`);
  for (const client of [...state.joining, ...state.parked, ...state.catching])
    if (client.id !== "" && !state.clients.has(client.key)) throw new Error(`${name} lets someone wait who is gone`);
  const ids = [...state.clients.values()].map(({ id }) => id).filter((id) => id !== "");
  if (new Set(ids).size < ids.length - state.leaving.length)
    throw new Error(`${name} has two connections of a session`);
  if (!state.flushing) checkMemory(server, state);
}

/** A server left: unless it was alone, another one has held everything it wrote (M8). */
export function checkHanded({ world, name, state, keeper }: Server): void {
  const others = [...(state?.members ?? [])].filter(([address, { status }]) => address !== name && status === "alive");
  const origin = `${name}#${state?.members.get(name)?.epoch}`;
  const said = keeper.holds.get(origin) ?? 0;
  const held = others.some(([address]) => (world.server(address).keeper.held.get(origin) ?? 0) >= said);
  if (others.length > 0 && !held) throw new Error(`${name} leaves, and nobody holds ${origin} ${said}`);
}

export function expectEqual(what: string, a: unknown, b: unknown): void {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
  if (x !== y) throw new Error(`${what}: ${x} is not ${y}`);
}

/** Memory is what the disk says: a core that starts from it knows the same. */
function checkMemory(server: Server, state: State): void {
  const { name, world } = server;
  const again = server.remember();
  // But for the row that is open.
  const open = state.log.places.filter(({ pos }) => pos === state.log.pos);
  for (const place of open) again.log.add({ head: place.head, lines: state.log.linesOf(place) }, 0);
  const both = (what: string, of: (state: State) => unknown) =>
    expectEqual(`${what} of ${name} in memory and on disk`, of(state), of(again));
  const sessions = world.people.map(({ id, said }) => ({ id, said: said.length }));
  both("members", ({ members }) => [...members].sort());
  both("the log", ({ log }) => [...sorted(log.cursor(), log.floorNow().cursor), log.pos, log.time, log.places.length]);
  // What was trimmed no longer says what its origin had said: then more is named than need be.
  for (const [origin, seq] of Object.entries(state.log.dependencies()))
    if (again.log.dependencies()[origin] !== seq)
      throw new Error(`${name} forgets that it depends on ${origin} ${seq}`);
  both("messages shown", ({ log }) =>
    sessions.map(({ id, said }) => [
      log.seen.highest(id),
      Array.from({ length: said }, (_, n) => (log.seen.has(id, n + 1) ? 1 : 0)).join(""),
    ]),
  );
  both("copies", ({ log }) => log.places.map(({ copies }) => [...copies]));
  both("people", ({ members, presence }) => [...members.keys()].sort().map((on) => [on, [...presence.on(on)].sort()]));
  both("the version of its people", ({ presenceVersion }) => presenceVersion);
  both("what others published", ({ published }) => [...published].filter(([, { epoch }]) => epoch !== "").sort());
}

const sorted = (...cursors: Cursor[]) => cursors.map((cursor) => Object.entries(cursor).sort());

/** All of them, for all servers. */
export function checkAll(world: World): void {
  for (const server of world.servers.values()) checkServer(server);
}
