/**
 * Whether a flush should wait. A timer of zero lets everything that has arrived by then share one row, and costs a millisecond; worth it where
 * much is said, lost where little is. A flush that waited and found nothing more to take along shows that little is said.
 */

/** Flushes at once after one that waited in vain; then one waits again, to see. Few, for before thousands a flush alone can cost 20 ms. */
const AT_ONCE = 8;

export class Calm {
  /** Frames and relays since the last flush, and messages written since: those in a row that stays open count when it is written. */
  #arrived = 0;
  #written = 0;
  #left = 0;

  /** A frame or a relay came. */
  arrive(): void {
    this.#arrived++;
  }

  /** The flush wrote so many messages. */
  write(count: number): void {
    this.#written += count;
  }

  /** Whether a flush may come at once. */
  get now(): boolean {
    return this.#left > 0;
  }

  /** The flush is over; `waited`: whether more could join it. */
  flushed(waited: boolean): void {
    const gathered = Math.max(this.#arrived, this.#written);
    this.#arrived = 0;
    this.#written = 0;
    // That nothing was said is no sign that little is.
    if (gathered === 0) return;
    if (gathered > 1) this.#left = 0;
    else this.#left = waited ? AT_ONCE : this.#left - 1;
  }
}
