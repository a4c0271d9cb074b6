/**
 * A burst: the senders keep a window of messages in flight, an equal part each, until a fixed number is sent, and the
 * burst is over when the last receiver has the last byte of the last message. A message is in flight until the first
 * server's witness has it: for a single sender, who is that witness, until its own echo.
 */
import type { Crowd, Talker } from "./crowd.ts";
import type { Said } from "./dialect.ts";
import { type Group, settle } from "./group.ts";
import { difference, textOf, watch } from "./witness.ts";

/** Messages that are kept in flight if nothing else is said. */
export const WINDOW = 1024;
/** Nobody received anything for so long: something is lost. In milliseconds. */
const STALL_MS = 15_000;

export interface BurstOptions {
  /** Milliseconds without a byte after which nothing more is expected, and the counts are compared. */
  readonly quiet: number;
  readonly onDone?: () => void;
}

/** How far one sender is: the last `n` sent, heard by the witness, and to be sent in this burst. */
interface Seat extends Talker {
  sent: number;
  heard: number;
  last: number;
}

/** All senders of a crowd. */
export class Sender {
  private readonly crowd: Crowd;
  private readonly seats: ReadonlyMap<string, Seat>;
  /** Messages one sender keeps in flight. */
  private readonly window: number;
  private filling = false;
  private wrong: string | undefined;

  /** `window`: of all senders together. */
  constructor(crowd: Crowd, window: number = WINDOW) {
    this.crowd = crowd;
    this.seats = new Map(crowd.senders.map((talker) => [talker.id, { ...talker, sent: 0, heard: 0, last: 0 }]));
    this.window = Math.max(1, Math.floor(window / this.seats.size));
  }

  /**
   * Sends `count` messages, an equal part each, `n` going on from the burst before, and gives the seconds from the
   * first send to the last delivery, at the moment of which it calls `onDone`. Then checks what everybody has got, and
   * rejects with what went wrong.
   */
  async burst(count: number, { quiet, onDone }: BurstOptions): Promise<number> {
    const { groups } = this.crowd;
    for (const group of groups) group.resetCount();
    const seconds = await this.deliver(count, onDone ?? (() => {}));
    await settle(groups, quiet);
    // Also what came after the last message, to everybody alike.
    const wrong = this.wrong ?? differences(groups);
    if (wrong !== "") throw new Error(wrong);
    return seconds;
  }

  private deliver(count: number, onDone: () => void): Promise<number> {
    const { groups } = this.crowd;
    const next = new Map([...this.seats.values()].map(({ id, sent }) => [id, sent + 1]));
    this.share(count);
    const start = performance.now();
    return new Promise((resolve, reject) => {
      let incomplete = groups.length;
      let before = -1;
      const onWrong = (why: string): void => {
        clearInterval(stall);
        this.wrong ??= why;
        reject(new Error(why));
      };
      const stall = setInterval(() => {
        const bytes = groups.reduce((sum, group) => sum + group.bytes, 0);
        if (bytes === before) onWrong(`nothing arrives any more; ${differences(groups)}`);
        before = bytes;
      }, STALL_MS);
      const onComplete = (): void => {
        if (--incomplete > 0) return;
        const seconds = (performance.now() - start) / 1000;
        onDone();
        clearInterval(stall);
        resolve(seconds);
      };
      this.crowd.onEnd = (why) => onWrong(`a connection ended: ${why}`);
      for (const group of groups) {
        const onMessage = group === groups[0] ? (id: string, n: number) => this.heard(id, n) : () => {};
        watch({ group, next, count, onMessage, onComplete, onWrong });
      }
      this.fill();
    });
  }

  /** The first ones take one more each if it cannot be shared evenly. */
  private share(count: number): void {
    const { size } = this.seats;
    let index = 0;
    for (const seat of this.seats.values()) seat.last += Math.floor(count / size) + (index++ < count % size ? 1 : 0);
  }

  private heard(id: string, n: number): void {
    const seat = this.seats.get(id);
    if (seat) seat.heard = n;
    if (this.filling) return;
    this.filling = true;
    // After the read that is being handled: all it acknowledges is replaced with one write of each sender.
    queueMicrotask(() => this.fill());
  }

  private fill(): void {
    this.filling = false;
    for (const seat of this.seats.values()) {
      const messages: Said[] = [];
      while (seat.sent < seat.last && seat.sent - seat.heard < this.window) {
        const n = ++seat.sent;
        messages.push({ type: "send", text: textOf(n), n });
      }
      if (messages.length > 0) seat.socket.say(messages);
    }
  }
}

function differences(groups: readonly Group[]): string {
  return groups.flatMap((group) => difference(group) ?? []).join("; ");
}
