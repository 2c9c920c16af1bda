import * as vscode from 'vscode';
import { numberText, tagsAndAttachmentsText, tagsAndAttachmentsTitle, tagsText } from '../../text/countText.ts';
import { batchPlaceText } from '../../text/planText.ts';
import { reclaimableLine } from '../../text/reclaimableText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import type { Batch } from '../../retention/plan/batch.ts';

/** Repositories that the question names. */
const maxNamed = 10;

/**
 * The one modal question before a batch is carried out (invariant 1): the count stands on the button.
 * @param facts what the user should know, a line each
 * @param only the batch without attachments that were not asked for, which a button of its own offers; missing where there are none
 * @returns the batch that was confirmed; `undefined` when the dialog was left
 */
export async function confirmBatch(batch: Batch, facts: readonly string[], only?: Batch): Promise<Batch | undefined> {
  const size = vscode.l10n.t(
    '{0}. Tags are deleted immediately. Docker Hub frees the storage later, and less of it where images share layers.',
    reclaimableLine(batch.reclaimable),
  );
  const button = vscode.l10n.t('Delete {0}', tagsAndAttachmentsTitle(batch.total, batch.attachments));
  const onlyButton = only && onlyTheseButton(only);
  const detail = [...facts, ...attachmentFacts(batch), ...repositoryFacts(batch), size, ...restoreFacts(batch)].join(
    '\n',
  );
  const question = vscode.l10n.t(
    'Delete {0} in {1}?',
    tagsAndAttachmentsText(batch.total, batch.attachments),
    batchPlaceText(batch),
  );
  const picked = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail },
    button,
    ...(onlyButton ? [onlyButton] : []),
  );
  if (picked === undefined) return undefined;
  return picked === button ? batch : only;
}

/** "Delete Only the 3 Tags": what is on the button that leaves attachments alone. */
function onlyTheseButton({ total, attachments }: Batch): string {
  if (attachments > 0) return vscode.l10n.t('Delete Only the {0} Selected', numberText(total));
  return vscode.l10n.t('Delete Only the {0}', tagsAndAttachmentsTitle(total, 0));
}

/** How many of the tags are deleted because of those that they are attached to. */
function attachmentFacts({ total, units }: Batch): string[] {
  const along = total - units;
  if (along === 0) return [];
  return [
    along === 1
      ? vscode.l10n.t('Including 1 signature or other attachment of these tags.')
      : vscode.l10n.t('Including {0} signatures and other attachments of these tags.', numberText(along)),
  ];
}

/** How many go where, of a batch over several repositories. */
function repositoryFacts(batch: Batch): string[] {
  const plans = batch.plans.filter(({ going }) => going.length > 0);
  if (plans.length < 2) return [];
  const lines = plans
    .slice(0, maxNamed)
    .map(
      ({ repository, going, attachments }) =>
        `${repositoryText(repository)}: ${tagsAndAttachmentsText(going.length, attachments.going)}`,
    );
  return plans.length > maxNamed ? [...lines, vscode.l10n.t('and {0} more', plans.length - maxNamed)] : lines;
}

/** What the user has to know of a way back before there is need of one. */
function restoreFacts(batch: Batch): string[] {
  const unknown = batch.plans.reduce(
    (sum, { going }) => sum + going.filter(({ digest }) => digest === undefined).length,
    0,
  );
  return [
    vscode.l10n.t(
      'Docker Hub itself can\'t restore deleted tags. "Restore Deleted Tags…" can while Docker Hub still stores their images. Docker Hub doesn\'t guarantee how long that is.',
    ),
    ...(unknown > 0
      ? [vscode.l10n.t("Can't be restored, because Docker Hub reports no digest: {0}.", tagsText(unknown))]
      : []),
  ];
}
