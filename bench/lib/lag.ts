/** Latency as it is felt: from the moment a message was due to be said, whether it was said in time or not, until it was heard. */
import { quantile } from "./stats.ts";
import type { Said } from "./talker.ts";

/** Milliseconds. */
export interface Lag {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

/** `heard`: of each witness when message n came, at n - 1, on the same clock as `said`. All of it has been heard. */
export function lag(
  { first, count, start, every }: Pick<Said, "first" | "count" | "start" | "every">,
  heard: readonly (readonly number[])[],
): Lag {
  const lags = heard.flatMap((at) =>
    Array.from({ length: count }, (_, i) => (at[first - 1 + i] as number) - (start + i * every)),
  );
  return { p50: quantile(lags, 0.5), p99: quantile(lags, 0.99), most: quantile(lags, 1) };
}

/** Of what was said, how many messages somebody has not heard yet; `heard` as above. */
export function outstanding(
  { first, count }: Pick<Said, "first" | "count">,
  heard: readonly (readonly number[])[],
): number {
  const least = Math.min(...heard.map(({ length }) => length));
  return Math.min(count, first - 1 + count - least);
}
