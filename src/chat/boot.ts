/** How a server comes back from its storage and its hibernated sockets: after an eviction, a crash or a deploy, or for the first time. */

import type { Head } from "./batch.ts";
import { type Attachment, type ClientKey, PARKED, WATCHER } from "./effects.ts";
import { GRACE_MS, UNREACHABLE_AFTER } from "./limits.ts";
import { type Floor, Log } from "./log.ts";
import type { Member } from "./members.ts";
import { unknownPeer } from "./peer.ts";
import { Presence, type Published } from "./presence.ts";
import type { SessionEntry } from "./seen.ts";
import { addClient, type Env, originOfSelf, type State, serverEntries } from "./state.ts";
import { nobodyWatches } from "./watching.ts";
import { line } from "./wire.ts";

/** What the storage holds. */
export interface Stored {
  members: [string, Member][];
  published: [string, Published][];
  /** The servers that could not be reached, as clients were told. */
  unreachable: string[];
  /** What was trimmed, the messages of the sessions in it, and the rows that are left. */
  floor: Floor | undefined;
  sessions: SessionEntry[];
  rows: Head[][];
  alarm: number | null;
}

/** A server as its storage and its hibernated sockets tell; the first event is to be `wake`. */
export function boot(
  { chat, name, host }: Pick<State, "chat" | "name" | "host">,
  env: Env,
  stored: Stored,
  sockets: [ClientKey, Attachment | typeof PARKED | typeof WATCHER | null][],
): State {
  const state: State = {
    chat,
    name,
    host,
    env,
    members: new Map(stored.members),
    membersVersion: 0,
    peers: new Map(),
    log: new Log(env.read),
    presence: new Presence(),
    crowded: false,
    crowdUntil: 0,
    crowdWaits: false,
    presenceVersion: 0,
    presenceChanges: [],
    presenceNews: new Map(),
    published: new Map(),
    graces: new Map(),
    serverGraces: new Map(),
    clients: new Map(),
    byId: new Map(),
    joining: [],
    parked: [],
    catching: [],
    told: 0,
    marks: [],
    sends: [],
    sendsSize: 0,
    leaving: [],
    arrived: [],
    held: new Map(),
    heldSize: 0,
    wanted: new Map(),
    wasAway: false,
    unsure: false,
    serversChanged: false,
    serversTold: "",
    flushing: false,
    later: new Set(),
    watching: nobodyWatches(),
    sights: new Map(),
    starting: undefined,
    draining: undefined,
    alarm: stored.alarm,
    alarms: stored.alarm === null ? [] : [stored.alarm],
    lately: [],
  };
  if (stored.floor) state.log.restore(stored.floor, stored.sessions);
  state.log.writeAs(originOfSelf(state));
  for (const heads of stored.rows) state.log.append(heads);
  state.log.dependOnFloor();
  for (const [server, { epoch, version, people }] of stored.published) {
    state.presence.replace(server, people);
    if (server === name) state.presenceVersion = version;
    else if (epoch !== "") state.published.set(server, { epoch, version });
  }
  for (const address of stored.unreachable)
    state.peers.set(address, { ...unknownPeer(), fails: UNREACHABLE_AFTER, unreachable: true });
  state.presence.differences();
  state.unsure = state.presence.overlaps;
  state.crowded = state.presence.count > state.env.crowd.listed;
  // Some may have come or gone whom clients were to be told of later.
  state.crowdWaits = state.crowded;
  state.serversTold = line({ type: "update_servers", servers: serverEntries(state) });
  for (const [key, attachment] of sockets) {
    if (attachment === WATCHER) {
      state.watching.watchers.set(key, 0);
      continue;
    }
    const client = addClient(state, key);
    if (attachment === null) continue;
    if (attachment === PARKED) {
      state.parked.push(client);
      continue;
    }
    const { id, name, n } = attachment;
    Object.assign(client, { phase: "live", id, name, n: Math.max(n, state.log.seen.highest(id)) });
    state.byId.set(client.id, client);
  }
  return state;
}

/** After a boot: whoever is published without a socket, or by a server that left, begins the grace period now; true if anyone does. */
export function wake(state: State, now: number): boolean {
  for (const id of state.presence.on(state.name).keys()) if (!state.byId.has(id)) state.graces.set(id, now + GRACE_MS);
  state.wasAway = state.graces.size > 0;
  for (const server of state.presence.servers())
    if (server !== state.name && state.members.get(server)?.status !== "alive")
      state.serverGraces.set(server, now + GRACE_MS);
  return state.graces.size + state.serverGraces.size > 0;
}
