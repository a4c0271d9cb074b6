/** Watches the cluster of a chat over one connection, which is made again when it is lost; nothing is asked by a timer but `ping`. */
import { backoff } from "./backoff.ts";
import type { Host, Socket } from "./host.ts";
import { ACK_EVERY, CONNECT_MS, PING_MS, PONG_MS } from "./limits.ts";
import { webSocketUrl } from "./places.ts";
import { readWatched, type Watched } from "./watched.ts";

/** `until`: when the next try is, by the clock of the host. */
export type WatchStatus = { is: "connecting" } | { is: "online" } | { is: "offline"; until: number };

export interface Ears {
  told(told: Watched): void;
  turned(status: WatchStatus): void;
}

export class Watcher {
  readonly #url: string;
  readonly #host: Host;
  readonly #ears: Ears;
  #socket: Socket | undefined;
  #status: WatchStatus = { is: "connecting" };
  #fails = 0;
  #unacked = 0;
  /** What is waited for, and how to call that off. */
  #callOff: () => void = () => {};

  /** `url`: of the deployment, as in `http://localhost:8787`. Connects with `start`. */
  constructor(url: string, chat: string, host: Host, ears: Ears) {
    const whole = webSocketUrl(`/chats/${chat}/cluster/ws`, url);
    if (whole === undefined) throw new RangeError(`'${url}' is no URL of a deployment, like http://localhost:8787`);
    this.#url = whole;
    this.#host = host;
    this.#ears = ears;
  }

  get status(): WatchStatus {
    return this.#status;
  }

  start(): this {
    this.#open();
    return this;
  }

  /** Does not wait for the next try. */
  retryNow(): void {
    if (this.#status.is === "offline") this.#open();
  }

  close(): void {
    this.#drop();
  }

  #turn(status: WatchStatus): void {
    this.#status = status;
    this.#ears.turned(status);
  }

  #open(): void {
    this.#drop();
    this.#turn({ is: "connecting" });
    const socket = this.#host.connect(this.#url);
    this.#socket = socket;
    const of = (act: () => void) => () => {
      if (this.#socket === socket) act();
    };
    const lost = of(() => this.#lost());
    socket.addEventListener("message", (event) => of(() => this.#hear(event.data))());
    socket.addEventListener("close", lost);
    this.#wait(CONNECT_MS, lost);
  }

  #hear(data: unknown): void {
    if (this.#status.is !== "online") {
      this.#fails = 0;
      this.#turn({ is: "online" });
    }
    this.#wait(PING_MS, () => this.#ping());
    const frame = String(data);
    this.#unacked += frame.length;
    if (this.#unacked > ACK_EVERY) {
      this.#unacked = 0;
      this.#socket?.send('{"type":"ack"}');
    }
    for (const line of frame.split("\n")) {
      const told = readWatched(line);
      if (told) this.#ears.told(told);
    }
  }

  #ping(): void {
    this.#socket?.send("ping");
    this.#wait(PONG_MS, () => this.#lost());
  }

  #lost(): void {
    this.#drop();
    const ms = backoff(++this.#fails, this.#host.random());
    this.#wait(ms, () => this.#open());
    this.#turn({ is: "offline", until: this.#host.now() + ms });
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#unacked = 0;
    this.#callOff();
    socket?.close();
  }

  #wait(ms: number, then: () => void): void {
    this.#callOff();
    this.#callOff = this.#host.later(ms, then);
  }
}
