/**
 * A deployment in memory for whole clients: three servers that share one log, a network that loses, delays, cuts and falls silent by lot,
 * and a clock that runs as fast as things happen. Servers keep the contract; what they do to a client is what real ones may do.
 */
import type { Host, Socket } from "../../client/lib/host.ts";
import type { ClientMessage, Cursor, ServerEntry } from "../../src/chat/wire.ts";

export const SERVERS = ["main", "b", "c"];
/** How often each fault came up, over all worlds: a test in which one never did proves nothing. */
export type Faults = Record<
  "cut" | "lostFrame" | "silent" | "busy" | "moved" | "slow" | "forgot" | "repeated" | "refused" | "lostWelcome",
  number
>;

interface Line {
  type: "message";
  id: string;
  name: string;
  text: string;
  n: number;
  origin: string;
  seq: number;
  time: number;
}

/** Milliseconds until the server of a killed client sees its connection close: what was sent is there by then. */
const GOODBYE_MS = 10;

/** A seeded lot (mulberry32): the same seed is the same world. */
export function lot(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A program in the world, until it is killed: then what it sent still arrives, and nothing else happens to it. */
export class Life implements Host {
  readonly world: World;
  readonly #wires: Wire[] = [];
  dead = false;

  constructor(world: World) {
    this.world = world;
  }

  connect(url: string): Wire {
    const wire = this.world.connect(url);
    this.#wires.push(wire);
    return wire;
  }

  now = () => this.world.now();
  random = () => this.world.random();

  later(ms: number, callback: () => void): () => void {
    return this.world.later(ms, () => this.dead || callback());
  }

  kill(): void {
    this.dead = true;
    for (const wire of this.#wires) wire.orphan();
  }
}

class Wire implements Socket {
  readonly ears = new Map<string, (event: { data: unknown; code: number; reason: string }) => void>();
  readonly server: string;
  readonly world: World;
  /** Open until one side is done with it; `silent` takes and gives nothing, and does not say so. */
  gone = false;
  silent = false;
  /** Whether the client is no more. */
  #orphan = false;
  /** What the server knows of this connection, once joined. */
  session: string | undefined;
  /** The highest number accepted on it. */
  n = 0;

  constructor(world: World, server: string) {
    this.world = world;
    this.server = server;
  }

  addEventListener(type: string, ear: (event: { data: unknown; code: number; reason: string }) => void): void {
    this.ears.set(type, ear);
  }

  tell(type: "open" | "message" | "close", data?: string): void {
    this.ears.get(type)?.({ data, code: 1006, reason: "" });
  }

  send(data: string): void {
    if (!this.gone && !this.#orphan) this.world.toServer(this, data);
  }

  /** Its client is killed: nobody hears what comes, and the server learns of it after what was sent. */
  orphan(): void {
    this.#orphan = true;
    this.ears.clear();
    this.world.later(GOODBYE_MS, () => this.close());
  }

  close(): void {
    this.gone = true;
  }
}

export class World implements Host {
  readonly log: Line[] = [];
  readonly random: () => number;
  readonly #faults: Faults;
  #time = 0;
  #serial = 0;
  /** What is to happen, by time and then in the order it was asked for. */
  #agenda: { at: number; serial: number; what: () => void }[] = [];
  readonly #wires = new Set<Wire>();
  /** How likely each single thing goes wrong; none once healed. */
  trouble = 0.02;

  constructor(seed: number, faults: Faults) {
    this.random = lot(seed);
    this.#faults = faults;
  }

  now(): number {
    return this.#time;
  }

  later(ms: number, callback: () => void): () => void {
    const entry = { at: this.#time + ms, serial: this.#serial++, what: callback };
    this.#agenda.push(entry);
    return () => {
      this.#agenda = this.#agenda.filter((other) => other !== entry);
    };
  }

  /** Runs until `done`, which must come within `ms` of the world's time; the real event loop turns in between. */
  async run(done: () => boolean, ms: number): Promise<void> {
    for (const end = this.#time + ms; !done(); ) {
      // What clients do at the end of their turn.
      await Promise.resolve();
      const next = this.#agenda.sort((a, b) => a.at - b.at || a.serial - b.serial).shift();
      if (next === undefined || next.at > end) throw new Error(`not done after ${ms} ms of the world`);
      this.#time = Math.max(this.#time, next.at);
      next.what();
    }
  }

  connect(url: string): Wire {
    const named = /servers\/(\w+)\/ws$/.exec(url)?.[1];
    const wire = new Wire(this, named ?? "main");
    this.#wires.add(wire);
    if (this.#chance("refused")) this.#deliver(() => this.#cut(wire));
    else if (!this.#chance("silent")) this.#deliver(() => wire.gone || wire.tell("open"));
    return wire;
  }

  toServer(wire: Wire, data: string): void {
    if (this.#chance("cut")) this.#deliver(() => this.#cut(wire));
    if (this.#chance("silent")) wire.silent = true;
    if (wire.silent) return;
    this.#deliver(() => {
      if (wire.gone || wire.silent) return;
      if (this.#chance("lostFrame")) this.#cut(wire);
      else if (data === "ping") this.#toClient(wire, ["pong"]);
      else this.#serve(wire, data.split("\n").map((line) => JSON.parse(line) as ClientMessage)); // biome-ignore format: one thing
    });
  }

  /** One frame, as a server takes it. */
  #serve(wire: Wire, objects: ClientMessage[]): void {
    const answers: object[] = [];
    const said: Line[] = [];
    let goes: string | undefined;
    for (const object of objects) {
      if (object.type === "client_join_req") answers.push(...this.#join(wire, object));
      else if (object.type === "client_leave_req") goes = "leave";
      else if (object.type === "send") {
        const answer = this.#say(wire, object.text, object.n ?? wire.n + 1);
        if (answer && "error" in answer) answers.push(answer.error);
        else if (answer) said.push(answer.line);
      }
    }
    if (this.#chance("moved")) goes = "disconnect";
    else if (this.#chance("slow")) goes = "slow";
    this.#toClient(wire, answers.map((answer) => JSON.stringify(answer))); // biome-ignore format: one thing
    const lines = said.map((line) => JSON.stringify(line));
    const last = lines.at(-1);
    if (last !== undefined && this.#chance("repeated")) lines.push(last);
    for (const other of this.#wires) if (other.session !== undefined) this.#toClient(other, lines);
    if (goes === undefined) return;
    this.#toClient(wire, [JSON.stringify({ type: "exit", reason: goes, servers: this.#entries() })]);
    wire.session = undefined;
  }

  #join(wire: Wire, join: ClientMessage & { type: "client_join_req" }): object[] {
    const session = join.session ?? `${join.name}-${this.#serial}`;
    const known = this.log.filter(({ id }) => id === session).length;
    wire.session = session;
    wire.n = Math.max(known, join.n ?? 0);
    const cursor = join.cursor ?? this.#cursor();
    const past = join.cursor ? this.log.filter(({ origin, seq }) => seq > (cursor[origin] ?? 0)) : this.log.slice(-50);
    const { name } = join;
    const servers = this.#entries();
    const more = { servers, names: [], count: 1, chat: "lobby", server: wire.server };
    if (this.#chance("lostWelcome")) {
      this.#cut(wire);
      return [];
    }
    return [{ type: "welcome", name, id: session, session, n: known, cursor, ...more }, ...past];
  }

  #say(wire: Wire, text: string, n: number): { error: object } | { line: Line } | undefined {
    const { session: id } = wire;
    if (id === undefined) throw new Error("a client spoke before it joined");
    const known = this.log.find((line) => line.id === id && line.n === n);
    if (known) {
      if (known.text !== text) throw new Error(`number ${n} was used for two texts`);
      wire.n = Math.max(wire.n, n);
      return undefined;
    }
    if (this.#chance("busy")) return { error: { type: "error", code: "busy", message: "", n, retry: 300 } };
    if (n !== wire.n + 1) return { error: { type: "error", code: "n_gap", message: "", n: wire.n + 1 } };
    // A server that lost its memory lost what waited for the flush, and goes on from its log.
    if (this.#chance("forgot")) return undefined;
    wire.n = n;
    const origin = `${wire.server}#1`;
    const seq = this.log.filter((line) => line.origin === origin).length + 1;
    const line = { type: "message" as const, id, name: id, text, n, origin, seq, time: Math.floor(this.#time) };
    this.log.push(line);
    return { line };
  }

  #cursor(): Cursor {
    const cursor: Cursor = {};
    for (const { origin, seq } of this.log) cursor[origin] = seq;
    return cursor;
  }

  #entries = (): ServerEntry[] =>
    SERVERS.map((name) => ({ name, status: "alive", url: `/chats/lobby/servers/${name}/ws` }));

  #toClient(wire: Wire, lines: string[]): void {
    if (lines.length === 0) return;
    this.#deliver(() => {
      if (wire.gone || wire.silent) return;
      if (this.#chance("cut")) this.#cut(wire);
      else wire.tell("message", lines.join("\n"));
    });
  }

  #cut(wire: Wire): void {
    if (wire.gone) return;
    wire.gone = true;
    wire.session = undefined;
    wire.tell("close");
  }

  /** Every way takes 5 ms, so that what goes one way stays in order. */
  #deliver(what: () => void): void {
    this.later(5, what);
  }

  #chance(fault: keyof Faults): boolean {
    if (this.random() >= this.trouble) return false;
    this.#faults[fault]++;
    return true;
  }
}
