/** What a server knows, and small questions to it. The state is changed in place, by `step` alone. */
import { hostOf, nameOf, urlOfHost } from "./address.ts";
import type { Batch } from "./batch.ts";
import type { ClientKey, Effect, Later, RequestKey } from "./effects.ts";
import { BRISK, type Crowd, type Retention } from "./limits.ts";
import type { ReadRow } from "./lines.ts";
import type { Sight } from "./links.ts";
import type { Log } from "./log.ts";
import type { Life, Member, Members } from "./members.ts";
import type { Peer } from "./peer.ts";
import type { Presence } from "./presence.ts";
import type { RelayRequest } from "./relay-wire.ts";
import type { Watching } from "./watching.ts";
import type { Cursor, Refusal, ServerEntry } from "./wire.ts";
import { originOf } from "./wire.ts";

/**
 * How much a server keeps, how many characters it sends without an `ack`, how many ms per peer it leaves between two relays, after how many
 * messages in a short time it expects more, and what a crowd is: given, so that other values show what happens beyond them, or without them.
 */
export interface Bounds {
  retention: Retention;
  window: number;
  pace: number;
  brisk: number;
  crowd: Crowd;
}

/** What the core needs from outside beyond events: pure of I/O but for `read`, which is as sure as memory. */
export interface Env extends Bounds {
  /** The public id of a session. */
  idOf(session: string): string;
  /** 128 fresh random bits as 32 hexadecimal digits. */
  mint(): string;
  /** A random number in [0, 1). */
  random(): number;
  /** The lines of a row of the log. */
  read: ReadRow;
}

/** After `sent` characters of a stream, this message was the last. */
export interface Mark {
  sent: number;
  origin: string;
  seq: number;
}

/**
 * A connection. `open`: no join yet; `parked`: ahead of this server; `joining`: welcomed by the next flush; `catching`: welcomed, and not told
 * yet all it missed; `gone`: leaves with the next flush.
 */
export interface Client {
  key: ClientKey;
  phase: "open" | "parked" | "joining" | "catching" | "live" | "gone";
  session: string;
  id: string;
  name: string;
  /** The highest number of the session accepted here or, as it says, echoed elsewhere. */
  n: number;
  /** What `n` was when it joined. */
  known: number;
  cursor: Cursor | undefined;
  /** The row of the log its catch-up is at. */
  at: number;
  /** Characters it was sent and has acknowledged, counted with `told` once it is live; and what of it ends where. */
  sent: number;
  acked: number;
  marks: Mark[];
  /** Since when more is open than may be, ms since epoch; 0: it is not. */
  overSince: number;
  /** When everyone is asked for what it waits for, and when it has waited long enough, ms since epoch. */
  askAt: number;
  parkedUntil: number;
}

/** A message that waits for its flush. */
export interface Pending {
  id: string;
  name: string;
  text: string;
  n: number;
}

export interface State {
  readonly chat: string;
  readonly name: string;
  /** What other deployments call this one, if it is known to any. */
  readonly host: string | undefined;
  readonly env: Env;
  readonly members: Members;
  /** Counts the changes of `members` since boot. */
  membersVersion: number;
  readonly peers: Map<string, Peer>;
  readonly log: Log;
  readonly presence: Presence;
  /** Whether too many people were here to list them all when clients were last told of them. */
  crowded: boolean;
  /** Until when changes of a crowd wait, ms since epoch, and whether some do. */
  crowdUntil: number;
  crowdWaits: boolean;
  /** The version of this server's own published set, its latest changes, and those not published yet: id → name, or null who went. */
  presenceVersion: number;
  readonly presenceChanges: { version: number; people: [id: string, name: string | null][] }[];
  readonly presenceNews: Map<string, string | null>;
  /** Per other server which published set is held. */
  readonly published: Map<string, { epoch: string; version: number }>;
  /** When those go who lost their connection here: id → ms since epoch. */
  readonly graces: Map<string, number>;
  /** When the people of a server that left go: address → ms since epoch. */
  readonly serverGraces: Map<string, number>;

  readonly clients: Map<ClientKey, Client>;
  readonly byId: Map<string, Client>;

  /** What waits for the flush. */
  joining: Client[];
  parked: Client[];
  catching: Client[];
  /** Characters told to all live clients since boot, and what of it ends where. */
  told: number;
  marks: Mark[];
  sends: Pending[];
  /** Characters of `sends`. */
  sendsSize: number;
  leaving: Client[];
  arrived: { req: RequestKey; relay: RelayRequest }[];
  /** Batches that wait for what they depend on, by origin, and their size in characters. */
  readonly held: Map<string, Batch[]>;
  heldSize: number;
  /** Origins whose batches are missing here, and which server is asked for them besides the one that writes them. */
  readonly wanted: Map<string, string>;
  /** Sockets were lost with the memory: this server may have been away, and asks what it missed when somebody joins. */
  wasAway: boolean;
  /** It woke with somebody on several servers, and does not remember on which of them clients were told they are. */
  unsure: boolean;
  serversChanged: boolean;
  /** The last `update_servers` clients were told, or would have been at boot. */
  serversTold: string;
  flushing: boolean;
  /** What is to come `later`, each at most once. */
  readonly later: Set<Later>;

  /** Who watches the cluster, and what is known for them of the other servers, by address. */
  readonly watching: Watching;
  readonly sights: Map<string, Sight>;

  starting: { reqs: RequestKey[]; boot: string; member: Member } | undefined;
  draining: { reqs: RequestKey[]; deadline: number; force: boolean } | undefined;
  /** When the alarm rings, and the latest ones of this life, which may ring although they were cleared since; ms since epoch. */
  alarm: number | null;
  alarms: number[];
  /** When there was something new for the others or from them, the latest times; ms since epoch. */
  lately: number[];
}

export function addClient(state: State, key: ClientKey): Client {
  const client: Client = {
    key,
    phase: "open",
    session: "",
    id: "",
    name: "",
    n: 0,
    known: 0,
    cursor: undefined,
    at: 0,
    sent: 0,
    acked: 0,
    marks: [],
    overSince: 0,
    askAt: 0,
    parkedUntil: 0,
  };
  state.clients.set(key, client);
  return client;
}

/** This server's own entry among the members, if it was ever started. */
export const self = (state: State): Member | undefined => state.members.get(state.name);

/** Which life this is. */
export function lifeOf(state: State): Life | undefined {
  const me = self(state);
  return me && [me.inc, me.epoch];
}

/** Whether clients and peers are served here. */
export const isAlive = (state: State): boolean => self(state)?.status === "alive";

/** Why nobody can connect to this server: it was never started, and only `main` needs no start. */
export const refusal = (state: State): Refusal | undefined =>
  self(state) || state.name === "main"
    ? undefined
    : { code: "not_started", message: `server '${state.name}' of chat '${state.chat}' was never started` };

/** The origin of this server's own batches; only a server that was started has one. */
export const originOfSelf = (state: State): string => originOf(state.name, self(state)?.epoch ?? "");

/** The living servers other than this one, by the origin they write under. */
export function writers(state: State): Map<string, string> {
  const writers = new Map<string, string>();
  for (const [address, { status, epoch }] of state.members)
    if (status === "alive" && address !== state.name) writers.set(originOf(nameOf(address), epoch), address);
  return writers;
}

/** The highest number this server gave. */
export const ownSeq = (state: State): number => state.log.applied(originOfSelf(state));

/** The addresses of the other servers that are alive. */
export const others = (state: State): string[] =>
  [...state.members].filter(([address, { status }]) => status === "alive" && address !== state.name).map(([a]) => a);

/** There is something new for the others, or from them. */
export function bustle(state: State, now: number): void {
  const { brisk } = state.env;
  if (brisk < Number.POSITIVE_INFINITY) state.lately = [...state.lately, now].slice(-brisk);
}

/** Whether there was so often of late that more is to be expected. */
export const isBrisk = ({ lately, env }: State, now: number): boolean =>
  lately.length === env.brisk && now - (lately[0] ?? 0) <= BRISK.ms;

/** Asks for a flush, once. */
export function wantFlush(state: State, out: Effect[]): void {
  if (state.flushing) return;
  state.flushing = true;
  out.push({ do: "flush" });
}

/** Asks for an event in `ms`, if it is not to come already. */
export function later(state: State, what: Later, ms: number, out: Effect[]): void {
  if (state.later.has(what)) return;
  state.later.add(what);
  out.push({ do: "later", what, ms });
}

/** The WebSocket of a server: a path if it is of this deployment, a whole URL otherwise. */
function urlOf(chat: string, address: string): string {
  const host = hostOf(address);
  const path = `/chats/${chat}/servers/${nameOf(address)}/ws`;
  return host === undefined ? path : urlOfHost(host, "ws") + path;
}

/** The servers as clients see them. A `main` nobody has joined yet is alive, and alone. */
export function serverEntries(state: State): ServerEntry[] {
  const members: [string, Member["status"]][] = [...state.members].map(([address, { status }]) => [address, status]);
  if (members.length === 0) members.push([state.name, "alive"]);
  return members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, status]) => ({
      name,
      status: status === "alive" && state.peers.get(name)?.unreachable ? "unreachable" : status,
      url: urlOf(state.chat, name),
    }));
}

/** The servers as operators see them: `clients` counts the people connected to each. */
export const serverList = (state: State): (ServerEntry & { clients: number })[] =>
  serverEntries(state).map((entry) => {
    const here = state.presence.on(entry.name).size;
    return { ...entry, clients: entry.status === "left" ? 0 : here };
  });
