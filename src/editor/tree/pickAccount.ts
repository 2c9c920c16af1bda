import * as vscode from 'vscode';
import type { Account } from '../../hub/wire/account.ts';
import type { TreeServices } from './treeServices.ts';

/**
 * The account that a command is for: the only one there is, or the one that is picked.
 * Where nobody is signed in, it offers to sign in and goes on with that account.
 * @param among by default the accounts of the servers that the settings name
 * @returns `undefined` when none was picked
 */
export async function pickAccount(
  services: TreeServices,
  title: string,
  among?: readonly Account[],
): Promise<Account | undefined> {
  let accounts = among ?? (await services.model.accounts());
  if (accounts.length === 0) {
    const signIn = vscode.l10n.t('Sign In');
    const picked = await vscode.window.showInformationMessage(
      vscode.l10n.t("You aren't signed in to Docker Hub."),
      signIn,
    );
    if (picked !== signIn) return undefined;
    await vscode.commands.executeCommand('dockerHubPruner.signIn');
    accounts = await services.model.accounts();
    if (accounts.length === 0) return undefined;
  }
  if (accounts.length === 1) return accounts[0];
  const picked = await vscode.window.showQuickPick(
    accounts.map((account) => ({
      label: account.name,
      description: account.kind === 'organization' ? vscode.l10n.t('organization access token') : '',
      detail: new Set(accounts.map(({ origins }) => origins.api)).size > 1 ? account.origins.api : undefined,
      account,
    })),
    { title, placeHolder: vscode.l10n.t('Select an account') },
  );
  return picked?.account;
}
