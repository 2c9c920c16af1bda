import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';
import type { NewlyKept } from '../retention/recheck/newlyKept.ts';
import type { Change } from '../retention/recheck/stillDeletable.ts';
import { numberText, tagsText } from './countText.ts';
import { keepReasonText } from './reasonText.ts';
import { repositoryText } from './repositoryText.ts';

/** Why a run does not begin, in sentences for people. */
export function changeText(change: Change): string {
  switch (change.kind) {
    case 'cap':
      return l10n.t(
        'The setting maxDeletions allows {0} by now. Nothing was deleted; look at a new plan.',
        tagsText(change.maxDeletions),
      );
    case 'kept':
      return keptText(change);
    case 'keptByPolicy':
      return keptByPolicyText(change);
    case 'emptied':
      return l10n.t(
        'Since the plan was made, all tags that were to be kept in {0} have been deleted by someone else. Nothing was deleted by this run, which would have emptied the repository; make a new plan.',
        repositoryText(change.repository),
      );
    case 'share':
      return l10n.t(
        'By now, {0} of {1} would be deleted in {2}, more than the share that the policy allows (maxShare). Nothing was deleted; make a new plan.',
        numberText(change.deleting),
        tagsText(change.tags),
        repositoryText(change.repository),
      );
    case 'policyCap':
      return l10n.t(
        'The policy of {0} was changed while you were asked, and allows {1} at once (maxDeletions). Nothing was deleted; make a new plan.',
        repositoryText(change.repository),
        tagsText(change.maxDeletions),
      );
  }
}

function keptText({ count, first }: NewlyKept): string {
  const [name, reason] = [nameOf(first), keepReasonText(first.reason)];
  return count === 1
    ? l10n.t('Since the plan was made, {0} is to stay: {1}. Nothing was deleted; look at a new plan.', name, reason)
    : l10n.t(
        'Since the plan was made, {0} and {1} more are to stay: {2}. Nothing was deleted; look at a new plan.',
        name,
        numberText(count - 1),
        reason,
      );
}

function keptByPolicyText({ count, first }: NewlyKept): string {
  const [repository, name, reason] = [repositoryText(first.repository), nameOf(first), keepReasonText(first.reason)];
  return count === 1
    ? l10n.t(
        'The policy of {0} was changed while you were asked, and keeps {1}: {2}. Nothing was deleted; make a new plan.',
        repository,
        name,
        reason,
      )
    : l10n.t(
        'The policy of {0} was changed while you were asked, and keeps {1} and {2} more: {3}. Nothing was deleted; make a new plan.',
        repository,
        name,
        numberText(count - 1),
        reason,
      );
}

function nameOf({ repository, tag }: NewlyKept['first']): string {
  return `${repositoryText(repository)}:${plainText(tag.name)}`;
}
