/**
 * A burst: the sender keeps a window of messages in flight until a fixed number is sent, its own echoes being the
 * acknowledgements, and the burst is over when the last receiver has the last byte of the last message.
 */
import type { Crowd } from "./crowd.ts";
import { type Group, settle } from "./group.ts";
import { difference, textOf, watch } from "./witness.ts";

/** Messages the sender keeps in flight if nothing else is said. */
export const WINDOW = 1024;
/** Nobody received anything for so long: something is lost. In milliseconds. */
const STALL_MS = 15_000;

export interface BurstOptions {
  /** Milliseconds without a byte after which nothing more is expected, and the counts are compared. */
  readonly quiet: number;
  readonly onDone?: () => void;
}

export class Sender {
  private readonly crowd: Crowd;
  private readonly window: number;
  private sent = 0;
  private echoed = 0;
  private filling = false;

  constructor(crowd: Crowd, window: number = WINDOW) {
    this.crowd = crowd;
    this.window = window;
  }

  /**
   * Sends `count` messages, `n` going on from the burst before, and gives the seconds from the first send to the last
   * delivery, at the moment of which it calls `onDone`. Then checks what everybody has got, and rejects with what
   * went wrong.
   */
  async burst(count: number, { quiet, onDone }: BurstOptions): Promise<number> {
    const { groups } = this.crowd;
    for (const group of groups) group.resetCount();
    const seconds = await this.deliver(count, onDone ?? (() => {}));
    await settle(groups, quiet);
    const wrong = differences(groups);
    if (wrong !== "") throw new Error(wrong);
    return seconds;
  }

  private deliver(count: number, onDone: () => void): Promise<number> {
    const { groups, senderId } = this.crowd;
    const first = this.sent + 1;
    const last = this.sent + count;
    const start = performance.now();
    return new Promise((resolve, reject) => {
      let incomplete = groups.length;
      let before = -1;
      const onWrong = (why: string): void => {
        clearInterval(stall);
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
        const isSenders = group === groups[0];
        const onMessage = isSenders ? (n: number) => this.echo(n, last) : () => {};
        watch({ group, senderId, first, last, onMessage, onComplete, onWrong });
      }
      this.fill(last);
    });
  }

  private echo(n: number, last: number): void {
    this.echoed = n;
    if (this.filling) return;
    this.filling = true;
    // After the read that is being handled: all it acknowledges is replaced with one write.
    queueMicrotask(() => this.fill(last));
  }

  private fill(last: number): void {
    this.filling = false;
    const lines: string[] = [];
    while (this.sent < last && this.sent - this.echoed < this.window) {
      const n = ++this.sent;
      lines.push(JSON.stringify({ type: "send", text: textOf(n), n }));
    }
    if (lines.length > 0) this.crowd.groups[0]?.witness.send(lines);
  }
}

function differences(groups: readonly Group[]): string {
  return groups.flatMap((group) => difference(group) ?? []).join("; ");
}
