/** Which states were visited, as 64 bits of each: for ten million states the chance that two share them is below one in a hundred thousand. */

/** Slots at the beginning, a power of two. */
const FIRST_SLOTS = 1 << 16;

export class Visited {
  #slots = new Uint32Array(2 * FIRST_SLOTS);
  size = 0;

  /** Adds a state; false if it was there. */
  add(key: string): boolean {
    const [high, low] = hash(key);
    if (!insert(this.#slots, high, low)) return false;
    this.size++;
    if (this.size * 4 > this.#slots.length) this.#grow();
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(2 * old.length);
    for (let i = 0; i < old.length; i += 2)
      if (old[i] !== 0 || old[i + 1] !== 0) insert(this.#slots, old[i] as number, old[i + 1] as number);
  }
}

/** Open addressing; two zeros are an empty slot. */
function insert(slots: Uint32Array, high: number, low: number): boolean {
  const mask = slots.length / 2 - 1;
  for (let slot = high & mask; ; slot = (slot + 1) & mask) {
    const a = slots[2 * slot];
    const b = slots[2 * slot + 1];
    if (a === high && b === low) return false;
    if (a !== 0 || b !== 0) continue;
    slots[2 * slot] = high;
    slots[2 * slot + 1] = low;
    return true;
  }
}

/** Two lanes with different multipliers, mixed at the end as murmur3 does (cyrb53). */
function hash(key: string): [high: number, low: number] {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return [a >>> 0, (b | 1) >>> 0];
}
