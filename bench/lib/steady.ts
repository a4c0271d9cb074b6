/** Somebody who talks at an even pace before listeners on one server, and how long each text takes to reach each of them. */
import { join } from "./crowd.ts";
import type { Line } from "./line.ts";
import { RawSocket } from "./socket.ts";
import { pooled } from "./wait.ts";
import { textOf } from "./witness.ts";

/** Connections being made at the same time. */
const CONNECTING = 50;

export class Steady {
  readonly #talker: RawSocket;
  readonly #listeners: readonly RawSocket[];
  /** When text n was said, on the clock of `performance`. */
  readonly #said: number[] = [];
  /** The number of each text heard, and when. */
  readonly #heard: { n: number; at: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #wrong: string | undefined;

  private constructor(talker: RawSocket, id: unknown, listeners: readonly RawSocket[]) {
    this.#talker = talker;
    this.#listeners = listeners;
    for (const socket of [talker, ...listeners]) {
      socket.onEnd = (why) => {
        this.#wrong ??= `a connection ended: ${why}`;
      };
    }
    for (const listener of listeners) {
      let next = 1;
      listener.onLine = (line: Line) => {
        if (line.type !== "message" || line.id !== id) return;
        if (line.n !== next) this.#wrong ??= `expected text ${next}, got ${JSON.stringify(line)}`;
        this.#heard.push({ n: next++, at: performance.now() });
      };
    }
  }

  static async gather(port: number, path: string, listeners: number): Promise<Steady> {
    const arrive = async (index: number) => {
      const socket = await RawSocket.open({ port, path, ack: true });
      const { id } = await join(socket, `s${index}`);
      return { socket, id };
    };
    const [talker, ...others] = await pooled(listeners + 1, CONNECTING, arrive);
    if (!talker) throw new Error("nobody came");
    return new Steady(
      talker.socket,
      talker.id,
      others.map(({ socket }) => socket),
    );
  }

  talk(perSecond: number): void {
    const began = performance.now();
    this.#timer = setInterval(() => {
      const due = ((performance.now() - began) / 1000) * perSecond;
      while (this.#said.length < due) {
        const n = this.#said.push(performance.now());
        this.#talker.send([JSON.stringify({ type: "send", text: textOf(n), n })]);
      }
    }, 1000 / perSecond);
  }

  /** Milliseconds from saying to hearing, of everything said between two moments. Throws if anything was lost, repeated or out of order. */
  latencies(from: number, to: number): number[] {
    if (this.#wrong !== undefined) throw new Error(this.#wrong);
    const due = this.#said.filter((at) => at >= from && at < to).length * this.#listeners.length;
    const latencies = this.#heard.flatMap(({ n, at }) => {
      const said = this.#said[n - 1] as number;
      return said >= from && said < to ? [at - said] : [];
    });
    if (latencies.length !== due) throw new Error(`${due} deliveries were due, ${latencies.length} came`);
    return latencies;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const socket of [this.#talker, ...this.#listeners]) {
      socket.onEnd = () => {};
      socket.close();
    }
  }
}
