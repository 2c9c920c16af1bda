import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';
import { attachmentOf } from '../retention/tags/attachment.ts';
import type { Batch } from '../retention/plan/batch.ts';
import { formatInstant } from '../retention/tags/instant.ts';
import type { KeepReason, Plan } from '../retention/plan/plan.ts';
import type { Tag } from '../retention/tags/tag.ts';
import { attachmentText } from './attachmentText.ts';
import { numberText, repositoriesText, tagsAndAttachmentsText, tagsText } from './countText.ts';
import { keepReasonsText, keepReasonText } from './reasonText.ts';
import { repositoryText } from './repositoryText.ts';
import { reclaimableLine } from './reclaimableText.ts';
import { tagSizeText } from './sizeText.ts';

/** Longer names are not lined up with the others. */
const widestName = 60;

/** "acme/web", or "3 repositories": where the tags of a batch go. */
export function batchPlaceText(batch: Batch): string {
  const plans = batch.plans.filter(({ going }) => going.length > 0);
  return plans.length === 1 ? repositoryText(plans[0]!.repository) : repositoriesText(plans.length);
}

/** "412 of 1,903 tags go, and 96 attachments": one plan or several at a glance. */
export function goingText(plans: readonly Plan[]): string {
  const sum = (count: (plan: Plan) => number) => plans.reduce((total, plan) => total + count(plan), 0);
  const [attachments, allAttachments] = [
    sum(({ attachments }) => attachments.going),
    sum(({ attachments }) => attachments.all),
  ];
  const tags = l10n.t(
    '{0} of {1} will be deleted',
    numberText(sum(({ going }) => going.length) - attachments),
    tagsText(sum(({ verdicts }) => verdicts.length) - allAttachments),
  );
  return attachments === 0 ? tags : l10n.t('{0}, and {1}', tags, tagsAndAttachmentsText(attachments, attachments));
}

/** "60 younger, 10 protected by "latest"": why tags of these plans stay, most frequent first; empty when none does. */
export function stayingText(plans: readonly Plan[]): string {
  // A plan has few objects of reasons, and their words take longer than counting.
  const byReason = new Map<KeepReason, number>();
  for (const { staying } of plans) {
    for (const { reason } of staying) byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  }
  const counts = new Map<string, number>();
  for (const [reason, count] of byReason) {
    const text = keepReasonsText(reason);
    counts.set(text, (counts.get(text) ?? 0) + count);
  }
  const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([text, count]) => `${numberText(count)} ${text}`);
  return parts.join(', ');
}

/** "build-17 (2024-03-01 10:22 UTC)". */
export function tagText({ name, pushedAt }: Tag): string {
  return `${plainText(name)} (${pushedAt === undefined ? l10n.t('unknown age') : formatInstant(pushedAt)})`;
}

/** The whole plan as lines of text: each tag that goes, of attachments with what they are attached to, and each that stays, with its reason. */
export function* planLines(batch: Batch, headline: string): Generator<string, void> {
  yield* [headline, goingText(batch.plans), reclaimableLine(batch.reclaimable), ''];
  const [goes, stays] = [l10n.t('delete'), l10n.t('keep')];
  const reasons = new Map<KeepReason, string>();
  const reasonText = (reason: KeepReason): string => {
    const text = reasons.get(reason) ?? keepReasonText(reason);
    reasons.set(reason, text);
    return text;
  };
  for (const plan of batch.plans) {
    yield* [`${repositoryText(plan.repository)} — ${goingText([plan])}`, ''];
    const width = plan.verdicts.reduce((widest, { tag }) => Math.max(widest, Math.min(tag.name.length, widestName)), 0);
    for (const tag of plan.going) {
      const attached = attachmentOf(tag);
      yield `  ${goes}  ${tagLine(tag, width)}${attached ? `  ${attachmentText(attached, plan.holders.get(tag)?.at(-1)?.name)}` : ''}`;
    }
    for (const { tag, reason } of plan.staying) yield `  ${stays}    ${tagLine(tag, width)}  ${reasonText(reason)}`;
    yield '';
  }
}

function tagLine(tag: Tag, width: number): string {
  const { name, pushedAt } = tag;
  const pushed = pushedAt === undefined ? l10n.t('unknown age') : formatInstant(pushedAt);
  return [plainText(name).padEnd(width), pushed.padEnd(20), tagSizeText(tag).padStart(12)].join('  ');
}
