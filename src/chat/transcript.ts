/** The transcript: the log in an order that is the same on all servers that hold the same, a page at a time, from the end. */
import { authorOf, type Place } from "./batch.ts";
import type { Log } from "./log.ts";
import { comesBefore, type Mark, markOf, parseMark, writeMark } from "./mark.ts";
import { no, type Reply } from "./replies.ts";
import type { State } from "./state.ts";

/** Messages in one page. */
const PAGE = 100;

/** `{"messages":[…],"before":"…"}`: the page before a mark, or the last; the answer's `before` leads on, and is absent where nothing comes before. */
export function transcriptPage({ log }: State, mark: string | null): Reply {
  const before = mark === null ? undefined : parseMark(mark);
  if (mark !== null && before === undefined)
    return no(400, "bad_before", "before must be what an earlier page of the transcript said, or be left out");
  const { lines, more } = transcript(log, before, PAGE);
  const next = more ? `,"before":"${writeMark(more)}"` : "";
  return { status: 200, body: `{"messages":[${lines.join(",")}]${next}}` };
}

/** The last `count` messages before a mark, or the last of all, each once; `more` is the mark of the first of them if others come before it. */
export function transcript(log: Log, before: Mark | undefined, count: number): { lines: string[]; more?: Mark } {
  const places = log.places.toSorted((a, b) => (comesBefore(markOf(a.head, 0), markOf(b.head, 0)) ? -1 : 1));
  const found: string[] = [];
  let first: Mark | undefined;
  for (let at = before ? lastBefore(places, before) : places.length - 1; at >= 0; at--) {
    const place = places[at] as Place;
    const lines = log.linesOf(place).split("\n");
    for (let i = place.head.count - 1; i >= 0; i--) {
      const mark = markOf(place.head, i);
      if (before && !comesBefore(mark, before)) continue;
      if (!log.copies.isFirst(...authorOf(place.head, i), mark)) continue;
      if (found.length === count && first) return { lines: found.reverse(), more: first };
      found.push(lines[i] as string);
      first = mark;
    }
  }
  return { lines: found.reverse() };
}

/** The last batch whose first message comes before a mark. */
function lastBefore(places: readonly Place[], before: Mark): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comesBefore(markOf((places[middle] as Place).head, 0), before)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
