/**
 * What the platform asks for what was counted: the price list of the Workers paid plan (2026), without what the plan includes.
 * Outgoing frames are free, so receivers cost nothing; so are the pings the platform answers itself.
 */
import type { Counts } from "../meter/counts.ts";

/** Dollars. */
export const PRICES = {
  request: 0.15e-6,
  /** Twenty WebSocket messages that come in count as one request. */
  frame: 0.15e-6 / 20,
  /** A row inserted, replaced or deleted; each setAlarm too. */
  rowWritten: 1e-6,
  rowRead: 0.001e-6,
  /** A second of an object that handles an event, waits for a request of its own, or has a timer set: it is allocated 128 MB, whatever it uses. */
  activeSecond: 12.5e-6 * 0.128,
};
export const MONTH_S = 30 * 24 * 3600;

/** A server that trims puts its floor and 16 lists of sessions, once per 1000 messages at most. */
const TRIM_PUTS = 17;
const TRIM_MESSAGES = 1000;
/** Rows of its log for which it deletes one: their tables are dropped whole, which counts no row, but each hundred has a row of headers. */
const CHAPTER = 100;

/** Dollars, by what they are for. */
export interface Bill {
  readonly frames: number;
  readonly requests: number;
  /** Setting alarms, calling them off (named nowhere in the price list; counted as the row it deletes), and their ringing. */
  readonly alarms: number;
  readonly rows: number;
  /** What is written goes one day. */
  readonly trimming: number;
  readonly read: number;
  readonly duration: number;
}

/** What was counted while a chat of so many servers said so many messages. */
export interface Counted {
  readonly messages: number;
  readonly servers: number;
  readonly counts: Counts;
}

export const billOf = ({ messages, servers, counts }: Counted): Bill => ({
  frames: counts.frames * PRICES.frame,
  requests: counts.requests * PRICES.request,
  alarms: counts.alarms * PRICES.request + (counts.alarmsSet + counts.alarmsOff) * PRICES.rowWritten,
  rows: (counts.logRows + counts.otherRows) * PRICES.rowWritten,
  trimming: (counts.logRows / CHAPTER + (servers * messages * TRIM_PUTS) / TRIM_MESSAGES) * PRICES.rowWritten,
  read: counts.rowsRead * PRICES.rowRead,
  duration: (counts.active / 1000) * PRICES.activeSecond,
});

/**
 * The bill of the plain way for the same messages: each is relayed by itself. Assumed: the same frames come in; one request per message and other
 * server; one row per message and server, deleted one day; no alarm, so what is owed to a server that does not answer is
 * forgotten; nothing is read to wake up; and it is active for as long as Chatty was, though it has more to do.
 */
export function billByItself(counted: Counted): Bill {
  const { messages, servers, counts } = counted;
  const rows = messages * servers * PRICES.rowWritten;
  const requests = messages * (servers - 1) * PRICES.request;
  return {
    frames: counts.frames * PRICES.frame,
    requests,
    alarms: 0,
    rows,
    trimming: rows,
    read: 0,
    duration: billOf(counted).duration,
  };
}

export const total = (bill: Bill): number => Object.values(bill).reduce((sum: number, part: number) => sum + part, 0);

export const times = (bill: Bill, factor: number): Bill =>
  Object.fromEntries(Object.entries(bill).map(([part, dollars]) => [part, dollars * factor])) as unknown as Bill;
