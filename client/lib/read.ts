/** Reads what servers send. Lines of another make are not objects of the contract; a client reports them and goes on. */
import { isCount, isCursor } from "../../src/chat/parse.ts";
import type { Cursor, Person, Refusal, ServerEntry, ServerMessage } from "../../src/chat/wire.ts";

/** An `exit`, also with reasons of newer servers; `after`: ms to wait before going to one of `servers`. */
export interface Exit {
  type: "exit";
  reason: string;
  servers: ServerEntry[];
  after?: number;
}

/** Order or completeness ended here and starts anew, for `reason`. */
export interface Reset {
  type: "reset";
  reason: string;
  cursor?: Cursor;
}

type Known = Exclude<ServerMessage, { type: "exit" | "reset" }> | Exit | Reset;
/** An object of the contract, or of a later one: then only its `type` is sure. */
export type Told = Known | { type: "unknown"; object: Record<string, unknown> };

/** What somebody said. */
export type Message = Extract<Told, { type: "message" }>;

type Fields = Record<string, unknown>;

const isString = (value: unknown): value is string => typeof value === "string";
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** `server#epoch`: a name like this is no property of every object, so that a cursor may be a plain one. */
const isOrigin = (value: unknown): value is string => isString(value) && /^[^#]+#[^#]+$/.test(value);
const isOptional = (value: unknown, from = 0) => value === undefined || isCount(value, from);
const isPerson = (value: unknown): value is Person => isFields(value) && isString(value.name) && isString(value.id);
/** Servers of an older make do not say where somebody is. */
const isPlaced = (value: unknown): boolean =>
  isPerson(value) && (!("server" in value) || value.server === undefined || isString(value.server));
const isPeople = (value: unknown): boolean => Array.isArray(value) && value.every(isPlaced);
const isEntry = (value: unknown): value is ServerEntry =>
  isFields(value) && isString(value.name) && isString(value.status) && isString(value.url);
const isEntries = (value: unknown): value is ServerEntry[] => Array.isArray(value) && value.every(isEntry);
const isRefusal = (value: Fields): value is Fields & Refusal =>
  isString(value.code) && isString(value.message) && isOptional(value.n) && isOptional(value.retry);

/** What each type must have. */
const SHAPES: Record<Known["type"], (fields: Fields) => boolean> = {
  welcome: (o) =>
    [o.chat, o.server, o.session].every(isString) &&
    isPerson(o) &&
    isCount(o.n, 0) &&
    isCursor(o.cursor) &&
    isEntries(o.servers) &&
    isPeople(o.names) &&
    isCount(o.count, 0),
  join: isPlaced,
  move: (o) => isPerson(o) && isString(o.server),
  leave: isPerson,
  presence: (o) =>
    [o.count, o.joined, o.left].every((count) => isCount(count, 0)) && (o.names === undefined || isPeople(o.names)),
  message: (o) =>
    isPerson(o) && isString(o.text) && isOrigin(o.origin) && isCount(o.n, 1) && isCount(o.seq, 1) && isCount(o.time, 0),
  update_servers: (o) => isEntries(o.servers),
  exit: (o) => isString(o.reason) && isEntries(o.servers) && isOptional(o.after),
  reset: (o) => isString(o.reason) && (o.cursor === undefined || isCursor(o.cursor)),
  error: isRefusal,
};

/** One line of a frame; `undefined` if it is no object with a type, or its fields are not those of its type. */
export function readLine(line: string): Told | undefined {
  let object: unknown;
  try {
    object = JSON.parse(line);
  } catch {
    return undefined;
  }
  return readObject(object);
}

/** The same of what was parsed already. */
export function readObject(object: unknown): Told | undefined {
  if (!isFields(object) || !isString(object.type)) return undefined;
  const { type } = object;
  if (!Object.hasOwn(SHAPES, type)) return { type: "unknown", object };
  return SHAPES[type as Known["type"]](object) ? (object as unknown as Known) : undefined;
}
