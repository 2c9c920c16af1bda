import * as vscode from 'vscode';
import { plainText } from '../hub/serverWords.ts';
import { outcomeKinds } from '../pruning/outcome.ts';
import type { Tally } from '../pruning/tally.ts';
import { numberText, tagsText } from './countText.ts';
import { repositoryText } from './repositoryText.ts';
import { deleteRightText, outcomeName, outcomeText, stopText } from './reasonText.ts';

/** One sentence or a few that account for every planned tag of a run (invariant 6). */
export function runSummary(tally: Tally, place: string): string {
  return summarySentences(tally, place).join(' ');
}

/** The whole account of a run as text: totals, early ends, and every tag by name. */
export function runReport(tally: Tally, place: string): string {
  const { t } = vscode.l10n;
  const lines = [...summarySentences(tally, place), ''];
  for (const kind of outcomeKinds) lines.push(`${numberText(tally.counts[kind]).padStart(8)}  ${outcomeName(kind)}`);
  if (tally.remnants.length > 0) lines.push('', t('Not removed:'));
  for (const [why, remnants] of Map.groupBy(tally.remnants, ({ outcome }) => outcomeText(outcome))) {
    lines.push('', t('{0} {1}', numberText(remnants.length), why));
    for (const { repository, tag } of remnants) lines.push(`  ${repositoryText(repository)}:${plainText(tag.name)}`);
  }
  if (tally.removed.length > 0) lines.push('', t('Removed:'));
  for (const { repository, tag } of tally.removed) lines.push(`  ${repositoryText(repository)}:${plainText(tag.name)}`);
  return lines.join('\n');
}

function summarySentences(tally: Tally, place: string): string[] {
  const { t } = vscode.l10n;
  const { counts, ended, stops, remnants } = tally;
  const sentences = [
    counts.removed === ended
      ? t('Deleted {0} in {1}.', tagsText(counts.removed), place)
      : t('Deleted {0} of {1} in {2}.', numberText(counts.removed), tagsText(ended), place),
  ];
  const others = outcomeKinds
    .filter((kind) => kind !== 'removed' && counts[kind] > 0)
    .flatMap((kind) => {
      if (kind !== 'spared') return [`${numberText(counts[kind])} ${outcomeName(kind)}`];
      // Why tags were kept after all is what a person wants to know first.
      const kept = Map.groupBy(remnants.filter(({ outcome }) => outcome.kind === kind), ({ outcome }) => outcomeText(outcome));
      return [...kept].map(([why, alike]) => `${numberText(alike.length)} ${why}`);
    });
  if (others.length > 0) sentences.push(`${others.join(', ')}.`);
  for (const alike of Map.groupBy(stops, ({ reason }) => reason).values()) sentences.push(stopText(alike));
  if (stops.length > 0) return sentences;
  const [first] = remnants.filter(({ outcome }) => outcome.kind === 'failed');
  if (first) sentences.push(t('{0} {1}', plainText(first.tag.name), outcomeText(first.outcome)));
  if (first?.outcome.kind === 'failed' && first.outcome.failure.kind === 'forbidden') sentences.push(deleteRightText());
  return sentences;
}
