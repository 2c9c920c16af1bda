import * as vscode from 'vscode';
import { repositoriesText } from '../host/countText.ts';
import { repositoryText } from '../host/repositoryText.ts';
import type { RepositoryName } from '../retention/repositoryName.ts';

/** What a plan panel is called. */
export function planTitle(repositories: readonly RepositoryName[]): string {
  return vscode.l10n.t(
    'Prune Plan: {0}',
    repositories.length === 1 ? repositoryText(repositories[0]!) : repositoriesText(repositories.length),
  );
}
