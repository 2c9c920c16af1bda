import * as vscode from 'vscode';
import { numberText, repositoriesText } from '../host/countText.ts';
import { repositoryText } from '../host/repositoryText.ts';
import { repositoryNodeId, type HubNode } from '../host/node.ts';
import { readMaxDeletions, readOlderThan, readProtection } from '../host/settings.ts';
import { spanText, timeText } from '../host/timeText.ts';
import { accountId, type Account } from '../hub/account.ts';
import type { HubClient } from '../hub/client.ts';
import { inSlices } from '../pruning/inSlices.ts';
import { formatAge } from '../retention/age.ts';
import { makeBatchSliced } from '../retention/batch.ts';
import { formatInstant } from '../retention/instant.ts';
import type { RepositoryName } from '../retention/plan.ts';
import { policyOlderThan } from '../retention/policy.ts';
import { policyCutoff } from '../retention/policyPlan.ts';
import { noUses } from '../retention/uses.ts';
import { askAge } from './askAge.ts';
import { askEmptying } from './askEmptying.ts';
import { carryOut } from './carryOut.ts';
import { confirmBatch } from './confirmBatch.ts';
import { listRepositories } from './listRepositories.ts';
import { pickAccount } from './pickAccount.ts';
import { pickRepositories } from './pickRepositories.ts';
import { planListings } from './planListings.ts';
import { readListings } from './readListings.ts';
import { reviewBatch } from './reviewBatch.ts';
import { selectedNodes } from './selectedNodes.ts';
import type { Services } from './services.ts';

/** More than this (ms) between the clocks of this machine and of Docker Hub is said (invariant 2). */
const tellSkewAbove = 5 * 60 * 1000;

/** A plan whose lists are older than this (ms) says so. */
const tellAsOfAbove = 60_000;

/**
 * `Prune Old Tags…`: which repositories, older than what; then all tags are read, the plan is shown, one modal question, and the run.
 */
export async function pruneOldTags(services: Services, argument?: unknown, all?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  // Settings that are wrong are told before anything is asked.
  const [protect, maxDeletions] = [readProtection(), readMaxDeletions()];
  readOlderThan(Date.now());
  const scope = await scopeOf(services, argument, all);
  if (!scope) return;
  const { account, repositories, othersLeft } = scope;
  const client = services.connections.client(account);
  const place = repositories.length === 1 ? repositoryText(repositories[0]!) : repositoriesText(repositories.length);

  const askedAt = client.now();
  const age = await askAge(readOlderThan(askedAt), askedAt, t('Prune {0}: How Old?', place));
  if (!age) return;
  const { listed, unread } = await readListings(client, repositories);
  if (listed.length === 0 && unread[0]) throw unread[0].error;

  // The server's clock may have become known only by the listing; the earlier now is the one that counts (invariant 2).
  const now = Math.min(askedAt, client.now());
  const policy = policyOlderThan(age);
  const { batch: planned, refused } = await planListings(listed, { policyOf: () => policy, now, protect, maxDeletions, usesOf: () => noUses });
  const plans = await askEmptying(planned.plans);
  if (!plans) return;
  const batch = await inSlices(makeBatchSliced(plans, { maxDeletions: 0 }));
  const headline = t('Tags last pushed before {0} ({1}).', formatInstant(policyCutoff(policy, now)!), formatAge(age));
  const asOf = listed.reduce((oldest, { listing }) => Math.min(oldest, listing.asOf), Infinity);
  const leftAlone = [...unread, ...refused];
  if (!(await reviewBatch(services, batch, [headline, ...asOfFacts(client, asOf)].join(' '), leftAlone, t('Prune {0}: Plan', place)))) return;
  const facts = [
    headline,
    ...asOfFacts(client, asOf),
    ...(maxDeletions > 0 ? [t('At most {0}, the oldest first (maxDeletions).', numberText(maxDeletions))] : []),
    ...(unread.length > 0 ? [t('Could not be read, and left alone: {0}.', repositoriesText(unread.length))] : []),
    ...(othersLeft ? [t('What was selected of other accounts is left alone.')] : []),
    ...skewFacts(client),
  ];
  if (await confirmBatch(batch, facts)) await carryOut(services, account, batch, { kind: 'olderThan', age: formatAge(age) });
}

interface Scope {
  readonly account: Account;
  readonly repositories: readonly RepositoryName[];
  /** Whether rows of other accounts were selected, too. */
  readonly othersLeft: boolean;
}

async function scopeOf(services: Services, argument: unknown, all: unknown): Promise<Scope | undefined> {
  const { t } = vscode.l10n;
  const nodes = argument === undefined ? [] : selectedNodes(services, argument, all);
  const [first] = nodes;
  if (!first || first.kind === 'account') {
    if (argument !== undefined && !first) throw new Error(t('There is no such repository in the tree. Refresh the tree, then try again.'));
    const account = first?.account ?? (await pickAccount(services, t('Prune Old Tags')));
    const preselected = services.tree.selection.flatMap((node) => (node.kind === 'repository' || node.kind === 'tag' ? [node.repository] : []));
    const repositories = account && (await pickRepositories(services, account, t('Prune Old Tags: Which Repositories?'), preselected));
    return account && repositories && { account, repositories, othersLeft: false };
  }
  const { account } = first;
  const ofAccount = nodes.filter((node) => accountId(node.account) === accountId(account));
  const repositories = new Map<string, RepositoryName>();
  for (const node of ofAccount) for (const repository of await repositoriesOf(services, node)) repositories.set(repositoryNodeId(account, repository), repository);
  if (repositories.size === 0) {
    void vscode.window.showInformationMessage(t('There are no repositories to prune here.'));
    return undefined;
  }
  return { account, repositories: [...repositories.values()], othersLeft: ofAccount.length < nodes.length };
}

async function repositoriesOf(services: Services, node: HubNode): Promise<readonly RepositoryName[]> {
  switch (node.kind) {
    case 'repository':
    case 'tag':
      return [node.repository];
    case 'namespace':
      return listRepositories(services, node.account, node.namespace);
    case 'account':
      return [];
  }
}

/** What to say when the oldest of the lists is older than a minute. @param asOf see `TagListing` */
function asOfFacts(client: Pick<HubClient, 'clockSkew' | 'now'>, asOf: number): string[] {
  if (client.now() - asOf <= tellAsOfAbove) return [];
  // People compare it with the clock of this machine.
  return [vscode.l10n.t('Tags as of {0}.', timeText(asOf - Math.min(client.clockSkew, 0)))];
}

/** What to say when the clocks of this machine and of Docker Hub are far apart. */
function skewFacts({ clockSkew }: Pick<HubClient, 'clockSkew'>): string[] {
  if (Math.abs(clockSkew) <= tellSkewAbove) return [];
  const span = spanText(Math.abs(clockSkew));
  return [
    clockSkew < 0
      ? vscode.l10n.t("This machine's clock is {0} ahead of Docker Hub's; ages count from Docker Hub's.", span)
      : vscode.l10n.t("This machine's clock is {0} behind Docker Hub's; ages count from this machine's.", span),
  ];
}
