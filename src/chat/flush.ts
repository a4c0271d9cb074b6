/**
 * The flush: everything queued in one turn of the event loop becomes one row and one frame (group commit).
 * First all that is written, then all that is told: who came, what was said, who went.
 */
import { ownBatches, write } from "./batches.ts";
import { exit } from "./clients.ts";
import { checkDrain } from "./disconnect.ts";
import type { Effect } from "./effects.ts";
import { above, last } from "./history.ts";
import { HISTORY, MAX_NAMES, MAX_RELAY, MAX_ROW } from "./limits.ts";
import { aheadIn, canRelease, isComplete, release } from "./parked.ts";
import { askAll, pump } from "./peers.ts";
import { enter, expire, leave, presenceLines, publish } from "./people.ts";
import { acceptArrived, answerArrived } from "./relay.ts";
import { isBelowFloor, raised, trim } from "./retention.ts";
import { startMain } from "./servers.ts";
import { type Client, type State, self, serverEntries, wantFlush } from "./state.ts";
import { type Cursor, line } from "./wire.ts";

export function flush(state: State, now: number, out: Effect[]): void {
  state.flushing = false;
  state.log.forgetLines(MAX_RELAY);
  const joining = [...state.joining, ...release(state, now)];
  const { leaving, sends, arrived } = state;
  Object.assign(state, { joining: [], leaving: [], sends: [], sendsSize: 0, arrived: [] });
  if (joining.length > 0 && self(state) === undefined) startMain(state, now, out);
  if (joining.length > 0 && state.wasAway) askAll(state);

  for (const { id, name } of state.parked) enter(state, id, name);
  for (const { id, name } of joining) enter(state, id, name);
  expire(state, now, out);
  const { batches, resets } = acceptArrived(state, arrived, now, out);
  const { came, went } = presenceLines(state);
  const welcomes = joining.map((client) => welcome(state, client));
  const said = write(state, sends.length > 0 ? [...ownBatches(state, sends, now), ...batches] : batches, out);
  for (const client of leaving) if ((state.byId.get(client.id) ?? client) === client) leave(state, client.id);
  const after = presenceLines(state);
  publish(state, out);
  trim(state, now, out);

  tell(resets, out);
  joining.forEach((client, i) => {
    const { key, id, name, n } = client;
    if (client.phase !== "gone") client.phase = "live";
    client.cursor = undefined;
    for (const frame of frames(welcomes[i] as string[])) out.push({ do: "send", client: key, frame });
    out.push({ do: "admit", client: key, attachment: { id, name, n } });
  });
  tell([...serversLine(state), ...came, ...said], out);
  for (const client of leaving) exit(state, client, "leave", out);
  tell([...went, ...after.came, ...after.went], out);
  answerArrived(state, arrived, out);

  if (canRelease(state)) wantFlush(state, out);
  checkDrain(state, now, out);
  pump(state, now, out);
}

/** Where the stream of a client starts, and what it needs to know until then, line by line. */
function welcome(state: State, { session, id, name, known, cursor }: Client): string[] {
  const { chat, log, presence } = state;
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
    names: presence.names(MAX_NAMES),
    count: presence.count,
  });
  return [first, ...(cursor ? [...resets(state, cursor), ...above(log, cursor)] : last(log, HISTORY))];
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

function tell(pieces: string[], out: Effect[]): void {
  for (const frame of frames(pieces)) out.push({ do: "tell", frame });
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
