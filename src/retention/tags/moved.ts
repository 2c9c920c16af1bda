import { type Tag } from './tag.ts';
import { imageSetKey } from './tagImages.ts';

/**
 * Whether a tag was pushed again since it was planned (invariant 3): another push date, another digest, or a digest or date where there was none.
 * A digest that an answer leaves out says nothing by itself, since Docker Hub omits it now and then; then the set of images does, where both
 * are known.
 */
export function hasMoved(planned: Tag, found: Tag): boolean {
  if (planned.pushedAt !== found.pushedAt) return true;
  if (planned.digest !== undefined && found.digest !== undefined) return planned.digest !== found.digest;
  const [before, now] = [setOf(planned), setOf(found)];
  if (before !== undefined && now !== undefined) return before !== now;
  return found.digest !== undefined;
}

function setOf({ images }: Tag): string | undefined {
  return images === undefined ? undefined : imageSetKey(images);
}
