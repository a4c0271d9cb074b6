/** The connections of one server: they survive its memory, but not a crash, and what is sent takes its time. */
import { type Effect, PARKED, WATCHER } from "../../src/chat/effects.ts";
import type { Remembered } from "../disk.ts";
import type { Server } from "./server.ts";

/** Whoever holds the other end: a person, or somebody who watches. */
export interface End {
  /** Milliseconds until something sent now is there. */
  delay(): number;
  heard(server: Server, key: number, lines: string[]): void;
  closed(server: Server, key: number): void;
}

export class Sockets {
  readonly #server: Server;
  readonly #open = new Map<number, { person: End; attachment: Remembered }>();
  /** Those that are gone, as the server will soon learn. */
  readonly #dropped = new Set<number>();

  constructor(server: Server) {
    this.#server = server;
  }

  /** How many there are. */
  get size(): number {
    return this.#open.size;
  }

  /** How many the server may know. */
  get known(): number {
    return this.#open.size + this.#dropped.size;
  }

  has(key: number): boolean {
    return this.#open.has(key);
  }

  accept(key: number, person: End, attachment: Remembered = null): void {
    this.#open.set(key, { person, attachment });
  }

  /** What each remembers. */
  attachments(): [number, Remembered][] {
    return [...this.#open].map(([key, { attachment }]) => [key, attachment]);
  }

  /** A client's connection is lost; the server learns of it later. */
  drop(key: number): void {
    const { world } = this.#server;
    if (!this.#open.delete(key)) return;
    this.#dropped.add(key);
    world.after(world.random.below(100), () => {
      this.#dropped.delete(key);
      this.#server.happen({ type: "close", client: key });
    });
  }

  /** All are cut. */
  cut(): void {
    for (const [key, { person }] of this.#open) this.#server.world.after(5, () => person.closed(this.#server, key));
    this.#open.clear();
  }

  /** Performs an effect, if it is one for sockets. */
  perform(effect: Effect): void {
    if (effect.do === "tell")
      this.#send(
        effect.frame,
        [...this.#open.keys()].filter((key) => this.isAdmitted(key)),
      );
    const socket = "client" in effect ? this.#open.get(effect.client) : undefined;
    if (!socket) return;
    if (effect.do === "send") this.#send(effect.frame, [effect.client]);
    if (effect.do === "admit") socket.attachment = effect.attachment;
    if (effect.do === "park") socket.attachment = PARKED;
    if (effect.do !== "close") return;
    const { client } = effect;
    this.#open.delete(client);
    this.#server.world.after(socket.person.delay(), () => socket.person.closed(this.#server, client));
  }

  isAdmitted(key: number): boolean {
    const attachment = this.#open.get(key)?.attachment ?? null;
    return attachment !== null && attachment !== PARKED && attachment !== WATCHER;
  }

  /** One frame to some. Of messages only what is durable is told. */
  #send(frame: string, keys: number[]): void {
    const server = this.#server;
    const lines = frame.split("\n");
    server.keeper.checkDurable(lines);
    for (const key of keys) {
      const person = this.#open.get(key)?.person;
      if (person) server.world.after(person.delay(), () => person.heard(server, key, lines));
    }
  }
}
