/** A client that keeps its side of the contract: it counts its messages, raises its cursor, and re-sends what was not echoed. */
import { exports } from "cloudflare:workers";
import type { Cursor, ServerMessage } from "../../src/chat/wire.ts";
import { freshChat, PATIENCE_MS, settled, startServer } from "./helpers.ts";

/** Milliseconds until a welcome: a server that has not yet what someone has seen lets them wait ten seconds. */
const WELCOME_MS = 12_000;

export type Message = ServerMessage & { type: "message" };

/** Opens a WebSocket; a refusal is thrown with its status and body. */
export async function open(path: string): Promise<WebSocket> {
  const url = `https://chatty.example${path}`;
  const response = await exports.default.fetch(url, { headers: { upgrade: "websocket" } });
  if (!response.webSocket) throw new Error(`no WebSocket at ${path}: ${response.status} ${await response.text()}`);
  return response.webSocket;
}

export class Client {
  /** Everything that came, over all connections; `frames` as it came. */
  readonly got: ServerMessage[] = [];
  readonly frames: string[] = [];
  /** Messages by `id` and `n`: the first of each is shown, the others were told once too often. */
  readonly shown: Message[] = [];
  readonly repeated: Message[] = [];
  session: string | undefined;
  id = "";
  cursor: Cursor | undefined;
  /** The highest of its numbers that was echoed, and the highest it gave. */
  n = 0;
  said = 0;
  closed: { code: number; reason: string } | undefined;
  readonly #unechoed = new Map<number, string>();
  readonly #waiting = new Set<() => void>();
  #socket: WebSocket | undefined;
  /** Between welcome and the end of the connection. */
  #live = false;

  readonly chat: string;
  readonly name: string;

  constructor(chat: string, name: string) {
    this.chat = chat;
    this.name = name;
  }

  /** A new person, connected to one server, or to whichever the chat offers. */
  static async join(chat: string, name: string, server?: string): Promise<Client> {
    return new Client(chat, name).connect(server);
  }

  /** Connects without joining. */
  async open(server?: string): Promise<this> {
    const socket = await open(server ? `/chats/${this.chat}/servers/${server}/ws` : `/chats/${this.chat}/ws`);
    this.#socket = socket;
    this.closed = undefined;
    this.#live = false;
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#frame(String(data));
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (socket !== this.#socket) return;
      this.closed = { code, reason };
      this.#live = false;
      this.#look();
    });
    socket.accept();
    return this;
  }

  /** Joins, the second time and later with what it knows of its session, and once it is welcome re-sends what was not echoed. */
  async connect(server?: string): Promise<this> {
    await this.open(server);
    const { session, cursor, n } = this;
    this.raw(JSON.stringify({ type: "client_join_req", name: this.name, session, cursor, n }));
    await this.until(() => this.#live || this.closed !== undefined, "welcome", WELCOME_MS);
    return this;
  }

  /** Loses its connection without a word, if it has one, and connects anew. */
  async reconnect(server?: string): Promise<this> {
    this.drop();
    return this.connect(server);
  }

  /** Waits for `exit`, goes to the living server it names last, and answers which. */
  async moveOn(): Promise<string> {
    await this.until(() => this.closed !== undefined, "exit");
    const server = this.of("exit")
      .at(-1)
      ?.servers.findLast(({ status }) => status === "alive")?.name;
    if (server === undefined) throw new Error(`${this.name} was told of no living server`);
    await this.connect(server);
    return server;
  }

  /** Closes the connection without leaving. */
  drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#live = false;
    socket?.close(1000, "");
  }

  /** Says something; what is said without a connection waits for the next welcome. */
  send(...texts: string[]): void {
    for (const text of texts) {
      this.#unechoed.set(++this.said, text);
      if (this.#live) this.raw(JSON.stringify({ type: "send", text, n: this.said }));
    }
  }

  leave(): void {
    this.raw('{"type":"client_leave_req"}');
  }

  raw(data: string | ArrayBuffer): void {
    this.#socket?.send(data);
  }

  /** What came of one type. */
  of<T extends ServerMessage["type"]>(type: T): (ServerMessage & { type: T })[] {
    return this.got.filter((message): message is ServerMessage & { type: T } => message.type === type);
  }

  /** `John: hi!`, in order. */
  get texts(): string[] {
    return this.shown.map(({ name, text }) => `${name}: ${text}`);
  }

  hears(...texts: string[]): Promise<void> {
    return this.until(() => texts.every((text) => this.shown.some((message) => message.text === text)), `${texts}`);
  }

  /** Resolves as soon as the condition holds. */
  until(holds: (client: this) => boolean, what = String(holds), patience = PATIENCE_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        const arrived = this.frames.join("\n").slice(-4000);
        const closed = this.closed ? `; closed ${this.closed.code} ${this.closed.reason}` : "";
        reject(new Error(`${this.name} waited ${patience} ms for ${what}${closed}; what had arrived:\n${arrived}`));
      }, patience);
      const look = () => {
        if (!holds(this)) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #frame(data: string): void {
    this.frames.push(data);
    for (const line of data.split("\n")) if (line !== "" && line !== "pong") this.#object(JSON.parse(line));
    this.#look();
  }

  #object(message: ServerMessage): void {
    this.got.push(message);
    if (message.type === "welcome") {
      this.session = message.session;
      this.id = message.id;
      this.cursor = message.cursor;
      this.said = Math.max(this.said, message.n);
      this.#live = true;
      for (const [n, text] of this.#unechoed) this.raw(JSON.stringify({ type: "send", text, n }));
    }
    if (message.type !== "message") return;
    const { id, n, origin, seq } = message;
    if (this.cursor) this.cursor = { ...this.cursor, [origin]: Math.max(this.cursor[origin] ?? 0, seq) };
    if (id === this.id) {
      this.n = Math.max(this.n, n);
      this.#unechoed.delete(n);
    }
    const known = this.shown.some((other) => other.id === id && other.n === n);
    (known ? this.repeated : this.shown).push(message);
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }
}

/** Two servers with a person on each, who know of each other, and nothing owed. */
export async function pair() {
  const chat = freshChat();
  const ann = await Client.join(chat, "Ann", "main");
  await startServer(chat, "b");
  const bob = await Client.join(chat, "Bob", "b");
  ann.send("hello");
  await bob.hears("hello");
  await ann.until(() => ann.of("join").some(({ name }) => name === "Bob"), "Bob");
  await settled(chat, "main", "b");
  return { chat, ann, bob };
}
