/** What somebody who was away is told of one sender's messages `first` to `last`: each once, in order, and nothing else of that sender. */
import type { Line } from "./line.ts";
import { textOf } from "./witness.ts";

export class Missed {
  /** When the last of them came, on the clock of `hear`. */
  whole: number | undefined;
  wrong: string | undefined;
  readonly #sender: string;
  readonly #last: number;
  #next: number;

  constructor(sender: string, first: number, last: number) {
    this.#sender = sender;
    this.#next = first;
    this.#last = last;
  }

  hear(line: Line, at: number): void {
    if (line.type !== "message" || line.id !== this.#sender) return;
    const expected = this.#next++;
    if (line.n !== expected || expected > this.#last || line.text !== textOf(expected))
      this.wrong ??= `${expected > this.#last ? "nothing more" : `message ${expected}`} was expected, got ${JSON.stringify(line)}`;
    if (expected === this.#last) this.whole = at;
  }
}
