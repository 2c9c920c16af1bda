import * as vscode from 'vscode';
import { plainText } from '../hub/serverWords.ts';
import type { Batch } from '../retention/batch.ts';
import { formatInstant } from '../retention/instant.ts';
import type { KeepReason, Plan } from '../retention/plan.ts';
import type { Tag } from '../retention/tag.ts';
import { numberText, repositoriesText, tagsText } from './countText.ts';
import { keepReasonsText, keepReasonText } from './reasonText.ts';
import { repositoryText } from './repositoryText.ts';
import { sizeText } from './sizeText.ts';

/** Longer names are not lined up with the others. */
const widestName = 60;

/** "acme/web", or "3 repositories": where the tags of a batch go. */
export function batchPlaceText(batch: Batch): string {
  const plans = batch.plans.filter(({ going }) => going.length > 0);
  return plans.length === 1 ? repositoryText(plans[0]!.repository) : repositoriesText(plans.length);
}

/** "412 of 1,903 tags go": one plan or several at a glance. */
export function goingText(plans: readonly Plan[]): string {
  const going = plans.reduce((sum, plan) => sum + plan.going.length, 0);
  const all = plans.reduce((sum, plan) => sum + plan.verdicts.length, 0);
  return vscode.l10n.t('{0} of {1} go', numberText(going), tagsText(all));
}

/** "60 younger, 10 protected by "latest"": why tags of these plans stay, most frequent first; empty when none does. */
export function stayingText(plans: readonly Plan[]): string {
  // A plan has few objects of reasons, and their words take longer than counting.
  const byReason = new Map<KeepReason, number>();
  for (const { staying } of plans) for (const { reason } of staying) byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  const counts = new Map<string, number>();
  for (const [reason, count] of byReason) {
    const text = keepReasonsText(reason);
    counts.set(text, (counts.get(text) ?? 0) + count);
  }
  const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([text, count]) => `${numberText(count)} ${text}`);
  return parts.join(', ');
}

/** "86.2 GB (2 of unknown size)": the sum over the tags that go. Less comes free where images share layers. */
export function batchSizeText(batch: Batch): string {
  return batch.sizeUnknown === 0
    ? sizeText(batch.size)
    : vscode.l10n.t('{0} ({1} of unknown size)', sizeText(batch.size), numberText(batch.sizeUnknown));
}

/** "build-17 (2024-03-01 10:22 UTC)". */
export function tagText({ name, pushedAt }: Tag): string {
  return `${plainText(name)} (${pushedAt === undefined ? vscode.l10n.t('unknown age') : formatInstant(pushedAt)})`;
}

/** The whole plan as lines of text: each tag that goes and each that stays, with its reason. */
export function* planLines(batch: Batch, headline: string): Generator<string, void> {
  const { t } = vscode.l10n;
  yield* [headline, goingText(batch.plans), t('Size of the tags that go: up to {0}', batchSizeText(batch)), ''];
  const [goes, stays] = [t('delete'), t('keep')];
  const reasons = new Map<KeepReason, string>();
  const reasonText = (reason: KeepReason): string => {
    const text = reasons.get(reason) ?? keepReasonText(reason);
    reasons.set(reason, text);
    return text;
  };
  for (const plan of batch.plans) {
    yield* [`${repositoryText(plan.repository)} — ${goingText([plan])}`, ''];
    const width = plan.verdicts.reduce((widest, { tag }) => Math.max(widest, Math.min(tag.name.length, widestName)), 0);
    for (const tag of plan.going) yield `  ${goes}  ${tagLine(tag, width)}`;
    for (const { tag, reason } of plan.staying) yield `  ${stays}    ${tagLine(tag, width)}  ${reasonText(reason)}`;
    yield '';
  }
}

function tagLine({ name, pushedAt, size }: Tag, width: number): string {
  const pushed = pushedAt === undefined ? vscode.l10n.t('unknown age') : formatInstant(pushedAt);
  return [plainText(name).padEnd(width), pushed.padEnd(20), sizeText(size).padStart(12)].join('  ');
}
