import * as l10n from '@vscode/l10n';
import { problemPlaceText } from '../policies/policySourcesError.ts';
import type { PolicyDoubt } from '../prune/policiesOfRun.ts';
import { placeText } from './placeText.ts';

/** Why only the rules of a run itself apply to some of its repositories, in a sentence. */
export function policyDoubtText(doubt: PolicyDoubt): string {
  if (doubt.kind === 'broken') {
    return l10n.t(
      "Today's policies can't be relied on: {0} Where they can't be read, only the rules of the run apply.",
      problemPlaceText(doubt.problem),
    );
  }
  const { kind, source } = doubt;
  const place = placeText(doubt.repositories);
  if (source === undefined) return l10n.t('No policy covers {0} today; only the rules of the run apply.', place);
  switch (kind) {
    case 'gone':
      return l10n.t(
        "The policies of {0} can't be read in this window any more; only the rules of the run apply to {1}.",
        source,
        place,
      );
    case 'untrusted':
      return l10n.t(
        "The workspace isn't trusted, so the policies of {0} can't be used; only the rules of the run apply to {1}.",
        source,
        place,
      );
    case 'silent':
      return l10n.t('The policies of {0} no longer cover {1}; only the rules of the run apply.', source, place);
  }
}
