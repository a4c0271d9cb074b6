/** What a watcher is told, read from a line of a frame. */
import type { LinkView, ServerView, View } from "../../src/chat/view.ts";

/** The cluster as a server sees it, or how many messages began to travel, per server. */
export type Watched = { type: "cluster"; view: View } | { type: "traffic"; messages: ReadonlyMap<string, number> };

/** Nothing for a line of another kind, or that is none. */
export function readWatched(line: string): Watched | undefined {
  const fields = parse(line);
  if (fields?.type === "traffic" && isFields(fields.messages)) {
    const entries = Object.entries(fields.messages).filter((entry): entry is [string, number] => isNumber(entry[1]));
    return { type: "traffic", messages: new Map(entries) };
  }
  return fields?.type === "cluster" && isView(fields) ? { type: "cluster", view: fields } : undefined;
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === "number" && value >= 0;
const isMaybe = (value: unknown): boolean => value === undefined || isNumber(value);

function parse(line: string): Fields | undefined {
  // `pong` and blank lines are no objects.
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Fields;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isView = (fields: Fields): fields is Fields & View =>
  typeof fields.server === "string" &&
  isNumber(fields.time) &&
  Array.isArray(fields.servers) &&
  fields.servers.every(isServer) &&
  Array.isArray(fields.links) &&
  fields.links.every(isLink);

const STATUSES = new Set(["alive", "unreachable", "left"]);

const isServer = (value: unknown): value is ServerView =>
  isFields(value) && typeof value.name === "string" && STATUSES.has(String(value.status)) && isNumber(value.clients);

const isLink = (value: unknown): value is LinkView =>
  isFields(value) &&
  typeof value.from === "string" &&
  typeof value.to === "string" &&
  STATUSES.has(String(value.status)) &&
  [value.lag, value.rtt, value.heard, value.since].every(isMaybe);
