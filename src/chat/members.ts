/**
 * The servers of a chat, as a map that merges: the original replaced its list, and concurrent joins were lost.
 * A state-based CRDT: per address the greatest entry of a total order wins (Shapiro et al. 2011, "Conflict-free replicated data types").
 */

/** One server: `inc` counts its starts, `epoch` its databases, `final` is the last number it wrote before it left. */
export interface Member {
  inc: number;
  status: "alive" | "left";
  epoch: string;
  final?: number;
}

/** Address → member. */
export type Members = Map<string, Member>;

/** Whether `a` replaces `b`: greater incarnation, then left over alive; the rest only makes the order total. */
export function replaces(a: Member, b: Member | undefined): boolean {
  if (b === undefined) return true;
  if (a.inc !== b.inc) return a.inc > b.inc;
  if (a.status !== b.status) return a.status === "left";
  if (a.epoch !== b.epoch) return a.epoch > b.epoch;
  return (a.final ?? -1) > (b.final ?? -1);
}

/** Which life of a server something is said in. */
export type Life = [inc: number, epoch: string];

/** Whether what is said in a life counts for the one that is known, or for one that replaces it. */
export const isCurrent = (life: Life | undefined, known: Member | undefined): boolean =>
  life === undefined || !known || life[0] > known.inc || (life[0] === known.inc && life[1] >= known.epoch);

/** Merges `from` into `into` and names the addresses that changed. */
export function merge(into: Members, from: Iterable<[string, Member]>): string[] {
  const changed: string[] = [];
  for (const [address, member] of from) {
    if (!replaces(member, into.get(address))) continue;
    into.set(address, member);
    changed.push(address);
  }
  return changed;
}

/** What of `ours` someone who holds `theirs` lacks. */
export function lacking(ours: Members, theirs: Members): Members {
  const lack: Members = new Map();
  for (const [address, member] of ours) if (replaces(member, theirs.get(address))) lack.set(address, member);
  return lack;
}
