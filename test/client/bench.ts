/** A world for whole clients whose servers a test plays by hand. Time stands still unless it is moved. */
import type { Host, Socket } from "../../client/lib/index.ts";

type Ear = (event: { data: unknown; code: number; reason: string }) => void;

/** A socket whose other end is the test. */
class Played implements Socket {
  readonly sent: string[] = [];
  readonly ears = new Map<string, Ear>();
  closed = false;

  addEventListener(type: string, ear: Ear): void {
    this.ears.set(type, ear);
  }

  send(data: string): void {
    this.sent.push(data);
  }

  close(): void {
    this.closed = true;
  }
}

export class Bench implements Host {
  readonly sockets: Played[] = [];
  readonly timers: { ms: number; callback: () => void }[] = [];
  /** Whether it will not connect. */
  refuse = false;

  connect(): Socket {
    if (this.refuse) throw new Error("no such scheme");
    const socket = new Played();
    this.sockets.push(socket);
    return socket;
  }

  /** Milliseconds, moved by hand. */
  time = 0;
  now = () => this.time;
  random = () => 0.5;

  later(ms: number, callback: () => void): () => void {
    const timer = { ms, callback };
    this.timers.push(timer);
    return () => void this.timers.splice(this.timers.indexOf(timer), 1);
  }

  /** The latest socket. */
  get socket(): Played {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("nothing was opened");
    return socket;
  }

  open(): void {
    this.socket.ears.get("open")?.({ data: undefined, code: 0, reason: "" });
  }

  /** One frame with these objects. */
  hear(...objects: object[]): void {
    const data = objects.map((object) => JSON.stringify(object)).join("\n");
    this.socket.ears.get("message")?.({ data, code: 0, reason: "" });
  }

  cut(): void {
    this.socket.ears.get("close")?.({ data: undefined, code: 1006, reason: "" });
  }
}
