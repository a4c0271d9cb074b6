/** Checks what clients send. Everything here is hostile: each failure says what was wrong and what is expected. */
import { MAX_N, MAX_NAME, MAX_ORIGINS, MAX_TEXT } from "./limits.ts";
import type { ClientMessage, Cursor, Refusal } from "./wire.ts";

const refuse = (code: string, message: string, n?: number): Refusal => (n ? { code, message, n } : { code, message });

/** Names of chats and servers. */
export const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
/** What a database is known by. */
export const EPOCH = /^[0-9a-f]{8}$/;
const SESSION = /^[0-9a-f]{32}$/;
/** Control characters, line and paragraph separators, and the marks that turn the direction of what follows. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u;

type Fields = Record<string, unknown>;

/** One line of a frame, as an object of the contract or as the reason why it is none. */
export function parseLine(line: string): ClientMessage | Refusal {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return refuse("bad_json", "this line is not JSON; a frame holds one JSON object per line");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return refuse("bad_json", "this line is JSON, but not an object; a frame holds one JSON object per line");
  const fields = value as Fields;
  switch (fields.type) {
    case "send":
      return send(fields);
    case "client_join_req":
      return join(fields);
    case "ack":
      return isCursor(fields.cursor) ? { type: "ack", cursor: fields.cursor } : refuse("bad_cursor", CURSOR);
    case "client_leave_req":
      return { type: "client_leave_req" };
    default:
      return refuse("unknown_type", "type must be client_join_req, send, ack or client_leave_req");
  }
}

function send({ text, n }: Fields): ClientMessage | Refusal {
  if (n !== undefined && !isNumber(n, 1))
    return refuse("bad_n", `n must be a whole number from 1 to ${MAX_N}, or be left out`);
  if (!isText(text)) return refuse("bad_text", `text must be a string of 1 to ${MAX_TEXT} characters`, n);
  return n === undefined ? { type: "send", text } : { type: "send", text, n };
}

function join({ name, session, cursor, n }: Fields): ClientMessage | Refusal {
  if (!isName(name))
    return refuse("bad_name", `name must be a string of 1 to ${MAX_NAME} printable characters, not all white space`);
  if (session !== undefined && !(typeof session === "string" && SESSION.test(session)))
    return refuse("bad_session", "session must be the 32 hexadecimal digits of an earlier welcome, or be left out");
  if (cursor !== undefined && !isCursor(cursor)) return refuse("bad_cursor", `${CURSOR}, or be left out`);
  if (n !== undefined && !isNumber(n, 0))
    return refuse("bad_n", `n must be a whole number from 0 to ${MAX_N}, or be left out`);
  const message: ClientMessage = { type: "client_join_req", name };
  if (session !== undefined) message.session = session;
  if (cursor !== undefined) message.cursor = cursor;
  if (n !== undefined) message.n = n;
  return message;
}

export const isText = (text: unknown): text is string => typeof text === "string" && between(text, MAX_TEXT);

export const isName = (name: unknown): name is string =>
  typeof name === "string" && between(name, MAX_NAME) && name.trim() !== "" && !UNPRINTABLE.test(name);

/** A number of a message, or how many there were. */
const isNumber = (value: unknown, from: number): value is number => isCount(value, from) && value <= MAX_N;

/** A whole number that survives arithmetic. */
export const isCount = (value: unknown, from: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= from;

/** What a cursor must be, for messages. */
export const CURSOR = `cursor must be an object {origin: seq} with whole numbers from 0, of at most ${MAX_ORIGINS} origins`;

/** `{origin: seq}`. */
export function isCursor(value: unknown): value is Cursor {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const seqs = Object.values(value);
  return seqs.length <= MAX_ORIGINS && seqs.every((seq) => isCount(seq, 0));
}

/** 1 to `most` code points; counts them only where code units do not decide. */
export function between(text: string, most: number): boolean {
  if (text.length === 0 || text.length > 2 * most) return false;
  if (text.length <= most) return true;
  let count = 0;
  for (const _ of text) count++;
  return count <= most;
}
