/** A mark in the transcript, whose order is the same everywhere: by time, then origin, then number (G5). */
import type { Head } from "./batch.ts";

export interface Mark {
  time: number;
  origin: string;
  seq: number;
}

/** The mark of message i of a batch. */
export const markOf = ({ time, origin, first }: Head, i: number): Mark => ({ time, origin, seq: first + i });

export function comesBefore(a: Mark, b: Mark): boolean {
  if (a.time !== b.time) return a.time < b.time;
  if (a.origin !== b.origin) return a.origin < b.origin;
  return a.seq < b.seq;
}

const MARK = /^(\d{1,16}):([a-z0-9][a-z0-9-]{0,31}):([0-9a-f]{8}):(\d{1,16})$/;

/** A mark as it stands in a URL, without characters that would have to be escaped there. */
export const writeMark = ({ time, origin, seq }: Mark): string => `${time}:${origin.replace("#", ":")}:${seq}`;

export function parseMark(text: string): Mark | undefined {
  const [, time, name, epoch, seq] = MARK.exec(text) ?? [];
  return time === undefined ? undefined : { time: Number(time), origin: `${name}#${epoch}`, seq: Number(seq) };
}
