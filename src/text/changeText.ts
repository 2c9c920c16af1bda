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
        'The setting maxDeletions now allows only {0}. Nothing was deleted. Create a new plan.',
        tagsText(change.maxDeletions),
      );
    case 'kept':
      return keptText(change);
    case 'keptByPolicy':
      return keptByPolicyText(change);
    case 'emptied':
      return l10n.t(
        'Someone else has deleted all the tags that the plan was to keep in {0}, so this run would have emptied the repository. Nothing was deleted. Create a new plan.',
        repositoryText(change.repository),
      );
    case 'share':
      return l10n.t(
        'Now {0} of {1} would be deleted in {2}, more than the share that the policy allows (maxShare). Nothing was deleted. Create a new plan.',
        numberText(change.deleting),
        tagsText(change.tags),
        repositoryText(change.repository),
      );
    case 'policyCap':
      return l10n.t(
        'The policy of {0} was changed in the meantime and now allows {1} at once (maxDeletions). Nothing was deleted. Create a new plan.',
        repositoryText(change.repository),
        tagsText(change.maxDeletions),
      );
  }
}

function keptText({ count, first }: NewlyKept): string {
  const [name, reason] = [nameOf(first), keepReasonText(first.reason)];
  return count === 1
    ? l10n.t('{0} must now be kept: {1}. Nothing was deleted. Create a new plan.', name, reason)
    : l10n.t(
        '{0} and {1} more must now be kept: {2}. Nothing was deleted. Create a new plan.',
        name,
        numberText(count - 1),
        reason,
      );
}

function keptByPolicyText({ count, first }: NewlyKept): string {
  const [repository, name, reason] = [repositoryText(first.repository), nameOf(first), keepReasonText(first.reason)];
  return count === 1
    ? l10n.t(
        'The policy of {0} was changed in the meantime and now keeps {1}: {2}. Nothing was deleted. Create a new plan.',
        repository,
        name,
        reason,
      )
    : l10n.t(
        'The policy of {0} was changed in the meantime and now keeps {1} and {2} more: {3}. Nothing was deleted. Create a new plan.',
        repository,
        name,
        numberText(count - 1),
        reason,
      );
}

function nameOf({ repository, tag }: NewlyKept['first']): string {
  return `${repositoryText(repository)}:${plainText(tag.name)}`;
}
