/** The batch: the unit of log, relay and catch-up. */
import type { Cursor } from "./wire.ts";

/**
 * The header of a batch: `dep` is what its origin had applied of others when it wrote it, as far as its batch before does not say so; `count` messages of `origin` from number `first`, all of one `time` (ms since epoch). Message i was written
 * by session `ids[by[2i]]` under its number `by[2i+1]`. Its lines, joined by newlines, are `size` UTF-16 code units long.
 */
export interface Head {
  origin: string;
  first: number;
  count: number;
  time: number;
  dep: Cursor;
  ids: string[];
  by: number[];
  size: number;
}

/** A header and its lines: the unit of log, relay and catch-up. */
export interface Batch {
  head: Head;
  lines: string;
}

/** Where a batch lies: row, offset of its lines in the row, and which of its lines are copies this server did not show. */
export interface Place {
  head: Head;
  pos: number;
  start: number;
  copies: ReadonlySet<number>;
}

/** The last number of a batch. */
export const lastOf = ({ first, count }: Head): number => first + count - 1;

export const authorOf = (head: Head, i: number): [id: string, n: number] => [
  head.ids[head.by[2 * i] as number] as string,
  head.by[2 * i + 1] as number,
];
