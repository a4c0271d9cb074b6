/** What is wrong with a single effect, given what is on the disk when it is let out. */

import type { Head } from "../../../src/chat/batch.ts";
import type { Effect } from "../../../src/chat/effects.ts";
import type { Member } from "../../../src/chat/members.ts";
import type { Cursor, ServerMessage } from "../../../src/chat/wire.ts";
import type { Disk } from "../../disk.ts";

export type Message = Extract<ServerMessage, { type: "message" }>;

/** What is on a disk: how far each origin goes, and each message by its place in the log. */
export interface Written {
  applied: Cursor;
  /** `origin seq` → the line, and `origin seq` → `id n`. */
  lines: Map<string, string>;
  places: Map<string, string>;
  /** Each message as `id n`. */
  messages: Set<string>;
}

/** What every message says, so that its text can be told from its author and number. */
export const textOf = (name: string, n: number): string => `${name} says ${n}`;

export function written(rows: Disk["rows"]): Written {
  const all: Written = { applied: {}, lines: new Map(), places: new Map(), messages: new Set() };
  for (const { heads, lines } of rows) {
    for (const { origin, first, count } of heads) all.applied[origin] = first + count - 1;
    for (const line of lines.split("\n")) {
      const { id, n, origin, seq } = JSON.parse(line) as Message;
      all.lines.set(`${origin} ${seq}`, line);
      all.places.set(`${origin} ${seq}`, `${id} ${n}`);
      all.messages.add(`${id} ${n}`);
    }
  }
  return all;
}

/** Whether `a` is an entry `b` gives way to (M2). */
export const outlives = (a: Member, b: Member): boolean =>
  a.inc !== b.inc ? a.inc > b.inc : a.status === "left" && b.status === "alive";

/** What is wrong with an effect, if anything; `disk` is how it is before it. */
export function wrongWith(effect: Effect, disk: Disk): string | undefined {
  if (effect.do === "append") return wrongRow(effect.heads, effect.lines, disk);
  if (effect.do === "tell" || effect.do === "send") return untold(effect.frame, disk);
  if (effect.do === "reply") return beyond("answers with", (JSON.parse(effect.body) as { vv?: Cursor }).vv ?? {}, disk);
  if (effect.do === "post" && effect.verb === "relay") return beyond("relays", relayed(effect.body), disk);
  if (effect.do === "put" && effect.key.startsWith("member/")) {
    const old = disk.kv.get(effect.key) as Member | undefined;
    const next = effect.value as Member;
    if (old && outlives(old, next))
      return `${effect.key} goes back from ${JSON.stringify(old)} to ${JSON.stringify(next)}`;
  }
  return undefined;
}

/** No hole in an origin, nothing before what it depends on, and each line what its author said. */
function wrongRow(heads: Head[], lines: string, disk: Disk): string | undefined {
  const { applied } = written(disk.rows);
  for (const { origin, first, count, dep } of heads) {
    if (first !== (applied[origin] ?? 0) + 1) return `writes ${origin} ${first} after ${applied[origin] ?? 0}`;
    for (const [other, seq] of Object.entries(dep))
      if (seq > (applied[other] ?? 0)) return `writes ${origin} ${first} before ${other} ${seq}, on which it depends`;
    applied[origin] = first + count - 1;
  }
  for (const line of lines.split("\n")) {
    const { name, n, text } = JSON.parse(line) as Message;
    if (text !== textOf(name, n)) return `writes ${line}`;
  }
  return undefined;
}

/** A message is told only when it is on the disk. */
function untold(frame: string, disk: Disk): string | undefined {
  const told = frame.split("\n").filter((line) => line.startsWith('{"type":"message"'));
  if (told.length === 0) return undefined;
  const { lines } = written(disk.rows);
  for (const line of told) {
    const { origin, seq } = JSON.parse(line) as Message;
    if (lines.get(`${origin} ${seq}`) !== line) return `tells what it has not written: ${line}`;
  }
  return undefined;
}

function relayed(body: string): Cursor {
  const { vv, batches } = JSON.parse(body.split("\n", 1)[0] as string) as { vv: Cursor; batches: Head[] };
  const most = { ...vv };
  for (const { origin, first, count } of batches) most[origin] = Math.max(most[origin] ?? 0, first + count - 1);
  return most;
}

function beyond(does: string, cursor: Cursor, disk: Disk): string | undefined {
  const { applied } = written(disk.rows);
  for (const [origin, seq] of Object.entries(cursor))
    if (seq > (applied[origin] ?? 0)) return `${does} ${origin} ${seq}, but has written ${applied[origin] ?? 0}`;
  return undefined;
}
