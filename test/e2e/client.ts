/**
 * A plain WebSocket client that keeps the contract and nothing more: it parses what comes, raises its cursor, counts its messages,
 * and when the connection ends it comes back with session and cursor and says again what was not echoed. It drops no repetition:
 * what a server tells twice is seen twice.
 */
import type { Cursor, ServerEntry, ServerMessage } from "../../src/chat/wire.ts";
import { Record } from "./record.ts";

/** Milliseconds a wait may take if nothing else is said. */
const PATIENCE_MS = 15_000;
/** Milliseconds before an attempt to connect again. */
const RETRY_MS = 100;
/** How many of the objects that came last are shown when a wait was in vain. */
const SHOWN = 8;

export class Client extends Record {
  static readonly #all: Client[] = [];
  /** Every client of a test file has a number, so that they do not all choose the same server. */
  readonly #number = Client.#all.push(this);
  readonly name: string;
  /** What it said: text n-1 has the number n. */
  readonly said: string[] = [];
  /** The close codes of the connections that ended. */
  readonly closed: number[] = [];
  pongs = 0;
  /** The highest number echoed. */
  echoed = 0;
  cursor: Cursor | undefined;
  session: string | undefined;
  id = "";
  /** Whether it comes back when a connection ends. */
  faithful = true;
  #url: string;
  #socket: WebSocket;
  /** Whether the server is to be told what is said, or waits for the join or for the end of a pause. */
  #live = false;
  readonly #waiting = new Set<() => void>();

  /** `url`: of the WebSocket; `cursor`: where to start, if not with what comes of itself. */
  constructor(url: string, name: string, cursor?: Cursor) {
    super();
    this.#url = url.replace(/^http/, "ws");
    this.name = name;
    this.cursor = cursor;
    this.#socket = this.#connect();
  }

  /** Ends the connections of all clients there are, for good. */
  static endAll(): void {
    for (const client of Client.#all) client.end();
  }

  static async join(url: string, name: string, cursor?: Cursor): Promise<Client> {
    const client = new Client(url, name, cursor);
    await client.until("to be welcomed", () => client.session !== undefined);
    return client;
  }

  say(text: string): void {
    this.said.push(text);
    if (this.#live) this.write({ type: "send", text, n: this.said.length });
  }

  leave(): void {
    this.faithful = false;
    this.write({ type: "client_leave_req" });
  }

  /** Goes on at another server, at once. */
  move(url: string): void {
    this.#url = url.replace(/^http/, "ws");
    this.#live = false;
    this.#socket.close();
    this.#socket = this.#connect();
  }

  /** Ends the connection without a word, and for good. */
  end(): void {
    this.faithful = false;
    this.#socket.close();
  }

  /** Sends objects in one frame, one per line, or a bare text as it is. */
  write(...lines: (object | string)[]): void {
    this.#socket.send(lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
  }

  /** Waits until `holds`, which is asked again whenever anything happens here. `what`: what this client is expected to see. */
  until(what: string, holds: () => boolean, ms = PATIENCE_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const timer = setTimeout(() => {
        done();
        const last = this.received.slice(-SHOWN).map((object) => JSON.stringify(object).slice(0, 300));
        const ends = this.closed.length > 0 ? `; closed with ${this.closed}` : "";
        const state = `echoed ${this.echoed} of ${this.said.length}${ends}; what came last:\n${last.join("\n")}`;
        reject(new Error(`${this.name} at ${this.#url} waited ${ms} ms ${what}; ${state}`));
      }, ms);
      const look = () => {
        if (!holds()) return;
        done();
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #connect(): WebSocket {
    const socket = new WebSocket(this.#url);
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      const { name, session, cursor, echoed: n } = this;
      this.write({ type: "client_join_req", name, cursor, ...(session === undefined ? {} : { session, n }) });
    };
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket) return;
      if (data === "pong") this.pongs++;
      else for (const line of String(data).split("\n")) this.#take(JSON.parse(line) as ServerMessage);
      this.#look();
    };
    // An error is always followed by this.
    socket.onclose = ({ code }) => {
      if (socket !== this.#socket) return;
      this.#live = false;
      this.closed.push(code);
      this.#look();
      // Who was moved meanwhile has a newer connection already.
      setTimeout(() => socket === this.#socket && this.#again(), RETRY_MS);
    };
    return socket;
  }

  #again(): void {
    if (this.faithful) this.#socket = this.#connect();
  }

  #take(object: ServerMessage): void {
    this.received.push(object);
    if (object.type === "welcome") {
      const { id, session, cursor } = object;
      Object.assign(this, { id, session, cursor: { ...cursor } });
      this.#resend();
    } else if (object.type === "message") {
      const { id, n, origin, seq } = object;
      if (this.cursor) this.cursor[origin] = Math.max(seq, this.cursor[origin] ?? 0);
      if (id === this.id) this.echoed = Math.max(n, this.echoed);
    } else if (object.type === "exit") {
      this.#url = this.#elsewhere(object.servers);
    } else if (object.type === "error" && object.retry !== undefined && this.#live) {
      const socket = this.#socket;
      this.#live = false;
      setTimeout(() => socket === this.#socket && socket.readyState === WebSocket.OPEN && this.#resend(), object.retry);
    }
  }

  /** Says what was not echoed, in order, before anything new. */
  #resend(): void {
    this.#live = true;
    this.said.slice(this.echoed).forEach((text, i) => {
      this.write({ type: "send", text, n: this.echoed + i + 1 });
    });
  }

  /** One of the living servers that an `exit` names; if there is none, the same again. */
  #elsewhere(servers: ServerEntry[]): string {
    const alive = servers.filter(({ status }) => status === "alive");
    const chosen = alive[this.#number % alive.length];
    return chosen ? new URL(chosen.url, this.#url).href : this.#url;
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }
}
