/**
 * A client of the simulation that keeps the contract, and holds every server to it: no message twice, none missing between two it gets of one
 * origin, each as it was written.
 */
import type { Cursor, ServerMessage } from "../../src/chat/wire.ts";
import type { Server } from "./server.ts";
import type { World } from "./world.ts";

/** How many of the things an author had seen last are checked to come first. */
const CAUSES = 10;

export class Person {
  readonly name: string;
  readonly world: World;
  id = "";
  session: string | undefined;
  cursor: Cursor | undefined;
  /** Texts said, the n-1st under number n. */
  readonly said: string[] = [];
  echoed = 0;
  /** Every message it got, as `id n`, in the order it got them. */
  readonly got = new Set<string>();
  /** Messages at or below this it need not have got: it came when they had been said. */
  #start: Cursor = {};
  server: Server | undefined;
  welcome = false;
  /** Whether it wants to be there. */
  present = false;
  resets = 0;
  #key = 0;
  #arrives = 0;
  #pausing = false;

  constructor(name: string, world: World) {
    this.name = name;
    this.world = world;
  }

  /** Milliseconds until something sent now is there; nothing overtakes on one connection. */
  delay(): number {
    const { world } = this;
    this.#arrives = Math.max(this.#arrives, world.now + 1 + world.random.below(world.faulty ? 200 : 5));
    return this.#arrives - world.now;
  }

  connect(server: Server): void {
    this.leaveSocket();
    this.present = true;
    this.server = server;
    const { session, cursor, name, echoed } = this;
    this.#key = server.connect(this);
    this.world.say(`${name} connects to ${server.name}`);
    this.#send({
      type: "client_join_req",
      name,
      ...(session ? { session, n: echoed } : {}),
      ...(cursor ? { cursor } : {}),
    });
  }

  say(): void {
    this.said.push(`${this.name} says ${this.said.length + 1}`);
    // Without a reset; after one, what it had seen may be missing here.
    if (this.resets === 0) this.world.causes.set(`${this.id} ${this.said.length}`, [...this.got].slice(-CAUSES));
    if (this.welcome) this.#say(this.said.length);
  }

  leave(): void {
    if (!this.welcome || this.echoed < this.said.length) return;
    this.present = false;
    this.welcome = false;
    this.#send({ type: "client_leave_req" });
  }

  /** The connection is lost without a word. */
  leaveSocket(): void {
    const { server } = this;
    const key = this.#key;
    this.server = undefined;
    this.welcome = false;
    if (!server?.sockets.delete(key)) return;
    this.world.after(this.world.random.below(100), () => server.happen({ type: "close", client: key }));
  }

  closed(server: Server, key: number): void {
    if (this.server !== server || this.#key !== key) return;
    this.server = undefined;
    this.welcome = false;
  }

  heard(server: Server, key: number, frame: string): void {
    if (this.server !== server || this.#key !== key) return;
    this.world.say(`${this.name} < ${server.name} ${frame.replaceAll("\n", " ").slice(0, 300)}`);
    for (const line of frame.split("\n")) this.#hear(JSON.parse(line) as ServerMessage);
  }

  #hear(told: ServerMessage): void {
    if (told.type === "error") this.#refused(told.code, told.retry, JSON.stringify(told));
    if (told.type === "reset") {
      this.resets++;
      for (let n = this.echoed + 1; n <= this.said.length; n++) this.world.causes.delete(`${this.id} ${n}`);
    }
    if (told.type === "exit") this.welcome = false;
    if (told.type === "message") this.#message(told);
    if (told.type !== "welcome") return;
    this.id = told.id;
    this.session = told.session;
    if (this.cursor === undefined) this.#start = told.cursor;
    this.cursor = { ...told.cursor };
    this.welcome = true;
    this.#again();
  }

  /** Says again what was not echoed. */
  #again(): void {
    for (let n = this.echoed + 1; n <= this.said.length; n++) this.#say(n);
  }

  /** What was refused is said again later, in order; other errors nobody who keeps the contract gets. */
  #refused(code: string, retry: number | undefined, line: string): void {
    if (code !== "leaving" && code !== "waiting" && code !== "n_gap") throw new Error(`${this.name} is told ${line}`);
    const key = this.#key;
    if (this.#pausing) return;
    this.#pausing = true;
    this.world.after(retry ?? 300, () => {
      this.#pausing = false;
      if (this.welcome && this.#key === key) this.#again();
    });
  }

  #message(told: Extract<ServerMessage, { type: "message" }>): void {
    const { id, n, origin, seq, text } = told;
    const { world, cursor } = this;
    const message = `${id} ${n}`;
    if (!world.isWritten(origin, seq, told)) throw new Error(`${this.name} gets ${text}, which nobody wrote`);
    if (cursor === undefined) throw new Error(`${this.name} gets a message before its welcome`);
    const before = cursor[origin] ?? 0;
    if (this.got.has(message) && this.resets === 0) throw new Error(`${this.name} gets ${text} twice`);
    if (this.resets === 0)
      for (const cause of world.causes.get(message) ?? [])
        if (!this.got.has(cause) && !world.places(cause).some(([origin, seq]) => seq <= (this.#start[origin] ?? 0)))
          throw new Error(`${this.name} gets ${text} before what its author had seen: ${cause}`);
    this.got.add(message);
    for (let missed = before + 1; missed < seq; missed++) {
      const copies = world.places(world.messageAt(origin, missed));
      const known = ([origin, seq]: [string, number]) => seq <= (cursor[origin] ?? 0);
      if (!copies.some(known) && this.resets === 0)
        throw new Error(`${this.name} gets ${origin} ${seq} without ${missed}`);
      world.count("a copy spared");
    }
    cursor[origin] = Math.max(before, seq);
    if (id === this.id) this.echoed = Math.max(this.echoed, n);
  }

  #say(n: number): void {
    this.#send({ type: "send", text: this.said[n - 1], n });
  }

  #send(message: object): void {
    const { server, world } = this;
    const key = this.#key;
    if (!server) return;
    world.after(this.delay(), () => {
      if (server.sockets.has(key)) server.happen({ type: "frame", client: key, data: JSON.stringify(message) });
    });
  }
}
