/** Those who only count what they receive, in a thread of their own: reading for a thousand must not delay the few whose latency is measured. */
import type { Worker } from "node:worker_threads";
import { join } from "./crowd.ts";
import { Group } from "./group.ts";
import { RawSocket } from "./socket.ts";
import { ask, hire, obey } from "./thread.ts";
import { pooled } from "./wait.ts";

/** Connections being made at the same time. */
const CONNECTING = 50;

interface Where {
  readonly port: number;
  /** Of the WebSockets of all servers, in the order of `servers`. */
  readonly paths: readonly string[];
  readonly ack: boolean;
}

/** More of them come; or what they have received is compared with what the witnesses of the servers have; or the count begins anew. */
type Order = { readonly more: readonly number[] } | { readonly bytes: readonly number[] } | "count anew";

export class Onlookers {
  readonly #thread: Worker;

  private constructor(thread: Worker) {
    this.#thread = thread;
  }

  static async invite(where: Where): Promise<Onlookers> {
    const { thread } = await hire<null>(import.meta.url, where);
    return new Onlookers(thread);
  }

  /** One more for each of these servers, by their place among `paths`. Waits until all have joined. */
  async join(more: readonly number[]): Promise<void> {
    await ask(this.#thread, { more });
  }

  /** Whether anybody has not received as many bytes as the witness of their server, or has lost the connection: what is wrong with them, or undefined. */
  difference(bytes: readonly number[]): Promise<string | undefined> {
    return ask(this.#thread, { bytes });
  }

  async countAnew(): Promise<void> {
    await ask(this.#thread, "count anew");
  }

  async leave(): Promise<void> {
    await this.#thread.terminate();
  }
}

await obey(async ({ port, paths, ack }: Where) => {
  const groups = paths.map((path) => new Group(path));
  let lost: string | undefined;
  let names = 0;
  const come = async (index: number): Promise<void> => {
    const group = groups[index] as Group;
    const socket = await RawSocket.open({ port, path: group.server, ack });
    await join(socket, `o${names++}`);
    socket.count();
    socket.onEnd = (why) => {
      lost ??= `a connection ended: ${why}`;
    };
    group.add(socket);
  };
  const compare = (bytes: readonly number[]): string | undefined => {
    const wrong = groups.flatMap(({ server, sockets }, i) => {
      const others = sockets.filter((socket) => socket.bytes !== bytes[i]);
      const [first] = others;
      if (!first) return [];
      return `${server}: ${others.length} of ${sockets.length} have not ${bytes[i]} bytes; one has ${first.bytes}, the last: ${first.tail()}`;
    });
    return lost ?? wrong[0];
  };
  const carryOut = async (order: Order): Promise<string | undefined> => {
    if (order === "count anew") for (const group of groups) group.resetCount();
    else if ("bytes" in order) return compare(order.bytes);
    else await pooled(order.more.length, CONNECTING, (i) => come(order.more[i] as number));
    return undefined;
  };
  return { first: null, carryOut };
});
