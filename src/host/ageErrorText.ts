import * as vscode from 'vscode';
import type { AgeSyntaxError } from '../retention/age.ts';

/** Why a text is no age. */
export function ageErrorText(error: AgeSyntaxError): string {
  const { t } = vscode.l10n;
  switch (error.reason) {
    case 'empty':
      return t('No age is given.');
    case 'form':
      return t('"{0}" is no age.', error.text);
    case 'zero':
      return t('"{0}" is too young: at least one day.', error.text);
    case 'future':
      return t('"{0}" is less than one day ago.', error.text);
    case 'impossible':
      return t('"{0}" is a day that does not exist.', error.text);
    case 'tooLarge':
      return t('"{0}" is longer ago than any tag.', error.text);
  }
}
