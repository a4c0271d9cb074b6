/** What workerd's inspector (the Chrome DevTools Protocol) says of the memory of the isolate its Worker and all its objects run in. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Bundle } from "./bundle.ts";
import { freePort } from "./federation.ts";
import { until, within } from "./wait.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

const CONNECT_MS = 10_000;
const ANSWER_MS = 60_000;
const LOOK_MS = 20;

/** Bytes: what JavaScript uses, what the runtime's own objects use (sockets, requests), and what lies outside (buffers). */
export interface Heap {
  readonly usedSize: number;
  readonly embedderHeapUsedSize: number;
  readonly backingStorageSize: number;
}

/** All that counts against the 128 MB an isolate may have. */
export const total = ({ usedSize, embedderHeapUsedSize, backingStorageSize }: Heap): number =>
  usedSize + embedderHeapUsedSize + backingStorageSize;

/** A server, and where its inspector listens, also after a restart. */
export async function startInspected(bundle: Bundle): Promise<{ server: Workerd; inspector: number }> {
  const inspector = await freePort();
  return { server: await startWorkerd(bundle, await freePort(), ["-i", `127.0.0.1:${inspector}`]), inspector };
}

export class Inspector {
  readonly #socket: WebSocket;
  /** The base URL of the server. */
  readonly #server: string;
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #calls = 0;

  private constructor(socket: WebSocket, server: string) {
    this.#socket = socket;
    this.#server = server;
    socket.onmessage = ({ data }) => {
      const { id, result, error } = JSON.parse(String(data));
      const call = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) call?.reject(new Error(`the inspector: ${JSON.stringify(error)}`));
      else call?.resolve(result);
    };
    socket.onclose = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the inspector is gone"));
    };
  }

  static async open(port: number, { port: server }: Workerd): Promise<Inspector> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/worker`);
    await until("the inspector", () => socket.readyState === WebSocket.OPEN, { ms: CONNECT_MS, every: LOOK_MS });
    return new Inspector(socket, `http://127.0.0.1:${server}/`);
  }

  heap(): Promise<Heap> {
    return this.#call<Heap>("Runtime.getHeapUsage");
  }

  /** The heap without what nobody needs any more. */
  async live(): Promise<Heap> {
    let done = false;
    const collected = this.#call("HeapProfiler.collectGarbage").then(() => {
      done = true;
    });
    // It is collected when the isolate next runs. The page is answered by the Worker alone: no object wakes for it.
    while (!done) {
      await (await fetch(this.#server)).arrayBuffer();
      await Promise.race([collected, sleep(LOOK_MS)]);
    }
    return this.heap();
  }

  close(): void {
    this.#socket.close();
  }

  async #call<Result>(method: string): Promise<Result> {
    const id = ++this.#calls;
    const answered = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#socket.send(JSON.stringify({ id, method, params: {} }));
    return (await within(ANSWER_MS, method, answered)) as Result;
  }
}

/** Looks at the heap every `every` milliseconds. What it gives ends that and says how much there was at most, in bytes. */
export function watchPeak(inspector: Inspector, every: number): () => Promise<number> {
  let peak = 0;
  const look = async (): Promise<void> => {
    peak = Math.max(peak, total(await inspector.heap()));
  };
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, every);
  return async () => {
    clearInterval(timer);
    await looking;
    await look();
    return peak;
  };
}
