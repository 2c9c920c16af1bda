import type { Account } from '../../hub/wire/account.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Policy } from '../../retention/policy/policy.ts';
import { planPort } from './createPlanPort.ts';
import { planTitle } from './planTitle.ts';
import type { PanelServices } from './panelServices.ts';

/**
 * Lists repositories and opens the plan panel of them.
 * @param policyAt gives the policy that it begins with, at the *now* of the plan (ms)
 * @throws HubError when none could be listed; SettingError; an AbortError when it is cancelled
 */
export async function openPlanPanel(
  services: PanelServices,
  account: Account,
  repositories: readonly RepositoryName[],
  policyAt: (now: number) => Policy,
): Promise<void> {
  const port = planPort(services, account, repositories);
  const lists = await port.read();
  await services.panels.open(
    port,
    { title: planTitle(repositories), repositories, policy: policyAt(lists.now) },
    lists,
  );
}
