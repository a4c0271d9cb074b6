/** What servers do: take what arrives, flush, follow the operator, wake at an alarm. */
import { isQuiet } from "./client-moves.ts";
import type { Happening } from "./host.ts";
import type { Model, Move } from "./model.ts";
import { summary } from "./summary.ts";
import { isTurnOf, type Packet, type World, without, withPackets } from "./world.ts";

/** Milliseconds after which a chat in which nothing goes wrong any more must be quiet. */
const QUIET_AFTER_MS = 600_000;

export function* serverMoves(model: Model, world: World): Generator<Move> {
  for (const [i, id] of world.net.entries()) {
    const packet = model.numbers.packets.at(id);
    const to = packet.kind === "close" ? packet.server : packet.to;
    // The same packet twice is one choice.
    if (world.net[i - 1] === id || !isTurnOf(world, to)) continue;
    const rest = { ...world, net: without(world.net, id) };
    if (packet.kind === "request") yield* request(model, rest, packet, id);
    if (packet.kind === "answer") yield* answer(model, rest, packet, id);
    if (packet.kind === "close") yield* close(model, rest, packet);
  }
  for (const [s, { flushing, name }] of world.servers.entries())
    if (flushing && isTurnOf(world, s)) {
      const label = () => `${name} flushes`;
      yield* model.step(world, s, { happening: { type: "flush" }, name: "flush", kind: "flush", label });
    }
  yield* orders(model, world);
}

/** A request that nobody waits for any more is answered to nobody. */
function request(model: Model, world: World, packet: Packet & { kind: "request" }, id: number): Generator<Move> {
  const { from, life, to, verb, body, tries } = packet;
  const peer = `peer ${from} ${life} ${verb}${tries > 0 ? ` ${id}` : ""}`;
  const happening = { type: verb, body, asker: life < 0 ? "nobody" : peer };
  return model.step(world, to, { happening, name: `${id}`, kind: verb, label: () => describe(model, packet) });
}

function* answer(model: Model, world: World, packet: Packet & { kind: "answer" }, id: number): Generator<Move> {
  const { again, status, verb, body, to } = packet;
  const label = () => describe(model, packet);
  if (again !== undefined && [0, 404, 503].includes(status)) {
    const asked = model.numbers.packets.at(again) as Packet & { kind: "request" };
    const more = model.numbers.packets.keep({ ...asked, tries: asked.tries - 1 });
    const asks = { ...world, net: withPackets(world.net, [more.id]) };
    yield { kind: "ask again", label: () => `${label()}; it asks again`, to: asks, wrong: undefined };
    // Only silence takes so long that no patience is left.
    if (status !== 0) return;
  }
  const happening: Happening = { type: "answer", peer: model.nameOf(packet.peer), verb, status, body };
  yield* model.step(world, to, { happening, name: `${id}`, kind: `${verb} answered`, label });
}

function* close(model: Model, world: World, packet: Packet & { kind: "close" }): Generator<Move> {
  const { server, client } = packet;
  const label = () => describe(model, packet);
  // The server closed it itself meanwhile.
  if (!world.servers[server]?.sockets.has(client)) yield { kind: "close", label, to: world, wrong: undefined };
  else
    yield* model.step(world, server, {
      happening: { type: "close", client },
      name: `close ${client}`,
      kind: "close",
      label,
    });
}

function* orders(model: Model, world: World): Generator<Move> {
  for (const [i, order] of model.scope.orders.entries()) {
    const { server, ...what } = order;
    const s = model.scope.servers.indexOf(server);
    const waits = model.scope.inTurn && world.orders.slice(0, i).some((before) => typeof before !== "number");
    if (world.orders[i] !== "" || waits || !isTurnOf(world, s)) continue;
    const given = world.orders.map((state, at) => (at === i ? "given" : state));
    const name = JSON.stringify(order);
    const happening = { ...what, asker: `order ${i}` };
    const label = () => `the operator says ${name}`;
    yield* model.step({ ...world, orders: given }, s, { happening, name, kind: what.type, label });
  }
}

/** Time passes to the next alarm when nothing else is under way; a budget lets one ring while something is. */
export function* alarmMoves(model: Model, world: World): Generator<Move> {
  const early = !isQuiet(world);
  if (early && world.budget.early === 0) return;
  const next = Math.min(...world.servers.map(({ alarm }) => alarm ?? Number.POSITIVE_INFINITY));
  const budget = early ? { ...world.budget, early: world.budget.early - 1 } : world.budget;
  for (const [s, { alarm, name }] of world.servers.entries()) {
    if (alarm === null || alarm > Math.max(next, world.now)) continue;
    const later = { ...world, budget, now: Math.max(world.now, alarm) };
    const label = () => `${name}'s alarm rings at ${later.now} ms`;
    const what = { happening: { type: "alarm" }, name: "alarm", kind: early ? "early alarm" : "alarm", label } as const;
    for (const move of model.step(later, s, what)) {
      const wrong = later.now > QUIET_AFTER_MS ? "the chat does not become quiet" : move.wrong;
      yield { ...move, wrong, ...(early && { fault: true }) };
    }
  }
}

/** At last somebody looks at each server that sleeps: what it has to do once it wakes it need not do before. */
export function* wakeMoves(model: Model, world: World): Generator<Move> {
  for (const [s, { awake, name }] of world.servers.entries()) {
    const label = () => `${name} is looked at, and wakes`;
    if (!awake) yield* model.step(world, s, { happening: { type: "wake" }, name: "wake", kind: "wake", label });
  }
}

/** A packet in words. */
export function describe(model: Model, packet: Packet): string {
  if (packet.kind === "close") return `${model.nameOf(packet.server)} learns that connection ${packet.client} is gone`;
  const to = model.nameOf(packet.to);
  if (packet.kind === "request") return `${to} gets ${packet.verb} ${summary(packet.body)}`;
  const { peer, verb, status, body } = packet;
  return `${to} gets the answer of ${model.nameOf(peer)} to ${verb}: ${status || "none"} ${summary(body)}`;
}
