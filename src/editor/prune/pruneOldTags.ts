import * as vscode from 'vscode';
import { numberText, repositoriesText } from '../../text/countText.ts';
import { planWarningText } from '../../text/planWarningText.ts';
import type { LocatedPolicy } from '../../policies/policySources.ts';
import { referenceFacts } from '../../text/referenceFacts.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { rulesText } from '../../text/rulesText.ts';
import { readMaxDeletions, readOlderThan, readProtection } from '../settings/settings.ts';
import { inSlices } from '../../async/inSlices.ts';
import type { RunPolicy } from '../../runs/journal/journalLine.ts';
import { formatAge } from '../../retention/tags/age.ts';
import { makeBatchSliced, type Batch } from '../../retention/plan/batch.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { askEmptying } from '../dialogs/askEmptying.ts';
import { askRules, type Rules } from './askRules.ts';
import { carryOut } from '../runs/carryOut.ts';
import { checkAgain, type ConfirmedBatch } from '../runs/checkAgain.ts';
import { asOfFacts, skewFacts } from '../dialogs/clockFacts.ts';
import { confirmBatch } from '../dialogs/confirmBatch.ts';
import { openPlanPanel } from '../planPanel/openPlanPanel.ts';
import { planListings } from '../lists/planListings.ts';
import { policiesToday } from './policiesToday.ts';
import { namedPolicy, policyScope } from './policyScope.ts';
import { pruneScope } from './pruneScope.ts';
import { readListings } from '../lists/readListings.ts';
import { keepingNow, refuseNewlyKept } from '../runs/refuseNewlyKept.ts';
import { reviewBatch } from './reviewBatch.ts';
import { rulePolicies } from './rulePolicies.ts';
import { ruleSources } from './ruleSources.ts';
import type { PanelServices } from '../planPanel/panelServices.ts';

/**
 * `Prune Old Tags…`: which repositories, by which policy or older than what; then all tags are read, the plan is shown, one modal question, and
 * the run. An argument names rows of the tree, or as `{policy}` a policy, which then is not asked for.
 */
export async function pruneOldTags(services: PanelServices, argument?: unknown, all?: unknown): Promise<void> {
  // Settings that are wrong are told before anything is asked.
  const [protect, maxDeletions] = [readProtection(), readMaxDeletions()];
  readOlderThan(Date.now());
  const named = await namedPolicy(services, argument);
  const scope = named
    ? await policyScope(services, named, vscode.l10n.t('Prune Old Tags'))
    : await pruneScope(services, argument, all, vscode.l10n.t('Prune Old Tags'));
  if (!scope) return;
  const { account, othersLeft } = scope;
  const client = services.connections.client(account);

  const askedAt = client.now();
  const question = {
    repositories: scope.repositories,
    preferred: readOlderThan(askedAt),
    now: askedAt,
    title: vscode.l10n.t('Prune {0}: How Old?', placeText(scope.repositories)),
  };
  const rules: Rules | undefined = named
    ? { kind: 'policies', policyOf: new Map(scope.repositories.map((repository) => [repository, named])) }
    : await askRules(services, question);
  if (!rules) return;
  const repositories =
    rules.kind === 'policies'
      ? scope.repositories.filter((repository) => rules.policyOf.has(repository))
      : scope.repositories;
  const place = placeText(repositories);
  const [{ listed, unread }] = await Promise.all([
    readListings(services, account, repositories),
    services.references.ready(
      undefined,
      repositories.map(({ namespace }) => namespace),
    ),
  ]);
  if (listed.length === 0 && unread[0]) throw unread[0].error;

  // The server's clock may have become known only by the listing; the earlier now is the one that counts (invariant 2).
  const now = Math.min(askedAt, client.now());
  const policyOf = rulePolicies(rules, repositories);
  const keeping = keepingNow(services, repositories, protect);
  const {
    batch: planned,
    refused,
    warnings,
  } = await planListings(listed, {
    policyOf: (repository) => policyOf.get(repository)!,
    now,
    maxDeletions,
    ...keeping,
  });
  if (planned.plans.length === 0 && refused[0]) throw refused[0].error;
  const plans = await askEmptying(planned.plans);
  if (!plans) return;
  const batch = await inSlices(makeBatchSliced(plans, { maxDeletions: 0 }));

  const policies = [...new Set(policyOf.values())];
  const headline = rulesText(policies, now, rules.kind === 'age');
  const asOf = asOfFacts(
    client,
    listed.reduce((oldest, { listing }) => Math.min(oldest, listing.asOf), Infinity),
  );
  const review = await reviewBatch(services, batch, [headline, ...asOf].join(' '), [...unread, ...refused], {
    title: vscode.l10n.t('Prune {0}: Plan', place),
    mayPreview: policies.length === 1,
  });
  if (review === 'preview') return openPlanPanel(services, account, repositories, () => policies[0]!);
  if (!review) return;
  // What the search found meanwhile is no doubt any more, and must not go unsaid.
  await refuseNewlyKept(services, batch, keeping);
  const left = scope.repositories.length - repositories.length;
  const facts = [
    headline,
    ...asOf,
    ...(maxDeletions > 0
      ? [vscode.l10n.t('At most {0}, the oldest first (maxDeletions).', numberText(maxDeletions))]
      : []),
    ...(left > 0 ? [vscode.l10n.t('No policy holds for {0}, which are left alone.', repositoriesText(left))] : []),
    ...(unread.length > 0
      ? [vscode.l10n.t('Could not be read, and left alone: {0}.', repositoriesText(unread.length))]
      : []),
    ...(refused.length > 0
      ? [vscode.l10n.t('Left alone, since too large a share would go: {0}.', repositoriesText(refused.length))]
      : []),
    ...(othersLeft ? [vscode.l10n.t('What was selected of other accounts is left alone.')] : []),
    ...warnings.map(planWarningText),
    ...referenceFacts(await services.references.unsure(repositories)),
    ...skewFacts(client),
  ];
  if (!(await confirmBatch(batch, facts))) return;
  const confirmed: ConfirmedBatch = {
    batch,
    now,
    ...keeping,
    lists: listed.map(({ listing, isImmutable }) => ({ ...listing, ...(isImmutable && { isImmutable }) })),
    ...(rules.kind === 'policies' && {
      policiesToday: () => policiesToday(services, policiesOf(rules.policyOf, batch)),
    }),
  };
  await carryOut(services, {
    account,
    batch,
    policy: runPolicy(rules),
    sourceOf: ruleSources(rules),
    check: () => checkAgain(services, account, confirmed),
  });
}

/** The policies of the repositories of which something is deleted: what is said of others meanwhile is no concern of this run. */
function policiesOf(
  policyOf: ReadonlyMap<RepositoryName, LocatedPolicy>,
  { plans }: Batch,
): ReadonlyMap<RepositoryName, LocatedPolicy> {
  const deleting = new Set(
    plans.filter(({ going }) => going.length > 0).map(({ repository: { namespace, name } }) => `${namespace}/${name}`),
  );
  return new Map([...policyOf].filter(([{ namespace, name }]) => deleting.has(`${namespace}/${name}`)));
}

function placeText(repositories: readonly RepositoryName[]): string {
  return repositories.length === 1 ? repositoryText(repositories[0]!) : repositoriesText(repositories.length);
}

function runPolicy(rules: Rules): RunPolicy {
  return rules.kind === 'age' ? { kind: 'olderThan', age: formatAge(rules.age) } : { kind: 'policies' };
}
