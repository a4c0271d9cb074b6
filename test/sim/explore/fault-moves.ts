/** What goes wrong, as long as the budget of the scope lasts. */
import { breakOff } from "./client-moves.ts";
import type { Local } from "./local.ts";
import type { Model, Move } from "./model.ts";
import { describe } from "./server-moves.ts";
import {
  after,
  type Budget,
  forgotten,
  isTurnOf,
  NOBODY,
  type Packet,
  type World,
  without,
  withPackets,
} from "./world.ts";

const spend = (world: World, fault: keyof Budget): World => ({
  ...world,
  budget: { ...world.budget, [fault]: world.budget[fault] - 1 },
});

export function* faultMoves(model: Model, world: World): Generator<Move> {
  for (const move of faults(model, world)) yield { ...move, fault: true };
}

function* faults(model: Model, world: World): Generator<Move> {
  const { budget } = world;
  if (world.turn === NOBODY) yield* losses(model, world);
  if (budget.cut > 0)
    for (const [i, { value }] of world.people.entries())
      if (value.at && isTurnOf(world, value.at.server))
        yield breakOff(model, spend(world, "cut"), i, "loses its connection");
  for (const [s, { awake, sockets, flushing, name }] of world.servers.entries()) {
    if (!isTurnOf(world, s)) continue;
    if (budget.crash > 0 && (awake || sockets.size > 0)) yield forget(model, spend(world, "crash"), s, "cut");
    // The platform puts to sleep only who has nothing to do at once; a failure does not wait.
    if (budget.sleep > 0 && awake && !flushing) yield forget(model, spend(world, "sleep"), s, "hibernate");
    if (budget.abort > 0 && flushing) yield forget(model, shaken(model, spend(world, "abort"), s), s, "hibernate");
    if (budget.wipe > 0 && model.scope.wiped === name) yield forget(model, spend(world, "wipe"), s, "wipe");
  }
}

/** Requests that are lost, whose answers are lost, that come too late, or that go down with who sent them. */
function* losses(model: Model, world: World): Generator<Move> {
  for (const id of world.net) {
    const packet = model.numbers.packets.at(id);
    const instead = (kind: string, ...others: Packet[]): Move => {
      const ids = others.map((other) => model.numbers.packets.keep(other).id);
      const to = { ...world, net: withPackets(without(world.net, id), ids) };
      return { kind, label: () => `${kind}: ${describe(model, packet)}`, to, wrong: undefined };
    };
    if (packet.kind === "answer" && packet.status !== 0 && world.budget.loss > 0) {
      const move = instead("answer lost", { ...packet, status: 0, body: "" });
      yield { ...move, to: spend(move.to, "loss") };
    }
    if (packet.kind !== "request") continue;
    const { from, life, to, verb, tries } = packet;
    // Nobody waits for it: whether it is lost matters to its receiver alone.
    if (world.servers[from]?.life !== life) {
      yield instead("orphan lost");
      continue;
    }
    const answer: Packet = { kind: "answer", to: from, life, peer: to, verb, status: 0, body: "" };
    const silence: Packet = tries > 0 ? { ...answer, again: id } : answer;
    const [lost, late] = [instead("request lost", silence), instead("request late", silence, { ...packet, life: -1 })];
    if (world.budget.loss > 0) yield { ...lost, to: spend(lost.to, "loss") };
    if (world.budget.late > 0) yield { ...late, to: spend(late.to, "late") };
  }
}

/** Connections whose server forgets what it has not written yet: they live on, but what was asked on them may be forgotten too. */
function shaken(model: Model, world: World, s: number): World {
  const people = world.people.map((kept) => {
    const { at } = kept.value;
    return at?.server === s ? model.numbers.people.keep({ ...kept.value, at: { ...at, shaken: true } }) : kept;
  });
  return { ...world, people };
}

const FAULT = {
  cut: ["crash", "crashes"],
  hibernate: ["sleep", "loses its memory"],
  wipe: ["wipe", "loses its storage"],
};

/** A server loses its memory between two steps, and with it its connections, unless they hibernate, or even its storage. */
function forget(model: Model, world: World, s: number, how: "cut" | "hibernate" | "wipe"): Move {
  const local = world.servers[s] as Local;
  const outcome = model.locals.forget(local, how, world.now);
  const lost = how === "wipe" ? [...world.lost, ...onlyOn(world, s)].sort() : world.lost;
  const to = after({ ...world, lost, turn: NOBODY }, s, outcome, model.scope.servers, model.numbers);
  const [kind, does] = FAULT[how] as [string, string];
  const left = forgotten(to, s, how === "hibernate" ? how : "cut", model.numbers);
  return { kind, label: () => `${local.name} ${does}`, to: left, wrong: undefined };
}

/** The messages that no other disk holds. */
function onlyOn({ servers }: World, s: number): string[] {
  const others = servers.filter((_, i) => i !== s).map(({ log }) => log.value.messages);
  return [...(servers[s] as Local).log.value.messages].filter((message) => !others.some((have) => have.has(message)));
}
