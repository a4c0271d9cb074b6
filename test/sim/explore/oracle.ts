/** The invariants: what holds in every world, in every quiet one, and in those where nothing is left to happen. */
import { isQuiet } from "./client-moves.ts";
import { outlives } from "./effect-oracle.ts";
import { owedOrigins } from "./facts.ts";
import type { Local } from "./local.ts";
import type { Person } from "./person.ts";
import type { Scope } from "./scopes.ts";
import type { World } from "./world.ts";

/** More than there are states of servers. */
const MANY = 2 ** 25;

export class Oracle {
  readonly #scope: Scope;
  /** Pairs of servers that were looked at. */
  readonly #pairs = new Set<number>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** What is wrong with a world, if anything; `last`: nothing is left to happen in it. */
  wrongIn(world: World, last: boolean): string | undefined {
    const quiet = isQuiet(world);
    for (const a of world.servers) {
      for (const b of world.servers) {
        const pair = (a.id * MANY + b.id) * 2 + (quiet ? 1 : 0);
        if (a === b || this.#pairs.has(pair)) continue;
        const wrong = contradiction(a, b) ?? overrated(a, b) ?? (quiet ? forgottenDebt(a, b) : undefined);
        if (wrong) return wrong;
        this.#pairs.add(pair);
      }
      if (quiet && a.owing !== undefined && a.owing !== (a.alarm !== null))
        return a.owing ? `${a.name} owes something and has no alarm` : `${a.name} owes nothing and has an alarm`;
    }
    return last ? this.#wrongAtLast(world) : undefined;
  }

  #wrongAtLast({ servers, people, orders, lost }: World): string | undefined {
    for (const { name, alarm } of servers) if (alarm !== null) return `${name} still has an alarm`;
    for (const [i, { type, server }] of this.#scope.orders.entries()) {
      if (orders[i] === "given") return `nobody answered the operator's ${type} of ${server}`;
      const { members } = servers.find(({ name }) => name === server) as Local;
      if (this.#scope.orders.slice(i + 1).some((later) => later.server === server)) continue;
      if (orders[i] === 200 && members.get(server)?.status !== (type === "start" ? "alive" : "left"))
        return `${type} of ${server} had no effect`;
    }
    const alive = servers.filter(({ name, members }) => members.get(name)?.status === "alive");
    // Of a server that lost its storage the others learn by the next thing they owe it; until then it is alone.
    const told = alive.filter((a) => alive.every((b) => a === b || isSameLife(b, a)));
    if (told.length < alive.length) return this.#scope.wiped ? unequal(told) : "servers do not know each other";
    const here = people.map(({ value }) => value).filter(({ gone }) => !gone);
    const shown = here
      .map(({ id, at }) => `${id} ${servers[at?.server ?? -1]?.name}`)
      .sort()
      .join();
    return unequal(alive) ?? unknown(alive, shown) ?? missing(alive, people, lost) ?? wanting(here, servers, shown);
  }
}

/** Under one number there is one message, whoever holds it. */
function contradiction(a: Local, b: Local): string | undefined {
  if (a.id > b.id) return undefined;
  for (const [place, line] of a.log.value.lines) {
    const other = b.log.value.lines.get(place);
    if (other !== undefined && other !== line) return `${place} is ${line} on ${a.name} and ${other} on ${b.name}`;
  }
  return undefined;
}

/** Whether `a` knows the database `b` has; what it believed of one that is lost was true of that. */
const isSameLife = (a: Local, b: Local): boolean => {
  const mine = b.members.get(b.name);
  return mine !== undefined && mine.epoch === a.members.get(b.name)?.epoch;
};

/** Nobody believes that another has more than it has, of what it owes it. */
function overrated(a: Local, b: Local): string | undefined {
  const acked = a.acked.get(b.name);
  if (!isSameLife(a, b) || !acked) return undefined;
  for (const origin of owedOrigins(a.name, a.members, a.log.value))
    if ((acked[origin] ?? 0) > (b.log.value.applied[origin] ?? 0))
      return `${a.name} believes that ${b.name} has ${origin} ${acked[origin]}, but it has ${b.log.value.applied[origin] ?? 0}`;
  return undefined;
}

/** What another lacks and this one owes it is remembered by an alarm. */
function forgottenDebt(a: Local, b: Local): string | undefined {
  const me = a.members.get(a.name);
  if (a.alarm !== null || me === undefined || !isSameLife(a, b)) return undefined;
  if (a.members.get(b.name)?.status !== "alive" || b.members.get(b.name)?.status !== "alive") return undefined;
  const owed = `${a.name} owes it without an alarm`;
  for (const origin of owedOrigins(a.name, a.members, a.log.value))
    if ((a.log.value.applied[origin] ?? 0) > (b.log.value.applied[origin] ?? 0))
      return `${b.name} lacks messages of ${origin}, which ${owed}`;
  for (const [address, member] of a.members) {
    const known = b.members.get(address);
    if (known === undefined || outlives(member, known))
      return `${b.name} does not know that ${address} is ${member.status}, which ${owed}`;
  }
  const [mine, theirs] = [a, b].map(({ published }) => (published.get(a.name)?.people ?? []).map(([id]) => id).sort());
  if (me.status === "alive" && `${mine}` !== `${theirs}`)
    return `${b.name} does not know who is on ${a.name}, which ${owed}`;
  return undefined;
}

function unequal([first, ...others]: Local[]): string | undefined {
  for (const { name, same } of others) {
    const [ours, theirs] = [same, (first as Local).same];
    if (ours.members !== theirs.members) return `members of ${name}: ${ours.members}, of main: ${theirs.members}`;
    if (ours.applied !== theirs.applied) return `${name} has applied ${ours.applied}, main ${theirs.applied}`;
  }
  return undefined;
}

const unknown = (servers: Local[], shown: string): string | undefined => {
  const other = servers.find(({ same }) => same.shown !== shown);
  return other && `${other.name} shows ${other.same.shown}, but there are ${shown}`;
};

/** What was echoed is on every server. */
function missing(servers: Local[], people: World["people"], lost: readonly string[]): string | undefined {
  for (const { value } of people)
    for (let n = 1; n <= value.echoed; n++)
      for (const { name, log } of servers)
        if (!log.value.messages.has(`${value.id} ${n}`) && !lost.includes(`${value.id} ${n}`))
          return `${name} lacks message ${n} of ${value.name}, which was echoed`;
  return undefined;
}

/** Everyone has an echo of all it said, knows who is here, and got all its server has. */
function wanting(people: Person[], servers: readonly Local[], shown: string): string | undefined {
  for (const { name, at, echoed, said, got, reset, ...person } of people) {
    if (!at?.welcome) return `${name} waits for a welcome`;
    if (echoed < said.length) return `${name} waits for the echo of ${echoed + 1}`;
    if (person.shown.join() !== shown) return `${name} believes that ${person.shown} are here, but there are ${shown}`;
    const { messages } = (servers[at.server] as Local).log.value;
    const never = reset ? undefined : [...messages].find((message) => !got.includes(message));
    if (never) return `${name} never got ${never}`;
  }
  return undefined;
}
