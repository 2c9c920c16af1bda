import * as vscode from 'vscode';
import type { LocatedPolicy } from '../host/policySources.ts';
import type { Repository } from '../hub/repositoryRow.ts';
import { listRepositories } from './listRepositories.ts';
import { pickAccount } from './pickAccount.ts';
import type { PruneScope } from './pruneScope.ts';
import type { Services } from './services.ts';

/**
 * The repositories that a policy holds for: of all that an account reaches, those for which it is the first of its source that matches.
 * @param id names the policy, which is looked up (invariant 1)
 * @param title of the dialog that asks for the account
 * @returns `undefined` when a dialog was left, or the policy holds for no repository, which is said
 * @throws PolicySourcesError while any source has an error; Error where there is no such policy any more; HubError; CancellationError
 */
export async function policyScope(services: Services, id: unknown, title: string): Promise<(PruneScope & Pick<LocatedPolicy, 'policy'>) | undefined> {
  const { t } = vscode.l10n;
  const located = await services.policies.find(id);
  if (!located) throw new Error(t('There is no such policy any more. Look at the file again, then try once more.'));
  const account = await pickAccount(services, title);
  if (!account) return undefined;
  const { sources } = await services.policies.current();
  const source = sources.find(({ policies }) => policies.some((policy) => policy.id === located.id));
  const namespaces = await services.connections.client(account).namespaces({ lane: 'foreground' });
  const repositories: Repository[] = [];
  for (const namespace of new Set([...namespaces, ...services.namespaces.list(account)])) {
    repositories.push(...(await listRepositories(services, account, namespace)).filter((repository) => source?.policyOf(repository)?.id === located.id));
  }
  if (repositories.length === 0) {
    void vscode.window.showInformationMessage(t('This policy holds for no repository that {0} reaches.', account.name));
    return undefined;
  }
  return { account, repositories, othersLeft: false, policy: located.policy };
}
