/** What is counted of a Durable Object, as far as the platform bills it. */
export interface Counts {
  /** HTTP requests that reached it, of all kinds, and how often its constructor ran. */
  requests: number;
  wakes: number;
  /** The relays it sent, and the bytes of their bodies and of the answers. */
  relays: number;
  relayBytes: number;
  /** WebSocket messages that reached it; those the platform answers itself do not. */
  frames: number;
  /** How often its alarm rang, was set and was called off. */
  alarms: number;
  alarmsSet: number;
  alarmsOff: number;
  /** Rows its SQL wrote to the log, to other tables, and deleted; and read. */
  logRows: number;
  otherRows: number;
  deletedRows: number;
  rowsRead: number;
  /** Milliseconds in which an event was handled, a timer was set or a request of its own was under way: those are billed. */
  active: number;
}

/** Counts per object, by its name `chat/server`. */
export type AllCounts = Record<string, Counts>;

/** Where the metered Worker tells its counts, and is told how long a request between servers takes: neither asks any object. */
export const COUNTS_PATH = "/counts";
export const ROUND_TRIP_PATH = "/round-trip";

/** As what the rows count that a statement writes. */
export function rowsOf(query: string): "logRows" | "otherRows" | "deletedRows" {
  if (/^\s*DELETE\b/i.test(query)) return "deletedRows";
  return /\bINTO\s+log_/i.test(query) ? "logRows" : "otherRows";
}

export const nothing = (): Counts => ({
  requests: 0,
  wakes: 0,
  relays: 0,
  relayBytes: 0,
  frames: 0,
  alarms: 0,
  alarmsSet: 0,
  alarmsOff: 0,
  logRows: 0,
  otherRows: 0,
  deletedRows: 0,
  rowsRead: 0,
  active: 0,
});

const combine = (a: Counts, b: Counts, sign: 1 | -1): Counts => {
  const result = nothing();
  for (const key of Object.keys(result) as (keyof Counts)[]) result[key] = a[key] + sign * b[key];
  return result;
};

/** The counts of all objects of a chat together. */
export const ofChat = (all: AllCounts, chat: string): Counts =>
  Object.entries(all)
    .filter(([name]) => name.startsWith(`${chat}/`))
    .reduce((sum, [, counts]) => combine(sum, counts, 1), nothing());

/** What came to be between two looks. */
export const since = (before: Counts, after: Counts): Counts => combine(after, before, -1);
