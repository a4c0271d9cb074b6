/**
 * Somebody who comes back to the server they were on, and notes when what they missed arrives. A thread of its own: what it reads must
 * not delay those whose latency is measured meanwhile.
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { Line } from "./line.ts";
import { RawSocket } from "./socket.ts";
import { within } from "./wait.ts";
import { textOf } from "./witness.ts";

/** How long it may take, in milliseconds. */
const RETURN_MS = 120_000;

export interface Journey {
  readonly port: number;
  readonly path: string;
  /** What they join with. */
  readonly join: object;
  /** Whose messages they missed: numbers `first` to `last`. */
  readonly senderId: string;
  readonly first: number;
  readonly last: number;
}

/** When they connected, and when the first and the last message they had missed arrived, in milliseconds on a clock that all threads share. */
export interface Arrival {
  readonly connected: number;
  readonly first: number;
  readonly last: number;
}

/** Now, on that clock. */
export const now = (): number => performance.timeOrigin + performance.now();

export function comeBack(journey: Journey): Promise<Arrival> {
  const thread = new Worker(new URL(import.meta.url), { workerData: journey });
  return new Promise((resolve, reject) => thread.once("message", resolve).once("error", reject));
}

/** Once each and in order, or it fails. */
async function travel({ port, path, join, senderId, first, last }: Journey): Promise<Arrival> {
  const connected = now();
  const socket = await RawSocket.open({ port, path, ack: true });
  let expected = first;
  let began = 0;
  const arrived = new Promise<Arrival>((resolve, reject) => {
    socket.onEnd = (why) => reject(new Error(`the connection ended: ${why}`));
    socket.onLine = (line: Line) => {
      if (line.type === "error" || line.type === "exit" || line.type === "reset")
        reject(new Error(JSON.stringify(line)));
      if (line.type !== "message" || line.id !== senderId) return;
      if (line.n !== expected || line.text !== textOf(expected))
        reject(new Error(`expected message ${expected}, got ${JSON.stringify(line)}`));
      if (expected === first) began = now();
      if (expected++ === last) resolve({ connected, first: began, last: now() });
    };
    socket.send([JSON.stringify({ type: "client_join_req", ...join })]);
  });
  try {
    return await within(RETURN_MS, `message ${last}`, arrived);
  } catch (error) {
    throw new Error(`${expected - first} messages had arrived`, { cause: error });
  } finally {
    socket.onEnd = () => {};
    socket.close();
  }
}

if (!isMainThread) parentPort?.postMessage(await travel(workerData as Journey));
