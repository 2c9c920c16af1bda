import * as vscode from 'vscode';
import type { RepositoryNode } from './node.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { selectedNodes } from './selectedNodes.ts';
import type { TreeServices } from './treeServices.ts';

/**
 * The repository that a command is for: that of the row which VS Code passes or which is selected, or one of those in the tree that the user picks.
 * @param title of the dialog that asks
 * @param none what to say where the tree has none
 * @returns `undefined` when none was picked
 */
export async function pickRepository(
  services: TreeServices,
  argument: unknown,
  title: string,
  none: string,
): Promise<RepositoryNode | undefined> {
  const { model } = services;
  const [selected] = selectedNodes(services, argument, undefined);
  if (selected?.kind === 'repository') return selected;
  if (selected?.kind === 'tag') return model.findRepository(selected.account, selected.repository);
  const known = model.knownRepositories();
  if (known.length === 0) {
    void vscode.window.showInformationMessage(none);
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    known.map((node) => ({ label: repositoryText(node.repository), node })),
    { title, placeHolder: vscode.l10n.t('Select a repository') },
  );
  return picked?.node;
}
