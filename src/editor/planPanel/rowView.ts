import * as vscode from 'vscode';
import { ageText } from '../../text/ageText.ts';
import { attachmentText } from '../../text/attachmentText.ts';
import { reasonText } from '../../text/reasonText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { tagSizeText } from '../../text/sizeText.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { attachmentOf } from '../../retention/tags/attachment.ts';
import { formatInstant } from '../../retention/tags/instant.ts';
import type { DraftRow } from '../../retention/draft/settledDraft.ts';
import { digestKey } from '../../retention/tags/tag.ts';
import type { DetailsView, RowView } from './messages.ts';

/** The word of a verdict. */
export function verdictText(verdict: DraftRow['verdict']): string {
  return verdict === 'delete' ? vscode.l10n.t('delete') : vscode.l10n.t('keep');
}

/** A row of the table as plain text (invariant 10). @param now ages count from it */
export function rowView({ repository, tag, verdict, reason, byHand }: DraftRow, now: number): RowView {
  return {
    name: plainText(tag.name),
    repository: repositoryText(repository),
    verdict,
    word: verdictText(verdict),
    reason: reasonText(reason),
    byHand: byHand !== undefined,
    age: ageText(tag.pushedAt, now),
    size: tagSizeText(tag),
    digest: tag.digest === undefined ? vscode.l10n.t('unknown') : digestKey(tag.digest),
    pulled: pulledText(tag.pulledAt, now),
  };
}

/** All that is known of a tag, every reason included. */
export function detailsView(
  row: number,
  { repository, tag, verdict, reasons, byHand }: DraftRow,
  now: number,
): DetailsView {
  const attached = attachmentOf(tag);
  const subject = reasons().find((reason) => reason.kind === 'attachedTo' || reason.kind === 'withSubject')?.of;
  const decided = byHand === undefined ? [] : [{ label: vscode.l10n.t('By hand'), value: verdictText(byHand) }];
  return {
    row,
    title: `${repositoryText(repository)}:${plainText(tag.name)}`,
    facts: [
      ...(attached ? [{ label: vscode.l10n.t('Attachment'), value: attachmentText(attached, subject) }] : []),
      { label: vscode.l10n.t('Verdict'), value: verdictText(verdict) },
      ...decided,
      { label: vscode.l10n.t('Reasons'), value: reasons().map(reasonText).join('; ') },
      { label: vscode.l10n.t('Pushed'), value: instantText(tag.pushedAt, now) },
      {
        label: vscode.l10n.t('Pulled'),
        value:
          tag.pulledAt !== undefined && Number.isFinite(tag.pulledAt)
            ? instantText(tag.pulledAt, now)
            : pulledText(undefined, now),
      },
      { label: vscode.l10n.t('Size'), value: tagSizeText(tag) },
      {
        label: vscode.l10n.t('Digest'),
        value: tag.digest === undefined ? vscode.l10n.t('unknown') : plainText(tag.digest),
      },
    ],
  };
}

function pulledText(instant: number | undefined, now: number): string {
  return instant === undefined || !Number.isFinite(instant) ? vscode.l10n.t('not known') : ageText(instant, now);
}

function instantText(instant: number | undefined, now: number): string {
  return instant === undefined || !Number.isFinite(instant)
    ? vscode.l10n.t('unknown age')
    : `${formatInstant(instant)} (${ageText(instant, now)})`;
}
