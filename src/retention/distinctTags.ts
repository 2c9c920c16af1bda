import { eachSliced, sortedSliced, type Sliced } from './sliced.ts';
import { compareNames, pushedKey, type Tag } from './tag.ts';

/**
 * The tags of a listing, each once, oldest first (an unknown date before all others, ties by name), frozen: what was shown must not change under a
 * run. Copies where they are not frozen, because they are the caller's. Sorted, because plain tags sort faster than their verdicts, which then are
 * in order already.
 *
 * @throws Error when a name comes twice
 */
export function* distinctTags(repository: { readonly namespace: string; readonly name: string }, tags: readonly Tag[]): Sliced<readonly Tag[]> {
  const names = new Set<string>();
  const own: Tag[] = [];
  yield* eachSliced(tags, (tag) => {
    if (names.size === names.add(tag.name).size) throw new Error(`The tag "${tag.name}" comes twice in the listing of ${repository.namespace}/${repository.name}.`);
    own.push(Object.isFrozen(tag) ? tag : Object.freeze({ ...tag }));
  });
  return yield* sortedSliced(own, pushedKey, (a, b) => compareNames(a.name, b.name));
}
