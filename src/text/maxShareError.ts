import * as l10n from '@vscode/l10n';
import { displayLanguage } from './displayLanguage.ts';
import { numberText, tagsText } from './countText.ts';

/** A policy would delete a larger share of a repository's tags than its `maxShare` allows, so that nothing of it is deleted. */
export class MaxShareError extends Error {
  override readonly name = 'MaxShareError';

  constructor(going: number, all: number, maxShare: number) {
    super(
      l10n.t(
        '{0} of {1} would go, more than the share of {2} % that the policy allows (maxShare); so nothing of it is deleted.',
        numberText(going),
        tagsText(all),
        (maxShare * 100).toLocaleString(displayLanguage(), { maximumFractionDigits: 2 }),
      ),
    );
  }
}
