import * as vscode from 'vscode';
import type { Account } from '../../hub/wire/account.ts';
import { pickAccount } from '../tree/pickAccount.ts';
import type { RunServices } from '../runs/runServices.ts';

/** `Sign Out`: forgets an account with everything that was kept for it but the journals of its runs. Work that is under way is asked about, then cancelled. */
export async function signOut(services: RunServices, argument?: unknown): Promise<void> {
  const node = services.model.find(argument);
  // Also those of other servers than the settings name now, which nothing else shows.
  const account =
    node?.kind === 'account'
      ? node.account
      : await pickAccount(services, vscode.l10n.t('Sign Out'), await services.accounts.list());
  if (!account || !(await cancelRuns(services, account))) return;
  services.connections.close(account);
  await services.accounts.delete(account);
  await services.namespaces.forget(account);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Signed out {0}. Its saved credentials were removed.', account.name),
  );
}

/** Ends what the account is at work with, so that it is all accounted for. @returns whether to go on */
async function cancelRuns({ runs, log }: RunServices, account: Account): Promise<boolean> {
  const active = runs.activeOf(account);
  // Signing out ends those as well, once their windows hear of it.
  const elsewhere = await runs.activeElsewhere(account).catch((error: unknown) => {
    log.warn(`The runs of other windows could not be read: ${String(error)}`);
    return [];
  });
  if (active.length + elsewhere.length === 0) return true;
  const cancel = vscode.l10n.t('Stop and Sign Out');
  const question = vscode.l10n.t(
    '{0} is still deleting or restoring tags in {1}. Sign out anyway?',
    account.name,
    [...active, ...elsewhere].map(({ place }) => place).join(', '),
  );
  const detail = vscode.l10n.t(
    "The run stops, and the remaining tags aren't changed. After you sign in again, you can resume it from the Runs view.",
  );
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, cancel)) !== cancel) return false;
  for (const run of active) run.cancel();
  await Promise.all(active.map(({ ended }) => ended));
  return true;
}
