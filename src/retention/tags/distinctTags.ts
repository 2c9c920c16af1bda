import { repeatedName } from './repeatedName.ts';
import { fullName } from './repositoryName.ts';
import { eachSliced, sortedSliced, type Sliced } from '../../async/sliced.ts';
import { compareNames, pushedKey, type Tag } from './tag.ts';

/**
 * The tags of a listing, each once, oldest first (an unknown date before all others, ties by name), frozen: what was shown must not change under a
 * run. Copies where they are not frozen, because they are the caller's. Sorted, because plain tags sort faster than their verdicts, which then are
 * in order already.
 *
 * @throws Error when a name comes twice
 */
export function* distinctTags(
  repository: { readonly namespace: string; readonly name: string },
  tags: readonly Tag[],
): Sliced<readonly Tag[]> {
  const repeated = yield* repeatedName(tags);
  if (repeated !== undefined) {
    throw new Error(`The tag "${repeated}" comes twice in the listing of ${fullName(repository)}.`);
  }
  const own: Tag[] = [];
  yield* eachSliced(tags, (tag) => own.push(Object.isFrozen(tag) ? tag : Object.freeze({ ...tag })));
  return yield* sortedSliced(own, pushedKey, (a, b) => compareNames(a.name, b.name));
}
