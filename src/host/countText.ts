import * as vscode from 'vscode';

/** A number with the separators of the display language. */
export function numberText(count: number): string {
  return new Intl.NumberFormat(vscode.env.language).format(count);
}

/** "1 tag", "1,903 tags". */
export function tagsText(count: number): string {
  return count === 1 ? vscode.l10n.t('1 tag') : vscode.l10n.t('{0} tags', numberText(count));
}

/** "12 tags and 36 attachments", "1 tag": attachments are named where there are any. @param total tags, attachments among them */
export function tagsAndAttachmentsText(total: number, attachments: number): string {
  const { t } = vscode.l10n;
  if (attachments === 0) return tagsText(total);
  const attached = attachments === 1 ? t('1 attachment') : t('{0} attachments', numberText(attachments));
  return total === attachments ? attached : t('{0} and {1}', tagsText(total - attachments), attached);
}

/** "1 repository", "132 repositories". */
export function repositoriesText(count: number): string {
  return count === 1 ? vscode.l10n.t('1 repository') : vscode.l10n.t('{0} repositories', numberText(count));
}
