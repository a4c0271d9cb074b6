/**
 * What servers publish of the people connected to them: whole sets with a version, or, to who is known to hold an earlier version, only what
 * changed since.
 */
import type { Effect } from "./effects.ts";
import { GRACE_MS, PRESENCE_CHANGES } from "./limits.ts";
import type { Change, Held, Published } from "./presence.ts";
import { type State, self } from "./state.ts";
import { originOf } from "./wire.ts";

/** Where a server's published set is stored. */
const keyOf = (server: string): string => `presence/${server}`;

/** Gives the own set a new version if it changed; true if it did. */
export function publish(state: State, out: Effect[]): boolean {
  if (state.presenceNews.size === 0) return false;
  const people = [...state.presenceNews];
  state.presenceNews.clear();
  state.presenceVersion++;
  state.presenceChanges.push({ version: state.presenceVersion, people });
  if (state.presenceChanges.length > PRESENCE_CHANGES) state.presenceChanges.shift();
  out.push({ do: "put", key: keyOf(state.name), value: whole(state) });
  return true;
}

const whole = (state: State): Published => ({
  epoch: self(state)?.epoch ?? "",
  version: state.presenceVersion,
  people: [...state.presence.on(state.name)],
});

/** What this server publishes to someone who holds a version of its set, or none (-1). */
export function published(state: State, version: number): Published | Change {
  const changes = state.presenceChanges.filter((change) => change.version > version);
  const set = whole(state);
  if (version < 0 || changes[0]?.version !== version + 1) return set;
  const people = new Map(changes.flatMap((change) => change.people));
  return people.size < set.people.length ? { ...set, since: version, people: [...people] } : set;
}

/** Takes over what another server published, if it is newer and nothing between is missing. */
export function receive(state: State, server: string, news: Published | Change, now: number, out: Effect[]): void {
  const { epoch, version } = news;
  const held = state.published.get(server);
  if (held?.epoch === epoch && held.version >= version) return;
  if ("since" in news) {
    if (held?.epoch !== epoch || held.version < news.since) return;
    for (const [id, name] of news.people)
      if (name === null) state.presence.remove(server, id);
      else state.presence.add(server, id, name);
  } else {
    if (held && held.epoch !== epoch) cutOff(state, originOf(server, held.epoch), state.presence.on(server), now, out);
    state.presence.replace(server, news.people);
  }
  state.published.set(server, { epoch, version });
  out.push({ do: "put", key: keyOf(server), value: { epoch, version, people: [...state.presence.on(server)] } });
}

/** A server lost its storage, and with it the memory of who was there: they stay for the grace period, under the name of what it was. */
function cutOff(state: State, before: string, people: ReadonlyMap<string, string>, now: number, out: Effect[]): void {
  if (people.size === 0) return;
  state.presence.replace(before, people);
  state.serverGraces.set(before, now + GRACE_MS);
  out.push({ do: "put", key: keyOf(before), value: { epoch: "", version: 0, people: [...people] } });
}

/** The people of a server are no longer shown; whatever it publishes when it is back is news. */
export function forgetPeople(state: State, server: string, out: Effect[]): void {
  const shown = state.presence.on(server).size > 0;
  state.presence.replace(server, []);
  if (!state.published.delete(server) && !shown) return;
  out.push({ do: "put", key: keyOf(server), value: { epoch: "", version: 0, people: [] } });
}

/** Which version of a server's set is held here, to tell it. */
export function heldOf(state: State, server: string): Held | undefined {
  const held = state.published.get(server);
  return held && held.epoch !== "" ? [held.epoch, held.version] : undefined;
}

/** The version of this server's set that someone who says what it holds has; -1: none. */
export const versionHeld = (state: State, held: Held | undefined): number =>
  held?.[0] === self(state)?.epoch ? (held?.[1] ?? -1) : -1;
