/** What was said and not yet echoed, in the order of its numbers. The front of it is in flight on the present connection. */
import { FRAME_BYTES, IN_FLIGHT, MAX_WAITING, MAX_WAITING_SIZE } from "./limits.ts";

/** A message that waits for its echo: `n` counts the session's messages from 1. */
export interface Outgoing {
  n: number;
  text: string;
}

export class Outbox {
  #waiting: Outgoing[];
  /** How many at the front were sent on the present connection. */
  #sent = 0;
  /** UTF-16 units of all that waits. */
  #size: number;
  /** Whether everything said, and the session it is said in, was stored. */
  stored = true;
  /** The number the next message gets. */
  next: number;

  /** `waiting`: what an earlier life left; `echoed`: the highest number it saw echoed. */
  constructor(waiting: readonly Outgoing[] = [], echoed = 0) {
    this.#waiting = waiting.map(({ n, text }) => ({ n, text })).sort((a, b) => a.n - b.n);
    this.#size = this.#waiting.reduce((sum, { text }) => sum + text.length, 0);
    this.next = Math.max(echoed, this.#waiting.at(-1)?.n ?? 0) + 1;
  }

  /** All that waits, in order. */
  get waiting(): readonly Outgoing[] {
    return this.#waiting;
  }

  /** How many were sent on the present connection and are not echoed. */
  get inFlight(): number {
    return this.#sent;
  }

  /** Whether a text may wait too. */
  hasRoom(text: string): boolean {
    return this.#waiting.length < MAX_WAITING && this.#size + text.length <= MAX_WAITING_SIZE;
  }

  /** Adds a text; answers its number. */
  add(text: string): number {
    const n = this.next++;
    this.#waiting.push({ n, text });
    this.#size += text.length;
    this.stored = false;
    return n;
  }

  find(n: number): Outgoing | undefined {
    return this.#waiting.find((outgoing) => outgoing.n === n);
  }

  /** Takes a message out, echoed or failed. */
  remove(n: number): void {
    const i = this.#waiting.findIndex((outgoing) => outgoing.n === n);
    if (i < 0) return;
    this.#take(i, 1);
    if (i < this.#sent) this.#sent--;
  }

  /** Takes out a message and all behind it; the next message gets the first one's number. */
  cut(n: number): Outgoing[] {
    const i = this.#waiting.findIndex((outgoing) => outgoing.n === n);
    if (i < 0) return [];
    this.#sent = Math.min(this.#sent, i);
    this.next = n;
    return this.#take(i, this.#waiting.length - i);
  }

  #take(i: number, count: number): Outgoing[] {
    const taken = this.#waiting.splice(i, count);
    for (const { text } of taken) this.#size -= text.length;
    return taken;
  }

  /** Counts the messages from number `n` on as not sent; without `n`, or if it does not wait, all of them. */
  rewind(n?: number): void {
    const i = this.#waiting.findIndex((outgoing) => outgoing.n === n);
    this.#sent = Math.min(this.#sent, Math.max(i, 0));
  }

  /** The frames to send now: all that waits, as far as it may be in flight. */
  frames(): string[] {
    const frames: string[] = [];
    let lines: string[] = [];
    let size = 0;
    const end = Math.min(this.#waiting.length, IN_FLIGHT);
    for (const { n, text } of this.#waiting.slice(this.#sent, end)) {
      const line = JSON.stringify({ type: "send", text, n });
      const bytes = utf8Length(line) + 1;
      if (lines.length > 0 && size + bytes > FRAME_BYTES) {
        frames.push(lines.join("\n"));
        lines = [];
        size = 0;
      }
      lines.push(line);
      size += bytes;
    }
    if (lines.length > 0) frames.push(lines.join("\n"));
    this.#sent = Math.max(this.#sent, end);
    return frames;
  }
}

/** Bytes of a well-formed string in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a surrogate pair stands for two of its four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  return bytes;
}
