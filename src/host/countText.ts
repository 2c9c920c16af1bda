import * as vscode from 'vscode';

/** A number with the separators of the display language. */
export function numberText(count: number): string {
  return new Intl.NumberFormat(vscode.env.language).format(count);
}

/** "1 tag", "1,903 tags". */
export function tagsText(count: number): string {
  return count === 1 ? vscode.l10n.t('1 tag') : vscode.l10n.t('{0} tags', numberText(count));
}

/** "1 repository", "132 repositories". */
export function repositoriesText(count: number): string {
  return count === 1 ? vscode.l10n.t('1 repository') : vscode.l10n.t('{0} repositories', numberText(count));
}
