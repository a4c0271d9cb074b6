/**
 * Flow control: the platform does not say how much of what was sent to a client is still on its way, so clients say it, by `ack`. Each knows
 * its stream by its messages; marks remember how many characters had been sent when a certain one was.
 */
import type { Effect } from "./effects.ts";
import { letGo } from "./exit.ts";
import { MAX_WINDOWS, SLOW_MS, WINDOW_PARTS } from "./limits.ts";
import type { Client, Mark, State } from "./state.ts";
import type { Cursor, ServerMessage } from "./wire.ts";

/** How much of what all live clients were told a client has not acknowledged, or, before it is live, of what it was sent. */
export const unacked = (state: State, client: Client): number =>
  (client.phase === "live" ? state.told : client.sent) - client.acked;

/** A client says how far it is. */
export function ack(state: State, client: Client, cursor: Cursor): void {
  const has = ({ sent, origin, seq }: Mark) => sent > client.acked && seq <= (cursor[origin] ?? 0);
  const mark = (client.phase === "live" ? state.marks.findLast(has) : undefined) ?? client.marks.findLast(has);
  if (mark === undefined) return;
  client.acked = mark.sent;
  client.marks = client.marks.filter(({ sent }) => sent > client.acked);
}

/** A client that has caught up goes on with what all are told: from here its count is theirs. */
export function goLive(state: State, client: Client): void {
  const shift = state.told - client.sent;
  client.acked += shift;
  for (const mark of client.marks) mark.sent += shift;
  client.overSince = 0;
  client.phase = "live";
}

/** All live clients were told `size` characters, which end with these lines. Who lags too far behind for too long is let go, and comes back through its cursor. */
export function told(state: State, size: number, lines: string, now: number, out: Effect[]): void {
  const { window } = state.env;
  const part = window / WINDOW_PARTS;
  const before = state.told;
  state.told += size;
  if (Math.floor(before / part) === Math.floor(state.told / part)) return;
  const last = JSON.parse(lines.slice(lines.lastIndexOf("\n") + 1)) as ServerMessage;
  if (last.type === "message") {
    const { origin, seq } = last;
    state.marks = state.marks.filter(({ sent }) => sent > state.told - MAX_WINDOWS * window);
    state.marks.push({ sent: state.told, origin, seq });
  }
  for (const client of [...state.clients.values()]) if (client.phase === "live") judge(state, client, now, out);
}

function judge(state: State, client: Client, now: number, out: Effect[]): void {
  const { window } = state.env;
  const open = unacked(state, client);
  if (open <= window) client.overSince = 0;
  // One burst, however large, lets nobody go.
  else if (client.overSince === 0) client.overSince = now;
  else if (open > MAX_WINDOWS * window || now - client.overSince >= SLOW_MS) letGo(state, client, now, out);
}
