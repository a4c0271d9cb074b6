/** Presence as a server lives it: its own people come, go and are published; those of others arrive; grace periods end. */
import type { Effect } from "./effects.ts";
import { CROWD, GRACE_MS, MAX_NAMES } from "./limits.ts";
import type { Published } from "./presence.ts";
import { type State, self } from "./state.ts";
import { line, originOf } from "./wire.ts";

/** Where a server's published set is stored. */
const keyOf = (server: string): string => `presence/${server}`;

/** Someone is connected here, for the first time or again. */
export function enter(state: State, id: string, name: string): void {
  state.graces.delete(id);
  if (state.presence.on(state.name).get(id) === name) return;
  state.presence.add(state.name, id, name);
  state.presenceChanged = true;
}

/** Someone is no longer connected here. */
export function leave(state: State, id: string): void {
  state.graces.delete(id);
  state.presence.remove(state.name, id);
  state.presenceChanged = true;
}

/** Someone's connection is lost; a return within the grace period shows nothing. */
export function lose(state: State, id: string, now: number): void {
  if (state.presence.on(state.name).has(id)) state.graces.set(id, now + GRACE_MS);
}

/** Ends the grace periods that are over. */
export function expire(state: State, now: number, out: Effect[]): void {
  for (const [id, deadline] of state.graces) if (deadline <= now) leave(state, id);
  for (const [server, deadline] of state.serverGraces) {
    if (deadline > now) continue;
    state.serverGraces.delete(server);
    state.presence.replace(server, []);
    // Whatever it publishes when it comes back is news.
    if (!state.published.delete(server)) continue;
    out.push({ do: "put", key: keyOf(server), value: { epoch: "", version: 0, people: [] } });
  }
}

/** Takes over what another server published, if it is newer. */
export function receive(state: State, server: string, published: Published, now: number, out: Effect[]): void {
  const { epoch, version, people } = published;
  const held = state.published.get(server);
  if (held && held.epoch === epoch && held.version >= version) return;
  if (held && held.epoch !== epoch) cutOff(state, originOf(server, held.epoch), state.presence.on(server), now);
  state.published.set(server, { epoch, version });
  state.presence.replace(server, people);
  out.push({ do: "put", key: keyOf(server), value: published });
}

/** A server lost its storage, and with it the memory of who was there: they stay for the grace period, under the name of what it was. */
function cutOff(state: State, before: string, people: ReadonlyMap<string, string>, now: number): void {
  if (people.size === 0) return;
  state.presence.replace(before, people);
  state.serverGraces.set(before, now + GRACE_MS);
}

/** What this server publishes. */
export const published = (state: State): Published => ({
  epoch: self(state)?.epoch ?? "",
  version: state.presenceVersion,
  people: [...state.presence.on(state.name)],
});

/** Gives the own set a new version if it changed. */
export function publish(state: State, out: Effect[]): void {
  if (!state.presenceChanged) return;
  state.presenceChanged = false;
  state.presenceVersion++;
  out.push({ do: "put", key: keyOf(state.name), value: published(state) });
}

/** Another server left: its people stay for the grace period, in which they come back elsewhere. */
export function serverLeft(state: State, server: string, now: number): void {
  if (server !== state.name && state.presence.on(server).size > 0) state.serverGraces.set(server, now + GRACE_MS);
}

/** The differences since the last call as lines: who came, to be told before what is said, and who went, after it; or one line for a crowd. */
export function presenceLines(state: State): { came: string[]; went: string[] } {
  const { joined, left } = state.presence.differences();
  if (joined.length + left.length <= CROWD)
    return {
      came: joined.map((person) => line({ type: "join", ...person })),
      went: left.map((person) => line({ type: "leave", ...person })),
    };
  const { count } = state.presence;
  const names = count <= MAX_NAMES ? { names: state.presence.names(MAX_NAMES) } : {};
  return { came: [line({ type: "presence", count, joined: joined.length, left: left.length, ...names })], went: [] };
}
