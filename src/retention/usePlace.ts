import { eachSliced, type Sliced } from './sliced.ts';
import { digestKey, type Tag } from './tag.ts';
import type { Uses } from './uses.ts';

/** Where a tag is used: by its name, its digest, or that of one of its platforms; `undefined` where nothing is known to use it. */
export type UsePlaceOf = (tag: Tag) => string | undefined;

/** So many are looked for one by one: that is faster than to take each tag's keys apart, and finds the same, since all keys have one length. */
const fewPlatforms = 8;

/** Makes uses ready to be asked about many tags. */
export function* usePlaceOf(uses: Uses): Sliced<UsePlaceOf> {
  if (uses.tags.size === 0 && uses.digests.size === 0) return () => undefined;
  const byPlatform = new Map<string, string>();
  yield* eachSliced(uses.digests, ([digest, place]) => {
    const key = digestKey(digest);
    if (!byPlatform.has(key)) byPlatform.set(key, place);
  });
  const isFew = byPlatform.size <= fewPlatforms;
  return ({ name, digest, platformKeys }) => {
    const place = uses.tags.get(name) ?? (digest === undefined ? undefined : uses.digests.get(digest));
    if (place !== undefined || platformKeys === undefined || byPlatform.size === 0) return place;
    if (isFew) {
      for (const [key, used] of byPlatform) if (platformKeys.includes(key)) return used;
      return undefined;
    }
    for (const key of platformKeys.split(' ')) {
      const used = byPlatform.get(key);
      if (used !== undefined) return used;
    }
    return undefined;
  };
}
