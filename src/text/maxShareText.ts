import * as l10n from '@vscode/l10n';
import type { MaxShareError } from '../prune/maxShareError.ts';
import { numberText, tagsText } from './countText.ts';
import { displayLanguage } from './displayLanguage.ts';

/** What to tell a person where a policy would delete too large a share. */
export function maxShareText({ deleting, tags, maxShare }: MaxShareError): string {
  return l10n.t(
    '{0} of {1} would be deleted, more than the {2}% that the policy allows (maxShare), so nothing of it is deleted.',
    numberText(deleting),
    tagsText(tags),
    (maxShare * 100).toLocaleString(displayLanguage(), { maximumFractionDigits: 2 }),
  );
}
