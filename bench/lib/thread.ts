/** A thread of the load that carries out one order after the other: what it does must not delay what another one measures. */
import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** Starts the module `url` as a thread, and waits for its first answer. */
export async function hire<Answer>(url: string, data: object): Promise<{ thread: Worker; first: Answer }> {
  const thread = new Worker(new URL(url), { workerData: data });
  return { thread, first: await answer<Answer>(thread) };
}

/** Gives the thread an order, and waits for the answer; rejects with what was thrown there. One order at a time. */
export function ask<Answer>(thread: Worker, order: unknown): Promise<Answer> {
  const answered = answer<Answer>(thread);
  thread.postMessage(order);
  return answered;
}

async function answer<Answer>(thread: Worker): Promise<Answer> {
  const [value] = await once(thread, "message");
  return value as Answer;
}

/** In the thread: `begin` makes what carries out the orders, and gives the first answer. Elsewhere nothing. */
export async function obey<Data, Order, Answer>(
  begin: (data: Data) => Promise<{ first: Answer; carryOut: (order: Order) => Promise<unknown> }>,
): Promise<void> {
  if (isMainThread || !parentPort) return;
  const port = parentPort;
  const { first, carryOut } = await begin(workerData as Data);
  port.on("message", async (order: Order) => port.postMessage(await carryOut(order)));
  port.postMessage(first);
}
