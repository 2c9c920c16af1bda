import * as vscode from 'vscode';
import { referenceFacts } from '../../text/referenceFacts.ts';
import { errorText } from '../../text/errorText.ts';
import { accountNodeId, namespaceNodeId, repositoryNodeId } from '../tree/node.ts';
import { readLimits } from '../settings/settings.ts';
import type { Account } from '../../hub/wire/account.ts';
import { fullName, type RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { PlanLists, PlanPort } from './planPort.ts';
import { deletePlan } from './deletePlan.ts';
import { savePolicy } from '../policies/savePolicy.ts';
import { savePlan } from './savePlan.ts';
import { readListings } from '../lists/readListings.ts';
import type { PanelServices } from './panelServices.ts';

/** What a plan panel of these repositories works with. */
export function planPort(services: PanelServices, account: Account, repositories: readonly RepositoryName[]): PlanPort {
  const names = new Set(repositories.map(fullName));
  // The rows of the tree that are one of the repositories, or above one.
  const rows = new Set([
    accountNodeId(account),
    ...repositories.flatMap((repository) => [
      namespaceNodeId(account, repository.namespace),
      repositoryNodeId(account, repository),
    ]),
  ]);
  return {
    account,
    read: ({ anew } = {}) => {
      if (anew) for (const repository of repositories) services.connections.forgetListings(account, repository);
      return readPlanLists(services, account, repositories);
    },
    delete: (plan) => deletePlan(services, account, plan),
    export: ({ settled }) => savePlan(settled),
    save: (policy) => savePolicy(services, policy),
    fail: (error) => {
      services.log.error(`plan panel: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      void vscode.window.showErrorMessage(errorText(error).message);
    },
    onDidChangeTags: (listener, context, disposables) => {
      const tell = () => {
        listener.call(context);
      };
      const heard = vscode.Disposable.from(
        services.model.onDidForget((node) => (node === undefined || rows.has(node.id)) && tell()),
        services.references.onDidChange((used) => used.some((repository) => names.has(fullName(repository))) && tell()),
      );
      disposables?.push(heard);
      return heard;
    },
  };
}

/**
 * Lists repositories for a plan, with what the settings and Docker Hub keep of them.
 * @throws HubError when none could be listed; SettingError; an AbortError when it is cancelled
 */
async function readPlanLists(
  services: PanelServices,
  account: Account,
  repositories: readonly RepositoryName[],
): Promise<PlanLists> {
  // Settings that are wrong are told before anything is read.
  const rules = readLimits();
  const { references } = services;
  const client = services.connections.client(account);
  const askedAt = client.now();
  const [{ read: listed, skipped: unread }] = await Promise.all([
    readListings(services, account, repositories),
    references.ready(
      undefined,
      repositories.map(({ namespace }) => namespace),
    ),
  ]);
  if (listed.length === 0 && unread[0]) throw unread[0].error;
  // The server's clock may have become known only by the listing; the earlier now is the one that counts (invariant 2).
  const now = Math.min(askedAt, client.now());
  const asOf = listed.reduce((oldest, { listing }) => Math.min(oldest, listing.asOf), now);
  return {
    ...rules,
    now,
    sources: listed.map(({ listing, isImmutable, storageSize }) => ({
      ...listing,
      uses: references.usesOf(listing.repository),
      ...(isImmutable && { isImmutable }),
      ...(storageSize !== undefined && { storageSize }),
    })),
    unread: unread.map(({ repository, error }) => ({ repository, message: errorText(error).message })),
    doubts: referenceFacts(await references.unsure(repositories)),
    // People compare it with the clock of this machine.
    asOf: asOf - Math.min(client.clockSkew, 0),
  };
}
