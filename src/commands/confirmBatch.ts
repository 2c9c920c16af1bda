import * as vscode from 'vscode';
import { numberText, tagsText } from '../host/countText.ts';
import { batchPlaceText, batchSizeText } from '../host/planText.ts';
import { repositoryText } from '../host/repositoryText.ts';
import type { Batch } from '../retention/batch.ts';

/** Repositories that the question names. */
const mostNamed = 10;

/**
 * The one modal question before a batch is carried out (invariant 1): the count stands on the button.
 * @param facts what the user should know, a line each
 */
export async function confirmBatch(batch: Batch, facts: readonly string[]): Promise<boolean> {
  const { t } = vscode.l10n;
  const button = batch.total === 1 ? t('Delete 1 Tag') : t('Delete {0} Tags', numberText(batch.total));
  const size = t('Size: up to {0}. The names go at once; storage comes free only when Docker or a later step removes the manifests, and less of it where images share layers.', batchSizeText(batch));
  const detail = [...facts, ...repositoryFacts(batch), size, ...restoreFacts(batch)].join('\n');
  const question = t('Delete {0} in {1}?', tagsText(batch.total), batchPlaceText(batch));
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, button)) === button;
}

/** How many go where, of a batch over several repositories. */
function repositoryFacts(batch: Batch): string[] {
  const plans = batch.plans.filter(({ going }) => going.length > 0);
  if (plans.length < 2) return [];
  const lines = plans.slice(0, mostNamed).map(({ repository, going }) => `${repositoryText(repository)}: ${tagsText(going.length)}`);
  return plans.length > mostNamed ? [...lines, vscode.l10n.t('and {0} more', plans.length - mostNamed)] : lines;
}

/** What the user has to know of a way back before there is need of one. */
function restoreFacts(batch: Batch): string[] {
  const { t } = vscode.l10n;
  const unknown = batch.plans.reduce((sum, { going }) => sum + going.filter(({ digest }) => digest === undefined).length, 0);
  return [
    t('Docker Hub itself cannot bring deleted tags back. "Restore Deleted Tags…" can, while Docker Hub still keeps what they pointed at; it does not promise for how long.'),
    ...(unknown > 0 ? [t('Cannot be restored at all, since Docker Hub does not say what they point at: {0}.', tagsText(unknown))] : []),
  ];
}
