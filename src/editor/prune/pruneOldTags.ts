import * as vscode from 'vscode';
import { inSlices } from '../../async/inSlices.ts';
import { checkBatch } from '../../prune/checkBatch.ts';
import { currentPolicies } from '../../prune/currentPolicies.ts';
import { confirmPlanned, planPrune } from '../../prune/planPrune.ts';
import { recordedRules, type PruneRules } from '../../prune/pruneRules.ts';
import { makeBatchSliced } from '../../retention/plan/batch.ts';
import { placeText } from '../../text/placeText.ts';
import { planHeadlines, pruneFacts } from '../../text/pruneFacts.ts';
import { askEmptying } from '../dialogs/askEmptying.ts';
import { confirmBatch } from '../dialogs/confirmBatch.ts';
import { readListings } from '../lists/readListings.ts';
import { openPlanPanel } from '../planPanel/openPlanPanel.ts';
import type { PanelServices } from '../planPanel/panelServices.ts';
import { executeBatch } from '../runs/executeBatch.ts';
import { readLimits, readOlderThan } from '../settings/settings.ts';
import { withDelayedProgress } from '../ui/withDelayedProgress.ts';
import { askRules } from './askRules.ts';
import { namedPolicy, policyScope } from './policyScope.ts';
import { pruneScope, type PruneScope } from './pruneScope.ts';
import { reviewBatch } from './reviewBatch.ts';

/**
 * `Prune Old Tags…`: which repositories, by which policy or older than what; then all tags are read, the plan is shown, one modal question, and
 * the run. An argument names rows of the tree, or as `{policy}` a policy, which then is not asked for.
 */
export async function pruneOldTags(services: PanelServices, argument?: unknown, all?: unknown): Promise<void> {
  // Settings that are wrong are reported before anything is asked.
  const limits = readLimits();
  readOlderThan(Date.now());
  const asked = await askScope(services, argument, all);
  if (!asked) return;
  const { scope, rules, askedAt } = asked;
  const { account, othersLeft } = scope;
  const client = services.connections.client(account);
  const repositories =
    rules.kind === 'policies'
      ? scope.repositories.filter((repository) => rules.policyOf.has(repository))
      : scope.repositories;
  const uses = services.references;
  const planned = await planPrune(
    { repositories, rules, limits, askedAt },
    {
      now: () => client.now(),
      uses,
      list: (listed) => readListings(services, account, listed),
      whileJudging: (judge) => withDelayedProgress(vscode.l10n.t('Planning'), (signal) => judge(signal)),
    },
  );
  const plans = await askEmptying(planned.batch.plans);
  if (!plans) return;
  const batch = await inSlices(makeBatchSliced(plans, { maxDeletions: 0 }));

  const headlines = planHeadlines(planned, client, rules.kind === 'age');
  const skipped = [...planned.unread, ...planned.refused];
  const [policy, ...others] = planned.policies;
  const review = await reviewBatch(services, batch, headlines.join(' '), skipped, {
    title: vscode.l10n.t('Prune {0}: Plan', placeText(repositories)),
    mayPreview: others.length === 0,
  });
  if (review === 'preview' && policy) return openPlanPanel(services, account, repositories, () => policy);
  if (review !== 'confirm') return;
  // What the search found meanwhile is no doubt any more, and must not go unsaid.
  await checkBatch(batch, planned.keeping, { uses, readLimits });
  const withoutPolicy = scope.repositories.length - repositories.length;
  const unsure = await uses.unsure(repositories);
  const facts = pruneFacts(planned, { withoutPolicy, otherAccounts: othersLeft }, unsure, client);
  if (!(await confirmBatch(batch, [...headlines, ...facts]))) return;
  const confirmed = confirmPlanned(planned, batch, rules, async (policyOf) =>
    currentPolicies(policyOf, await services.policies.current()),
  );
  await executeBatch(services, { account, ...recordedRules(rules), confirmed });
}

interface AskedScope {
  readonly scope: PruneScope;
  readonly rules: PruneRules;
  /** Instant (ms) at which the question for the age was asked. */
  readonly askedAt: number;
}

/** Asks for what the argument doesn't say. @returns `undefined` when a dialog was left */
async function askScope(services: PanelServices, argument: unknown, all: unknown): Promise<AskedScope | undefined> {
  const title = vscode.l10n.t('Prune Old Tags');
  const named = await namedPolicy(services, argument);
  const scope = named ? await policyScope(services, named, title) : await pruneScope(services, argument, all, title);
  if (!scope) return undefined;
  const { repositories } = scope;
  const askedAt = services.connections.client(scope.account).now();
  if (named) {
    const policyOf = new Map(repositories.map((repository) => [repository, named]));
    return { scope, rules: { kind: 'policies', policyOf }, askedAt };
  }
  const rules = await askRules(services, {
    repositories,
    preferred: readOlderThan(askedAt),
    now: askedAt,
    title: vscode.l10n.t('Prune {0}: Select a Policy or an Age', placeText(repositories)),
  });
  return rules && { scope, rules, askedAt };
}
