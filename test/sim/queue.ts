/** What is to come, by time and, at one time, in the order asked for: a binary heap. */

interface Coming {
  at: number;
  order: number;
  run: () => void;
}

const before = (a: Coming, b: Coming): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

export class Queue {
  readonly #heap: Coming[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  push(at: number, run: () => void): void {
    const heap = this.#heap;
    const coming = { at, order: this.#order++, run };
    let i = heap.length;
    heap.push(coming);
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = heap[up] as Coming;
      if (before(parent, coming)) break;
      heap[i] = parent;
      i = up;
    }
    heap[i] = coming;
  }

  /** Takes the next one out, if it comes at `end` or before. */
  pop(end: number): Coming | undefined {
    const heap = this.#heap;
    const [next] = heap;
    if (next === undefined || next.at > end) return undefined;
    const last = heap.pop() as Coming;
    if (heap.length > 0) this.#sink(last);
    return next;
  }

  /** Puts the last one where the first was taken from, and lets it sink to its place. */
  #sink(last: Coming): void {
    const heap = this.#heap;
    let i = 0;
    for (let down = 1; down < heap.length; down = 2 * i + 1) {
      const right = heap[down + 1];
      if (right && before(right, heap[down] as Coming)) down++;
      const child = heap[down] as Coming;
      if (!before(child, last)) break;
      heap[i] = child;
      i = down;
    }
    heap[i] = last;
  }
}
