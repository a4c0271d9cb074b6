/**
 * The bodies of the requests between servers, and their checks: peers are hostile too until proven otherwise.
 * A relay is one JSON header line followed by the lines of its batches, raw: nothing is escaped twice.
 */
import { abroad, atHome, hostOf, isAddress } from "./address.ts";
import { MAX_INC, MAX_MEMBERS, MAX_PEOPLE } from "./limits.ts";
import { authorOf, type Batch, type Head } from "./log.ts";
import type { Member } from "./members.ts";
import { isCount, isCursor } from "./parse.ts";
import type { Published } from "./presence.ts";
import type { Cursor } from "./wire.ts";

/** Where a body is read or written: in which chat, and what other deployments call this one. */
export interface Place {
  chat: string;
  host: string | undefined;
}

/** `server_join_req` and `update_servers`: who asks, and the members it knows or passes on. */
export interface MembersRequest {
  from: string;
  members: [string, Member][];
}

/** `relay`: `vv` is what the sender has applied, `presence` its published set if the receiver may lack it. */
export interface RelayRequest {
  from: string;
  vv: Cursor;
  presence?: Published;
  batches: Batch[];
}

const ID = /^[0-9a-f]{20}$/;
const EPOCH = /^[0-9a-f]{8}$/;
const ORIGIN = /^[a-z0-9][a-z0-9-]{0,31}#[0-9a-f]{8}$/;

/** Thrown inside this file only; `read` turns it into a reason. */
class Malformed extends Error {}

function need(condition: unknown, reason: string): asserts condition {
  if (!condition) throw new Malformed(reason);
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What `parse` makes of a body, or the reason why it is not one. */
export type Read<T> = { ok: true; value: T } | { ok: false; reason: string };

export function read<T>(parse: (body: string, place: Place) => T, body: string, place: Place): Read<T> {
  try {
    return { ok: true, value: parse(body, place) };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, reason: error.message };
    throw error;
  }
}

function json(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Malformed("the body is not JSON");
  }
  need(isFields(value), "the body is not a JSON object");
  return value;
}

/** The header fields all requests share. Addresses are taken home as they are read. */
function header(text: string, { chat, host }: Place): Fields & { from: string } {
  const fields = json(text);
  need(fields.chat === chat, `chat must be '${chat}'`);
  need(typeof fields.from === "string" && isAddress(fields.from), "from must be the address of a server");
  const from = atHome(fields.from, host);
  need(
    host !== undefined || hostOf(from) === undefined,
    "HOST is not set here, so servers of other hosts cannot be joined",
  );
  return { ...fields, from };
}

function parseMembers(value: unknown, { host }: Place): [string, Member][] {
  need(isFields(value), "members must be an object {address: member}");
  const entries = Object.entries(value);
  need(entries.length <= MAX_MEMBERS, `members must be at most ${MAX_MEMBERS}`);
  return entries.map(([address, member]) => {
    need(isAddress(address), `'${address.slice(0, 40)}' is not the address of a server`);
    need(isFields(member), `member '${address}' must be an object`);
    const { inc, status, epoch, final } = member;
    need(isCount(inc, 1) && inc < MAX_INC, `inc of '${address}' must be a whole number from 1, below ${MAX_INC}`);
    need(status === "alive" || status === "left", `status of '${address}' must be alive or left`);
    need(typeof epoch === "string" && EPOCH.test(epoch), `epoch of '${address}' must be 8 hexadecimal digits`);
    if (status === "alive") return [atHome(address, host), { inc, status, epoch }];
    need(isCount(final, 0), `final of '${address}' must be a whole number from 0`);
    return [atHome(address, host), { inc, status, epoch, final }];
  });
}

export function parseMembersRequest(body: string, place: Place): MembersRequest {
  const { from, members } = header(body, place);
  return { from, members: parseMembers(members, place) };
}

/** The members as the server at `to` knows their addresses. */
export const writeMembers = (to: string, members: Iterable<[string, Member]>, place: Place): Record<string, Member> =>
  Object.fromEntries([...members].map(([address, member]) => [addressFor(to, address, place), member]));

/** An address as the server at `to` knows it. */
function addressFor(to: string, address: string, { host }: Place): string {
  return hostOf(to) === undefined || host === undefined ? address : abroad(address, host);
}

export function writeMembersRequest(
  to: string,
  from: string,
  members: Iterable<[string, Member]>,
  place: Place,
): string {
  const { chat } = place;
  return JSON.stringify({ chat, from: addressFor(to, from, place), members: writeMembers(to, members, place) });
}

/** The answer to `server_join_req`. */
export const parseMembersAnswer = (body: string, place: Place): [string, Member][] =>
  parseMembers(json(body).members, place);

/** An error as answer, and the members a server that has left adds to it. */
export function parseRefusal(
  body: string,
  place: Place,
): { code: string; message: string; members: [string, Member][] } {
  const { error, members } = json(body);
  need(
    isFields(error) && typeof error.code === "string" && typeof error.message === "string",
    "no error of the contract",
  );
  return {
    code: error.code,
    message: error.message,
    members: members === undefined ? [] : parseMembers(members, place),
  };
}

/** The answer to `relay`. */
export function parseRelayAnswer(body: string): Cursor {
  const { vv } = json(body);
  need(isCursor(vv), "vv must be an object {origin: seq}");
  return vv;
}

export function writeRelay(to: string, { from, batches, ...rest }: RelayRequest, place: Place): string {
  const { chat } = place;
  const head = JSON.stringify({
    chat,
    from: addressFor(to, from, place),
    ...rest,
    batches: batches.map((batch) => batch.head),
  });
  return [head, ...batches.map((batch) => batch.lines)].join("\n");
}

export function parseRelay(body: string, place: Place): RelayRequest {
  const end = body.indexOf("\n");
  const { from, vv, presence, batches } = header(end < 0 ? body : body.slice(0, end), place);
  need(isCursor(vv), "vv must be an object {origin: seq}");
  need(Array.isArray(batches), "batches must be a list");
  let at = end + 1;
  const relay: RelayRequest = {
    from,
    vv,
    batches: batches.map((value: unknown) => {
      const head = parseHead(value);
      const lines = body.slice(at, at + head.size);
      at += head.size + 1;
      checkLines(head, lines);
      return { head, lines };
    }),
  };
  need(batches.length === 0 ? end < 0 : at - 1 === body.length, "the lines are not as long as the batches say");
  if (presence !== undefined) relay.presence = parsePresence(presence);
  return relay;
}

function parsePresence(value: unknown): Published {
  need(isFields(value), "presence must be an object");
  const { epoch, version, people } = value;
  need(typeof epoch === "string" && EPOCH.test(epoch), "presence.epoch must be 8 hexadecimal digits");
  need(isCount(version, 0), "presence.version must be a whole number from 0");
  need(Array.isArray(people) && people.length <= MAX_PEOPLE, `presence.people must be a list of at most ${MAX_PEOPLE}`);
  for (const entry of people)
    need(
      Array.isArray(entry) &&
        typeof entry[0] === "string" &&
        ID.test(entry[0]) &&
        typeof entry[1] === "string" &&
        entry[1].length <= 64,
      "presence.people must be [id, name]",
    );
  return { epoch, version, people: people as [string, string][] };
}

function parseHead(value: unknown): Head {
  need(isFields(value), "a batch must be an object");
  const { origin, first, count, time, dep, ids, by, size } = value;
  need(typeof origin === "string" && ORIGIN.test(origin), "origin of a batch must be server#epoch");
  need(isCount(first, 1) && isCount(count, 1) && isCount(time, 0), "first, count and time must be whole numbers");
  need(isCursor(dep) && Object.keys(dep).length <= MAX_MEMBERS, "dep must be an object {origin: seq}");
  need(Array.isArray(ids) && ids.every((id) => typeof id === "string" && ID.test(id)), "ids must be a list of ids");
  need(Array.isArray(by) && by.length === 2 * count, "by must hold an author and a number per message");
  for (let i = 0; i < by.length; i += 2)
    need(isCount(by[i], 0) && by[i] < ids.length && isCount(by[i + 1], 1), "by must refer to ids and numbers from 1");
  need(isCount(size, 2), "size must be the length of the lines");
  return { origin, first, count, time, dep, ids: ids as string[], by: by as number[], size };
}

/** Each line must be the message its header speaks of: what passes through untouched is told to clients untouched. */
function checkLines(head: Head, lines: string): void {
  const list = lines.split("\n");
  need(list.length === head.count, "a batch must have a line per message");
  list.forEach((text, i) => {
    const message = json(text);
    const [id, n] = authorOf(head, i);
    const { type, origin, seq, time } = message;
    need(
      type === "message" && origin === head.origin && seq === head.first + i && time === head.time,
      "a line must be the message its batch says",
    );
    need(message.id === id && message.n === n, "a line must have the author its batch says");
    need(typeof message.name === "string" && typeof message.text === "string", "a message has a name and a text");
  });
}
