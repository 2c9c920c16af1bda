import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';
import type { GlobSyntaxError } from '../retention/globs/glob.ts';

/** Why a pattern is no glob. */
export function globErrorText(error: GlobSyntaxError): string {
  const place = l10n.t('"{0}" can\'t be used, at character {1}', plainText(error.pattern, 100), error.position + 1);
  switch (error.reason) {
    case 'empty':
      return l10n.t('A pattern is empty.');
    case 'tooLong':
      return l10n.t('A pattern is longer than 1,000 characters.');
    case 'negation':
      return l10n.t('{0}: "!" is allowed only at the start of a set such as [!abc].', place);
    case 'bracket':
      return l10n.t('{0}: a "[" or "]" has no match or nothing inside.', place);
    case 'brace':
      return l10n.t('{0}: a "{" or "}" has no match or nothing inside.', place);
    case 'nestedBrace':
      return l10n.t("{0}: nested braces aren't allowed.", place);
    case 'range':
      return l10n.t('{0}: the range runs backwards.', place);
    case 'caret':
      return l10n.t('{0}: write [!abc], not [^abc].', place);
    case 'backslash':
      return l10n.t("{0}: a backslash isn't allowed.", place);
    case 'blank':
      return l10n.t("{0}: a space isn't allowed.", place);
  }
}
