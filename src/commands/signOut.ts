import * as vscode from 'vscode';
import { pickAccount } from './pickAccount.ts';
import type { Services } from './services.ts';

/** `Sign Out`: forgets an account with everything that was kept for it. */
export async function signOut(services: Services, argument?: unknown): Promise<void> {
  const node = services.model.find(argument);
  // Also those of other servers than the settings name now, which nothing else shows.
  const account = node?.kind === 'account' ? node.account : await pickAccount(services, vscode.l10n.t('Sign Out'), await services.accounts.list());
  if (!account) return;
  services.connections.close(account);
  await services.accounts.delete(account);
  await services.namespaces.forget(account);
  void vscode.window.showInformationMessage(vscode.l10n.t('Signed out {0}. Nothing of the account is kept.', account.name));
}
