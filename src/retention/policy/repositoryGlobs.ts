import type { RepositoryName } from '../tags/repositoryName.ts';
import { fitsProtect } from './protect.ts';

const NAME = /^[a-z0-9._-]+$/;

/**
 * Globs for a policy of some repositories: their names; where these are more than a policy may hold (see `checkPolicy`), one glob for each of their
 * namespaces, or for all. A policy that could not be read back would make a run by it one that cannot be gone on with.
 */
export function repositoryGlobs(repositories: readonly RepositoryName[]): readonly string[] {
  // What is no name by Docker's grammar is listed by nobody, and may be anything else as a glob.
  const named = repositories.filter(({ namespace, name }) => NAME.test(namespace) && NAME.test(name));
  const names = named.map(({ namespace, name }) => `${namespace}/${name}`);
  const namespaces = [...new Set(named.map(({ namespace }) => `${namespace}/*`))];
  return [names, namespaces].find((globs) => globs.length > 0 && fitsProtect(globs)) ?? ['*/*'];
}
