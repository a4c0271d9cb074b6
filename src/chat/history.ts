/** What clients are told of the log: what lies above their cursor, or the latest lines. */
import { authorOf, type Log, lastOf, type Place } from "./log.ts";
import type { Cursor } from "./wire.ts";

const NONE: ReadonlySet<string> = new Set();

/** The lines of messages above a cursor, in the order applied; without copies, and without those of which a copy lies within the cursor. */
export function above(log: Log, cursor: Cursor): string[] {
  const lines: string[] = [];
  const known = log.copies.having(({ origin, seq }) => seq <= (cursor[origin] ?? 0));
  for (const place of log.places) {
    const have = cursor[place.head.origin] ?? 0;
    if (lastOf(place.head) > have) lines.push(...shown(log, place, have - place.head.first + 1, known));
  }
  return lines;
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
