/**
 * Somebody who talks at an even pace, in a thread of its own: on time to a tenth of a millisecond, whatever the others who listen have to do.
 */
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { clock } from "./clock.ts";
import { join } from "./crowd.ts";
import type { Line } from "./line.ts";
import { RawSocket } from "./socket.ts";
import { quantile } from "./stats.ts";
import { ask, hire, obey } from "./thread.ts";
import { textOf } from "./witness.ts";

/** The timer of the event loop may be late by so many milliseconds; the rest of the time the thread sleeps by itself. */
const COARSE_MS = 3;
const ASLEEP = new Int32Array(new SharedArrayBuffer(4));

interface Place {
  readonly port: number;
  readonly path: string;
  readonly ack: boolean;
}

/** What was said: `count` messages from number `first`, the first of them due at `start` (on the clock of `clock`), the others `every` ms later each. */
export interface Said {
  readonly first: number;
  readonly count: number;
  readonly start: number;
  readonly every: number;
  /** By how many milliseconds the talker was late with 99 of 100 of them. */
  readonly late: number;
}

type Order = { readonly echoMs: number } | { readonly perSecond: number; readonly seconds: number };

export class Talker {
  readonly id: string;
  readonly #thread: Worker;

  private constructor(thread: Worker, id: string) {
    this.#thread = thread;
    this.id = id;
  }

  static async come(place: Place): Promise<Talker> {
    const { thread, first } = await hire<string>(import.meta.url, place);
    return new Talker(thread, first);
  }

  /** Says one message after the echo of the other for `ms` milliseconds, and gives the number of the last. */
  warmUp(ms: number): Promise<number> {
    return ask(this.#thread, { echoMs: ms });
  }

  /** Says so many messages per second, whether anybody hears them or not. */
  talk(perSecond: number, seconds: number): Promise<Said> {
    return ask(this.#thread, { perSecond, seconds });
  }

  async leave(): Promise<void> {
    await this.#thread.terminate();
  }
}

class Mouth {
  readonly #socket: RawSocket;
  #said = 0;
  #onEcho: (n: unknown) => void = () => {};

  constructor(socket: RawSocket, id: unknown) {
    this.#socket = socket;
    socket.onLine = (line: Line) => line.type === "message" && line.id === id && this.#onEcho(line.n);
  }

  async warmUp(ms: number): Promise<number> {
    const end = clock() + ms;
    while (clock() < end) {
      const n = this.#said + 1;
      const echoed = new Promise<void>((resolve) => {
        this.#onEcho = (echo) => echo === n && resolve();
      });
      this.#say();
      await echoed;
    }
    return this.#said;
  }

  async talk(perSecond: number, seconds: number): Promise<Said> {
    const every = 1000 / perSecond;
    const count = Math.round(perSecond * seconds);
    const first = this.#said + 1;
    const start = clock() + every;
    const late: number[] = [];
    for (let i = 0; i < count; i++) {
      const due = start + i * every;
      await sleepUntil(due);
      late.push(clock() - due);
      this.#say();
    }
    return { first, count, start, every, late: quantile(late, 0.99) };
  }

  #say(): void {
    const n = ++this.#said;
    this.#socket.send([JSON.stringify({ type: "send", text: textOf(n), n })]);
  }
}

/** At once if it is too late; what has arrived meanwhile is read in any case. */
async function sleepUntil(due: number): Promise<void> {
  const coarse = due - clock() - COARSE_MS;
  await (coarse > 0 ? sleep(coarse) : turn());
  const rest = due - clock();
  if (rest > 0) Atomics.wait(ASLEEP, 0, 0, rest);
}

await obey(async (place: Place) => {
  const socket = await RawSocket.open(place);
  const { id } = await join(socket, "talker");
  const mouth = new Mouth(socket, id);
  const carryOut = (order: Order): Promise<Said | number> =>
    "echoMs" in order ? mouth.warmUp(order.echoMs) : mouth.talk(order.perSecond, order.seconds);
  return { first: String(id), carryOut };
});
