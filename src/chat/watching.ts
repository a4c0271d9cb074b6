/** What a server remembers of those who watch the cluster there. */
import type { ClientKey } from "./effects.ts";

/** What watchers were told, and what they were not told yet. In memory only. */
export interface Watching {
  /** Characters each was sent since it last said `ack`. */
  readonly watchers: Map<ClientKey, number>;
  /** The view as it was last told, without its time, and messages since, per server. */
  told: string;
  readonly traffic: Map<string, number>;
  /** When the next frame may go, ms since epoch. */
  nextAt: number;
}

export const nobodyWatches = (): Watching => ({
  watchers: new Map(),
  told: "",
  traffic: new Map(),
  nextAt: 0,
});
