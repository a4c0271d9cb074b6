/** What a client knows, what can happen to it, and what it then wants done. The state is changed in place, by `step` alone. */
import type { Cursor } from "../../src/chat/wire.ts";
import { Outbox, type Outgoing } from "./outbox.ts";
import { chatUrl, type Place } from "./places.ts";
import type { Message, Told } from "./read.ts";
import { Seen } from "./seen.ts";
import type { Storage } from "./storage.ts";

/** All times are in milliseconds of one clock, which never goes back. */
export type Time = number;

/** How it stands with the connection. */
export type Status =
  /** Never welcomed, trying. */
  | { is: "connecting" }
  /** Welcomed by `server`. */
  | { is: "online"; server: string }
  /** Was welcomed before, trying to come back. */
  | { is: "resuming" }
  /** Waiting; the next try is at `until`. `why` says what happened. */
  | { is: "offline"; final: false; until: Time; why: string }
  /** The end. `code`: of the error that refused it, `replaced`, `left` or `closed`. */
  | { is: "offline"; final: true; code: string; why: string };

/** All that is needed to go on later, with nothing lost or repeated; plain data. `session` is a secret. */
export interface Snapshot {
  /** The URL of the chat it belongs to. */
  chat: string;
  session?: string;
  cursor?: Cursor;
  /** The highest number echoed. */
  n: number;
  /** What was not echoed. */
  outbox: readonly Outgoing[];
}

export interface Options {
  /** The deployment, like `http://localhost:8787`. */
  url: string;
  chat: string;
  /** Which server of the chat; without it the deployment chooses. */
  server?: string;
  /** 1 to 32 characters. */
  name: string;
  /** For deployments that ask for one. */
  token?: string;
  /** Where it keeps its snapshot: to be the same person in its next life, and miss nothing. */
  storage?: Storage;
}

export type Event = { now: Time; random: number } & (
  | { type: "start" }
  | { type: "open"; socket: number }
  /** `data`: the text of a frame, or `null` if it was binary. */
  | { type: "frame"; socket: number; data: string | null }
  | { type: "closed"; socket: number; why: string }
  | { type: "wake" }
  /** Something was put into the outbox. */
  | { type: "pump" }
  | { type: "retry" }
  | { type: "leave" }
  | { type: "close" }
);

/** An object as it came, or a line that is none. */
export type Heard = Told | { type: "unsupported"; line: string };
/** Why a message will not be delivered. */
export interface Failure extends Outgoing {
  code: string;
  message: string;
}

export type Action =
  | { do: "open"; socket: number; url: string }
  | { do: "send"; frame: string }
  | { do: "close"; socket: number }
  /** Call `wake` at this time; replaces the wake before. */
  | { do: "wake"; at: Time | undefined }
  | { do: "tell"; object: Heard }
  /** A message came that was told before. */
  | { do: "repeated"; message: Message }
  | { do: "echoed"; message: Outgoing }
  | { do: "failed"; message: Failure }
  /** Store the snapshot, before what follows is done. */
  | { do: "save" }
  | { do: "status"; status: Status };

/** What a client waits for; each ends at its time. */
export type Deadline = "retry" | "connect" | "ping" | "pong" | "echo" | "pause" | "leave" | "save";

export interface State {
  readonly name: string;
  readonly token: string | undefined;
  /** The URL of the chat, which a snapshot names. */
  readonly chat: string;
  /** The URL it began with. */
  readonly home: string;
  status: Status;
  /** `down`: no socket; `opening`: one that is not open; `joining`: not welcomed yet; `leaving`: `client_leave_req` is sent. */
  phase: "down" | "opening" | "joining" | "live" | "leaving";
  /** The number of the latest connection; what others still bring is ignored. */
  socket: number;
  /** The URL of the latest connection. */
  url: string;
  session: string | undefined;
  /** The own public id. */
  id: string | undefined;
  cursor: Cursor | undefined;
  /** The highest number echoed. */
  echoed: number;
  /** The highest number the server knew at the last welcome. */
  known: number;
  readonly outbox: Outbox;
  readonly seen: Seen;
  places: Place[];
  /** How often each URL was tried since the last welcome. */
  tries: Map<string, number>;
  /** Where to go next, whatever the tries say. */
  lead: string | undefined;
  /** Connections that came to nothing since the last welcome. */
  fails: number;
  /** Whether to leave once everything is echoed. */
  wantsLeave: boolean;
  /** Characters received since the last `ack`. */
  unacked: number;
  /** The last number an `n_gap` made it go back to, and when. */
  gap: { n: number; at: Time } | undefined;
  /** Whether there is a storage, when it was last saved to, and whether something that was heard since is missing there. */
  readonly stores: boolean;
  savedAt: Time;
  unsaved: boolean;
  readonly deadlines: Map<Deadline, Time>;
  wake: Time | undefined;
}

/** A client before `start`, which goes on from a snapshot if there is one. Throws RangeError if `url` is no URL of a deployment. */
export function initial(options: Options, resume?: Snapshot): State {
  const { url, chat, server, name, token, storage } = options;
  const home = chatUrl(url, chat, server);
  const { session, cursor, n = 0, outbox = [] } = resume ?? {};
  return {
    name,
    token,
    chat: chatUrl(url, chat),
    home,
    status: session === undefined ? { is: "connecting" } : { is: "resuming" },
    phase: "down",
    socket: 0,
    url: home,
    session,
    id: undefined,
    cursor: cursor && { ...cursor },
    echoed: n,
    known: 0,
    outbox: new Outbox(outbox, n),
    seen: new Seen(),
    places: [],
    tries: new Map(),
    lead: undefined,
    fails: 0,
    wantsLeave: false,
    unacked: 0,
    gap: undefined,
    stores: storage !== undefined,
    savedAt: Number.NEGATIVE_INFINITY,
    unsaved: false,
    deadlines: new Map(),
    wake: undefined,
  };
}

/** What is to be stored to go on later. */
export const snapshotOf = ({ chat, session, cursor, echoed, outbox }: State): Snapshot => ({
  chat,
  ...(session === undefined ? {} : { session }),
  ...(cursor === undefined ? {} : { cursor: { ...cursor } }),
  n: echoed,
  outbox: outbox.waiting.map(({ n, text }) => ({ n, text })),
});

export const isFinal = ({ status }: State): boolean => status.is === "offline" && status.final;
