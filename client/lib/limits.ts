/** Every limit and delay of a client, in one place: what it bounds, its unit, and why it has this value. */

/** Milliseconds a connection may take to open: several slow round trips, yet a fail-over in seconds. */
export const CONNECT_MS = 4000;
/** Milliseconds from then to `welcome`: a server that has not yet what this client has seen lets it wait for 10 s. */
export const WELCOME_MS = 12_000;
/** Milliseconds between two `ping`s: below the 30 s after which the strictest middleboxes forget a quiet connection. */
export const PING_MS = 25_000;
/** Milliseconds without any frame after a `ping` until the connection counts as dead. */
export const PONG_MS = 10_000;
/** Milliseconds without an echo, while something sent has none, until the connection counts as dead. */
export const ECHO_MS = 10_000;
/** Milliseconds to wait for the `exit` that answers `client_leave_req`. */
export const LEAVE_MS = 10_000;

/** Milliseconds of the first cap of the delay before a new try; the delay is random below it. */
export const BACKOFF_FIRST_MS = 500;
/** Milliseconds the cap grows to by doubling: who was away for a moment only is back within seconds of the server. */
export const BACKOFF_NEAR_MS = 4000;
/** Tries with that cap at most, about a minute of them; then it grows on, for who is away for longer is away for long. */
export const NEAR_TRIES = 30;
/** Milliseconds the cap grows to in the end: a deployment that comes back is found within half a minute. */
export const BACKOFF_MAX_MS = 30_000;
/** Milliseconds a server can make a client wait: whatever it says, a minute later it is asked again. */
export const MAX_WAIT_MS = 60_000;

/** Bytes of a frame with several lines; one line alone stays below. A quarter of what servers take. */
export const FRAME_BYTES = 65_536;
/** Messages sent and not echoed; the rest waits here, so that a lost connection repeats little. */
export const IN_FLIGHT = 1024;
/** Messages that wait for their echo, and their UTF-16 units together: what is said offline ends somewhere, and fits what browsers store. */
export const MAX_WAITING = 4096;
export const MAX_WAITING_SIZE = 1_048_576;
/** Characters of a stored snapshot: all that may wait, each escaped six-fold, and the largest cursor. */
export const MAX_SNAPSHOT = 8_388_608;
/** Characters of a stored session; servers give 32. */
export const MAX_SESSION = 256;
/** Milliseconds between two saves while something is said: what a careful write to a slow disk takes. */
export const SAID_MS = 20;
/** Milliseconds between two saves while something is heard: as much of it is told twice after a crash. */
export const HEARD_MS = 1000;
/** Milliseconds during which a second `n_gap` for the same number is taken as an answer to what was sent before the first. */
export const GAP_MS = 1000;
/** Characters received between two `ack`s: a quarter of what a server sends to someone silent. */
export const ACK_EVERY = 1_048_576;
/** Messages whose repetition is recognised, at least; a server repeats none but the latest. */
export const REMEMBERED = 8192;
