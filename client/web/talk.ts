/** One's part in a chat: a client of the library, what it tells kept as a conversation, and the past read on demand. */
import { Client, memoryStorage, SnapshotError, type Storage, webStorage } from "../lib/index.ts";
import { host } from "./host.ts";
import { Conversation, type Moment } from "./model/conversation.ts";
import { Past } from "./past.ts";
import type { Tab } from "./tab.ts";

export interface Place {
  chat: string;
  /** The server to begin with; without it the deployment chooses. */
  server?: string;
}

const moment = (): Moment => ({ now: host.now(), time: Date.now() });

export class Talk {
  readonly conversation: Conversation;
  readonly past: Past;
  readonly #client: Client;

  /** Joins. `changed` is called whenever something may look different. */
  constructor(place: Place, name: string, tab: Tab, changed: () => void) {
    const storage = webStorage(tab.items, tab.sessionKey);
    const options = { url: location.origin, ...place, name, storage };
    const [client, lost] = clientOf(options, storage);
    const { cursor, outbox } = client.snapshot();
    const talk = new Conversation(name, client.state, moment(), cursor, outbox);
    if (lost) talk.link.say("What this tab had kept could not be read: you are somebody new", host.now());
    const hear =
      <A>(act: (it: A, at: Moment) => void) =>
      (it: A) => {
        act(it, moment());
        changed();
      };
    client.on("object", hear((object, at) => talk.hear(object, at))); // biome-ignore format: one thing
    client.on("state", hear((status, { now }) => talk.turn(status, now))); // biome-ignore format: one thing
    client.on("repeated", hear((message) => talk.repeated(message))); // biome-ignore format: one thing
    client.on("echoed", hear((message) => talk.echoed(message))); // biome-ignore format: one thing
    client.on("failed", hear((failure) => talk.failed(failure))); // biome-ignore format: one thing
    const unsaved = "This browser keeps nothing more: what is not delivered is lost with this page";
    client.on("unsaved", hear((_, { now }) => talk.link.say(unsaved, now))); // biome-ignore format: one thing
    this.#client = client.start();
    this.conversation = talk;
    this.past = new Past(place.chat, (messages) => talk.earlier(messages));
    const welcomed = new Promise<void>((resolve) => {
      const off = client.on("state", ({ is }) => {
        if (is !== "online") return;
        off();
        resolve();
      });
    });
    // Who was here before is shown where they were; the others are told the latest by the welcome, and this asks for what is before.
    void (cursor ? this.past.read(welcomed) : welcomed.then(() => this.past.read())).finally(changed);
  }

  get waiting(): number {
    return this.#client.waiting;
  }

  /** Whether one is in the chat for good, or not any more. */
  get isOver(): boolean {
    const { state } = this.#client;
    return state.is === "offline" && state.final;
  }

  /** Throws TextError, FullError or LeftError. */
  say(text: string): void {
    const n = this.#client.send(text);
    this.conversation.say({ n, text: text.toWellFormed() }, moment());
  }

  /** Says again what failed. */
  again(key: string): void {
    const text = this.conversation.takeFailed(key);
    if (text !== undefined) this.say(text);
  }

  /** Reads on into the past. */
  earlier(): Promise<void> {
    const { server } = this.conversation.link;
    // The transcript of a server of another deployment is not to be had here.
    return this.past.read(undefined, server?.includes("@") ? undefined : server);
  }

  tryNow(): void {
    this.#client.retryNow();
  }

  leave(): void {
    this.#client.leave();
  }

  /** The page goes; what was heard and said is kept. */
  close(): void {
    this.#client.close();
  }
}

/** A client that goes on from what is stored, or, if that cannot be read, somebody new, and whether that is so. */
function clientOf(options: ConstructorParameters<typeof Client>[0], storage: Storage): [Client, boolean] {
  try {
    return [new Client(options, host), false];
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    const { save } = storage;
    return [new Client({ ...options, storage: { ...memoryStorage(), save } }, host), true];
  }
}
