import * as vscode from 'vscode';
import { ageText } from '../../text/ageText.ts';
import {
  attachmentsText,
  numberText,
  repositoriesText,
  tagsAndAttachmentsTitle,
  tagsText,
} from '../../text/countText.ts';
import { planWarningText, planWarningsText } from '../../text/planWarningText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { reclaimableText } from '../../text/reclaimableText.ts';
import { sizeText } from '../../text/sizeText.ts';
import { timeText } from '../../text/timeText.ts';
import { formatInstant } from '../../retention/tags/instant.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { PlanDraft } from '../../retention/draft/planDraft.ts';
import type { DraftTotals, DraftWarning } from '../../retention/draft/settledDraft.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import { chartView } from './chartView.ts';
import type { FieldProblem, Measure, PlanView } from './messages.ts';
import type { PlanLists } from './planPort.ts';

/** Bars of the picture at most, and repositories that a warning names. */
const [maxBars, maxNamed] = [48, 5];

/** What a view of a plan is made of beside the draft. */
export interface PlanViewParts {
  readonly lists: PlanLists;
  readonly measure: Measure;
  readonly problems: readonly FieldProblem[];
  /** Whether tags may have changed since they were listed; `run`: a run of this plan has begun. */
  readonly stale: 'no' | 'perhaps' | 'run';
  /** What there is to say since the panel was opened again. */
  readonly news: readonly string[];
}

/** The plan as the page shows it, without rows. */
export function planView(draft: PlanDraft, { lists, measure, problems, stale, news }: PlanViewParts): PlanView {
  const { totals, revision } = draft;
  const { going, attachments } = totals;
  const refusals = shareWarnings(totals.overShare, draft.policy.maxShare);
  return {
    revision,
    order: draft.orderRevision,
    rowCount: draft.rowCount,
    totals: totalsOf(totals, lists.now),
    // What is not among the controls is heard as well: that nothing is deleted by this plan.
    summary: [summaryText(totals), ...refusals].join(' '),
    deleteLabel: vscode.l10n.t('Delete {0}…', tagsAndAttachmentsTitle(going, attachments.going)),
    canDelete: going > 0 && problems.length === 0 && totals.overShare.length === 0 && stale !== 'run',
    canUndo: draft.canUndo,
    chart: chartView(draft.histogram(measure, maxBars)),
    warnings: [
      ...news,
      ...runWarnings(stale),
      ...refusals,
      ...listWarnings(draft.warnings),
      ...lists.doubts,
      ...unreadWarnings(lists),
    ],
    problems,
    asOf:
      stale === 'no'
        ? vscode.l10n.t('Updated {0}.', timeText(lists.asOf))
        : vscode.l10n.t('Updated {0}. Tags might have changed since.', timeText(lists.asOf)),
    isStale: stale !== 'no',
  };
}

/** "412 of 1,903 tags go, and 36 of 40 attachments.": what is heard of a plan. */
function summaryText({ going, all, attachments }: DraftTotals): string {
  const [count, tags] = [numberText(going - attachments.going), tagsText(all - attachments.all)];
  return attachments.all === 0
    ? vscode.l10n.t('{0} of {1} will be deleted.', count, tags)
    : vscode.l10n.t(
        '{0} of {1} and {2} of {3} will be deleted.',
        count,
        tags,
        numberText(attachments.going),
        attachmentsText(attachments.all),
      );
}

function totalsOf(totals: DraftTotals, now: number): PlanView['totals'] {
  const { all, going, attachments, reclaimable, sharedSize, oldest, newest, pickedToDelete, pickedToKeep } = totals;
  const hands = [
    ...(pickedToDelete > 0 ? [vscode.l10n.t('{0} to delete', numberText(pickedToDelete))] : []),
    ...(pickedToKeep > 0 ? [vscode.l10n.t('{0} to keep', numberText(pickedToKeep))] : []),
  ];
  return [
    { label: vscode.l10n.t('Delete'), value: numberText(going - attachments.going) },
    { label: vscode.l10n.t('Keep'), value: numberText(all - going - (attachments.all - attachments.going)) },
    ...(attachments.all > 0
      ? [
          {
            label: vscode.l10n.t('Attachments'),
            value: vscode.l10n.t(
              'delete {0}, keep {1}',
              numberText(attachments.going),
              numberText(attachments.all - attachments.going),
            ),
          },
        ]
      : []),
    { label: vscode.l10n.t('Reclaimable size'), value: reclaimableText(reclaimable) },
    ...(sharedSize > 0 ? [{ label: vscode.l10n.t('Shared with kept tags'), value: sizeText(sharedSize) }] : []),
    { label: vscode.l10n.t('Oldest to delete'), value: oldest ? instantText(oldest.tag, now) : '–' },
    { label: vscode.l10n.t('Newest to delete'), value: newest ? instantText(newest.tag, now) : '–' },
    ...(hands.length > 0 ? [{ label: vscode.l10n.t('By hand'), value: hands.join(', ') }] : []),
  ];
}

function instantText({ pushedAt }: Tag, now: number): string {
  return pushedAt === undefined ? ageText(undefined, now) : formatInstant(pushedAt).slice(0, 10);
}

function runWarnings(stale: PlanViewParts['stale']): string[] {
  return stale === 'run' ? [vscode.l10n.t("This plan is running. Refresh to see what's left.")] : [];
}

function shareWarnings(repositories: readonly RepositoryName[], maxShare: number): string[] {
  if (repositories.length === 0) return [];
  const share = new Intl.NumberFormat(vscode.env.language, { style: 'percent', maximumFractionDigits: 1 }).format(
    maxShare,
  );
  return [
    vscode.l10n.t('Blocked: this would delete more than {0} of the tags in {1}.', share, namedText(repositories)),
  ];
}

/** One sentence each, or one for all where these are many: the page is sent them with every change. */
function listWarnings(warnings: readonly DraftWarning[]): string[] {
  if (warnings.length <= maxNamed) return warnings.map(planWarningText);
  return [planWarningsText('pulledTogether', namedText(warnings.map(({ repository }) => repository)))];
}

function unreadWarnings({ unread }: PlanLists): string[] {
  const first = unread
    .slice(0, maxNamed)
    .map(({ repository, message }) =>
      vscode.l10n.t("{0} couldn't be read, so nothing in it is deleted: {1}", repositoryText(repository), message),
    );
  const more = unread.length - first.length;
  return more === 0
    ? first
    : [...first, vscode.l10n.t("{0} more couldn't be read, so nothing in them is deleted.", repositoriesText(more))];
}

/** "acme/web, acme/api and 3 more". */
function namedText(repositories: readonly RepositoryName[]): string {
  const names = repositories.slice(0, maxNamed).map(repositoryText).join(', ');
  return repositories.length > maxNamed
    ? vscode.l10n.t('{0} and {1} more', names, numberText(repositories.length - maxNamed))
    : names;
}
