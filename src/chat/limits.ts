/** Every limit and delay of the protocol, in one place: what it bounds, its unit, and why it has this value. */

/** Characters (code points) in a person's name. */
export const MAX_NAME = 32;
/** Characters (code points) in a text. */
export const MAX_TEXT = 4096;
/** Messages of a session: none has as many, and one more is still a number others understand. */
export const MAX_N = 2 ** 40;
/** Characters in a frame from a client: a full-size text escaped six-fold fits ten times. */
export const MAX_FRAME = 262_144;
/** Characters of messages waiting for the flush; beyond it `send` is answered `busy`. Bounds memory, not speed. */
export const MAX_PENDING = 16 * 1024 * 1024;
/** Milliseconds a client told `busy` should wait: longer than any flush measured. */
export const BUSY_RETRY_MS = 1000;

/** Milliseconds a client whose cursor is ahead of this server waits for it to catch up (G7). */
export const AHEAD_MS = 10_000;
/** Milliseconds a client that sends before its welcome should wait. */
export const WAITING_RETRY_MS = 1000;

/** Milliseconds such a client waits before everyone is asked for what it lacks, and not only the server that wrote it. */
export const ASK_MS = 2000;

/** Characters a client may be sent without an `ack`, as the contract says; and of backlog that goes to all who catch up in one flush, for others wait that long. */
export const WINDOW = 4 * 1024 * 1024;
/** Windows that are too much at once: what the runtime keeps for one client has to end somewhere. */
export const MAX_WINDOWS = 4;
/** Parts of a window: characters of backlog in one piece, and told between two marks by which an `ack` is understood and two looks at who lags behind. */
export const WINDOW_PARTS = 16;
/** Milliseconds for which it may be more: a burst that a client is just reading is no reason to let it go. */
export const SLOW_MS = 10_000;

/** Lines of history for a first join. */
export const HISTORY = 50;
/**
 * More people than are `listed` by `welcome` and `presence` are a crowd, and more joins and leaves in one flush than `changes` become one
 * `presence` line; between two such lines to a crowd are `ms` milliseconds, for to tell it costs more than to let somebody in.
 */
export interface Crowd {
  listed: number;
  changes: number;
  ms: number;
}
/** A list that a person still looks through, as many names as one reads in passing, and a count that is not watched more closely. */
export const CROWD: Crowd = { listed: 100, changes: 5, ms: 500 };
/** Milliseconds a lost connection stays in the list of people (G9). */
export const GRACE_MS = 10_000;

/** Characters of lines in a row, a frame and a batch: rows end at 2 MB on the platform, and a character may take 4 bytes. */
export const MAX_ROW = 262_144;
/** Characters of lines in one relay request: a few rows, so that a request is worth its price and a peer's memory is safe. */
export const MAX_RELAY = 1_048_576;
/** Characters of rows kept in memory that were read from the store: what a crowd that comes back missed, as a rule. */
export const MAX_RECALLED = 4 * 1024 * 1024;
/** Characters of batches kept that wait for another one to arrive first; more are refused, and come again. */
export const MAX_HELD = 4 * 1024 * 1024;
/** Bytes of a request's body: a full relay with four-byte characters. */
export const MAX_BODY = 4 * 1024 * 1024;
/** How much is kept: what exceeds `messages` and is older than `ms` goes, and what exceeds `batches` or `size` (characters of lines) in any case. */
export interface Retention {
  messages: number;
  ms: number;
  batches: number;
  size: number;
}
/** What is kept: enough for whoever was away for a day, and not more than an object can index in its memory (about 30 MB for 100,000 batches). */
export const RETENTION: Retention = { messages: 10_000, ms: 86_400_000, batches: 100_000, size: 268_435_456 };
/** Milliseconds for which the numbers of a session are remembered beyond the log: 30 days. */
export const SESSION_MS = 2_592_000_000;
/** Sessions remembered beyond the log: with 45 bytes each they fit one request. */
export const MAX_SESSIONS = 50_000;
/** Runs of numbers remembered of a session beyond the first that is missing; there are hardly ever any. */
export const MAX_BEYOND = 100;
/** Origins in a cursor: a server has a new one only when it lost its storage. */
export const MAX_ORIGINS = 4096;
/** Servers of a chat. */
export const MAX_MEMBERS = 1000;
/** Incarnations a server can have: none restarts as often. */
export const MAX_INC = 2 ** 31;
/** How many of them may have gone by unheard: whatever is claimed of a server must leave it room to outlive the claim. */
export const MAX_INC_STEP = 65_536;
/** People a peer may publish at once: the sockets one object can hold. */
export const MAX_PEOPLE = 32_768;

/** Milliseconds of the first delay after a failed relay; it doubles with each further failure. */
export const BACKOFF_FIRST_MS = 500;
/** Milliseconds of the longest delay: a dead peer costs at most a request an hour. */
export const BACKOFF_MAX_MS = 3_600_000;
/** Milliseconds of the longest delay until a peer that cannot apply yet what it was sent gets it again. */
export const STALL_MAX_MS = 32_000;
/** Changes of a server's people that are remembered, to tell peers only those they lack. */
export const PRESENCE_CHANGES = 100;
/** Milliseconds without a sign of life from a server that is tried until its people are no longer shown. */
export const UNREACHABLE_MS = 60_000;
/** Failures in a row after which a peer is shown as unreachable. */
export const UNREACHABLE_AFTER = 3;
/** Milliseconds until the alarm looks after a debt that should be paid at once: a crash makes it ring, and talk that goes on. Servers sleep 10 s later. */
export const DEBT_ALARM_MS = 4000;
/** Alarms a server remembers that it set: more than it can clear or move in the moment in which the first of them begins to ring. */
export const LATE_ALARMS = 16;
/** Times there is something new, and milliseconds from the first of them to the last, after which more is to be expected: the alarm is left to ring, and rows of others stay open. */
export const BRISK = { times: 3, ms: 5000 };
/** Milliseconds since the latest of them after which the alarm is called off all the same: who fell silent is to sleep soon. */
export const PAUSE_MS = 500;
/** Milliseconds between two relays to one peer, for each peer beyond the UNPACED first: 500 relays a second leave a server time for its clients. */
export const PACE_MS = 2;
export const UNPACED = 2;
/** Connections that watch one server: each gets every frame, and clients need places too. */
export const MAX_WATCHERS = 1000;
/** Links of a server that are told, and living servers up to which those of others are: beyond it there would be a thousand. */
export const MAX_LINKS = 32;
/** Milliseconds between two frames to watchers, as often as the eye can follow; and at most, for many watchers of many servers. */
export const SHOW_MS = 200;
export const SHOW_MAX_MS = 10_000;
/** Characters a millisecond to all watchers together: a megabyte a second leaves a server time for its clients. */
export const SHOW_CHARS = 1000;
/** Milliseconds a peer's clock may be ahead of ours. */
export const MAX_CLOCK_SKEW_MS = 300_000;
/** Clients a disconnecting server sends on at once, and ms until the next as many: who takes them in has time to. */
export const EXITS = 200;
export const EXITS_MS = 100;
/** Milliseconds a disconnecting server waits for a peer to hold everything. */
export const DRAIN_MS = 10_000;
/** Milliseconds a joiner waits for its boot server to be started too. */
export const BOOT_PATIENCE_MS = 3000;
