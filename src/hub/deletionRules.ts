import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import { readImmutableTags, type IsImmutable } from './listing/immutableTags.ts';
import { parseRepositoryRow } from './listing/repositoryRow.ts';

/** What a repository's detail says about deleting its tags. */
export interface DeletionRules {
  /** Missing where no tag is immutable. */
  readonly isImmutable?: IsImmutable;
  /** Bytes that the repository stores: no deletion frees more. Missing where unknown; 0 is no answer of a repository that has tags. */
  readonly storageSize?: number;
}

/**
 * Reads what a repository's detail (API-NOTES, 3) says about deleting its tags.
 * @throws HubError `malformed` for rules of immutable tags that cannot be read, see `readImmutableTags`
 */
export async function readDeletionRules(
  value: unknown,
  repository: RepositoryName,
  request: string,
): Promise<DeletionRules> {
  const isImmutable = await readImmutableTags(value, repository, request);
  const storageSize = parseRepositoryRow(value, repository.namespace)?.size;
  return { ...(isImmutable && { isImmutable }), ...(storageSize && { storageSize }) };
}
