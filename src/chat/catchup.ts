/**
 * Catch-up: what a client missed goes to it in the order applied, in pieces, no more at once than it may leave without an `ack`; until it has
 * everything it is told no message that is said meanwhile. Its socket says so: one that has not caught up ends with its server's memory.
 */
import type { Effect } from "./effects.ts";
import { letGo, restart } from "./exit.ts";
import { goLive, unacked } from "./flow.ts";
import { above } from "./history.ts";
import { SLOW_MS, WINDOW_PARTS } from "./limits.ts";
import type { Client, State } from "./state.ts";

/** What a client is sent, and whether it has everything then. */
export interface Delivery {
  client: Client;
  frames: string[];
  done: boolean;
}

/** The next pieces for all who catch up, as far as one flush goes. To be asked before this flush writes. */
export function catchUp(state: State): Delivery[] {
  let budget = state.env.window;
  const present = state.catching.filter((client) => state.clients.has(client.key));
  const deliveries = present.map((client) => {
    const delivery = pieces(state, client, budget);
    budget -= delivery.frames.reduce((sum, frame) => sum + frame.length, 0);
    return delivery;
  });
  const [done, open] = [deliveries.filter(({ done }) => done), deliveries.filter(({ done }) => !done)];
  // Who got least this time comes first the next time.
  state.catching = open.toSorted((a, b) => a.frames.length - b.frames.length).map(({ client }) => client);
  return [...done, ...open];
}

function pieces(state: State, client: Client, budget: number): Delivery {
  const { log, env } = state;
  const frames: string[] = [];
  for (let left = budget; client.at < log.pos; ) {
    if (left <= 0 || unacked(state, client) >= env.window) return { client, frames, done: false };
    const { lines, last, next } = above(log, client.cursor ?? {}, client.at, env.window / WINDOW_PARTS);
    client.at = next;
    if (lines.length === 0) continue;
    const frame = lines.join("\n");
    frames.push(frame);
    left -= frame.length;
    client.sent += frame.length;
    if (last) client.marks.push({ sent: client.sent, ...last });
  }
  return { client, frames, done: true };
}

/** Sends the pieces, and admits who has everything to what all are told. */
export function deliver(state: State, { client, frames, done }: Delivery, out: Effect[]): void {
  const { key, id, name, n } = client;
  for (const frame of frames) out.push({ do: "send", client: key, frame });
  if (!done) {
    if (client.phase !== "gone") client.phase = "catching";
    out.push({ do: "park", client: key });
    return;
  }
  // Who leaves with this flush is told all the same what they said.
  if (client.phase !== "gone") goLive(state, client);
  client.cursor = undefined;
  out.push({ do: "admit", client: key, attachment: { id, name, n } });
}

/** Whether the next flush would send more to someone. */
export const canCatchUp = (state: State): boolean =>
  state.catching.some((client) => unacked(state, client) < state.env.window);

/** Lets those go who have not acknowledged for long what keeps them from getting more. */
export function dropSlow(state: State, now: number, out: Effect[]): void {
  for (const client of state.catching) {
    if (unacked(state, client) < state.env.window) client.overSince = 0;
    else if (client.overSince === 0) client.overSince = now;
    else if (now - client.overSince >= SLOW_MS) letGo(state, client, now, out);
  }
  state.catching = state.catching.filter(({ phase }) => phase !== "gone");
}

/** The rows below `row` are no longer there: who has not come that far comes back, and is told what is missing. */
export function startOver(state: State, row: number, now: number, out: Effect[]): void {
  for (const client of state.catching) if (client.at < row) restart(state, client, now, out);
  state.catching = state.catching.filter(({ phase }) => phase !== "gone");
}
