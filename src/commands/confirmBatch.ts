import * as vscode from 'vscode';
import { numberText, tagsText } from '../host/countText.ts';
import { batchPlaceText, batchSizeText } from '../host/planText.ts';
import type { Batch } from '../retention/batch.ts';

/**
 * The one modal question before a batch is carried out (invariant 1): the count stands on the button.
 * @param facts what the user should know, a line each
 */
export async function confirmBatch(batch: Batch, facts: readonly string[]): Promise<boolean> {
  const { t } = vscode.l10n;
  const button = batch.total === 1 ? t('Delete 1 Tag') : t('Delete {0} Tags', numberText(batch.total));
  const detail = [...facts, t('They name {0}; less may come free, since images share layers.', batchSizeText(batch)), t('Docker Hub cannot bring deleted tags back.')].join('\n');
  const question = t('Delete {0} in {1}?', tagsText(batch.total), batchPlaceText(batch));
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, button)) === button;
}
