import * as vscode from 'vscode';
import { repositoriesText } from '../../text/countText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';

/** What a plan panel is called. */
export function planTitle(repositories: readonly RepositoryName[]): string {
  return vscode.l10n.t(
    'Prune Plan: {0}',
    repositories.length === 1 ? repositoryText(repositories[0]!) : repositoriesText(repositories.length),
  );
}
