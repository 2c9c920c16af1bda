import * as vscode from 'vscode';
import { accountId, type Account } from '../hub/account.ts';
import { sameOrigins } from '../hub/origins.ts';
import { plainText } from '../hub/serverWords.ts';
import type { JournalRecord } from '../pruning/journalRecord.ts';
import type { Services } from './services.ts';

/** The account that began a run, where it is signed in at the same servers; otherwise says what to do, and offers to. */
export async function runAccount(services: Services, { account }: JournalRecord): Promise<Account | undefined> {
  const { t } = vscode.l10n;
  const found = (await services.accounts.list()).find((signedIn) => accountId(signedIn) === accountId(account) && sameOrigins(signedIn.origins, account.origins));
  if (found) return found;
  const signIn = t('Sign In');
  const message = t('This run belongs to {0} at {1}. Sign in as {0} there, then go on with it.', plainText(account.name), account.origins.api);
  if ((await vscode.window.showWarningMessage(message, signIn)) === signIn) await vscode.commands.executeCommand('dockerHubPruner.signIn');
  return undefined;
}
