/** Slots for each part at least, so that few share one. */
const slotsAPart = 2;
const firstSlots = 1024;

/**
 * Numbers what tags consist of (see `eachPart`) by the first 64 bits of its digest, from 0 in the order of first sight. There are hundreds of thousands, for
 * which a `Map` would need a text and a number object each.
 */
export class PartNumbers {
  #high = new Uint32Array(firstSlots);
  #low = new Uint32Array(firstSlots);
  /** The number of each slot, plus one; 0: free. */
  #numbers = new Uint32Array(firstSlots);
  #count = 0;

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** The number of a part; a new one gets the next. @param high bits 32 to 63 of its beginning; `low`: bits 0 to 31 */
  numberOf(high: number, low: number): number {
    let slot = this.#slotOf(high, low);
    const known = this.#numbers[slot]!;
    if (known > 0) return known - 1;
    if ((this.#count + 1) * slotsAPart > this.#numbers.length) {
      this.#grow();
      slot = this.#slotOf(high, low);
    }
    [this.#high[slot], this.#low[slot], this.#numbers[slot]] = [high, low, ++this.#count];
    return this.#count - 1;
  }

  /** The number of a part that has one. */
  find(high: number, low: number): number | undefined {
    const number = this.#numbers[this.#slotOf(high, low)]!;
    return number > 0 ? number - 1 : undefined;
  }

  #slotOf(high: number, low: number): number {
    const last = this.#numbers.length - 1;
    // Digests are spread evenly; those of tests are not.
    let slot = (Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b)) & last;
    while (this.#numbers[slot]! > 0 && (this.#high[slot] !== high || this.#low[slot] !== low)) slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const [high, low, numbers] = [this.#high, this.#low, this.#numbers];
    [this.#high, this.#low, this.#numbers] = [new Uint32Array(2 * high.length), new Uint32Array(2 * high.length), new Uint32Array(2 * high.length)];
    for (let slot = 0; slot < numbers.length; slot++) {
      if (numbers[slot] === 0) continue;
      const to = this.#slotOf(high[slot]!, low[slot]!);
      [this.#high[to], this.#low[to], this.#numbers[to]] = [high[slot]!, low[slot]!, numbers[slot]!];
    }
  }
}
