/**
 * A world of servers and clients in one thread: a queue of things to come, a clock, and a network that delays, loses and repeats.
 * All chance comes from the seed, so a failing run can be run again.
 */
import { createHash } from "node:crypto";
import type { Verb } from "../../src/chat/wire.ts";
import { Person } from "./person.ts";
import { Random } from "./random.ts";
import { Server } from "./server.ts";

/** Milliseconds until a request that got no answer counts as lost. */
const TIMEOUT_MS = 10_000;
/** Lines of the trace that are kept. */
const TRACE = 400;

interface Written {
  id: string;
  n: number;
  text: string;
}

interface Coming {
  at: number;
  order: number;
  run: () => void;
}

export class World {
  readonly random: Random;
  now = 1_790_000_000_000;
  /** Whether anything may go wrong now. */
  faulty = true;
  readonly servers = new Map<string, Server>();
  readonly people: Person[] = [];
  /** Pairs `from>to` between which nothing passes now. */
  readonly cut = new Set<string>();
  /** What was written under which number, and under which numbers each message was written. */
  readonly #written = new Map<string, Written>();
  readonly #places = new Map<string, [origin: string, seq: number][]>();
  /** Per message, as `id n`, what its author had seen last when writing it. */
  readonly causes = new Map<string, string[]>();
  /** How often each thing happened. */
  readonly counts = new Map<string, number>();
  readonly trace: string[] = [];
  /** Requests between servers that are under way, or wait for their end. */
  underWay = 0;
  #queue: Coming[] = [];
  #order = 0;
  #minted = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  say(line: string): void {
    this.trace.push(`${String(this.now - 1_790_000_000_000).padStart(9)} ${line}`);
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

  /** A line is on a disk. Whoever writes it, under one number there is one message. */
  write(line: string): void {
    const { origin, seq, id, n, text } = JSON.parse(line) as Written & { origin: string; seq: number };
    if (this.#written.has(`${origin} ${seq}`)) {
      if (!this.isWritten(origin, seq, { id, n, text })) throw new Error(`${origin} ${seq} is two messages`);
      return;
    }
    this.#written.set(`${origin} ${seq}`, { id, n, text });
    const places = this.#places.get(`${id} ${n}`);
    if (places) {
      this.count("a copy written");
      places.push([origin, seq]);
    } else this.#places.set(`${id} ${n}`, [[origin, seq]]);
  }

  isWritten(origin: string, seq: number, { id, n, text }: Written): boolean {
    const written = this.#written.get(`${origin} ${seq}`);
    return written?.id === id && written.n === n && written.text === text;
  }

  /** Which message has a number, as `id n`. */
  messageAt(origin: string, seq: number): string {
    const { id, n } = this.#written.get(`${origin} ${seq}`) ?? {};
    return `${id} ${n}`;
  }

  /** Under which numbers a message was written. */
  places(message: string): [origin: string, seq: number][] {
    return this.#places.get(message) ?? [];
  }

  mint(): string {
    return createHash("md5")
      .update(`${this.random.next()} ${this.#minted++}`)
      .digest("hex");
  }

  after(ms: number, run: () => void): void {
    this.#queue.push({ at: this.now + Math.max(0, ms), order: this.#order++, run });
  }

  /** Lets the next thing happen, if it comes before `end`. */
  turn(end: number): boolean {
    let next: Coming | undefined;
    let index = -1;
    this.#queue.forEach((coming, i) => {
      if (next && (coming.at > next.at || (coming.at === next.at && coming.order > next.order))) return;
      next = coming;
      index = i;
    });
    if (!next || next.at > end) return false;
    this.#queue.splice(index, 1);
    this.now = Math.max(this.now, next.at);
    next.run();
    return true;
  }

  server(name: string): Server {
    const server = this.servers.get(name) ?? new Server(name, this);
    this.servers.set(name, server);
    return server;
  }

  person(): Person {
    const person = new Person(`p${this.people.length}`, this);
    this.people.push(person);
    return person;
  }

  /** Milliseconds on the way. */
  #delay(): number {
    return this.faulty && this.random.oneIn(10) ? this.random.below(2000) : 1 + this.random.below(10);
  }

  #passes(from: string, to: string): boolean {
    if (this.cut.has(`${from}>${to}`)) {
      this.count("partitioned");
      return false;
    }
    return !this.fault("lost", 30);
  }

  /** Carries a request there and its answer back, or tells after a while that none came. */
  post(from: Server, peer: string, verb: Verb, body: string, patience: number): void {
    const { life } = from;
    this.underWay++;
    let over = false;
    const end = (status: number, body: string) => {
      if (over) return;
      over = true;
      this.underWay--;
      if ((status === 0 || status === 404 || status === 503) && patience > 0) {
        this.after(500, () => from.life === life && this.post(from, peer, verb, body0, patience - 500));
        return;
      }
      if (from.life === life) from.happen({ type: "answer", peer, verb, status, body });
    };
    const body0 = body;
    const arrive = () =>
      this.server(peer).ask({ type: verb, body }, (status, answer) => {
        if (this.#passes(peer, from.name)) this.after(this.#delay(), () => end(status, answer));
      });
    if (this.#passes(from.name, peer)) this.after(this.#delay(), arrive);
    if (this.fault("repeated", 40)) this.after(this.#delay(), arrive);
    this.after(TIMEOUT_MS, () => end(0, ""));
  }
}
