/**
 * What is checked in the measured run itself, for each server: its witness sees every message of every sender exactly
 * once, in the order of that sender, with the text that was sent; and the group is complete when all of it has as many bytes as the witness.
 */
import type { Group } from "./group.ts";
import type { Line } from "./line.ts";

/** Length of a message's text in bytes. */
export const TEXT_BYTES = 80;
const FILL = "a text as long as what people say in a chat ";
/** Lines that say of the run that it went wrong. */
export const FATAL = new Set(["error", "exit", "reset"]);

/** The text of message `n`: always of the same length, never the same twice. */
export function textOf(n: number): string {
  return String(n).padStart(TEXT_BYTES, FILL);
}

export interface WitnessOptions {
  readonly group: Group;
  /** The number of the next message of each sender, by its id. */
  readonly next: ReadonlyMap<string, number>;
  /** How many messages the burst has, of all senders together. */
  readonly count: number;
  /** Message `n` of the sender `id` has arrived here. */
  readonly onMessage: (id: string, n: number) => void;
  /** Everybody in the group has everything. */
  readonly onComplete: () => void;
  readonly onWrong: (why: string) => void;
}

/** Watches one group during one burst. */
export function watch(options: WitnessOptions): void {
  const { group, count, onMessage, onComplete, onWrong } = options;
  const next = new Map<unknown, number>(options.next);
  let heard = 0;
  /** Bytes the whole group will have received when it is complete: known once the witness is. */
  let goal = Number.POSITIVE_INFINITY;
  group.onBytes = () => {
    if (group.bytes < goal) return;
    goal = Number.POSITIVE_INFINITY;
    onComplete();
  };
  group.witness.onLine = (line: Line) => {
    if (FATAL.has(line.type)) onWrong(`${group.server} says ${JSON.stringify(line)}`);
    if (line.type !== "message") return;
    const expected = next.get(line.id);
    if (expected === undefined || line.n !== expected || line.text !== textOf(expected)) {
      onWrong(`${group.server}: expected message ${expected} of its sender, got ${JSON.stringify(line)}`);
      return;
    }
    next.set(line.id, expected + 1);
    onMessage(String(line.id), expected);
    if (++heard < count) return;
    goal = group.witness.bytes * group.sockets.length;
    // The read that brought this line has been counted already, and may have been the group's last.
    setImmediate(group.onBytes);
  };
}

/** Byte for byte: whoever received more or less than the witness missed, repeated or was told something else. */
export function difference({ server, sockets, witness }: Group): string | undefined {
  const wrong = sockets.filter((socket) => socket.bytes !== witness.bytes);
  const [first] = wrong;
  if (!first) return undefined;
  const counts = `${wrong.length} of ${sockets.length} receivers have not the ${witness.bytes} bytes of their witness`;
  return `${server}: ${counts}; one has ${first.bytes}, the last of them: ${first.tail()}`;
}
