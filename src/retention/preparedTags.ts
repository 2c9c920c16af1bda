import type { RepositoryName } from './plan.ts';
import { sortedSliced, type Sliced } from './sliced.ts';
import { compareNames, pushedKey, type Tag } from './tag.ts';

export interface PreparedTags {
  readonly repository: RepositoryName;
  readonly tags: readonly Tag[];
}

export function* prepareTags(repository: RepositoryName, tags: readonly Tag[]): Sliced<PreparedTags> {
  const names = new Set(tags.map(({ name }) => name));
  if (names.size < tags.length) throw new Error(`A tag comes twice in the listing of ${repository.namespace}/${repository.name}.`);
  return { repository, tags: yield* sortedSliced(tags.map((tag) => Object.freeze({ ...tag })), pushedKey, (a, b) => compareNames(a.name, b.name)) };
}
