/**
 * A person with the client library whose program is closed, killed and started again: all a new one knows is what was stored. What is heard is
 * written down as the frames bring it, before the library looks for repetitions; like all that is not stored, it goes with a killed program.
 */
import { Client, type Host, type Socket, type Storage } from "../../client/lib/index.ts";
import type { ServerMessage } from "../../src/chat/wire.ts";
import { Cable } from "./cable.ts";
import type { Of } from "./record.ts";

export type Line = Of<"message">;

/** Milliseconds between two looks whether a person is welcomed. */
const LOOK_MS = 20;

/** What a text says: what its author had heard last of each other one, by name. */
export type After = { [name: string]: number };
export const afterOf = (text: string): After => JSON.parse(text) as After;

/** One program: its sockets and timers are no more when it is killed. */
class Life implements Host {
  readonly #hear: (frame: string) => void;
  readonly random: () => number;
  readonly #sockets = new Set<WebSocket>();
  #dead = false;

  constructor(random: () => number, hear: (frame: string) => void) {
    this.random = random;
    this.#hear = hear;
  }

  now = () => performance.now();

  later(ms: number, callback: () => void): () => void {
    const timer = setTimeout(() => this.#dead || callback(), ms);
    return () => clearTimeout(timer);
  }

  connect(url: string): Socket {
    const socket = new WebSocket(url);
    this.#sockets.add(socket);
    const addEventListener = (type: "open" | "message" | "close", ear: (event: never) => void) =>
      socket.addEventListener(type, (event) => {
        // One that was let go says nothing more.
        if (this.#dead || !this.#sockets.has(socket)) return;
        if (event instanceof MessageEvent) this.#hear(String(event.data));
        ear(event as never);
      });
    const close = () => {
      this.#sockets.delete(socket);
      socket.close();
    };
    return { addEventListener, send: (data) => socket.send(data), close };
  }

  kill(): void {
    this.#dead = true;
    for (const socket of this.#sockets) socket.close();
  }
}

export class Person {
  readonly name: string;
  readonly #chat: string;
  readonly #random: () => number;
  readonly #cable: Cable;
  #life!: Life;
  #client!: Client;
  /** What it said: text n-1 has the number n. */
  said: string[] = [];
  /** What it heard, in this order and over all its lives. */
  heard: Line[] = [];
  /** The highest number heard of each name. */
  #seen = new Map<string, number>();
  /** The highest number echoed. */
  echoed = 0;
  resets = 0;
  /** What should not have happened at all. */
  readonly wrong: string[] = [];
  /** What is stored, and how much had been said and heard then. */
  #kept: { text: string | undefined; said: number; heard: number } = { text: undefined, said: 0, heard: 0 };

  private constructor(name: string, chat: string, random: () => number, cable: Cable) {
    this.name = name;
    this.#chat = chat;
    this.#random = random;
    this.#cable = cable;
  }

  /** Joins the chat of a deployment on one of its servers, by a cable of its own. `random`: its lot. */
  static async join(url: string, chat: string, server: string, name: string, random: () => number): Promise<Person> {
    const person = new Person(name, chat, random, await Cable.lay(url));
    person.#live(server);
    while (person.#client.state.is !== "online") await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    return person;
  }

  get id(): string {
    return this.#client.id ?? "";
  }

  /** Says what it heard last of each other one. */
  say(): void {
    const text = JSON.stringify(Object.fromEntries([...this.#seen].filter(([name]) => name !== this.name)));
    const n = this.#client.send(text);
    if (this.said.push(text) !== n) this.wrong.push(`number ${n} for text ${this.said.length}`);
  }

  /** The program ends in peace, and the next one goes to another server. */
  roam(server: string): void {
    this.#client.close();
    this.#live(server);
  }

  /** The program is killed, and the next one goes to another server. */
  kill(server: string): void {
    this.#life.kill();
    this.said.length = this.#kept.said;
    this.heard.length = this.#kept.heard;
    this.#seen = new Map();
    for (const line of this.heard) this.#see(line);
    this.#live(server);
  }

  /** The connection breaks in the middle of whatever is on its way. */
  break(): void {
    this.#cable.cut();
    this.#cable.mend();
  }

  end(): void {
    this.#life.kill();
    this.#cable.remove();
  }

  #live(server: string): void {
    const storage: Storage = {
      load: () => this.#kept.text,
      save: (text) => {
        this.#kept = { text, said: this.said.length, heard: this.heard.length };
      },
    };
    this.#life = new Life(this.#random, (frame) => this.#hear(frame));
    const { name } = this;
    this.#client = new Client({ url: this.#cable.url, chat: this.#chat, server, name, storage }, this.#life);
    this.#client.on("echoed", ({ n }) => {
      this.echoed = Math.max(n, this.echoed);
    });
    this.#client.on("failed", (failure) => this.wrong.push(JSON.stringify(failure)));
    this.#client.on("object", (object) => object.type === "unsupported" && this.wrong.push(object.line));
    this.#client.start();
  }

  #hear(frame: string): void {
    if (frame === "pong") return;
    for (const text of frame.split("\n")) {
      const object = JSON.parse(text) as ServerMessage;
      if (object.type === "reset") this.resets++;
      if (object.type !== "message") continue;
      this.heard.push(object);
      this.#see(object);
    }
  }

  #see({ name, n }: Line): void {
    this.#seen.set(name, Math.max(n, this.#seen.get(name) ?? 0));
  }
}
