import * as l10n from '@vscode/l10n';
import { fullName } from '../retention/tags/repositoryName.ts';
import { plainText } from '../hub/wire/serverWords.ts';
import type { JournalRecord } from '../runs/journal/journalRecord.ts';
import type { Outcome } from '../runs/outcome/outcome.ts';
import { tagsText } from './countText.ts';
import { failureText } from './failureText.ts';
import { stopReasonText } from './reasonText.ts';

/** How the deletion of a whole repository ended, in a sentence or two. @param facts "60 tags, 3.2 GB": what was in it */
export function repositoryOutcomeText(outcome: Outcome, name: string, facts: string): string {
  switch (outcome.kind) {
    case 'removed':
      return l10n.t('Deleted {0} ({1}).', name, facts);
    case 'alreadyGone':
      return l10n.t('{0} ({1}) was already gone: someone else deleted it.', name, facts);
    case 'failed':
      return l10n.t("{0} ({1}) wasn't deleted. {2}", name, facts, failureText(outcome.failure));
    case 'uncertain':
      if (outcome.failure.kind === 'queued') {
        return l10n.t(
          'Docker Hub is deleting {0} ({1}) in the background and might still list it for an hour.',
          name,
          facts,
        );
      }
      return l10n.t('It is uncertain whether {0} ({1}) was deleted. {2}', name, facts, failureText(outcome.failure));
    case 'notReached':
      return l10n.t("{0} ({1}) wasn't deleted: {2}.", name, facts, stopReasonText(outcome.reason));
    case 'spared':
      return l10n.t("{0} ({1}) wasn't deleted.", name, facts);
  }
}

/** What became of the repository that a recorded run deletes, in a sentence or two. */
export function repositoryRecordText({ plans, planned, wholeRepository }: JournalRecord): string {
  const { repository } = plans[0]!;
  const outcome: Outcome = !wholeRepository
    ? { kind: 'notReached', reason: 'interrupted' }
    : (wholeRepository.outcome ?? { kind: 'uncertain', failure: { kind: 'interrupted' } });
  return repositoryOutcomeText(outcome, plainText(fullName(repository)), tagsText(planned));
}
