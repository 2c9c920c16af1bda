import * as vscode from 'vscode';
import { accountId } from '../../hub/wire/account.ts';
import { checkPolicy } from '../../retention/policy/checkPolicy.ts';
import { parsePanelState, type PanelState } from './panelState.ts';
import { planPort } from './createPlanPort.ts';
import { planTitle } from './planTitle.ts';
import type { PanelServices } from './panelServices.ts';

/**
 * Fills a plan panel that was open when the window was left: what its page kept names the account, the repositories and the rules; the tags are
 * read again. A panel that names nothing of that is closed, and that is said.
 */
export async function restorePlanPanel(
  services: PanelServices,
  panel: vscode.WebviewPanel,
  kept: unknown,
): Promise<void> {
  const left = parsePanelState(kept);
  const policy = left && policyOf(left);
  const account = left && (await services.model.accounts()).find((known) => accountId(known) === left.account);
  if (!policy || !account) {
    panel.dispose();
    void vscode.window.showWarningMessage(
      left && policy
        ? vscode.l10n.t("The prune plan was closed because you aren't signed in as {0}.", left.account)
        : vscode.l10n.t('The prune plan of the last window can no longer be read and was closed.'),
    );
    return;
  }
  const repositories = left.lists.map(({ namespace, name }) => ({ namespace, name }));
  await services.panels.restore(panel, planPort(services, account, repositories), {
    title: planTitle(repositories),
    repositories,
    policy,
    left,
  });
}

function policyOf({ policy }: PanelState): ReturnType<typeof checkPolicy> | undefined {
  try {
    return checkPolicy(policy, Date.now());
  } catch {
    return undefined;
  }
}
