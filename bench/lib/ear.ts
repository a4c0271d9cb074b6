/** A witness of latency: notes when each message of the talker comes, and that each comes once and in order. */
import { clock } from "./clock.ts";
import { join } from "./crowd.ts";
import type { Line } from "./line.ts";
import { RawSocket } from "./socket.ts";
import { FATAL, textOf } from "./witness.ts";

export class Ear {
  readonly socket: RawSocket;
  /** When message n came, at n - 1. */
  readonly heard: number[] = [];
  wrong: string | undefined;

  private constructor(socket: RawSocket) {
    this.socket = socket;
    socket.onEnd = (why) => {
      this.wrong ??= `a witness's connection ended: ${why}`;
    };
  }

  static async open(options: { port: number; path: string; ack: boolean }, name: string): Promise<Ear> {
    const socket = await RawSocket.open(options);
    await join(socket, name);
    return new Ear(socket);
  }

  listen(id: string): void {
    this.socket.onLine = (line: Line) => {
      if (FATAL.has(line.type)) this.wrong ??= JSON.stringify(line);
      if (line.type !== "message") return;
      const at = clock();
      const n = this.heard.push(at);
      if (line.n !== n || line.id !== id || line.text !== textOf(n))
        this.wrong ??= `expected message ${n}, got ${JSON.stringify(line)}`;
    };
  }
}
