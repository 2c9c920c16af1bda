import { sliceSize, type Sliced } from '../../async/sliced.ts';

/** Which tags of a list may take a slot, and for which image, by index (see `PreparedTags`). */
export interface SlotEligibility {
  /** By index: the number of its image. */
  readonly images: Int32Array;
  /** Whether it says where its image stands in an order: the policy speaks of it and its push date is known. */
  readonly counts: (index: number) => boolean;
  /** Whether it counts and nothing else keeps it for good, so that it needs a slot: it is neither protected nor immutable. */
  readonly needsSlot: (index: number) => boolean;
}

/**
 * The images that slots go to: the first so many in the order given that have a tag which needs one. Where an image stands is said by the first of
 * its tags that counts, protected or not: otherwise a pattern more would let another tag go.
 *
 * @param order indexes of tags
 * @param from first place in it; `to`: the place after the last
 */
export function* takeSlots(
  order: ArrayLike<number>,
  from: number,
  to: number,
  slots: number,
  { images, counts, needsSlot }: SlotEligibility,
): Sliced<ReadonlySet<number>> {
  /** In the order of first sight; whether one of its tags needs a slot. */
  const seen = new Map<number, boolean>();
  let needing = 0;
  for (let at = from; at < to; at++) {
    const index = order[at]!;
    // Once there are enough, no further image gets a slot; only one before them that needs none so far still may.
    if (needing >= slots && needing === seen.size) break;
    const known = seen.get(images[index]!);
    if (known !== true && (known === false || needing < slots) && counts(index)) {
      const needs = needsSlot(index);
      if (needs) needing++;
      seen.set(images[index]!, needs);
    }
    if ((at - from + 1) % sliceSize === 0) yield;
  }
  const taken = new Set<number>();
  let steps = 0;
  for (const [image, needs] of seen) {
    if (taken.size >= slots) break;
    if (needs) taken.add(image);
    if (++steps % sliceSize === 0) yield;
  }
  return taken;
}
