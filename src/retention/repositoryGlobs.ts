import type { RepositoryName } from './plan.ts';
import { fitsProtect } from './protect.ts';

/**
 * Globs for a policy of some repositories: their names; where these are more than a policy may hold (see `checkPolicy`), one glob for each of their
 * namespaces, or for all. A policy that could not be read back would make a run by it one that cannot be gone on with.
 */
export function repositoryGlobs(repositories: readonly RepositoryName[]): readonly string[] {
  const names = repositories.map(({ namespace, name }) => `${namespace}/${name}`);
  if (fitsProtect(names)) return names;
  const namespaces = [...new Set(repositories.map(({ namespace }) => `${namespace}/*`))];
  return fitsProtect(namespaces) ? namespaces : ['*/*'];
}
