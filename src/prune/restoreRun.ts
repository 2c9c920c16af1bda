import pLimit from 'p-limit';
import type { Clock } from '../async/clock.ts';
import type { HubClient } from '../hub/client.ts';
import type { Admission } from '../hub/pacing/pacer.ts';
import { isHubError } from '../hub/wire/hubError.ts';
import type { BatchTag } from '../retention/plan/batch.ts';
import { fullName, type RepositoryName } from '../retention/tags/repositoryName.ts';
import { Journal } from '../runs/journal/journal.ts';
import type { JournalFolder, OpenJournal } from '../runs/journal/journalFolder.ts';
import { JournalError } from '../runs/journal/journalLine.ts';
import { recordedTags, type JournalRecord, type RecordedTag } from '../runs/journal/journalRecord.ts';
import { restoreTags, type Restorable, type RestoreEvent, type TagRestorer } from '../runs/restore.ts';
import { StorageError } from '../runs/storageError.ts';

/** Look-ups of repositories at a time. */
const maxLookUps = 4;

/** The tags of a run that were or may have been deleted and have not been restored since. */
export function deletedTags(record: JournalRecord): RecordedTag[] {
  return [...recordedTags(record)].filter(
    ({ outcome, intended, restored }) =>
      !restored && (outcome ? outcome.kind === 'removed' || outcome.kind === 'uncertain' : intended),
  );
}

/** Which repositories of these tags don't exist any more; one that can't be looked up is none of them. */
export async function absentRepositories(
  client: Pick<HubClient, 'repository'>,
  tags: readonly BatchTag[],
): Promise<readonly RepositoryName[]> {
  const repositories = new Map(tags.map(({ repository }) => [fullName(repository), repository]));
  const found = await pLimit(maxLookUps).map([...repositories.values()], async (repository) => {
    try {
      await client.repository(repository, { lane: 'foreground' });
      return [];
    } catch (error) {
      return isHubError(error, 'notFound') ? [repository] : [];
    }
  });
  return found.flat();
}

/** The repositories of a run in which one of these tags is. */
export function repositoriesOf({ plans }: JournalRecord, tags: readonly BatchTag[]): RepositoryName[] {
  const names = new Set(tags.map(({ repository }) => fullName(repository)));
  return plans.map(({ repository }) => repository).filter((repository) => names.has(fullName(repository)));
}

/** What restores tags. */
export interface RestorePorts {
  readonly journals: JournalFolder;
  readonly clock: Clock;
  readonly restorer: TagRestorer;
  /** Shows the work while it goes on; `restore` gets what cancels it and what to report to. */
  readonly whileRestoring: (
    restore: (watch: {
      readonly admission: Admission & { readonly signal: AbortSignal };
      readonly onEvent: (event: RestoreEvent) => void;
    }) => Promise<void>,
  ) => PromiseLike<void>;
}

/**
 * Restores tags of a run whose repositories are claimed; each one that is back is in the run's journal.
 * @param tags those that are there already too, so that no run that is resumed deletes them again
 * @throws JournalError; StorageError before anything is sent; RestoreUnrecordedError when the journal can't be written any more
 */
export async function executeRestore(
  { id }: JournalRecord,
  tags: readonly Restorable[],
  lost: AbortSignal,
  { journals, clock, restorer, whileRestoring }: RestorePorts,
): Promise<void> {
  const file = await openJournal(journals, id);
  const journal = new Journal(file, clock);
  try {
    await whileRestoring(async ({ admission, onEvent }) => {
      const parts = {
        restorer,
        journal: {
          restored: (...back: Parameters<Journal['restored']>) =>
            journal
              .restored(...back)
              .catch((error: unknown) => Promise.reject(new RestoreUnrecordedError(undefined, { cause: error }))),
        },
        clock,
        admission: { ...admission, signal: AbortSignal.any([admission.signal, lost]) },
      };
      for await (const event of restoreTags(tags, parts)) onEvent(event);
    });
  } finally {
    await file.close(false);
  }
}

/** The journal can't be written any more; some tags may be back already, which a `StorageError` would deny. */
export class RestoreUnrecordedError extends Error {
  override readonly name = 'RestoreUnrecordedError';
}

async function openJournal(journals: JournalFolder, id: string): Promise<OpenJournal> {
  try {
    return await journals.append(id);
  } catch (error) {
    throw error instanceof JournalError ? error : new StorageError(error);
  }
}
