/** Those who watch the cluster: they are told the view of this server when it has changed, and whose messages travel, at a bounded pace. */
import type { Batch } from "./batch.ts";
import type { ClientKey, Effect } from "./effects.ts";
import { MAX_WATCHERS, SHOW_CHARS, SHOW_MAX_MS, SHOW_MS } from "./limits.ts";
import { later, originOfSelf, type State, self, writers } from "./state.ts";
import { type View, view } from "./view.ts";
import type { Watching } from "./watching.ts";
import type { Refusal } from "./wire.ts";

/** WebSocket close codes: going away; too slow, as for clients. */
const GOING_AWAY = 1001;
const SLOW = 4002;

/** Why nobody more can watch here. */
export const watchRefusal = ({ watching }: State): Refusal | undefined =>
  watching.watchers.size < MAX_WATCHERS
    ? undefined
    : { code: "too_many_watchers", message: `${MAX_WATCHERS} watch this server already; try again later` };

/** Somebody begins to watch, and is told the view. */
export function watch(state: State, key: ClientKey, now: number, out: Effect[]): void {
  const { watching } = state;
  // While nobody watched nobody was told how links are: what was said of them before may long be otherwise.
  if (watching.watchers.size === 0) for (const sight of state.sights.values()) sight.links = [];
  watching.watchers.set(key, 0);
  const { time, ...seen } = view(state, now);
  // Should it become again what the others were told, that is news for this one.
  if (JSON.stringify(seen) !== watching.told) watching.told = "";
  tell(state, key, clusterLine({ time, ...seen }), out);
}

/** Somebody watches no more; true if somebody did. With the last of them goes what was to be told. */
export function forgetWatcher({ watchers, traffic }: Watching, key: ClientKey): boolean {
  const was = watchers.delete(key);
  if (watchers.size === 0) traffic.clear();
  return was;
}

/** A watcher has nothing to say but that it reads. */
export function hearWatcher({ watching }: State, key: ClientKey, data: string | null, out: Effect[]): void {
  if (data?.startsWith('{"type":"ack"')) {
    watching.watchers.set(key, 0);
    return;
  }
  const message = 'whoever watches says nothing but ping and {"type":"ack"}; people join at /chats/:chat/ws';
  out.push({ do: "send", client: key, frame: JSON.stringify({ type: "error", code: "unknown_type", message }) });
}

/** Takes note of what was written in a flush, by which server. */
export function countTraffic(state: State, batches: Batch[]): void {
  if (state.watching.watchers.size === 0 || batches.length === 0) return;
  const { traffic } = state.watching;
  const servers = writers(state).set(originOfSelf(state), state.name);
  for (const { head } of batches) {
    const server = servers.get(head.origin);
    if (server !== undefined) traffic.set(server, (traffic.get(server) ?? 0) + head.count);
  }
}

/** Tells all watchers what is new, if it is time; what must wait is told by a `show`, so that the end of it is told too. */
export function show(state: State, now: number, out: Effect[]): void {
  const { watching } = state;
  const { watchers } = watching;
  if (watchers.size === 0) return;
  const left = self(state)?.status === "left";
  const wait = watching.nextAt - now;
  // A clock that was put back holds up nothing, and who has left has no later.
  if (!left && wait > 0 && wait <= SHOW_MAX_MS) {
    later(state, "show", wait, out);
    return;
  }
  const frame = news(state, now);
  if (frame !== "") {
    const ms = Math.ceil((frame.length * watchers.size) / SHOW_CHARS);
    watching.nextAt = now + Math.min(SHOW_MAX_MS, Math.max(SHOW_MS, ms));
    for (const key of watchers.keys()) tell(state, key, frame, out);
  }
  if (left) for (const key of watchers.keys()) drop(watching, key, GOING_AWAY, "disconnect", out);
}

/** What watchers were not told yet, as lines of a frame; the view only if it is another one. */
function news(state: State, now: number): string {
  const { watching } = state;
  const { time, ...seen } = view(state, now);
  const told = JSON.stringify(seen);
  const lines = told === watching.told ? [] : [clusterLine({ time, ...seen })];
  if (watching.traffic.size > 0)
    lines.push(JSON.stringify({ type: "traffic", messages: Object.fromEntries(watching.traffic) }));
  watching.told = told;
  watching.traffic.clear();
  return lines.join("\n");
}

const clusterLine = (seen: View): string => JSON.stringify({ type: "cluster", ...seen });

/** One that does not read is let go, and comes back for the view as it is then. */
function tell({ watching, env }: State, key: ClientKey, frame: string, out: Effect[]): void {
  const sent = (watching.watchers.get(key) ?? 0) + frame.length;
  watching.watchers.set(key, sent);
  out.push({ do: "send", client: key, frame });
  if (sent > env.window) drop(watching, key, SLOW, "slow", out);
}

function drop(watching: Watching, key: ClientKey, code: number, reason: string, out: Effect[]): void {
  forgetWatcher(watching, key);
  out.push({ do: "close", client: key, code, reason });
}
