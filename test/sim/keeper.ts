/** Watches what one server writes: what its disk holds, that it holds no hole, and that nothing is told before it is there. */

import { authorOf, type Head } from "../../src/chat/batch.ts";
import type { Effect } from "../../src/chat/effects.ts";
import type { Floor } from "../../src/chat/log.ts";
import type { Member } from "../../src/chat/members.ts";
import type { Cursor } from "../../src/chat/wire.ts";
import type { Server } from "./server.ts";

/** Whether an entry of the members is greater, as rule M2 says. */
function isGreater(next: Member, { inc, status, epoch, final }: Member): boolean {
  if (next.inc !== inc) return next.inc > inc;
  if (next.status !== status) return next.status === "left";
  return next.epoch === epoch ? (next.final ?? 0) > (final ?? 0) : next.epoch > epoch;
}

export class Keeper {
  readonly #server: Server;
  /** What the disk holds. */
  holds = new Map<string, number>();
  /** What it has ever held. */
  readonly held = new Map<string, number>();
  /** The highest time applied, ms since epoch. */
  #time = 0;

  constructor(server: Server) {
    this.#server = server;
  }

  /** An effect is about to be written. */
  keep(effect: Effect): void {
    if (effect.do === "append") this.#append(effect.heads, effect.lines.split("\n"));
    if (effect.do === "put" && effect.key === "floor") this.#floor((effect.value as Floor).cursor);
    if (effect.do === "put" && effect.key.startsWith("member/"))
      this.#member(effect.key.slice("member/".length), effect.value as Member);
  }

  /** What lies below a floor counts as held: nobody is owed it any more. */
  #floor(cursor: Cursor): void {
    for (const [origin, seq] of Object.entries(cursor))
      for (const holds of [this.holds, this.held]) holds.set(origin, Math.max(seq, holds.get(origin) ?? 0));
  }

  #append(heads: Head[], lines: string[]): void {
    const { name, world, disk } = this.#server;
    let at = 0;
    for (const head of heads) {
      const { origin, first, count, dep, time } = head;
      const have = this.holds.get(origin) ?? 0;
      if (first !== have + 1) throw new Error(`${name} applies ${origin} ${first} after ${have}`);
      for (const [other, seq] of Object.entries(dep))
        if (seq > (this.holds.get(other) ?? 0))
          throw new Error(`${name} applies ${origin} ${first} before ${other} ${seq}, on which it depends`);
      const own = (disk.kv.get(`member/${name}`) as Member | undefined)?.epoch;
      if (origin === `${name}#${own}` && time < this.#time) throw new Error(`${name} goes back in time at ${first}`);
      for (let i = 0; i < count; i++) this.#line(head, i, lines[at++]);
      this.#time = Math.max(this.#time, time);
      this.holds.set(origin, first + count - 1);
      this.held.set(origin, Math.max(this.held.get(origin) ?? 0, first + count - 1));
    }
    if (at !== lines.length) throw new Error(`${name} writes ${lines.length} lines, of which ${at} have a header`);
    world.count("row");
  }

  #line(head: Head, i: number, line = ""): void {
    const { name, world } = this.#server;
    if (world.ledger.write(line)) world.count("a copy written");
    const { origin, seq, id, n, time } = world.ledger.at(head.origin, head.first + i);
    const [author, number] = authorOf(head, i);
    if (origin !== head.origin || seq !== head.first + i || id !== author || n !== number || time !== head.time)
      throw new Error(`${name} writes ${line} under the header ${JSON.stringify(head)}`);
  }

  #member(address: string, member: Member): void {
    const { name, world, disk } = this.#server;
    const before = disk.kv.get(`member/${address}`) as Member | undefined;
    if (before && !isGreater(member, before) && JSON.stringify(member) !== JSON.stringify(before))
      throw new Error(`${name} replaces ${JSON.stringify(before)} of ${address} by ${JSON.stringify(member)}`);
    if (address !== name || member.status === "alive") return;
    // Who goes leaves behind what it wrote itself. It owes the tails of others only if it knows that they are dead.
    const staying = world.alive().filter((other) => other.name !== name);
    world.ledger.lose(
      this.holds,
      world.ledger.wiped,
      staying.map(({ keeper }) => keeper.holds),
    );
  }

  /** The disk is about to be emptied. */
  wiped(): void {
    const { world, name } = this.#server;
    for (const origin of this.holds.keys()) if (origin.startsWith(`${name}#`)) world.ledger.wiped.add(origin);
    this.holds = new Map();
    this.#time = 0;
  }

  /** Lines are about to be told: an echo is an acknowledgement. What others wrote may be told as soon as they have. */
  checkDurable(lines: string[]): void {
    const { name, world, disk } = this.#server;
    const own = `${name}#${(disk.kv.get(`member/${name}`) as Member | undefined)?.epoch}`;
    for (const line of lines) {
      const message = world.ledger.read(line);
      if (!message || message.seq <= (this.holds.get(message.origin) ?? 0)) continue;
      if (message.origin === own || !world.ledger.has(line, message))
        throw new Error(`${name} tells what is not written: ${line.slice(0, 200)}`);
      world.count("told before it is written here");
    }
  }
}
