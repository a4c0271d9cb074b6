/**
 * Batches that arrived before something they depend on (G4: an answer never appears before what its author had seen). They wait in memory,
 * in the order of their origin, until it is here; what is not kept is not acknowledged, and comes again.
 */

import type { Batch } from "./batch.ts";
import { MAX_HELD, MAX_ORIGINS } from "./limits.ts";
import { originOfSelf, type State } from "./state.ts";

/** Takes in what a server told. */
export function take(state: State, from: string, batches: Batch[]): void {
  for (const batch of batches) keep(state, from, batch);
}

/** Of what was taken in, what can be applied now, in an order in which it can. */
export function applicable(state: State): Batch[] {
  const { held, log } = state;
  if (held.size === 0) return [];
  const ready: Batch[] = [];
  const applied = new Map<string, number>();
  const have = (origin: string) => applied.get(origin) ?? log.applied(origin);
  for (let progress = true; progress; ) {
    progress = false;
    for (const [origin, queue] of held) {
      for (let next = queue[0]; next && isReady(next, have); next = queue[0]) {
        queue.shift();
        state.heldSize -= next.head.size;
        applied.set(origin, next.head.first + next.head.count - 1);
        ready.push(next);
        progress = true;
      }
      if (queue.length === 0) held.delete(origin);
    }
  }
  return ready;
}

const isReady = ({ head }: Batch, have: (origin: string) => number): boolean =>
  Object.entries(head.dep).every(([origin, seq]) => seq <= have(origin));

/** Keeps a batch if it is the next of its origin. Nobody else writes under this server's own. */
function keep(state: State, from: string, batch: Batch): void {
  const { origin, first, size } = batch.head;
  if (origin === originOfSelf(state)) return;
  const queue = state.held.get(origin) ?? [];
  if (queue[0]?.head.first === first) wantCauses(state, from, batch);
  const last = queue.at(-1)?.head;
  const next = last ? last.first + last.count : state.log.applied(origin) + 1;
  // What can be applied at once always passes; only what would have to wait is bounded.
  const ready = queue.length === 0 && isReady(batch, (other) => state.log.applied(other));
  if (first !== next || (!ready && state.heldSize + size > MAX_HELD)) return;
  if (first === 1 && state.log.origins().size + state.held.size >= MAX_ORIGINS) return;
  queue.push(batch);
  state.heldSize += size;
  state.held.set(origin, queue);
}

/** A batch that came a second time and still waits: what it waits for does not come by itself, but whoever sent the batch has it. */
function wantCauses(state: State, from: string, { head }: Batch): void {
  for (const [origin, seq] of Object.entries(head.dep))
    if (seq > state.log.applied(origin)) state.wanted.set(origin, from);
}
