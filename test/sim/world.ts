/**
 * A world of servers and clients in one thread: a queue of things to come, a clock, and chance. All of it comes from the seed, so a failing run
 * can be run again.
 */
import { BRISK, CROWD, type Crowd, PACE_MS, RETENTION, type Retention, WINDOW } from "../../src/chat/limits.ts";
import type { Bounds } from "../../src/chat/state.ts";
import { Ledger } from "./ledger.ts";
import { Network } from "./network.ts";
import { Person } from "./person.ts";
import { Queue } from "./queue.ts";
import { mix, Random } from "./random.ts";
import { Server } from "./server.ts";
import { Spectator } from "./spectator.ts";

/** When every world begins, ms since epoch. */
const BEGIN = 1_790_000_000_000;
/** Lines of the trace that are kept. */
const TRACE = 400;

/** Too little for who is away for long. */
const SHORT: Retention = { messages: 20, ms: 30_000, batches: 200, size: 2_000_000 };
/** Characters that a few messages fill. */
const NARROW = 20_000;
/** Milliseconds that are longer than most answers take. */
const SLOW_PACE_MS = 100;
/** A crowd of a few. */
const FEW: Crowd = { listed: 3, changes: 1, ms: 500 };

export class World {
  readonly seed: number;
  /** Anew for each step, so that leaving out one step changes little of the others. */
  random: Random;
  now = BEGIN;
  /** Whether anything may go wrong now. */
  faulty = true;
  readonly ledger = new Ledger();
  readonly network = new Network(this);
  readonly servers = new Map<string, Server>();
  readonly people: Person[] = [];
  /** In every other world somebody watches. */
  readonly spectator: Spectator | undefined;
  /** How often each thing happened. */
  readonly counts = new Map<string, number>();
  /** Kept only if asked for: it costs more than the run. */
  readonly tracing: boolean;
  readonly trace: string[] = [];
  readonly queue = new Queue();

  /** In every other world servers keep little, in every other one they send little at once, in every third they take their time, in most their alarm may stay, and in some a few are a crowd. */
  readonly bounds: Bounds;

  constructor(seed: number, tracing: boolean) {
    this.seed = seed;
    this.bounds = {
      retention: seed % 2 === 0 ? SHORT : RETENTION,
      window: seed % 4 === 1 || seed % 4 === 2 ? NARROW : WINDOW,
      pace: seed % 3 === 0 ? SLOW_PACE_MS : PACE_MS,
      brisk: seed % 5 < 2 ? Number.POSITIVE_INFINITY : BRISK.times,
      crowd: seed % 7 < 2 ? FEW : CROWD,
    };
    this.spectator = seed % 6 < 3 ? new Spectator(this) : undefined;
    this.tracing = tracing;
    this.random = new Random(mix(seed, -1));
  }

  say(line: string): void {
    if (!this.tracing) return;
    this.trace.push(`${String(this.now - BEGIN).padStart(9)} ${line}`);
    if (this.trace.length > TRACE) this.trace.shift();
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Whether a fault of this kind happens now. */
  fault(kind: string, oneIn: number): boolean {
    if (!this.faulty || !this.random.oneIn(oneIn)) return false;
    this.count(kind);
    return true;
  }

  after(ms: number, run: () => void): void {
    this.queue.push(this.now + Math.max(0, ms), run);
  }

  /** Lets happen what comes until `end`; false if that was more than `most` things. */
  pass(end: number, most = Number.POSITIVE_INFINITY): boolean {
    for (let count = 0; ; count++) {
      const next = this.queue.pop(end);
      if (next === undefined) break;
      if (count >= most) return false;
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = Math.max(this.now, end);
    return true;
  }

  server(name: string): Server {
    const server = this.servers.get(name) ?? new Server(name, this);
    this.servers.set(name, server);
    return server;
  }

  /** The servers that are alive as their own storage says. */
  alive(): Server[] {
    return [...this.servers.values()].filter(({ isAlive }) => isAlive);
  }

  person(): Person {
    const person = new Person(`p${this.people.length}`, this);
    this.people.push(person);
    return person;
  }
}
