/** What the whole world has written, as an observer above all servers sees it: the memory the oracles check against. */
import type { ServerMessage } from "../../src/chat/wire.ts";

export type Message = Extract<ServerMessage, { type: "message" }>;

/** Under which number a message was written. */
interface Written {
  origin: string;
  seq: number;
}

/** What someone had seen: of each origin the messages above `low` up to `high`. */
export type Seen = readonly { origin: string; low: number; high: number }[];

/** What a disk holds: origin → the highest number, all below it too. */
export type Holds = ReadonlyMap<string, number>;

/** Names a message, however often it was written. */
export const keyOf = ({ id, n }: { id: string; n: number }): string => `${id} ${n}`;

const MESSAGE = '{"type":"message"';

export class Ledger {
  readonly #read = new Map<string, Message>();
  /** Per origin the lines written, number 1 first. */
  readonly #origins = new Map<string, string[]>();
  readonly #places = new Map<string, Written[]>();
  /** Per message what its author had seen when writing it. */
  readonly causes = new Map<string, Seen>();
  /** Messages that need not come after the one before: their author was told that order ends there. */
  readonly late = new Set<string>();
  /** Messages that were echoed perhaps, and are on no living server's disk any more. */
  readonly lost = new Set<string>();
  /** Origins whose storage was emptied. */
  readonly wiped = new Set<string>();

  /** A line of a frame as a message, if it is one; each is parsed once. */
  read(line: string): Message | undefined {
    const known = this.#read.get(line);
    if (known || !line.startsWith(MESSAGE)) return known;
    const message = JSON.parse(line) as Message;
    this.#read.set(line, message);
    return message;
  }

  /** A line is on a disk; true if it is a further copy of a message. Whoever writes it, under one number there is one line. */
  write(line: string): boolean {
    const message = this.read(line);
    if (!message) throw new Error(`this is no message: ${line}`);
    const { origin, seq } = message;
    const lines = this.#origins.get(origin) ?? [];
    this.#origins.set(origin, lines);
    if (seq <= lines.length) {
      if (lines[seq - 1] !== line) throw new Error(`${origin} ${seq} is two messages: ${lines[seq - 1]} and ${line}`);
      return false;
    }
    if (seq !== lines.length + 1) throw new Error(`${origin} ${seq} is written before ${lines.length + 1}`);
    lines.push(line);
    const places = this.#places.get(keyOf(message));
    if (places) places.push({ origin, seq });
    else this.#places.set(keyOf(message), [{ origin, seq }]);
    return places !== undefined;
  }

  /** Whether a line was written just so. */
  has(line: string, { origin, seq }: Message): boolean {
    return this.#origins.get(origin)?.[seq - 1] === line;
  }

  at(origin: string, seq: number): Message {
    const line = this.#origins.get(origin)?.[seq - 1];
    const message = line === undefined ? undefined : this.read(line);
    if (!message) throw new Error(`nobody wrote ${origin} ${seq}`);
    return message;
  }

  /** Whether someone who is at a cursor has got a message, under whatever number. */
  isWithin(message: string, cursor: Record<string, number>): boolean {
    return (this.#places.get(message) ?? []).some(({ origin, seq }) => seq <= (cursor[origin] ?? 0));
  }

  /** What of `origins` only the disk that goes holds, and none that stays, is lost. */
  lose(gone: Holds, origins: Iterable<string>, staying: Holds[]): void {
    const kept = ({ origin, seq }: Written) => staying.some((holds) => seq <= (holds.get(origin) ?? 0));
    for (const origin of origins)
      for (let seq = gone.get(origin) ?? 0; seq > 0 && !kept({ origin, seq }); seq--) {
        const message = keyOf(this.at(origin, seq));
        if (!this.#places.get(message)?.some(kept)) this.lost.add(message);
      }
  }
}
