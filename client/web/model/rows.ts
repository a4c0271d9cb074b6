/** What the page lists, as plain data: who said what, who came and went, and where order ended; each knows how it stands to the one before. */
import type { Person } from "../../../src/chat/wire.ts";

/** Times are in ms since epoch, those of messages by the server's clock. */
export interface Said extends Person {
  kind: "said";
  /** Unique in the page, and the same for one message as long as it is shown. */
  key: string;
  text: string;
  time: number;
  n: number;
  /** Where it was written down; absent until its echo has come. */
  origin?: string;
  seq?: number;
  mine: boolean;
  state: "sending" | "sent" | "failed";
  /** Why it failed. */
  why?: string;
  /** Whether it exists only on a server that cannot be reached. */
  alone?: boolean;
}

/** Who came and went since the row before, each once. */
export interface Came {
  kind: "came";
  key: string;
  time: number;
  people: readonly (Person & { joined: boolean; left: boolean })[];
  /** How many more came and went in a crowd, whose names were not told. */
  joined: number;
  left: number;
}

/** Order or completeness ends here. */
export interface Break {
  kind: "break";
  key: string;
  time: number;
  reason: string;
}

export type Entry = Said | Came | Break;

export interface Row {
  entry: Entry;
  /** Whether it begins a group, and so says who speaks. */
  first: boolean;
  /** Whether a new day begins with it. */
  day: boolean;
}

/** Milliseconds after which the same person begins a new group. */
const GROUP_MS = 5 * 60_000;

/** Midnight before a time, where the reader is. */
const dayOf = (time: number): number => new Date(time).setHours(0, 0, 0, 0);

const isSameVoice = (a: Said, b: Said) => (a.mine ? b.mine : a.id === b.id) && a.name === b.name;

/** An entry as the row that follows another. */
export function rowAfter(before: Entry | undefined, entry: Entry): Row {
  const day = before === undefined || dayOf(before.time) !== dayOf(entry.time);
  const goesOn =
    !day &&
    before.kind === "said" &&
    entry.kind === "said" &&
    isSameVoice(before, entry) &&
    entry.time - before.time < GROUP_MS;
  return { entry, first: !goesOn, day };
}

/** Entries as rows, behind what is there. */
export function rowsAfter(before: Entry | undefined, entries: readonly Entry[]): Row[] {
  let last = before;
  return entries.map((entry) => {
    const row = rowAfter(last, entry);
    last = entry;
    return row;
  });
}
