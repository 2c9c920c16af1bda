import { repositoryOf, type NamePattern } from '../../../src/references/images/namePattern.ts';
import { spellingsOf } from '../../../src/references/images/imageName.ts';
import type { RepositoryName } from '../../../src/retention/tags/repositoryName.ts';

/** Compares a pattern with each spelling of a repository. */
function mayMean(pattern: NamePattern, { namespace, name }: RepositoryName): boolean {
  const lower = { namespace: namespace.toLowerCase(), name: name.toLowerCase() };
  const known = pattern.includes('*') ? undefined : repositoryOf(pattern);
  if (known !== undefined) {
    return known !== 'elsewhere' && known.namespace === lower.namespace && known.name === lower.name;
  }
  const expression = new RegExp(
    `^${pattern
      .split('*')
      .map((piece) => piece.replace(/[^\w/]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );
  return spellingsOf(lower).some((spelling) => expression.test(spelling));
}

/** What `MeantRepositories` says of a pattern and some repositories; found slowly and by other means. */
export function naiveMeaning(pattern: NamePattern | undefined, repositories: readonly RepositoryName[]): string {
  if (pattern === undefined) return 'possible';
  const meant = repositories.find((repository) => mayMean(pattern, repository));
  if (!meant) return 'none';
  return pattern.includes('*') || repositoryOf(pattern) === undefined ? 'possible' : `${meant.namespace}/${meant.name}`;
}
