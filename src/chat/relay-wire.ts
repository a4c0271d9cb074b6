/** The body of `relay`: one JSON header line followed by the lines of its batches, raw, so that nothing is escaped twice. */

import { authorOf, type Batch, type Head } from "./batch.ts";
import { addressFor, header, isFields, json, need, type Place } from "./body.ts";
import { MAX_BEYOND, MAX_ORIGINS, MAX_PEOPLE, MAX_ROW, MAX_SESSIONS } from "./limits.ts";
import { type ForWatchers, parseForWatchers, writeForWatchers } from "./links.ts";
import type { Life } from "./members.ts";
import { EPOCH, isCount, isCursor, isName, isText } from "./parse.ts";
import type { Change, Held, Published } from "./presence.ts";
import { ORIGIN, parseHeld, parseLife, parseWant, UNWRITTEN, VV } from "./relay-answer.ts";
import type { SessionEntry } from "./seen.ts";
import type { Cursor } from "./wire.ts";

/** A floor as peers are told it, with the messages of every session that lie below. */
export interface ToldFloor {
  cursor: Cursor;
  time: number;
  sessions: SessionEntry[];
}

/**
 * `relay`: `vv` is what the sender has applied and written in this life of its, `unwritten` what it has applied beyond that (absent: it does not know that one
 * may be answered before what one brings is written), `want` the origins it asks the receiver for, `floor` what the sender trimmed if the receiver
 * lacks it, `presence` its published set, or what is new of it, if the receiver may lack it, `held` which version of the receiver's it holds.
 */
export interface RelayRequest extends ForWatchers {
  from: string;
  life?: Life | undefined;
  vv: Cursor;
  unwritten?: Cursor;
  want?: string[];
  floor?: ToldFloor;
  presence?: Published | Change;
  held?: Held | undefined;
  batches: Batch[];
}

const ID = /^[0-9a-f]{20}$/;

export function writeRelay(to: string, relay: RelayRequest, place: Place): string {
  const { from, want = [], batches, watch, links, ...rest } = relay;
  const { chat } = place;
  const head = JSON.stringify({
    chat,
    from: addressFor(to, from, place),
    ...rest,
    ...(want.length > 0 ? { want } : {}),
    ...writeForWatchers(to, { watch, links }, place),
    batches: batches.map((batch) => batch.head),
  });
  return [head, ...batches.map((batch) => batch.lines)].join("\n");
}

/** `neighbour`: another server of this deployment says it, whose lines were checked where they came in, or are its own. */
export function parseRelay(body: string, place: Place, neighbour = false): RelayRequest {
  const end = body.indexOf("\n");
  const { from, life, vv, unwritten, want, floor, presence, held, watch, links, batches } = header(
    end < 0 ? body : body.slice(0, end),
    place,
  );
  need(isCursor(vv), VV);
  need(Array.isArray(batches), "batches must be a list");
  let at = end + 1;
  const relay: RelayRequest = {
    from,
    vv,
    batches: batches.map((value: unknown) => {
      const head = parseHead(value);
      const lines = body.slice(at, at + head.size);
      at += head.size + 1;
      if (!neighbour) checkLines(head, lines);
      return { head, lines };
    }),
  };
  need(batches.length === 0 ? end < 0 : at - 1 === body.length, "the lines are not as long as the batches say");
  Object.assign(relay, parseForWatchers(watch, links, place));
  if (unwritten !== undefined) {
    need(isCursor(unwritten), UNWRITTEN);
    relay.unwritten = unwritten;
  }
  if (life !== undefined) relay.life = parseLife(life);
  if (want !== undefined) relay.want = parseWant(want);
  if (floor !== undefined) relay.floor = parseFloor(floor);
  if (presence !== undefined) relay.presence = parsePresence(presence);
  if (held !== undefined) relay.held = parseHeld(held);
  return relay;
}

function parseFloor(value: unknown): ToldFloor {
  need(isFields(value), "floor must be an object");
  const { cursor, time, sessions } = value;
  need(
    isCursor(cursor) && Object.keys(cursor).every((origin) => ORIGIN.test(origin)),
    `floor.cursor must be an object {origin: seq} of at most ${MAX_ORIGINS} origins`,
  );
  need(isCount(time, 0), "floor.time must be a whole number from 0");
  need(
    Array.isArray(sessions) && sessions.length <= MAX_SESSIONS && sessions.every(isSession),
    `floor.sessions must be a list of at most ${MAX_SESSIONS} [id, upTo, beyond, time]`,
  );
  return { cursor, time, sessions };
}

const isSession = (entry: unknown): entry is SessionEntry =>
  Array.isArray(entry) &&
  typeof entry[0] === "string" &&
  ID.test(entry[0]) &&
  isCount(entry[1], 0) &&
  Array.isArray(entry[2]) &&
  entry[2].length <= MAX_BEYOND &&
  entry[2].every((run) => Array.isArray(run) && run.length === 2 && isCount(run[0], 1) && isCount(run[1], run[0])) &&
  isCount(entry[3], 0);

function parsePresence(value: unknown): Published | Change {
  need(isFields(value), "presence must be an object");
  const { epoch, version, since, people } = value;
  need(typeof epoch === "string" && EPOCH.test(epoch), "presence.epoch must be 8 hexadecimal digits");
  need(isCount(version, 0), "presence.version must be a whole number from 0");
  need(since === undefined || isCount(since, 0), "presence.since must be a whole number from 0");
  need(Array.isArray(people) && people.length <= MAX_PEOPLE, `presence.people must be a list of at most ${MAX_PEOPLE}`);
  for (const entry of people)
    need(
      Array.isArray(entry) &&
        typeof entry[0] === "string" &&
        ID.test(entry[0]) &&
        ((typeof entry[1] === "string" && entry[1].length <= 64) || (entry[1] === null && since !== undefined)),
      "presence.people must be [id, name], or [id, null] for who went since",
    );
  if (since !== undefined) return { epoch, version, since, people: people as [string, string | null][] };
  return { epoch, version, people: people as [string, string][] };
}

function parseHead(value: unknown): Head {
  need(isFields(value), "a batch must be an object");
  const { origin, first, count, time, dep, ids, by, size } = value;
  need(typeof origin === "string" && ORIGIN.test(origin), "origin of a batch must be server#epoch");
  need(isCount(first, 1) && isCount(count, 1) && isCount(time, 0), "first, count and time must be whole numbers");
  need(isCursor(dep), `dep must be an object {origin: seq} of at most ${MAX_ORIGINS} origins`);
  need(Array.isArray(ids) && ids.every((id) => typeof id === "string" && ID.test(id)), "ids must be a list of ids");
  need(Array.isArray(by) && by.length === 2 * count, "by must hold an author and a number per message");
  for (let i = 0; i < by.length; i += 2)
    need(isCount(by[i], 0) && by[i] < ids.length && isCount(by[i + 1], 1), "by must refer to ids and numbers from 1");
  need(isCount(size, 2) && size <= MAX_ROW, `size must be the length of the lines, at most ${MAX_ROW}`);
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
    need(
      isName(message.name) && isText(message.text),
      "a message must have a name and a text as clients may send them",
    );
  });
}
