import * as l10n from '@vscode/l10n';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import { numberText, repositoriesText } from './countText.ts';
import { repositoryText } from './repositoryText.ts';

/** Repositories that a message names. */
const maxNamed = 10;

/** "acme/web", or "3 repositories": what something is about. */
export function placeText(repositories: readonly RepositoryName[]): string {
  const [first] = repositories;
  return first && repositories.length === 1 ? repositoryText(first) : repositoriesText(repositories.length);
}

/** "acme/web, acme/api and 3 more": repositories by name, up to ten of them. */
export function repositoryNamesText(repositories: readonly RepositoryName[]): string {
  const names = repositories.slice(0, maxNamed).map(repositoryText);
  return repositories.length > maxNamed
    ? l10n.t('{0} and {1} more', names.join(', '), numberText(repositories.length - maxNamed))
    : names.join(', ');
}
