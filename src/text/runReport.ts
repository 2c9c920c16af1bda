import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';
import { outcomeKinds } from '../runs/outcome/outcome.ts';
import type { Remnant, Tally } from '../runs/outcome/tally.ts';
import { attachmentOf } from '../retention/tags/attachment.ts';
import type { BatchTag } from '../retention/plan/batch.ts';
import type { KeepReason } from '../retention/plan/plan.ts';
import { attachmentText } from './attachmentText.ts';
import { attachmentsText, numberText, tagsAndAttachmentsText, tagsText } from './countText.ts';
import { repositoryText } from './repositoryText.ts';
import { deleteRightText, outcomeName, outcomeText, stopText } from './reasonText.ts';

/** One sentence or a few that account for every planned tag of a run (invariant 6). */
export function runSummary(tally: Tally, place: string): string {
  return summarySentences(tally, place).join(' ');
}

/** Finds the name of a tag of the run that has the image that an attachment is attached to. */
export type SubjectFinder = (attachment: BatchTag) => string | undefined;

/** The whole account of a run as lines of text: totals, early ends, and every tag by name, of attachments with what they are attached to. */
export function* runLines(
  tally: Tally,
  place: string,
  subjectOf: SubjectFinder = () => undefined,
): Generator<string, void> {
  const { counts, remnants, removed } = tally;
  yield* [...summarySentences(tally, place), ''];
  for (const kind of outcomeKinds) yield `${numberText(counts[kind]).padStart(8)}  ${outcomeName(kind)}`;
  if (remnants.length > 0) yield* ['', l10n.t('Not removed:')];
  for (const [why, alike] of Map.groupBy(remnants, ({ outcome }) => outcomeText(outcome))) {
    yield* ['', l10n.t('{0} {1}', numberText(countOf(alike)), why)];
    for (const { tags } of alike) yield* tagLines(tags, subjectOf);
  }
  if (removed.length > 0) yield* ['', l10n.t('Removed:')];
  yield* tagLines(removed, subjectOf);
}

function* tagLines(tags: readonly BatchTag[], subjectOf: SubjectFinder): Generator<string, void> {
  for (const each of tags) {
    const attached = attachmentOf(each.tag);
    yield `  ${repositoryText(each.repository)}:${plainText(each.tag.name)}${attached ? `  ${attachmentText(attached, subjectOf(each))}` : ''}`;
  }
}

function countOf(remnants: readonly Remnant[]): number {
  return remnants.reduce((sum, { tags }) => sum + tags.length, 0);
}

/** "Deleted 10 of 12 tags and 30 of 36 attachments in acme/web." */
function partText({ counts, ended, attachments }: Tally, place: string): string {
  const [removedTags, tags] = [numberText(counts.removed - attachments.removed), tagsText(ended - attachments.ended)];
  if (attachments.ended === 0) return l10n.t('Deleted {0} of {1} in {2}.', removedTags, tags, place);
  const [removed, all] = [numberText(attachments.removed), attachmentsText(attachments.ended)];
  return ended === attachments.ended
    ? l10n.t('Deleted {0} of {1} in {2}.', removed, all, place)
    : l10n.t('Deleted {0} of {1} and {2} of {3} in {4}.', removedTags, tags, removed, all, place);
}

/** "3 pushed since the plan, kept", "12 kept: attached to images that are kept": each reason by itself, but not each tag that a reason names. */
function keptTexts(remnants: readonly Remnant[]): string[] {
  const kinds = Map.groupBy(remnants, ({ outcome }) => (outcome.kind === 'spared' ? outcome.reason?.kind : undefined));
  return [...kinds].flatMap(([kind, alike]) => {
    const texts = Map.groupBy(alike, ({ outcome }) => outcomeText(outcome));
    const all = kind && texts.size > 1 ? keptForSeveralText(kind) : undefined;
    if (all !== undefined) return [`${numberText(countOf(alike))} ${all}`];
    return [...texts].map(([why, same]) => `${numberText(countOf(same))} ${why}`);
  });
}

/** What a reason comes to where each tag has its own, such as the name of another tag. */
function keptForSeveralText(kind: KeepReason['kind']): string | undefined {
  if (kind === 'attachedTo') return l10n.t('kept: attached to images that are kept');
  if (kind === 'alias') return l10n.t('kept: same images as tags that are kept');
  if (kind === 'referenced') return l10n.t('kept: in use');
  return undefined;
}

function summarySentences(tally: Tally, place: string): string[] {
  const { counts, ended, stops, remnants } = tally;
  const sentences = [
    counts.removed === ended
      ? l10n.t('Deleted {0} in {1}.', tagsAndAttachmentsText(ended, tally.attachments.ended), place)
      : partText(tally, place),
  ];
  const others = outcomeKinds
    .filter((kind) => kind !== 'removed' && counts[kind] > 0)
    .flatMap((kind) => {
      if (kind !== 'spared') return [`${numberText(counts[kind])} ${outcomeName(kind)}`];
      // Why tags were kept after all is what a person wants to know first.
      return keptTexts(remnants.filter(({ outcome }) => outcome.kind === kind));
    });
  if (others.length > 0) sentences.push(`${others.join(', ')}.`);
  for (const alike of Map.groupBy(stops, ({ reason }) => reason).values()) sentences.push(stopText(alike));
  if (stops.length > 0) return sentences;
  const first = remnants.find(({ outcome }) => outcome.kind === 'failed');
  if (first) sentences.push(l10n.t('{0} {1}', plainText(first.tags[0]!.tag.name), outcomeText(first.outcome)));
  if (first?.outcome.kind === 'failed' && first.outcome.failure.kind === 'forbidden') sentences.push(deleteRightText());
  return sentences;
}
