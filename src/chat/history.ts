/** What clients are told of the log: what lies above their cursor, or the latest lines. */
import { authorOf, lastOf, type Place } from "./batch.ts";
import type { Log } from "./log.ts";
import type { Cursor } from "./wire.ts";

const NONE: ReadonlySet<string> = new Set();

/** Part of what lies above a cursor: the lines of some rows, the last message of them, and the row after them. */
export interface Piece {
  lines: string[];
  size: number;
  last: { origin: string; seq: number } | undefined;
  next: number;
}

/**
 * The lines of messages above a cursor, in the order applied, from a row on and as many whole rows as have `most` characters, or one; without
 * copies, and without those of which a copy lies within the cursor.
 */
export function above(log: Log, cursor: Cursor, row: number, most: number): Piece {
  const piece: Piece = { lines: [], size: 0, last: undefined, next: log.pos };
  const known = log.copies.having(({ origin, seq }) => seq <= (cursor[origin] ?? 0));
  for (let at = indexOf(log, row); at < log.places.length; at++) {
    const place = log.places[at] as Place;
    const { head, pos } = place;
    if (piece.size > 0 && pos !== log.places[at - 1]?.pos && piece.size + sizeOfRow(log, at) > most) {
      piece.next = pos;
      break;
    }
    const have = cursor[head.origin] ?? 0;
    if (lastOf(head) <= have) continue;
    piece.lines.push(...shown(log, place, have - head.first + 1, known));
    piece.size += head.size + 1;
    piece.last = { origin: head.origin, seq: lastOf(head) };
  }
  return piece;
}

/** Characters of the row that begins with a batch. */
function sizeOfRow({ places }: Log, at: number): number {
  let size = 0;
  for (let i = at; places[i]?.pos === places[at]?.pos; i++) size += (places[i] as Place).head.size + 1;
  return size;
}

/** The first batch of a row, or after it. */
function indexOf({ places }: Log, row: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] as Place).pos < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last `count` lines, in the order applied and without copies. */
export function last(log: Log, count: number): string[] {
  let lines: string[] = [];
  for (let i = log.places.length - 1; i >= 0 && lines.length < count; i--)
    lines = [...shown(log, log.places[i] as Place), ...lines];
  return lines.slice(-count);
}

/** The line of a message by its author and number, if the log holds it. */
export function find(log: Log, id: string, n: number): string | undefined {
  const found = log.find(id, n);
  return found && log.linesOf(found.place).split("\n")[found.i];
}

/** The lines of a batch from index `from` that are not copies, and not among the `known`. */
function shown(log: Log, place: Place, from = 0, known: ReadonlySet<string> = NONE): string[] {
  const { head, copies } = place;
  const lines = log.linesOf(place).split("\n");
  if (from <= 0 && copies.size === 0 && known.size === 0) return lines;
  return lines.filter((_, i) => i >= from && !copies.has(i) && !known.has(authorOf(head, i).join(" ")));
}

/** A cursor raised to where nothing between it and the log is missing. */
export function raised(log: Log, cursor: Cursor): Cursor {
  const next = { ...cursor };
  for (const [origin, seq] of Object.entries(log.floorNow().cursor)) next[origin] = Math.max(seq, next[origin] ?? 0);
  return next;
}
