/** How long to wait between two tries to connect. */
import { BACKOFF_FIRST_MS, BACKOFF_MAX_MS, BACKOFF_NEAR_MS, NEAR_TRIES } from "./limits.ts";

/** Full jitter: anything between nothing and the cap, ms, so that the clients of a lost server do not come back at once. */
export function backoff(fails: number, random: number): number {
  const near = Math.min(BACKOFF_NEAR_MS, BACKOFF_FIRST_MS * 2 ** (fails - 1));
  const far = Math.min(BACKOFF_MAX_MS, BACKOFF_NEAR_MS * 2 ** (fails - NEAR_TRIES));
  return Math.floor(random * Math.max(near, far));
}
