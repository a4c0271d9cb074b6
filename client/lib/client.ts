/** The client: the machine with a socket, a clock and ears. Nothing here decides anything. */
import { MAX_TEXT } from "../../src/chat/limits.ts";
import { between } from "../../src/chat/parse.ts";
import { FullError, LeftError, TextError } from "./errors.ts";
import type { Host, Socket } from "./host.ts";
import type { Outgoing } from "./outbox.ts";
import { chatUrl } from "./places.ts";
import type { Message } from "./read.ts";
import { readSnapshot } from "./snapshot.ts";
import {
  type Action,
  type Event,
  type Failure,
  type Heard,
  initial,
  isFinal,
  type Options,
  type Snapshot,
  type State,
  type Status,
  snapshotOf,
} from "./state.ts";
import { step } from "./step.ts";
import type { Storage } from "./storage.ts";

/** What a client tells. */
export interface Events {
  /** Everything that came, in order; a repeated message once. */
  object: Heard;
  state: Status;
  /** A message came again, by another way: where one is now it is there, too. */
  repeated: Message;
  /** A message of one's own is durable: everyone gets it. */
  echoed: Outgoing;
  /** A message of one's own will not be delivered. */
  failed: Failure;
  /** The storage threw this. It is told once, and the chat goes on; what is said may not survive the program. */
  unsaved: unknown;
}

/** An event without the time and the lot of its turn. */
type Happening = Event extends infer E ? (E extends Event ? Omit<E, "now" | "random"> : never) : never;

export class Client {
  readonly #host: Host;
  readonly #storage: Storage | undefined;
  readonly #machine: State;
  readonly #ears: { [E in keyof Events]: Set<(event: Events[E]) => void> } = {
    object: new Set(),
    state: new Set(),
    repeated: new Set(),
    echoed: new Set(),
    failed: new Set(),
    unsaved: new Set(),
  };
  #socket: Socket | undefined;
  #callOff: (() => void) | undefined;
  #pumping = false;
  #unsaved = false;
  readonly #events: Happening[] = [];

  /**
   * Does not connect yet; see `connect`. Throws RangeError if `options.url` is no URL of a deployment, SnapshotError if what is stored is no
   * snapshot of this chat, and whatever the storage throws.
   */
  constructor(options: Options, host: Host) {
    const { url, chat, storage } = options;
    this.#host = host;
    this.#storage = storage;
    const stored = storage?.load() ?? undefined;
    this.#machine = initial(options, stored === undefined ? undefined : readSnapshot(stored, chatUrl(url, chat)));
  }

  /** How it stands with the connection. */
  get state(): Status {
    return this.#machine.status;
  }

  /** The own public id, once welcomed. */
  get id(): string | undefined {
    return this.#machine.id;
  }

  /** How many messages wait for their echo. */
  get waiting(): number {
    return this.#machine.outbox.waiting.length;
  }

  /** Calls `ear` at each such event; answers how to end that. */
  on<E extends keyof Events>(event: E, ear: (event: Events[E]) => void): () => void {
    this.#ears[event].add(ear);
    return () => void this.#ears[event].delete(ear);
  }

  /** Begins. Events come only later, so that ears can be added first. */
  start(): this {
    this.#step({ type: "start" });
    return this;
  }

  /**
   * Says something and answers its number; it arrives once and in order, also if the connection is lost meanwhile. Half a surrogate
   * pair, which no text has, becomes U+FFFD. Throws TextError if the text has not 1 to 4096 characters, FullError if too much waits, and
   * LeftError after `leave` or the end.
   */
  send(text: string): number {
    const sound = text.toWellFormed();
    if (!between(sound, MAX_TEXT)) throw new TextError(`a text has 1 to ${MAX_TEXT} characters`);
    if (this.#machine.wantsLeave || isFinal(this.#machine)) throw new LeftError("this client has left the chat");
    if (!this.#machine.outbox.hasRoom(sound)) throw new FullError("too much waits to be delivered");
    const n = this.#machine.outbox.add(sound);
    // Once per turn: what is said in one turn goes in one frame.
    if (!this.#pumping) {
      this.#pumping = true;
      void Promise.resolve().then(() => {
        this.#pumping = false;
        this.#step({ type: "pump" });
      });
    }
    return n;
  }

  /** Leaves once everything is echoed; `state` is final then. Bound it with `close` if it must not wait. */
  leave(): void {
    this.#step({ type: "leave" });
  }

  /** Ends at once and without a word; what was not echoed stays in the snapshot. */
  close(): void {
    this.#step({ type: "close" });
  }

  /** Tries now instead of waiting; for when the network is known to be back. */
  retryNow(): void {
    this.#step({ type: "retry" });
  }

  /** What to store, to go on later as the same person. */
  snapshot(): Snapshot {
    return snapshotOf(this.#machine);
  }

  /** One event after the other: what an ear does has its turn when all actions of this one are done. */
  #step(event: Happening): void {
    this.#events.push(event);
    if (this.#events.length > 1) return;
    try {
      for (let next: Happening | undefined = event; next; next = this.#events[0]) {
        const moment = { now: this.#host.now(), random: this.#host.random() };
        for (const action of step(this.#machine, { ...next, ...moment } as Event)) this.#perform(action);
        this.#events.shift();
      }
    } finally {
      this.#events.length = 0;
    }
  }

  /** An ear that throws harms nobody else; its error is the host's to report. */
  #tell<E extends keyof Events>(type: E, event: Events[E]): void {
    for (const ear of this.#ears[type]) {
      try {
        ear(event);
      } catch (error) {
        this.#report(error);
      }
    }
  }

  #report(error: unknown): void {
    this.#host.later(0, () => {
      throw error;
    });
  }

  #save(): void {
    try {
      this.#storage?.save(JSON.stringify(this.snapshot()));
      // It may have taken its time.
      this.#machine.savedAt = this.#host.now();
    } catch (error) {
      if (this.#unsaved) return;
      this.#unsaved = true;
      if (this.#ears.unsaved.size === 0) this.#report(error);
      this.#tell("unsaved", error);
    }
  }

  #perform(action: Action): void {
    switch (action.do) {
      case "open":
        this.#open(action.socket, action.url);
        break;
      case "send":
        this.#socket?.send(action.frame);
        break;
      case "close":
        // What a socket that is let go still brings has an old number.
        this.#socket?.close();
        this.#socket = undefined;
        break;
      case "wake":
        this.#callOff?.();
        this.#callOff =
          action.at === undefined
            ? undefined
            : this.#host.later(Math.max(0, action.at - this.#host.now()), () => this.#step({ type: "wake" }));
        break;
      case "tell":
        this.#tell("object", action.object);
        break;
      case "status":
        this.#tell("state", action.status);
        break;
      case "repeated":
        this.#tell("repeated", action.message);
        break;
      case "echoed":
        this.#tell("echoed", action.message);
        break;
      case "failed":
        this.#tell("failed", action.message);
        break;
      case "save":
        this.#save();
    }
  }

  #open(socket: number, url: string): void {
    try {
      this.#socket = this.#host.connect(url);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#host.later(0, () => this.#step({ type: "closed", socket, why }));
      return;
    }
    const ours = this.#socket;
    ours.addEventListener("open", () => this.#step({ type: "open", socket }));
    ours.addEventListener("message", ({ data }) =>
      this.#step({ type: "frame", socket, data: typeof data === "string" ? data : null }),
    );
    // An error is always followed by this.
    ours.addEventListener("close", ({ code, reason }) => {
      const why = `the connection closed (${reason === "" ? code : `${code} ${reason}`})`;
      this.#step({ type: "closed", socket, why });
    });
  }
}

/** Connects to a chat, under a name. */
export const connect = (options: Options, host: Host): Client => new Client(options, host).start();
