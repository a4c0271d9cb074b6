/** The state of a small world: servers, people, what is on its way between them, and which faults may still befall it. */
import type { Verb } from "../../../src/chat/wire.ts";
import type { Intern, Kept } from "./intern.ts";
import type { Local, Outcome } from "./local.ts";
import { type Person, parted } from "./person.ts";

/** What is on its way between servers, and the end of a connection on its way to its server. */
export type Packet =
  | { kind: "request"; from: number; life: number; to: number; verb: Verb; body: string; tries: number }
  | { kind: "answer"; to: number; life: number; peer: number; verb: Verb; status: number; body: string; again?: number }
  | { kind: "close"; server: number; client: number };

/** How often each fault may yet happen. */
export interface Budget {
  /** A request or its answer is lost. */
  loss: number;
  /** Whoever asks gives up, and the request arrives all the same. */
  late: number;
  /** A server loses its memory and its connections, before or after the commit of a step or between two. */
  crash: number;
  /** A server with nothing to do loses its memory; its connections hibernate. */
  sleep: number;
  /** The same of a server with something queued. What is written is let out all the same: only a crash stops it, and cuts the connections. */
  abort: number;
  /** A connection breaks. */
  cut: number;
  /** A server loses its storage. */
  wipe: number;
  /** An alarm rings while something is on its way. */
  early: number;
}

export interface World {
  /** Milliseconds. */
  readonly now: number;
  readonly servers: readonly Local[];
  readonly people: readonly Kept<Person>[];
  /** Numbers of packets, in order. */
  readonly net: readonly number[];
  /** Per order of the operator: not given yet, given, or how it was answered. */
  readonly orders: readonly ("" | "given" | number)[];
  readonly budget: Budget;
  /** Messages, as `id n`, that were on one disk only when it was wiped. */
  readonly lost: readonly string[];
  /** The server whose turn it is, or `NOBODY`. */
  turn: number;
}

export const NOBODY = -1;

export const isTurnOf = ({ turn }: World, s: number | undefined): boolean => turn === NOBODY || turn === s;

export const isSilent = ({ posts, answers, down }: Outcome): boolean =>
  posts.length + answers.length + down.length === 0;

/** What tells a world from all others. */
export const keyOf = ({ now, servers, people, net, orders, budget, lost, turn }: World): string =>
  `${now} ${servers.map(({ id }) => id)} ${people.map(({ id }) => id)} ${net} ${orders} ${Object.values(budget)} ${lost} ${turn}`;

/** The numbers that worlds are made of. */
export interface Numbers {
  packets: Intern<Packet>;
  people: Intern<Person>;
  frames: Intern<string>;
}

export const withPackets = (net: readonly number[], added: number[]): number[] =>
  [...net, ...added].sort((a, b) => a - b);

export function without(net: readonly number[], id: number): number[] {
  const at = net.indexOf(id);
  return net.filter((_, i) => i !== at);
}

export const withPerson = (world: World, i: number, person: Person, { people }: Numbers): World => ({
  ...world,
  people: world.people.map((kept, at) => (at === i ? people.keep(person) : kept)),
});

/** The world after a step of server `s`. */
export function after(world: World, s: number, outcome: Outcome, names: string[], numbers: Numbers): World {
  const servers = world.servers.map((local, i) => (i === s ? outcome.local : local));
  const added: number[] = [];
  const orders = [...world.orders];
  for (const { peer, verb, body, patience } of outcome.posts) {
    const { life } = outcome.local;
    const tries = patience > 0 ? 2 : 0;
    const packet: Packet = { kind: "request", from: s, life, to: names.indexOf(peer), verb, body, tries };
    added.push(numbers.packets.keep(packet).id);
  }
  for (const { asker, status, body } of outcome.answers) {
    const [who, ...rest] = asker.split(" ");
    if (who === "order") orders[Number(rest[0])] = status;
    if (who !== "peer") continue;
    const [to, life, verb, again] = [Number(rest[0]), Number(rest[1]), rest[2] as Verb, rest[3]];
    // What was asked in an earlier life nobody waits for.
    if (servers[to]?.life !== life) continue;
    const packet: Packet = {
      kind: "answer",
      to,
      life,
      peer: s,
      verb,
      status,
      body,
      ...(again && { again: Number(again) }),
    };
    added.push(numbers.packets.keep(packet).id);
  }
  const next = { ...world, servers, orders, net: added.length > 0 ? withPackets(world.net, added) : world.net };
  return told(next, s, outcome, numbers);
}

function told(world: World, s: number, { down }: Outcome, { people, frames }: Numbers): World {
  if (down.length === 0) return world;
  const heard = world.people.map((kept) => {
    const { at } = kept.value;
    if (at?.server !== s) return kept;
    const mine = down.filter(({ client }) => client === at.client).map(({ frame }) => frames.keep(frame, frame).id);
    return mine.length === 0 ? kept : people.keep({ ...kept.value, down: [...kept.value.down, ...mine] });
  });
  return { ...world, people: heard };
}

/** The world after server `s` lost its memory: nobody waits there for answers, and its connections are gone unless they hibernate. */
export function forgotten(world: World, s: number, sockets: "cut" | "hibernate", { packets, people }: Numbers): World {
  const { life } = world.servers[s] as Local;
  const net = world.net.filter((id) => {
    const packet = packets.at(id);
    if (packet.kind === "answer") return packet.to !== s || packet.life === life;
    return packet.kind !== "close" || packet.server !== s || sockets === "hibernate";
  });
  if (sockets === "hibernate") return { ...world, net };
  const left = world.people.map((kept) => (kept.value.at?.server === s ? people.keep(parted(kept.value)) : kept));
  return { ...world, net, people: left };
}
