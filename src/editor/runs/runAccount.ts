import * as vscode from 'vscode';
import { readOrigins } from '../settings/originSettings.ts';
import { accountId, type Account } from '../../hub/wire/account.ts';
import { sameOrigins } from '../../hub/wire/origins.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import type { JournalRecord } from '../../runs/journal/journalRecord.ts';
import type { RunServices } from './runServices.ts';

/**
 * The account that began a run, where it is signed in at the same servers; otherwise says what to do, and offers to.
 * @throws SettingError
 */
export async function runAccount(services: RunServices, { account }: JournalRecord): Promise<Account | undefined> {
  const found = (await services.accounts.list()).find(
    (signedIn) => accountId(signedIn) === accountId(account) && sameOrigins(signedIn.origins, account.origins),
  );
  if (found) return found;
  const { api, registry } = account.origins;
  if (!sameOrigins(readOrigins(), account.origins)) {
    // A sign-in would go to the servers that the settings name.
    const openSettings = vscode.l10n.t('Open Settings');
    const message = vscode.l10n.t(
      'This run belongs to {0} at {1} with the registry {2}, and the settings dockerHubPruner.apiUrl and dockerHubPruner.registryUrl name other servers. Set them to these, sign in as {0}, then try again.',
      plainText(account.name),
      plainText(api),
      plainText(registry),
    );
    if ((await vscode.window.showWarningMessage(message, openSettings)) === openSettings) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'dockerHubPruner');
    }
    return undefined;
  }
  const signIn = vscode.l10n.t('Sign In');
  const message = vscode.l10n.t(
    'This run belongs to {0} at {1}. Sign in as {0} there, then try again.',
    plainText(account.name),
    plainText(api),
  );
  if ((await vscode.window.showWarningMessage(message, signIn)) === signIn) {
    await vscode.commands.executeCommand('dockerHubPruner.signIn');
  }
  return undefined;
}
