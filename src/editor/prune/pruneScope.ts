import * as vscode from 'vscode';
import { repositoryNodeId, type HubNode } from '../tree/node.ts';
import { accountId, type Account } from '../../hub/wire/account.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { listRepositories } from '../lists/listRepositories.ts';
import { pickAccount } from '../tree/pickAccount.ts';
import { pickRepositories } from '../lists/pickRepositories.ts';
import { selectedNodes } from '../tree/selectedNodes.ts';
import type { PanelServices } from '../planPanel/panelServices.ts';

/** What a prune is about. */
export interface PruneScope {
  readonly account: Account;
  readonly repositories: readonly RepositoryName[];
  /** Whether rows of other accounts were selected, too. */
  readonly othersLeft: boolean;
}

/**
 * The repositories that a prune is about: those of the rows that VS Code passes, or those that the user picks.
 * @param title of the dialogs that ask
 * @returns `undefined` when a dialog was left, or there is no repository
 * @throws Error when the argument names nothing of the tree (invariant 1)
 */
export async function pruneScope(
  services: PanelServices,
  argument: unknown,
  all: unknown,
  title: string,
): Promise<PruneScope | undefined> {
  const nodes = argument === undefined ? [] : selectedNodes(services, argument, all);
  const [first] = nodes;
  if (!first || first.kind === 'account') {
    if (argument !== undefined && !first) {
      throw new Error(vscode.l10n.t("This repository isn't in the tree. Refresh the tree, then try again."));
    }
    const account = first?.account ?? (await pickAccount(services, title));
    const preselected = services.tree.selection.flatMap((node) =>
      node.kind === 'repository' || node.kind === 'tag' ? [node.repository] : [],
    );
    const repositories =
      account &&
      (await pickRepositories(services, account, vscode.l10n.t('{0}: Select Repositories', title), preselected));
    return account && repositories && { account, repositories, othersLeft: false };
  }
  const { account } = first;
  const ofAccount = nodes.filter((node) => accountId(node.account) === accountId(account));
  const repositories = new Map<string, RepositoryName>();
  for (const node of ofAccount) {
    for (const repository of await repositoriesOf(services, node)) {
      repositories.set(repositoryNodeId(account, repository), repository);
    }
  }
  if (repositories.size === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There are no repositories to prune here.'));
    return undefined;
  }
  return { account, repositories: [...repositories.values()], othersLeft: ofAccount.length < nodes.length };
}

async function repositoriesOf(services: PanelServices, node: HubNode): Promise<readonly RepositoryName[]> {
  switch (node.kind) {
    case 'repository':
    case 'tag':
      return [node.repository];
    case 'namespace':
      return listRepositories(services, node.account, node.namespace);
    case 'account':
      return [];
  }
}
