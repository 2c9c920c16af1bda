import { PartNumbers } from '../tags/partNumbers.ts';
import type { Plan } from './plan.ts';
import { eachSliced, sliceSize, type Sliced } from '../../async/sliced.ts';
import { imageCount } from '../tags/tagImages.ts';
import { eachPart } from '../tags/tagParts.ts';

/**
 * What deleted tags may free, in bytes. Images that a kept tag has, too, free nothing; each of the others counts once, and all together no more than what
 * the repository stores. Docker Hub frees it when the manifests are deleted as well, and less where images share layers.
 */
export interface Reclaimable {
  /** What only deleted tags are known to have. */
  readonly low: number;
  /** With what nobody knows whether a kept tag has it. At least `low`. */
  readonly high: number;
  /** Whether there may be more, since not every image is listed with its size. */
  readonly isPartial: boolean;
}

/** Nothing is freed. */
export const nothingReclaimable: Reclaimable = Object.freeze({ low: 0, high: 0, isPartial: false });

/** Bounds what one repository may free by what it stores. @param storageSize bytes; missing where unknown */
export function withinStorage({ low, high, isPartial }: Reclaimable, storageSize: number | undefined): Reclaimable {
  if (storageSize === undefined || high < storageSize) return Object.freeze({ low, high, isPartial });
  return Object.freeze({ low: Math.min(low, storageSize), high: storageSize, isPartial: false });
}

/** The sum over repositories. */
export function sumReclaimable(all: readonly Reclaimable[]): Reclaimable {
  return Object.freeze(
    all.reduce(
      (sum, { low, high, isPartial }) => ({
        low: sum.low + low,
        high: sum.high + high,
        isPartial: sum.isPartial || isPartial,
      }),
      nothingReclaimable,
    ),
  );
}

/** What the tags that a plan deletes may free. Of a plan that does not tell of every tag of its repository, nothing is certain. */
export function* reclaimableBy({ going, staying, storageSize, isWhole }: Plan): Sliced<Reclaimable> {
  if (going.length === 0) return nothingReclaimable;
  let expected = 0;
  yield* eachSliced(going, ({ images }) => (expected += images === undefined ? 1 : imageCount(images)));
  const numbers = new PartNumbers(expected);
  let [low, high, isPartial] = [0, 0, false];
  let hasUnknown = false;
  /** By number of a part; NaN: unknown. */
  const sizes = new Float64Array(expected).fill(NaN);
  yield* eachSliced(going, (tag) => {
    if (tag.isSizePartial) isPartial = true;
    eachPart(tag, (bytes, first, second) => {
      if (first === undefined || second === undefined) {
        if (Number.isNaN(bytes)) isPartial = true;
        else high += bytes;
        return;
      }
      // The index that holds images frees nothing; there are hundreds of thousands.
      if (bytes === 0) return;
      hasUnknown ||= Number.isNaN(bytes);
      const number = numbers.numberOf(first, second);
      const known = sizes[number]!;
      sizes[number] = bytes > known || Number.isNaN(known) ? bytes : known;
    });
  });
  // What is of unknown size in one place and known to free nothing in another, frees nothing.
  if (hasUnknown) {
    yield* eachSliced(going, (tag) =>
      eachPart(tag, (bytes, first, second) => {
        const number =
          bytes !== 0 || first === undefined || second === undefined ? undefined : numbers.find(first, second);
        if (number !== undefined && Number.isNaN(sizes[number])) sizes[number] = 0;
      }),
    );
  }
  yield* eachSliced(staying, ({ tag }) =>
    eachPart(tag, (_, first, second) => {
      const number = first === undefined || second === undefined ? undefined : numbers.find(first, second);
      if (number !== undefined) sizes[number] = 0;
    }),
  );
  for (let number = 0; number < numbers.count; number++) {
    if (Number.isNaN(sizes[number])) isPartial = true;
    else low += sizes[number]!;
    if ((number + 1) % sliceSize === 0) yield;
  }
  high += low;
  return withinStorage({ low: isWhole ? low : 0, high, isPartial }, storageSize);
}
