/** Slots for each part at least, so that few share one. */
const slotsAPart = 2;
const fewestSlots = 1024;

/**
 * Numbers what tags consist of (see `eachPart`) by the first 64 bits of its digest, from 0 in the order of first sight. There are hundreds of thousands, for
 * which a `Map` would need a text and a number object each.
 */
export class PartNumbers {
  /** By slot: the number of its part plus one; 0: the slot is free. Nothing else, so that the slots fit into the processor's cache. */
  #slots: Uint32Array;
  /** By number: bits 32 to 63 of the part's beginning, and bits 0 to 31. New ones come one behind the other in memory. */
  #highs: Uint32Array;
  #lows: Uint32Array;
  #count = 0;

  /** @param expected how many parts there may be; with more it has to grow, which takes a while at once */
  constructor(expected = 0) {
    let slots = fewestSlots;
    while (slots < expected * slotsAPart) slots *= 2;
    this.#slots = new Uint32Array(slots);
    this.#highs = new Uint32Array(slots / slotsAPart);
    this.#lows = new Uint32Array(slots / slotsAPart);
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** The number of a part; a new one gets the next. @param high bits 32 to 63 of its beginning; `low`: bits 0 to 31 */
  numberOf(high: number, low: number): number {
    let slot = this.#slotOf(high, low);
    const known = this.#slots[slot]!;
    if (known > 0) return known - 1;
    if (this.#count === this.#highs.length) {
      this.#grow();
      slot = this.#slotOf(high, low);
    }
    const number = this.#count++;
    this.#highs[number] = high;
    this.#lows[number] = low;
    this.#slots[slot] = number + 1;
    return number;
  }

  /** The number of a part that has one. */
  find(high: number, low: number): number | undefined {
    const number = this.#slots[this.#slotOf(high, low)]!;
    return number > 0 ? number - 1 : undefined;
  }

  /** The slot of a part, or the free one that it would get. */
  #slotOf(high: number, low: number): number {
    const [slots, highs, lows] = [this.#slots, this.#highs, this.#lows];
    const last = slots.length - 1;
    // Digests are spread evenly; those of tests are not.
    let slot = (Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b)) & last;
    for (
      let taken = slots[slot]!;
      taken > 0 && (highs[taken - 1] !== high || lows[taken - 1] !== low);
      taken = slots[slot]!
    ) {
      slot = (slot + 1) & last;
    }
    return slot;
  }

  #grow(): void {
    const [highs, lows] = [this.#highs, this.#lows];
    this.#slots = new Uint32Array(2 * this.#slots.length);
    this.#highs = new Uint32Array(2 * highs.length);
    this.#lows = new Uint32Array(2 * lows.length);
    this.#highs.set(highs);
    this.#lows.set(lows);
    for (let number = 0; number < this.#count; number++) {
      this.#slots[this.#slotOf(highs[number]!, lows[number]!)] = number + 1;
    }
  }
}
