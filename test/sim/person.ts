/** A client of the simulation that keeps the contract: it resumes where it was, and says again what was not echoed. */
import type { Cursor, ServerMessage } from "../../src/chat/wire.ts";
import type { Server } from "./server.ts";
import { Stream } from "./stream.ts";
import { View } from "./view.ts";
import type { World } from "./world.ts";

/** Characters of lines a client puts into one frame, as the client library does. */
const FRAME = 60_000;
/** Parts of a window that are heard between two acks. */
const ACKS = 8;
/** Errors after which a client says the same again. */
const NOT_NOW = new Set(["busy", "leaving", "waiting", "n_gap"]);

/** A connection, as its person knows it. */
interface Place {
  server: Server;
  key: number;
}

export class Person {
  readonly name: string;
  readonly world: World;
  readonly stream: Stream;
  readonly view: View;
  id = "";
  session: string | undefined;
  /** Texts said, the n-1st under number n. */
  readonly said: string[] = [];
  echoed = 0;
  /** The highest number the server knew at the welcome. */
  #known = 0;
  /** The newest connection: here it speaks and listens. */
  #place: Place | undefined;
  /** Connections it has left open elsewhere. */
  readonly #elsewhere: Place[] = [];
  welcome = false;
  /** Whether it wants to be there. */
  present = false;
  /** Whether it goes as soon as it is welcome: it only wanted to be seen. */
  visiting = false;
  #arrives = 0;
  /** Characters heard since the last `ack`. */
  #unacked = 0;
  #pausing = false;

  constructor(name: string, world: World) {
    this.name = name;
    this.world = world;
    this.stream = new Stream(world.ledger);
    this.view = new View(world.bounds.crowd.listed);
  }

  get server(): Server | undefined {
    return this.#place?.server;
  }

  /** Milliseconds until something sent now is there; nothing overtakes on one connection. */
  delay(): number {
    const { world } = this;
    this.#arrives = Math.max(this.#arrives, world.now + 1 + world.random.below(world.faulty ? 200 : 5));
    return this.#arrives - world.now;
  }

  /** Connects; `also`: the connection it has stays open. */
  connect(server: Server, also = false): void {
    if (also && this.#place) this.#elsewhere.push(this.#place);
    else this.leaveSocket();
    this.present = true;
    this.welcome = false;
    this.#place = { server, key: server.connect(this) };
    const { session, name, echoed } = this;
    const { cursor } = this.stream;
    this.world.say(`${name} connects to ${server.name}`);
    const join = { type: "client_join_req", name, ...(session ? { session, n: echoed } : {}) };
    this.#send([JSON.stringify(cursor ? { ...join, cursor } : join)], this.delay());
  }

  /** Connects to any server that runs, or `main`. */
  goHome(): void {
    const { world } = this;
    if (this.present && !this.#place) this.connect(world.random.pick([...world.alive(), world.server("main")]));
  }

  /** Says something in one go, once or several times, with texts of a length. */
  say(times = 1, length = 0): void {
    const { ledger, random } = this.world;
    const first = this.said.length + 1;
    // Who does not wait for the welcome does not know whether what it has seen is there: it may rely on nothing.
    const hasty = !this.welcome && random.oneIn(4);
    for (let n = first; n < first + times; n++) {
      this.said.push(`${this.name} says ${n}`.padEnd(length, " ."));
      if (hasty) ledger.late.add(`${this.id} ${n}`);
      else ledger.causes.set(`${this.id} ${n}`, this.stream.seen());
    }
    if (this.welcome || hasty) this.#say(first);
  }

  leave(): void {
    if (!this.welcome || this.echoed < this.said.length) return;
    this.present = false;
    this.welcome = false;
    this.#send(['{"type":"client_leave_req"}'], this.delay());
  }

  /** The connection is lost, and it does not come back by itself. */
  vanish(): void {
    if (!this.server) return;
    this.world.count("vanished");
    this.present = false;
    this.leaveSocket();
  }

  /** The connection is lost without a word. */
  leaveSocket(): void {
    const place = this.#place;
    this.#place = undefined;
    this.welcome = false;
    place?.server.sockets.drop(place.key);
  }

  /** The connections it had left open are lost. */
  leaveElsewhere(): void {
    for (const { server, key } of this.#elsewhere.splice(0)) server.sockets.drop(key);
  }

  #isHere(server: Server, key: number): boolean {
    return this.#place?.server === server && this.#place.key === key;
  }

  closed(server: Server, key: number): void {
    const index = this.#elsewhere.findIndex((place) => place.server === server && place.key === key);
    if (index >= 0) this.#elsewhere.splice(index, 1);
    if (!this.#isHere(server, key)) return;
    this.#place = undefined;
    this.welcome = false;
    if (!this.world.faulty) this.world.after(1000, () => this.goHome());
  }

  heard(server: Server, key: number, lines: string[]): void {
    if (!this.#isHere(server, key)) return;
    const { world } = this;
    this.#unacked += lines.reduce((sum, line) => sum + line.length + 1, 0);
    if (world.tracing) world.say(`${this.name} < ${server.name} ${lines.join(" ").slice(0, 300)}`);
    // The first lines belong together: a welcome and the reset that goes with it.
    const cut = lines.length > 4 && world.fault("cut in the middle of a frame", 60);
    const end = cut ? 2 + world.random.below(lines.length - 2) : lines.length;
    for (let i = 0; i < end; i++) this.#hear(lines[i] as string);
    if (this.#unacked > this.world.bounds.window / ACKS && this.welcome) this.#ack();
    if (!cut) return;
    this.leaveSocket();
    this.goHome();
  }

  /** Says how far it is, unless it is one that never does. */
  #ack(): void {
    this.#unacked = 0;
    const { cursor } = this.stream;
    if (this.name.endsWith("5")) this.world.count("no ack");
    else this.#send([JSON.stringify({ type: "ack", cursor })], this.delay());
  }

  #hear(line: string): void {
    const message = this.world.ledger.read(line);
    const told: ServerMessage = message ?? JSON.parse(line);
    this.view.hear(told);
    if (told.type === "message") this.#message(line, told);
    if (told.type === "error") this.#refused(told.code, told.retry, line);
    if (told.type === "reset") this.#reset(told);
    if (told.type === "exit") this.welcome = false;
    if (told.type !== "welcome") return;
    this.id = told.id;
    this.session = told.session;
    this.#known = told.n;
    this.stream.welcome(told.cursor);
    this.welcome = true;
    if (this.visiting) this.leave();
    else this.#say(this.echoed + 1);
  }

  /** What was not echoed may have been written where nobody can see it, and what is said next does not wait for that. */
  #reset(told: { reason: string; cursor?: Cursor }): void {
    const { ledger } = this.world;
    this.world.count(`reset: ${told.reason}`);
    this.stream.reset(told.cursor);
    // The echo of what the server knows may be among what was trimmed.
    if (told.reason === "trimmed") this.echoed = Math.max(this.echoed, Math.min(this.#known, this.said.length));
    ledger.late.add(`${this.id} ${this.echoed + 1}`);
    for (let n = this.echoed + 1; n <= this.said.length; n++) ledger.causes.delete(`${this.id} ${n}`);
  }

  /** What was refused is said again later, in order; other errors nobody who keeps the contract gets. */
  #refused(code: string, retry: number | undefined, line: string): void {
    if (!NOT_NOW.has(code)) throw new Error(`${this.name} is told ${line}`);
    this.world.count(`told ${code}`);
    const place = this.#place;
    if (this.#pausing) return;
    this.#pausing = true;
    this.world.after(retry ?? 300, () => {
      this.#pausing = false;
      if (this.welcome && this.#place === place) this.#say(this.echoed + 1);
    });
  }

  #message(line: string, told: Extract<ServerMessage, { type: "message" }>): void {
    const { id, n, origin, seq, text } = told;
    const { world } = this;
    try {
      if (!world.ledger.has(line, told)) throw new Error("nobody wrote it");
      if (this.stream.message(told)) world.count("a copy spared");
    } catch (error) {
      throw new Error(`${this.name} gets ${origin} ${seq} '${text.slice(0, 40)}': ${(error as Error).message}`);
    }
    if (id !== this.id) return;
    if (text !== this.said[n - 1]) throw new Error(`${this.name} is told it said ${text}`);
    this.echoed = Math.max(this.echoed, n);
  }

  /** Says all from number `first`; it arrives together. */
  #say(first: number): void {
    const delay = this.delay();
    let frame: string[] = [];
    let size = 0;
    for (let n = first; n <= this.said.length; n++) {
      const line = JSON.stringify({ type: "send", text: this.said[n - 1], n });
      if (size + line.length > FRAME) {
        this.#send(frame, delay);
        frame = [];
        size = 0;
      }
      frame.push(line);
      size += line.length;
    }
    if (frame.length > 0) this.#send(frame, delay);
  }

  #send(lines: string[], delay: number): void {
    const place = this.#place;
    if (!place) return;
    const { server, key } = place;
    const data = lines.join("\n");
    this.world.after(delay, () => {
      if (server.sockets.has(key)) server.happen({ type: "frame", client: key, data });
    });
  }
}
