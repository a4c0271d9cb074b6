/** What a client throws, each for one reason. */

/** A text that cannot be sent. */
export class TextError extends Error {
  override name = "TextError";
}

/** Nothing can be said any more: the client has left, or is about to. */
export class LeftError extends Error {
  override name = "LeftError";
}

/** Too much waits for its echo already. */
export class FullError extends Error {
  override name = "FullError";
}

/** What is stored cannot be gone on from; the message says why. */
export class SnapshotError extends Error {
  override name = "SnapshotError";
}
