import { eachSliced, type Sliced } from '../../async/sliced.ts';
import type { Tag } from '../tags/tag.ts';
import { hasImage, imageCount, imageKey, imageKeyAt } from '../tags/tagImages.ts';
import type { Uses } from './uses.ts';

/** Where a tag is used: by its name, its digest, or that of one of its images; `undefined` where nothing is known to use it. */
export type UsePlaceOf = (tag: Tag) => string | undefined;

/** So many are looked for one by one: that is faster than to take each tag's images apart. */
const fewImages = 8;

/** Makes uses ready to be asked about many tags. */
export function* usePlaceOf(uses: Uses): Sliced<UsePlaceOf> {
  if (uses.tags.size === 0 && uses.digests.size === 0) return () => undefined;
  const byImage = new Map<string, string>();
  yield* eachSliced(uses.digests, ([digest, place]) => {
    const key = imageKey(digest);
    if (!byImage.has(key)) byImage.set(key, place);
  });
  const few = byImage.size <= fewImages ? [...byImage] : undefined;
  return ({ name, digest, images }) => {
    const place = uses.tags.get(name) ?? (digest === undefined ? undefined : uses.digests.get(digest));
    if (place !== undefined || images === undefined || byImage.size === 0) return place;
    if (few) {
      for (const [key, used] of few) if (hasImage(images, key)) return used;
      return undefined;
    }
    for (let index = 0; index < imageCount(images); index++) {
      const key = imageKeyAt(images, index);
      const used = key === undefined ? undefined : byImage.get(key);
      if (used !== undefined) return used;
    }
    return undefined;
  };
}
