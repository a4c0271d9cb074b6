/**
 * Batches this server asks others for, because who wrote them does not get through: a batch that waits for them came again, or a client that
 * has seen them elsewhere waits. Whoever is asked sends them like its own, from then on, until their writer is heard here itself.
 */
import { type State, writers } from "./state.ts";

/** Asks every server. */
export const EVERYONE = "";

/** The origins to ask a server for. */
export function wantFrom(state: State, address: string): string[] {
  if (state.wanted.size === 0) return [];
  const living = writers(state);
  // What nobody writes any more comes unasked from all who have it.
  for (const [origin, whom] of state.wanted) if (whom !== EVERYONE && !living.has(origin)) state.wanted.delete(origin);
  return [...state.wanted]
    .filter(([origin, whom]) => living.get(origin) !== address && (whom === address || whom === EVERYONE))
    .map(([origin]) => origin);
}

/** A server told of its own batches: nobody else is to be asked for them. */
export function heardFrom(state: State, address: string): void {
  if (state.wanted.size === 0) return;
  for (const [origin, writer] of writers(state)) if (writer === address) state.wanted.delete(origin);
}
