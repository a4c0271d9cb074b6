/** What clients do: hear, connect, say, say again, roam, leave. */
import { CLOSED } from "./host.ts";
import type { Local } from "./local.ts";
import type { Model, Move } from "./model.ts";
import { type Connection, hear, joinFrame, type Person, parted, sendFrame } from "./person.ts";
import { heard } from "./summary.ts";
import { after, isSilent, isTurnOf, NOBODY, type Packet, type World, withPackets, withPerson } from "./world.ts";

/** Between the numbers of connections of one client; there are fewer clients. */
const CONNECTIONS_APART = 10;

/**
 * A frame that nothing can keep from its client is heard at once, before all else: hearing it touches the client alone, so it commutes with all
 * else, and who has heard more when it speaks asks more of the others' order.
 */
export function sureHearing(model: Model, world: World): Move | undefined {
  const { crash, cut, wipe } = world.budget;
  if (crash + cut + wipe > 0) return undefined;
  const i = world.people.findIndex(({ value }, i) => value.down.length > 0 && !wanders(model, value, i));
  return i < 0 ? undefined : hearing(model, world, i);
}

/** Whether a client will yet leave a connection by itself. */
const wanders = ({ scope }: Model, { done }: Person, i: number): boolean =>
  scope.people[i]?.script.slice(done).some((act) => act === "vanish" || act.startsWith("roam ")) ?? false;

export function* clientMoves(model: Model, world: World): Generator<Move> {
  const quiet = isQuiet(world);
  for (const [i, { value: person }] of world.people.entries()) {
    const { at, gone, down } = person;
    if (gone && !at) continue;
    if (at === undefined) {
      for (const s of places(model, world, i)) if (isTurnOf(world, s)) yield connect(model, world, i, s);
      continue;
    }
    if (!isTurnOf(world, at.server)) continue;
    if (down.length > 0) yield hearing(model, world, i);
    if (at.welcome && !person.pausing) yield* act(model, world, i, person, at);
    if (quiet) yield* patience(model, world, i, person, at);
  }
}

/** What a client does after a delay that is longer than anything that is under way. */
function* patience(model: Model, world: World, i: number, person: Person, at: Connection): Generator<Move> {
  if (person.pausing) {
    const to = withPerson(world, i, { ...person, pausing: false, sent: person.echoed }, model.numbers);
    yield { kind: "again", label: () => `${person.name} no longer waits`, to, wrong: undefined };
  }
  if (at.shaken && (!at.welcome || person.echoed < person.sent)) yield breakOff(model, world, i, "gives up");
}

/** Whether nothing is under way. */
export const isQuiet = ({ net, servers, people }: World): boolean =>
  net.length === 0 &&
  servers.every(({ flushing }) => !flushing) &&
  people.every(({ value }) => value.down.length === 0);

function hearing(model: Model, world: World, i: number): Move {
  const before = world.people[i]?.value as Person;
  const frame = model.numbers.frames.at(before.down[0] as number);
  const { person, wrong } = hear(before, frame, {
    person: (id) => world.people.find(({ value }) => value.id === id)?.value,
    message: (origin, seq) => {
      const holder = world.servers.find(({ log }) => log.value.places.has(`${origin} ${seq}`));
      return holder?.log.value.places.get(`${origin} ${seq}`);
    },
  });
  return {
    kind: "hear",
    label: () => `${person.name} ${frame === CLOSED ? "finds its connection closed" : `hears ${heard(frame)}`}`,
    to: withPerson(world, i, person, model.numbers),
    wrong: wrong && `${person.name} ${wrong}`,
  };
}

/** Where a client connects: at home if that server takes it and its scope does not send it elsewhere, else at any that does. */
function places({ scope }: Model, { servers }: World, i: number): number[] {
  const open = scope.servers.map((_, s) => s).filter((s) => takes(servers[s] as Local));
  const home = scope.servers.indexOf(scope.people[i]?.home as string);
  return open.includes(home) && !scope.elsewhere ? [home] : open;
}

/** One that left or was never started takes nobody; `main` starts by itself. */
const takes = ({ name, members }: Local): boolean =>
  members.get(name)?.status === "alive" || (name === "main" && members.get(name) === undefined);

function connect(model: Model, world: World, i: number, s: number): Move {
  const person = world.people[i]?.value as Person;
  const local = world.servers[s] as Local;
  const closing = world.net.map((id) => model.numbers.packets.at(id)).filter((packet) => packet.kind === "close");
  let client = i;
  while (local.sockets.has(client) || closing.some((end) => end.server === s && end.client === client))
    client += CONNECTIONS_APART;
  const at = { server: s, client, welcome: false, shaken: false };
  const { locals, numbers, scope } = model;
  const opened = locals.happen(local, { type: "open", client }, `open ${client}`, world.now);
  const open = after(withPerson(world, i, { ...person, at }, numbers), s, opened, scope.servers, numbers);
  const label = () => `${person.name} connects to ${local.name}`;
  if (!opened.local.sockets.has(client)) return { kind: "turned away", label, to: open, wrong: opened.wrong };
  const data = joinFrame(person);
  const joined = locals.happen(opened.local, { type: "frame", client, data }, `${client} ${data}`, world.now);
  const to = after(open, s, joined, scope.servers, numbers);
  const turn = isSilent(opened) ? model.turnAfter(s, joined) : NOBODY;
  return { kind: "connect", label, to: { ...to, turn }, wrong: opened.wrong ?? joined.wrong ?? joined.local.wrong };
}

/** The next thing a client does. What was not echoed is said again first; what has not arrived is as good as not said yet. */
function* act(model: Model, world: World, i: number, person: Person, at: Connection): Generator<Move> {
  const { name, sent, said, done, echoed } = person;
  const act = model.scope.people[i]?.script[done];
  const did = { ...person, done: done + 1 };
  if (sent < said.length) yield* send(model, world, i, { ...person, sent: sent + 1 }, at, "say again");
  else if (act === "say")
    yield* send(model, world, i, { ...did, sent: sent + 1, said: [...said, person.got] }, at, "say");
  if (act === "leave" && echoed === said.length) {
    const happening = { type: "frame", client: at.client, data: '{"type":"client_leave_req"}' } as const;
    const what = { happening, name: `leave ${at.client}`, kind: "leave", label: () => `${name} leaves` };
    yield* model.step(withPerson(world, i, did, model.numbers), at.server, what);
  }
  if (act === "vanish")
    yield breakOff(model, withPerson(world, i, { ...did, gone: true }, model.numbers), i, "vanishes");
  if (!act?.startsWith("roam ")) return;
  const s = model.scope.servers.indexOf(act.slice("roam ".length));
  if (!isTurnOf(world, s) || !takes(world.servers[s] as Local)) return;
  const left = breakOff(model, withPerson(world, i, did, model.numbers), i, "");
  yield { ...connect(model, left.to, i, s), kind: "roam", label: () => `${name} leaves for ${model.nameOf(s)}` };
}

function* send(
  model: Model,
  world: World,
  i: number,
  person: Person,
  { server, client }: Connection,
  kind: string,
): Generator<Move> {
  const { name, sent } = person;
  const to = withPerson(world, i, person, model.numbers);
  const label = () => `${name} says ${sent} to ${model.nameOf(server)}${kind === "say" ? "" : " again"}`;
  // The server closed the connection, which the client has not heard yet.
  if (!world.servers[server]?.sockets.has(client)) return yield { kind: "say in vain", label, to, wrong: undefined };
  const happening = { type: "frame", client, data: sendFrame(person, sent) } as const;
  yield* model.step(to, server, { happening, name: `${client} says ${sent}`, kind, label });
}

/** A client leaves its connection without a word; its server learns of it later. */
export function breakOff(model: Model, world: World, i: number, why: string): Move {
  const person = world.people[i]?.value as Person;
  const { server, client } = person.at as Connection;
  const packet: Packet = { kind: "close", server, client };
  const open = world.servers[server]?.sockets.has(client);
  const net = open ? withPackets(world.net, [model.numbers.packets.keep(packet).id]) : world.net;
  const to = { ...withPerson(world, i, parted(person), model.numbers), net };
  return { kind: why, label: () => `${person.name} ${why}`, to, wrong: undefined };
}
