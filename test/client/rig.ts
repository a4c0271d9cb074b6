/** The machine by hand: a test opens, speaks, cuts and lets time pass, and looks at what the client wants done. */
import { type Action, type Event, initial, type Options, type Snapshot, type State } from "../../client/lib/state.ts";
import { step } from "../../client/lib/step.ts";
import type { ServerEntry } from "../../src/chat/wire.ts";

export const URL = "http://chat.test";
/** The public id of the client in these tests, and its secret. */
export const ID = "1d";
export const SESSION = "5e".repeat(16);
export const at = (server: string) => `ws://chat.test/chats/lobby/servers/${server}/ws`;
export const HOME = "ws://chat.test/chats/lobby/ws";

export const entry = (name: string, status: ServerEntry["status"] = "alive"): ServerEntry => ({
  name,
  status,
  url: `/chats/lobby/servers/${name}/ws`,
});

type Happening = Event extends infer E ? (E extends Event ? Omit<E, "now" | "random"> : never) : never;
type Done<D extends Action["do"]> = Extract<Action, { do: D }>;

export class Rig {
  readonly state: State;
  /** All actions so far. */
  readonly done: Action[] = [];
  now = 0;
  /** The lot of the events to come. */
  random = 0.5;

  constructor({ resume, ...options }: Partial<Options> & { resume?: Partial<Snapshot> } = {}) {
    const snapshot = resume && { chat: HOME, n: 0, outbox: [], ...resume };
    this.state = initial({ url: URL, chat: "lobby", name: "John", ...options }, snapshot);
    this.happen({ type: "start" });
  }

  happen(event: Happening): Action[] {
    const actions = step(this.state, { ...event, now: this.now, random: this.random } as Event);
    this.done.push(...actions);
    return actions;
  }

  all<D extends Action["do"]>(what: D, actions: Action[] = this.done): Done<D>[] {
    return actions.filter((action): action is Done<D> => action.do === what);
  }

  /** The URLs opened so far. */
  get opened(): string[] {
    return this.all("open").map(({ url }) => url);
  }

  /** The objects sent by these actions. */
  sent(actions: Action[] = this.done): Record<string, unknown>[] {
    return this.all("send", actions)
      .filter(({ frame }) => frame !== "ping")
      .flatMap(({ frame }) => frame.split("\n").map((line) => JSON.parse(line) as Record<string, unknown>));
  }

  /** The numbers these actions send. */
  numbers(actions: Action[] = this.done): unknown[] {
    return this.sent(actions).flatMap(({ type, n }) => (type === "send" ? [n] : []));
  }

  open(): Action[] {
    return this.happen({ type: "open", socket: this.state.socket });
  }

  /** One frame with these objects, one per line. */
  hear(...objects: (object | string)[]): Action[] {
    const lines = objects.map((object) => (typeof object === "string" ? object : JSON.stringify(object)));
    return this.happen({ type: "frame", socket: this.state.socket, data: lines.join("\n") });
  }

  /** Opens and is welcomed; `more` comes in the same frame. */
  welcome(fields: object = {}, ...more: object[]): Action[] {
    this.open();
    return this.hear(welcome(fields), ...more);
  }

  say(...texts: string[]): Action[] {
    for (const text of texts) this.state.outbox.add(text);
    return this.happen({ type: "pump" });
  }

  cut(): Action[] {
    return this.happen({ type: "closed", socket: this.state.socket, why: "cut" });
  }

  /** Lets `ms` pass, waking the machine whenever it asked for it. */
  pass(ms: number): Action[] {
    const end = this.now + ms;
    const before = this.done.length;
    while (this.state.wake !== undefined && this.state.wake <= end) {
      this.now = Math.max(this.now, this.state.wake);
      this.happen({ type: "wake" });
    }
    this.now = end;
    return this.done.slice(before);
  }

  /** The delay until the next try, or -1 if none is planned. */
  get delay(): number {
    const { status } = this.state;
    return status.is === "offline" && !status.final ? status.until - this.now : -1;
  }
}

export const welcome = (fields: object = {}) => ({
  type: "welcome",
  chat: "lobby",
  server: "main",
  name: "John",
  session: SESSION,
  id: ID,
  n: 0,
  cursor: {},
  servers: [entry("main")],
  names: [],
  count: 1,
  ...fields,
});

/** A message, by default of the client itself: number `n` of main. */
export const message = (n: number, text: string, fields: object = {}) => ({
  type: "message",
  name: "John",
  text,
  id: ID,
  n,
  origin: "main#1",
  seq: n,
  time: 1_790_000_000_000,
  ...fields,
});
