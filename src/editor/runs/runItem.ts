import * as vscode from 'vscode';
import { ageText } from '../../text/ageText.ts';
import { numberText, tagsText } from '../../text/countText.ts';
import { errorText } from '../../text/errorText.ts';
import { outcomeName } from '../../text/reasonText.ts';
import { summaryPlaceText } from '../../text/summaryPlaceText.ts';
import { isResumable, isRestorable, type RunEntry } from '../../prune/runEntry.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { outcomeKinds } from '../../runs/outcome/outcome.ts';
import type { JournalSummary } from '../../runs/journal/journalSummary.ts';
import { formatInstant } from '../../retention/tags/instant.ts';

/** The row of a run in the view `dockerHubPruner.runs`. Opening it shows its report. @param now instant (ms) that its age counts from */
export function runItem(entry: RunEntry, now: number): vscode.TreeItem {
  const { summary } = entry;
  const item = new vscode.TreeItem(summary ? labelOf(summary) : vscode.l10n.t("A run that can't be read"));
  item.id = entry.id;
  item.iconPath = iconOf(entry);
  const facts = summary ? factsOf(entry, summary) : [errorText(entry.error).message];
  item.description = summary ? [...facts.slice(0, 1), ageText(summary.startedAt, now, 'narrow')].join(' · ') : facts[0];
  item.tooltip = [
    item.label as string,
    ...facts,
    ...(summary
      ? [vscode.l10n.t('Started {0} as {1}', formatInstant(summary.startedAt), plainText(summary.account.name))]
      : []),
  ].join('\n');
  item.accessibilityInformation = {
    label: summary
      ? vscode.l10n.t('Run in {0}', [item.label as string, ...facts, ageText(summary.startedAt, now)].join(', '))
      : [item.label as string, ...facts].join(', '),
  };
  item.contextValue = [
    'run',
    ...(isResumable(entry) ? ['resumable'] : []),
    ...(isRestorable(entry) ? ['restorable'] : []),
    ...(entry.state === 'interrupted' || entry.state === 'running' ? [entry.state] : []),
  ].join(' ');
  item.command = { command: 'dockerHubPruner.showRun', title: vscode.l10n.t('Show Run'), arguments: [entry] };
  return item;
}

/** "acme/web", or for a whole repository what became of it: "Deleted repository acme/web, 60 tags". */
function labelOf(summary: JournalSummary): string {
  const place = summaryPlaceText(summary);
  if (summary.policy.kind !== 'repository') return place;
  const tags = tagsText(summary.planned);
  return summary.repositoryEnded === 'removed'
    ? vscode.l10n.t('Deleted repository {0}, {1}', place, tags)
    : vscode.l10n.t('Repository {0}, {1}', place, tags);
}

/** What is known of the deletion of a whole repository beside its label. */
function repositoryFactsOf({ state }: RunEntry, { repositoryEnded, restored }: JournalSummary): string[] {
  if (state === 'running') return [vscode.l10n.t('deleting')];
  if (state === 'interrupted' || !repositoryEnded) return [vscode.l10n.t('interrupted')];
  return [
    ...repositoryEnding(repositoryEnded),
    ...(restored > 0 ? [vscode.l10n.t('{0} restored', tagsText(restored))] : []),
  ];
}

function repositoryEnding(ended: NonNullable<JournalSummary['repositoryEnded']>): string[] {
  if (ended === 'removed') return [];
  return [ended === 'failed' || ended === 'notReached' ? vscode.l10n.t('not deleted') : outcomeName(ended)];
}

/** What is known of a run, the most telling first. */
function factsOf(entry: RunEntry, summary: JournalSummary): string[] {
  const { state } = entry;
  const { planned, counts, restored, policy, cancelled } = summary;
  if (policy.kind === 'repository') return repositoryFactsOf(entry, summary);
  if (state === 'running') return [vscode.l10n.t('deleting {0}', tagsText(planned))];
  if (state === 'interrupted' || !counts) {
    return [
      cancelled ? vscode.l10n.t('canceled') : vscode.l10n.t('interrupted'),
      vscode.l10n.t('{0} to delete', tagsText(planned)),
    ];
  }
  return [
    ...(counts.removed === planned
      ? [vscode.l10n.t('deleted {0}', tagsText(planned))]
      : [vscode.l10n.t('deleted {0} of {1}', numberText(counts.removed), tagsText(planned))]),
    ...outcomeKinds
      .filter((kind) => kind !== 'removed' && counts[kind] > 0)
      .map((kind) => `${numberText(counts[kind])} ${outcomeName(kind)}`),
    ...(restored > 0 ? [vscode.l10n.t('{0} restored', tagsText(restored))] : []),
  ];
}

function iconOf({ state, summary }: RunEntry): vscode.ThemeIcon {
  const counts = summary?.counts;
  if (state === 'running') return new vscode.ThemeIcon('sync~spin');
  if (state === 'interrupted') {
    return new vscode.ThemeIcon('debug-pause', new vscode.ThemeColor('list.warningForeground'));
  }
  if (!counts) return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  if (counts.failed + counts.uncertain > 0) {
    return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  }
  return new vscode.ThemeIcon(counts.notReached > 0 ? 'circle-slash' : 'pass');
}
