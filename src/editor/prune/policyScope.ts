import * as vscode from 'vscode';
import type { LocatedPolicy } from '../../policies/policySources.ts';
import { usableSources } from '../../policies/policySourcesError.ts';
import { mayShareRepository } from '../../retention/policy/mayShareRepository.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { listRepositories } from '../lists/listRepositories.ts';
import { pickAccount } from '../tree/pickAccount.ts';
import type { PruneScope } from './pruneScope.ts';
import type { PanelServices } from '../planPanel/panelServices.ts';

/**
 * The policy that a command's argument names by `policy`, as it is written now; what else the argument says is not believed (invariant 1).
 * @returns `undefined` when it names none
 * @throws PolicySourcesError while a source has an error; Error when there is no such policy any more, or its workspace is not trusted
 */
export async function namedPolicy({ policies }: PanelServices, argument: unknown): Promise<LocatedPolicy | undefined> {
  if (typeof argument !== 'object' || argument === null || !('policy' in argument)) return undefined;
  const found = await policies.find(argument.policy);
  if (!found) {
    throw new Error(
      vscode.l10n.t(
        "This policy no longer exists, or its workspace isn't trusted. Open the policy file and try again.",
      ),
    );
  }
  return found;
}

/**
 * The repositories of an account for which a policy holds, read from its namespaces that the policy can mean.
 * @returns `undefined` when a dialog was left, or there is none
 */
export async function policyScope(
  services: PanelServices,
  { id, policy }: LocatedPolicy,
  title: string,
): Promise<PruneScope | undefined> {
  const account = await pickAccount(services, title);
  if (!account) return undefined;
  const source = usableSources(await services.policies.current()).find(({ policies }) =>
    policies.some((each) => each.id === id),
  );
  const own = await services.connections.client(account).namespaces({ lane: 'foreground' });
  const namespaces = new Set([...own, ...services.namespaces.list(account)]);
  const repositories: RepositoryName[] = [];
  for (const namespace of namespaces) {
    if (!mayShareRepository([`${namespace}/*`], policy.repositories)) continue;
    const listed = await listRepositories(services, account, namespace);
    repositories.push(...listed.filter((repository) => source?.policyOf(repository)?.id === id));
  }
  if (repositories.length > 0) return { account, repositories, othersLeft: false };
  void vscode.window.showInformationMessage(
    vscode.l10n.t("This policy doesn't apply to any repository that {0} can access.", account.name),
  );
  return undefined;
}
