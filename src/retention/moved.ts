import type { Tag } from './tag.ts';

/**
 * Whether a tag was pushed again since it was planned (invariant 3): another push date, another digest, or a digest or date
 * where there was none. A digest that an answer leaves out says nothing, since Docker Hub omits it now and then.
 */
export function hasMoved(planned: Tag, found: Tag): boolean {
  return planned.pushedAt !== found.pushedAt || (found.digest !== undefined && planned.digest !== found.digest);
}
