import { hexNumber } from './hexNumber.ts';
import type { Tag } from './tag.ts';
import { imageCount, imageSizeAt, imageWordAt, isKeyKnownAt } from './tagImages.ts';

/**
 * Told of one part of a tag: an image, or the index that holds images.
 *
 * @param bytes NaN: unknown
 * @param high bits 32 to 63 of the beginning of its digest; `low`: bits 0 to 31. Both missing where the digest is unknown
 */
export type UsePart = (bytes: number, high?: number, low?: number) => void;

/** Goes through what a tag consists of, by digest, so that what several tags share can be counted once. A tag of which nothing is known has one part without a digest. */
export function eachPart({ digest, images, size }: Tag, use: UsePart): void {
  if (digest !== undefined) {
    const at = digest.indexOf(':') + 1;
    // An index weighs next to nothing beside its images.
    use(images === undefined ? (size ?? NaN) : 0, hexNumber(digest, at, 8), hexNumber(digest, at + 8, 8));
  }
  if (images === undefined) {
    if (digest === undefined) use(size ?? NaN);
    return;
  }
  for (let index = 0; index < imageCount(images); index++) {
    const bytes = imageSizeAt(images, index) ?? NaN;
    if (isKeyKnownAt(images, index)) use(bytes, imageWordAt(images, index, 0), imageWordAt(images, index, 4));
    else use(bytes);
  }
}
