/** Reads a stored snapshot. Storage is shared with others and outlives versions, so nothing of it is believed. */
import { MAX_TEXT } from "../../src/chat/limits.ts";
import { between, isCount, isCursor } from "../../src/chat/parse.ts";
import { SnapshotError } from "./errors.ts";
import { MAX_SESSION, MAX_SNAPSHOT, MAX_WAITING, MAX_WAITING_SIZE } from "./limits.ts";
import type { Outgoing } from "./outbox.ts";
import type { Snapshot } from "./state.ts";

/** The snapshot in a text, which must be of the chat at this URL. Throws SnapshotError. */
export function readSnapshot(text: string, chat: string): Snapshot {
  if (text.length > MAX_SNAPSHOT) throw new SnapshotError(`no snapshot has more than ${MAX_SNAPSHOT} characters`);
  const snapshot = parse(text);
  if (!isSnapshot(snapshot)) throw new SnapshotError("this is no snapshot of Chatty");
  if (snapshot.chat !== chat) throw new SnapshotError(`this is of the chat ${shown(snapshot.chat)}, not of ${chat}`);
  return snapshot;
}

/** Characters shown of a URL that may be anything. */
const SHOWN = 200;
const shown = (url: string) => url.slice(0, SHOWN);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SnapshotError("this is no snapshot of Chatty, or only a part of one");
  }
}

function isSnapshot(value: unknown): value is Snapshot {
  if (typeof value !== "object" || value === null) return false;
  const { chat, session, cursor, n, outbox } = value as Partial<Record<keyof Snapshot, unknown>>;
  return (
    typeof chat === "string" &&
    (session === undefined || (typeof session === "string" && session !== "" && session.length <= MAX_SESSION)) &&
    (cursor === undefined || isCursor(cursor)) &&
    isCount(n, 0) &&
    Array.isArray(outbox) &&
    isOutbox(outbox)
  );
}

/** Messages under rising numbers, as many as may wait. */
function isOutbox(outbox: unknown[]): boolean {
  if (outbox.length > MAX_WAITING) return false;
  let last = 0;
  let size = 0;
  for (const outgoing of outbox) {
    const { n, text } = (outgoing ?? {}) as Partial<Record<keyof Outgoing, unknown>>;
    if (!isCount(n, last + 1) || typeof text !== "string" || !text.isWellFormed() || !between(text, MAX_TEXT))
      return false;
    last = n;
    size += text.length;
  }
  return size <= MAX_WAITING_SIZE;
}
