/**
 * Waiting with an end: every wait of the benchmark is bounded and says what it waited for when the time is over.
 */
import { setTimeout as sleep } from "node:timers/promises";

/** Rejects with what was awaited when `promise` has not settled after `ms` milliseconds. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const gate = new AbortController();
  const late = sleep(ms, undefined, { signal: gate.signal }).then(
    () => Promise.reject(new Error(`${what}: not within ${ms} ms`)),
    // Aborted below: the other promise won, and nobody looks at this one any more.
    () => new Promise<never>(() => {}),
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    gate.abort();
  }
}

/** Asks `check` every `every` milliseconds until it says true; an error it throws is told if the time is over first. */
export async function until(
  what: string,
  check: () => boolean | Promise<boolean>,
  { ms, every }: { ms: number; every: number },
): Promise<void> {
  const end = performance.now() + ms;
  let last: unknown;
  while (performance.now() < end) {
    try {
      if (await check()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await sleep(every);
  }
  throw new Error(`${what}: not within ${ms} ms`, { cause: last });
}

/** Runs `task` for 0, 1, … count-1, at most `limit` of them at a time; the first failure ends it. */
export async function pooled<T>(count: number, limit: number, task: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = new Array(count);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      results[index] = await task(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, count) }, worker));
  return results;
}
