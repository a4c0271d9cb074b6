/**
 * What the log keeps, and what it means to have trimmed: the floor. Rows go in the order applied, so that nothing kept depends on anything
 * that neither is kept nor lies below the floor. A peer that lacks what lies below is told the floor itself.
 */

import type { Place } from "./batch.ts";
import type { Effect } from "./effects.ts";
import { MAX_BEYOND, MAX_ORIGINS, MAX_SESSIONS, type Retention, SESSION_MS } from "./limits.ts";
import type { Log } from "./log.ts";
import type { ToldFloor } from "./relay-wire.ts";
import { closeRow } from "./rows.ts";
import type { State } from "./state.ts";
import { type Cursor, line } from "./wire.ts";

/** The part of what is kept that has to be in excess before anything is trimmed: it takes a delete and up to 17 puts. */
const CHUNK = 0.1;

/** Trims what need not be kept; called in a flush. */
export function trim(state: State, now: number, out: Effect[]): void {
  const { log } = state;
  const count = excess(log, state.env.retention, now);
  if (count === 0) return;
  closeRow(state, out);
  log.trim(count);
  log.trimmed.forget(now - SESSION_MS, MAX_SESSIONS);
  writeFloor(log, out);
}

/** How many batches, from the first, need not be kept: whole rows, and none at all if they are too few to be worth it. */
function excess({ places, messages, size }: Log, keep: Retention, now: number): number {
  const full = places.length > keep.batches || size > keep.size;
  if (!full && messages < keep.messages * (1 + CHUNK)) return 0;
  let [count, gone, goneSize] = [0, 0, 0];
  for (const row of rows(places)) {
    const tooMuch =
      full && (places.length - count > keep.batches * (1 - CHUNK) || size - goneSize > keep.size * (1 - CHUNK));
    const inRow = row.reduce((sum, { head }) => sum + head.count, 0);
    const old = row.every(({ head }) => head.time < now - keep.ms) && messages - gone - inRow >= keep.messages;
    if (!tooMuch && !old) break;
    count += row.length;
    gone += inRow;
    goneSize += row.reduce((sum, { head }) => sum + head.size, 0);
  }
  return full || gone >= keep.messages * CHUNK ? count : 0;
}

/** Batches by row. */
function* rows(places: readonly Place[]): Generator<Place[]> {
  let row: Place[] = [];
  for (const place of places) {
    if (row.length > 0 && row[0]?.pos !== place.pos) {
      yield row;
      row = [];
    }
    row.push(place);
  }
  if (row.length > 0) yield row;
}

/** Takes over the floor of a peer, whole, if anything below it is missing here. Answers the `reset` that clients are due then. */
export function adoptFloor(state: State, { cursor, time, sessions }: ToldFloor, out: Effect[]): string[] {
  const { log } = state;
  if (!Object.entries(cursor).some(([origin, seq]) => seq > log.applied(origin))) return [];
  if (new Set([...log.origins(), ...Object.keys(cursor)]).size > MAX_ORIGINS) return [];
  closeRow(state, out);
  log.raise(cursor, time, sessions);
  // What waited may now be there, or no longer follow what is; it comes again.
  state.held.clear();
  state.heldSize = 0;
  writeFloor(log, out);
  return [line({ type: "reset", reason: "trimmed", cursor: log.cursor() })];
}

/** This server's floor for a peer. */
export const toldFloor = ({ log }: State): ToldFloor => {
  const { cursor, time } = log.floorNow();
  const sessions = [...log.trimmed.entries()].slice(-MAX_SESSIONS);
  return {
    cursor,
    time,
    sessions: sessions.map(([id, upTo, beyond, at]) => [id, upTo, beyond.slice(-MAX_BEYOND), at]),
  };
};

/** A cursor raised to the floor: from there on nothing is missing. */
export function raised({ log }: State, cursor: Cursor): Cursor {
  const next = { ...cursor };
  for (const [origin, seq] of Object.entries(log.floorNow().cursor)) next[origin] = Math.max(seq, cursor[origin] ?? 0);
  return next;
}

/** Whether messages above this cursor were trimmed. */
export const isBelowFloor = ({ log }: State, cursor: Cursor): boolean =>
  Object.entries(log.floorNow().cursor).some(([origin, seq]) => seq > (cursor[origin] ?? 0));

/** Stores the floor, and the sessions below it by the first digit of their id: 17 puts at most, however many sessions there are. */
function writeFloor(log: Log, out: Effect[]): void {
  const floor = log.floorNow();
  out.push({ do: "trim", below: floor.pos }, { do: "put", key: "floor", value: floor });
  const byDigit = Map.groupBy(log.trimmed.entries(), ([id]) => id.slice(0, 1));
  for (const digit of "0123456789abcdef")
    out.push({ do: "put", key: `seen/${digit}`, value: byDigit.get(digit) ?? [] });
}
