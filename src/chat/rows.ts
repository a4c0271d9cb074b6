/** Batches become rows. A row is written with the flush that adds to it, unless all in it is others' and more will soon be. */
import type { Batch, Place } from "./batch.ts";
import type { Effect } from "./effects.ts";
import { isBrisk, type State } from "./state.ts";

/** Adds batches to the open row, and writes it whenever it is full; answers the lines to tell, without copies. */
export function write(state: State, batches: Batch[], now: number, out: Effect[]): string[] {
  const { log } = state;
  const said: string[] = [];
  for (const batch of batches) {
    if (!log.open.fits(batch.lines.length)) closeRow(state, out);
    const place = log.add(batch, now);
    const shown = place.copies.size === 0 ? batch.lines : withoutCopies(batch.lines, place);
    if (shown !== "") said.push(shown);
  }
  return said;
}

const withoutCopies = (lines: string, { copies }: Place): string =>
  lines
    .split("\n")
    .filter((_, i) => !copies.has(i))
    .join("\n");

/** Writes what is in the open row. */
export function closeRow({ log }: State, out: Effect[]): void {
  const row = log.close();
  if (row) out.push({ do: "append", ...row });
}

/**
 * Whether the open row may stay open in this flush: nothing of it is this server's own, nobody is to be told from the log what is in it, and every
 * peer that brings something knows what `unwritten` means, and brings more soon.
 */
export function mayStayOpen(state: State, { sends, arrived }: Pick<State, "sends" | "arrived">, now: number): boolean {
  if (sends.length > 0 || state.catching.length > 0 || state.draining) return false;
  const knows = ({ relay }: State["arrived"][number]) => relay.unwritten !== undefined && relay.batches.length > 0;
  return arrived.every(knows) && (arrived.length === 0 || isBrisk(state, now));
}
