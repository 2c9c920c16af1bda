import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';
import type { AgeSyntaxError } from '../retention/tags/age.ts';

/** Why a text is no age. */
export function ageErrorText(error: AgeSyntaxError): string {
  switch (error.reason) {
    case 'empty':
      return l10n.t('Enter an age.');
    case 'form':
      return l10n.t('"{0}" isn\'t a valid age.', plainText(error.text, 100));
    case 'zero':
      return l10n.t('"{0}" is too young: at least one day.', plainText(error.text, 100));
    case 'future':
      return l10n.t('"{0}" is less than one day ago.', plainText(error.text, 100));
    case 'impossible':
      return l10n.t('"{0}" isn\'t a valid date.', plainText(error.text, 100));
    case 'tooLarge':
      return l10n.t('"{0}" is longer ago than any tag.', plainText(error.text, 100));
  }
}
