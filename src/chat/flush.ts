/**
 * The flush: everything queued in one turn of the event loop becomes one row and one frame (group commit).
 * First all that is written, then all that is told: who came, what was said, who went.
 */
import { ownBatches } from "./batches.ts";
import { canCatchUp, catchUp, deliver, dropSlow, startOver } from "./catchup.ts";
import { checkDrain } from "./disconnect.ts";
import type { Effect } from "./effects.ts";
import { exit } from "./exit.ts";
import { told } from "./flow.ts";
import { last as latest } from "./history.ts";
import { HISTORY, MAX_RELAY, MAX_ROW } from "./limits.ts";
import { aheadIn, canRelease, isComplete, release } from "./parked.ts";
import { askAll, pump } from "./peers.ts";
import { crowdLine, enter, expire, leave, presenceLines } from "./people.ts";
import { publish } from "./published.ts";
import { acceptArrived, answerArrived } from "./relay.ts";
import { isBelowFloor, raised, trim } from "./retention.ts";
import { closeRow, mayStayOpen, write } from "./rows.ts";
import { startMain } from "./servers.ts";
import { tellBroken } from "./sight.ts";
import { bustle, type Client, type State, self, serverEntries, wantFlush } from "./state.ts";
import { countTraffic, show } from "./watch.ts";
import { type Cursor, line } from "./wire.ts";

export function flush(state: State, now: number, out: Effect[]): void {
  state.flushing = false;
  state.log.forgetLines(MAX_RELAY);
  const joining = [...state.joining, ...release(state, now)];
  const { leaving, sends, arrived } = state;
  Object.assign(state, { joining: [], leaving: [], sends: [], sendsSize: 0, arrived: [] });
  if (joining.length > 0 && self(state) === undefined) startMain(state, now, out);
  if (joining.length > 0 && state.wasAway) askAll(state);
  // Whoever catches up is told whole rows.
  if (joining.length + state.catching.length > 0) closeRow(state, out);

  if (state.unsure) state.presence.doubt();
  state.unsure = false;
  for (const { id, name } of state.parked) enter(state, id, name, false);
  for (const { id, name } of joining) enter(state, id, name, true);
  expire(state, now, out);
  const { batches, resets } = acceptArrived(state, arrived, now, out);
  const { came, went, named } = presenceLines(state, now, out);
  if (resets.length > 0) startOver(state, state.log.pos, now, out);
  const welcomes = joining.map((client) => welcome(state, client));
  state.catching.push(...joining);
  const deliveries = catchUp(state);
  const all = sends.length > 0 ? [...ownBatches(state, sends, now), ...batches] : batches;
  if (all.length > 0) bustle(state, now);
  const said = write(state, all, now, out);
  if (!mayStayOpen(state, { sends, arrived }, now)) closeRow(state, out);
  countTraffic(state, all);
  for (const client of leaving) if ((state.byId.get(client.id) ?? client) === client) leave(state, client.id);
  const after = presenceLines(state, now, out);
  if (publish(state, out) && all.length === 0) bustle(state, now);
  trim(state, now, out);

  tell(state, resets, now, out);
  welcomes.forEach((lines, i) => {
    send(joining[i] as Client, lines, out);
  });
  for (const delivery of deliveries) deliver(state, delivery, out);
  const news = [...serversLine(state), ...came];
  const last = [...went, ...after.came, ...after.went];
  for (const client of state.catching) send(client, [...news, ...last], out);
  tell(state, [...news, ...said], now, out);
  for (const client of leaving) exit(state, client, "leave", out);
  tell(state, last, now, out);
  // Who joins a crowd while others come or go cannot know which of them its welcome counted.
  if (state.crowded)
    for (const client of joining) if (named.some((id) => id !== client.id)) send(client, [crowdLine(state, 0, 0)], out);
  startOver(state, state.log.floorNow().pos, now, out);
  dropSlow(state, now, out);
  answerArrived(state, arrived, now, out);

  if (canRelease(state) || canCatchUp(state)) wantFlush(state, out);
  checkDrain(state, now, out);
  tellBroken(state);
  pump(state, now, out);
  show(state, now, out);
}

/** Where the stream of a client starts, and what it needs to know until then. What it missed is left to the catch-up. */
function welcome(state: State, client: Client): string[] {
  const { chat, log, presence } = state;
  const { session, id, name, known, cursor } = client;
  client.at = cursor ? 1 : log.pos;
  const first = line({
    type: "welcome",
    chat,
    server: state.name,
    name,
    session,
    id,
    n: known,
    cursor: cursor ?? log.cursor(),
    servers: serverEntries(state),
    names: presence.names(state.env.crowd.listed),
    count: presence.count,
  });
  return [first, ...(cursor ? resets(state, cursor) : latest(log, HISTORY))];
}

/** What is missing between a client's cursor and the stream that follows, said aloud, with the cursor from which nothing is. */
function resets(state: State, cursor: Cursor): string[] {
  const ahead = aheadIn(state, cursor);
  const goOn = raised(state, cursor);
  for (const origin of ahead) if (isComplete(state, origin)) goOn[origin] = state.log.applied(origin);
  const reset = (reason: "ahead" | "trimmed") => line({ type: "reset", reason, cursor: goOn });
  return [...(isBelowFloor(state, cursor) ? [reset("trimmed")] : []), ...(ahead.length > 0 ? [reset("ahead")] : [])];
}

function serversLine(state: State): string[] {
  if (!state.serversChanged) return [];
  state.serversChanged = false;
  const update = line({ type: "update_servers", servers: serverEntries(state) });
  if (update === state.serversTold) return [];
  state.serversTold = update;
  return [update];
}

/** Tells all live clients; `pieces` are one line or several each. */
function tell(state: State, pieces: string[], now: number, out: Effect[]): void {
  if (pieces.length === 0) return;
  let size = 0;
  for (const frame of frames(pieces)) {
    out.push({ do: "tell", frame });
    size += frame.length;
  }
  told(state, size, pieces.at(-1) as string, now, out);
}

function send(client: Client, lines: string[], out: Effect[]): void {
  for (const frame of frames(lines)) {
    out.push({ do: "send", client: client.key, frame });
    client.sent += frame.length;
  }
}

/** Pieces, each of one line or more, in as few frames as their size allows. */
function frames(pieces: string[]): string[] {
  const frames: string[] = [];
  let lines: string[] = [];
  let size = 0;
  for (const piece of pieces) {
    if (lines.length > 0 && size + piece.length >= MAX_ROW) {
      frames.push(lines.join("\n"));
      lines = [];
      size = 0;
    }
    lines.push(piece);
    size += piece.length + 1;
  }
  if (lines.length > 0) frames.push(lines.join("\n"));
  return frames;
}
