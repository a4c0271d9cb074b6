/** Messages become batches, batches become rows: numbers are given here, and each line is serialised here, once. */

import type { Batch, Place } from "./batch.ts";
import type { Effect } from "./effects.ts";
import { MAX_ROW } from "./limits.ts";
import { originOfSelf, ownSeq, type Pending, type State } from "./state.ts";

/** This server's queued messages as batches of at most MAX_ROW characters, numbered on from its last. */
export function ownBatches(state: State, sends: Pending[], now: number): Batch[] {
  const origin = originOfSelf(state);
  const originJson = JSON.stringify(origin);
  const time = Math.max(now, state.log.time + 1);
  const batches: Batch[] = [];
  let dep = state.log.dependencies();
  let seq = ownSeq(state);
  let first = seq + 1;
  let lines = "";
  let ids = new Map<string, number>();
  let by: number[] = [];
  const close = () => {
    if (by.length === 0) return;
    const head = { origin, first, count: by.length / 2, time, dep, ids: [...ids.keys()], by, size: lines.length };
    batches.push({ head, lines });
    first = seq + 1;
    dep = {};
    lines = "";
    ids = new Map();
    by = [];
  };
  for (const { id, name, text, n } of sends) {
    const line = `{"type":"message","name":${JSON.stringify(name)},"text":${JSON.stringify(text)},"id":"${id}","n":${n},"origin":${originJson},"seq":${seq + 1},"time":${time}}`;
    if (lines.length + 1 + line.length > MAX_ROW) close();
    seq++;
    lines = lines === "" ? line : `${lines}\n${line}`;
    const author = ids.get(id) ?? ids.size;
    ids.set(id, author);
    by.push(author, n);
  }
  close();
  return batches;
}

/** Writes batches as rows of at most MAX_ROW characters (one row, as a rule) and answers the lines to tell, without copies. */
export function write(state: State, batches: Batch[], out: Effect[]): string[] {
  const said: string[] = [];
  for (let i = 0; i < batches.length; ) {
    const row: Batch[] = [];
    let size = 0;
    do {
      const batch = batches[i++] as Batch;
      row.push(batch);
      size += batch.lines.length + 1;
    } while (i < batches.length && size + (batches[i] as Batch).lines.length <= MAX_ROW);
    const heads = row.map((batch) => batch.head);
    const { pos } = state.log;
    const lines = row.map((batch) => batch.lines).join("\n");
    out.push({ do: "append", pos, heads, lines });
    state.log.append(heads, lines).forEach((place, at) => {
      const { lines } = row[at] as Batch;
      const shown = place.copies.size === 0 ? lines : withoutCopies(lines, place);
      if (shown !== "") said.push(shown);
    });
  }
  return said;
}

const withoutCopies = (lines: string, { copies }: Place): string =>
  lines
    .split("\n")
    .filter((_, i) => !copies.has(i))
    .join("\n");
