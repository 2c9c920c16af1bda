/** Slots for each part at least, so that few share one. */
const slotsAPart = 2;
const fewestSlots = 1024;
/** Words of a slot: both halves of the part and its number, side by side, so that they come into the processor's cache together. The last is unused. */
const words = 4;

/**
 * Numbers what tags consist of (see `eachPart`) by the first 64 bits of its digest, from 0 in the order of first sight. There are hundreds of thousands, for
 * which a `Map` would need a text and a number object each.
 */
export class PartNumbers {
  /** The number of a slot is the part's plus one; 0: the slot is free. */
  #slots: Uint32Array;
  #last: number;
  #count = 0;

  /** @param expected how many parts there may be; with more it has to grow, which takes a while at once */
  constructor(expected = 0) {
    let slots = fewestSlots;
    while (slots < expected * slotsAPart) slots *= 2;
    this.#slots = new Uint32Array(slots * words);
    this.#last = slots - 1;
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** The number of a part; a new one gets the next. @param high bits 32 to 63 of its beginning; `low`: bits 0 to 31 */
  numberOf(high: number, low: number): number {
    let at = this.#placeOf(high, low);
    const known = this.#slots[at + 2]!;
    if (known > 0) return known - 1;
    if ((this.#count + 1) * slotsAPart > this.#last + 1) {
      this.#grow();
      at = this.#placeOf(high, low);
    }
    this.#fill(at, high, low, ++this.#count);
    return this.#count - 1;
  }

  /** The number of a part that has one. */
  find(high: number, low: number): number | undefined {
    const number = this.#slots[this.#placeOf(high, low) + 2]!;
    return number > 0 ? number - 1 : undefined;
  }

  /** Where the slot of a part begins, or the free one that it would get. */
  #placeOf(high: number, low: number): number {
    const [slots, last] = [this.#slots, this.#last];
    // Digests are spread evenly; those of tests are not.
    let slot = (Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b)) & last;
    while (slots[slot * words + 2]! > 0 && (slots[slot * words] !== high || slots[slot * words + 1] !== low)) slot = (slot + 1) & last;
    return slot * words;
  }

  #fill(at: number, high: number, low: number, number: number): void {
    this.#slots[at] = high;
    this.#slots[at + 1] = low;
    this.#slots[at + 2] = number;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(2 * before.length);
    this.#last = 2 * this.#last + 1;
    for (let at = 0; at < before.length; at += words) {
      const [high, low, number] = [before[at]!, before[at + 1]!, before[at + 2]!];
      if (number > 0) this.#fill(this.#placeOf(high, low), high, low, number);
    }
  }
}
