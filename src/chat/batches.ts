/** Messages become batches: numbers are given here, and each line is serialised here, once. */
import type { Batch } from "./batch.ts";
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
