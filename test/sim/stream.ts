/**
 * What one session has been told, and what it may rely on: no message twice, none missing, in the order of its author and after what its author
 * had seen. A `reset` ends that, and it begins anew.
 */
import type { Cursor } from "../../src/chat/wire.ts";
import { keyOf, type Ledger, type Message, type Seen } from "./ledger.ts";

export class Stream {
  readonly #ledger: Ledger;
  /** What the session presents when it comes back. */
  cursor: Cursor | undefined;
  resets = 0;
  /** Messages got since the last reset. */
  readonly #got = new Set<string>();
  /** At or below this it got the history there was when it came, and no more. */
  #start: Cursor = {};
  /** How far in each origin the stream is; after a reset nobody knows, until the first message. */
  #position: Cursor = {};
  /** What it has seen since the last reset: by origin, as a range. */
  readonly #ranges = new Map<string, { low: number; high: number }>();
  #seen: Seen | undefined;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** A `welcome`: where the stream that follows starts. */
  welcome(cursor: Cursor): void {
    if (this.cursor === undefined) this.#start = cursor;
    else
      for (const [origin, seq] of Object.entries(this.cursor))
        if (cursor[origin] !== seq) throw new Error(`presented ${origin} ${seq}, and the stream starts elsewhere`);
    this.cursor = { ...cursor };
    this.#position = { ...cursor };
  }

  /** A `reset`: order and completeness start anew, at its cursor if it has one. */
  reset(cursor: Cursor | undefined): void {
    this.resets++;
    this.#got.clear();
    this.#ranges.clear();
    this.#seen = undefined;
    this.#position = {};
    if (cursor === undefined) return;
    this.cursor = { ...cursor };
    this.#position = { ...cursor };
    this.#start = { ...cursor };
  }

  /** What it has seen since the last reset. */
  seen(): Seen {
    this.#seen ??= [...this.#ranges].map(([origin, { low, high }]) => ({ origin, low, high }));
    return this.#seen;
  }

  /** A message; true if it was spared some because it has them by a copy. */
  message(message: Message): boolean {
    const { origin, seq } = message;
    if (this.cursor === undefined) throw new Error("comes before the welcome");
    if (this.#got.has(keyOf(message))) throw new Error("comes twice");
    const spared = seq > (this.#start[origin] ?? 0) && this.#advance(this.cursor, message);
    this.#checkAuthor(this.cursor, message);
    this.#checkCauses(this.cursor, message);
    this.#got.add(keyOf(message));
    this.cursor[origin] = Math.max(this.cursor[origin] ?? 0, seq);
    const range = this.#ranges.get(origin);
    this.#ranges.set(origin, { low: Math.min(range?.low ?? seq, seq - 1), high: Math.max(range?.high ?? 0, seq) });
    this.#seen = undefined;
    return spared;
  }

  /** The next of its origin, but for those it has by a copy. */
  #advance(cursor: Cursor, { origin, seq }: Message): boolean {
    const position = this.#position[origin] ?? Math.min(cursor[origin] ?? 0, seq - 1);
    if (seq <= position) throw new Error(`comes after ${origin} ${position}`);
    for (let missed = position + 1; missed < seq; missed++)
      if (!this.#ledger.isWithin(keyOf(this.#ledger.at(origin, missed)), cursor))
        throw new Error(`comes without ${origin} ${missed}`);
    this.#position[origin] = seq;
    return seq > position + 1;
  }

  /** One session's messages come in the order of `n` (G3), but for what a `reset` left behind. */
  #checkAuthor(cursor: Cursor, message: Message): void {
    const { id, n, origin, seq } = message;
    if (n === 1 || seq <= (this.#start[origin] ?? 0) || this.#ledger.late.has(keyOf(message))) return;
    if (!this.#ledger.isWithin(keyOf({ id, n: n - 1 }), cursor)) throw new Error(`comes before ${n - 1}`);
  }

  /** An answer never comes before what its author had seen (G4). */
  #checkCauses(cursor: Cursor, message: Message): void {
    for (const { origin, low, high } of this.#ledger.causes.get(keyOf(message)) ?? [])
      for (let seq = Math.max(low, cursor[origin] ?? 0) + 1; seq <= high; seq++)
        if (!this.#ledger.isWithin(keyOf(this.#ledger.at(origin, seq)), cursor))
          throw new Error(`comes before ${origin} ${seq}, which its author had seen`);
  }
}
