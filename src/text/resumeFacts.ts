import * as l10n from '@vscode/l10n';
import type { JournalRecord } from '../runs/journal/journalRecord.ts';
import { recordedPolicy, writtenPolicy } from '../runs/journal/recordedPolicy.ts';
import type { PoliciesOfRun } from '../prune/policiesOfRun.ts';
import type { Resumption, SettledTag } from '../runs/resume.ts';
import { policyData } from '../retention/policy/checkPolicy.ts';
import { formatInstant } from '../retention/tags/instant.ts';
import type { Policy } from '../retention/policy/policy.ts';
import { numberText, repositoriesText, tagsText } from './countText.ts';
import { policyDoubtText } from './policyDoubtText.ts';
import { policyText } from './policyText.ts';
import { keepReasonsText } from './reasonText.ts';
import { repositoryText } from './repositoryText.ts';
import { rulesText } from './rulesText.ts';

/** Reasons to keep tags that the dialog names. */
const maxReasons = 8;

/** What a person has to know before a run is resumed, a line each: what cannot be relied on, what is left of what, the rules in force, and what is kept now. */
export function resumeFacts(record: JournalRecord, { batch, settled }: Resumption, today: PoliciesOfRun): string[] {
  const wasCancelled = record.stops.some(({ reason }) => reason === 'cancelled');
  const [left, planned, when] = [numberText(batch.total), tagsText(record.planned), formatInstant(record.startedAt)];
  return [
    ...today.doubts.map(policyDoubtText),
    wasCancelled
      ? l10n.t('{0} of {1} are left from the run on {2}, which was canceled.', left, planned, when)
      : l10n.t('{0} of {1} are left from the run on {2}.', left, planned, when),
    ...resumeRules(record, today),
    ...keptFacts(settled),
    ...(batch.plans.some(({ emptiesRepository }) => emptiesRepository)
      ? [l10n.t('This deletes the last tag of a repository, as you confirmed then.')]
      : []),
  ];
}

/**
 * The rules that a run is resumed by, a sentence each: those that it was judged by, and what the policies of today add.
 * @throws JournalError `damaged` where the journal does not say by which policy
 */
export function resumeRules(record: JournalRecord, today: PoliciesOfRun): string[] {
  const { policy, plans } = record;
  if (policy.kind === 'picked') return [l10n.t('Tags selected by hand.')];
  if (policy.kind === 'olderThan') {
    const recorded = plans.flatMap((plan) => recordedPolicy(record, plan) ?? []).slice(0, 1);
    return [rulesText(recorded, record.startedAt, true)];
  }
  const then = new Map<string, string>();
  const added = new Map<string, string>();
  for (const plan of plans) {
    const written = writtenPolicy(record, plan);
    const key = keyOf(written);
    if (!then.has(key)) then.set(key, writtenText(written, plan.cutoff));
    for (const { policy: now, source } of today.policiesOf(plan)) {
      if (keyOf(now) !== key) {
        added.set(
          JSON.stringify([source, keyOf(now)]),
          l10n.t('The current policy of {0} also applies: {1}.', source, policyText(now)),
        );
      }
    }
  }
  const [only] = then.values();
  return [
    then.size === 1 && only !== undefined ? only : l10n.t('Tags that none of the {0} policies keep.', then.size),
    ...added.values(),
  ];
}

/** What a policy said then. @param before the instant (ms) that it counted ages from */
function writtenText(policy: Policy, before: number | undefined): string {
  const words = l10n.t('By the policy: {0}.', policyText(policy));
  if (before === undefined) return words;
  return policy.agedBy === 'used'
    ? l10n.t('{0} Last pushed or pulled before {1}.', words, formatInstant(before))
    : l10n.t('{0} Last pushed before {1}.', words, formatInstant(before));
}

/** What a policy says, its repositories excepted. */
function keyOf(policy: Policy): string {
  return JSON.stringify({ ...policyData(policy), repositories: [] });
}

/** What is kept now that had been confirmed, by reason. */
function keptFacts(settled: Resumption['settled']): string[] {
  const kept = settled.filter(
    (event): event is SettledTag => event.type === 'outcome' && event.outcome.kind === 'spared',
  );
  if (kept.length === 0) return [];
  const counts = new Map<string, number>();
  const overShare = new Map<string, string>();
  for (const { repository, outcome } of kept) {
    const reason = outcome.kind === 'spared' ? outcome.reason : undefined;
    const text = reason ? keepReasonsText(reason) : l10n.t('pushed since the plan');
    counts.set(text, (counts.get(text) ?? 0) + 1);
    if (reason?.kind === 'overShare') overShare.set(JSON.stringify(repository), repositoryText(repository));
  }
  const named = [...counts].sort(([, a], [, b]) => b - a);
  const parts = named.slice(0, maxReasons).map(([text, count]) => `${numberText(count)} ${text}`);
  if (named.length > maxReasons) {
    parts.push(
      l10n.t('{0} for other reasons', numberText(named.slice(maxReasons).reduce((sum, [, count]) => sum + count, 0))),
    );
  }
  const [first] = overShare.values();
  return [
    l10n.t('Now kept, although confirmed then: {0} ({1}).', tagsText(kept.length), parts.join(', ')),
    ...(first === undefined
      ? []
      : [
          l10n.t(
            'Skipped, because a larger share would be deleted than the policy allows (maxShare): {0}.',
            overShare.size === 1 ? first : repositoriesText(overShare.size),
          ),
        ]),
  ];
}
