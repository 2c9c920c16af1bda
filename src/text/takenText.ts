import * as l10n from '@vscode/l10n';
import type { TakenError } from '../prune/takenError.ts';
import { repositoryNamesText } from './placeText.ts';

/** What to tell a person where something else works on a run or on repositories. */
export function takenText({ repositories }: TakenError): string {
  if (repositories.length === 0) {
    return l10n.t('This run is in progress, possibly in another window. Wait for it to finish, then try again.');
  }
  return l10n.t(
    'Tags are being deleted or restored in {0} right now. Wait for that to finish, then try again.',
    repositoryNamesText(repositories),
  );
}
