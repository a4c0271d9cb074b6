/** What goes into the core and what comes out of it: events and effects, both plain data. */
import type { Head } from "./batch.ts";
import type { Verb } from "./wire.ts";

/** A client's connection, numbered by whoever holds the socket. */
export type ClientKey = number;
/** A request that waits for its `reply`, numbered by whoever holds it. */
export type RequestKey = number;

/** What a socket remembers while its server has no memory. */
export interface Attachment {
  id: string;
  name: string;
  n: number;
}

/** What a socket remembers that waits for its welcome: after a loss of memory it has waited in vain. */
export const PARKED = "parked";
/** What a socket remembers that watches the cluster, and is no client. */
export const WATCHER = "watcher";

/** What has to wait a little: the next relay of a pace (`pump`), how many a crowd is (`crowd`), and what those who watch the cluster are told (`show`). */
export type Later = "pump" | "crowd" | "show";

/** What happens to a server; `now` is in ms since epoch. Bodies and frames are as they came in. */
export type Event = { now: number } & (
  | { type: "wake" }
  | { type: "open"; client: ClientKey }
  /** A connection that watches the cluster. */
  | { type: "watch"; client: ClientKey }
  | { type: "frame"; client: ClientKey; data: string | null }
  | { type: "close"; client: ClientKey }
  | { type: "start"; req: RequestKey; boot?: string | undefined }
  | { type: "disconnect"; req: RequestKey; force: boolean }
  /** `neighbour`: it comes from another server of this deployment. */
  | { type: Verb; req: RequestKey; body: string; neighbour?: boolean }
  | { type: "answer"; peer: string; verb: Verb; status: number; body: string }
  /** `silent`: clients that pinged once and gave no sign of life for longer than their server waits. */
  | { type: "flush"; silent?: ClientKey[] }
  /** The time of a `later` has come. */
  | { type: Later }
  /** `at`: for when it was set, ms since epoch. */
  | { type: "alarm"; at?: number }
);

/** What the host has to do, in this order; what is written first is durable before anything later is let out. */
export type Effect =
  | { do: "append"; pos: number; heads: Head[]; lines: string }
  | { do: "put"; key: string; value: unknown }
  /** Drop the rows below one. */
  | { do: "trim"; below: number }
  /** To every client that was admitted and not closed since. */
  | { do: "tell"; frame: string }
  | { do: "send"; client: ClientKey; frame: string }
  | { do: "admit"; client: ClientKey; attachment: Attachment }
  | { do: "park"; client: ClientKey }
  | { do: "close"; client: ClientKey; code: number; reason: string }
  | { do: "reply"; req: RequestKey; status: number; body: string }
  /** Ask a peer; what it says comes back as `answer`, with status 0 if nothing came. `patience`: ms to go on asking one that is not started. */
  | { do: "post"; peer: string; verb: Verb; body: string; patience: number }
  | { do: "alarm"; at: number | null }
  /** A `flush` event, please, when this turn of the event loop is over. */
  | { do: "flush" }
  /** An event of this name, please, in `ms`; it may be lost with the memory. */
  | { do: "later"; what: Later; ms: number }
  | { do: "print"; event: string; message: string; detail: Record<string, unknown> };
