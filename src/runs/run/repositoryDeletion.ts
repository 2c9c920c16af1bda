import type { Clock } from '../../async/clock.ts';
import { HubError, isHubError } from '../../hub/wire/hubError.ts';
import type { Admission } from '../../hub/pacing/pacer.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { toFailure } from '../outcome/toFailure.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalRecord } from '../journal/journalRecord.ts';
import type { Outcome } from '../outcome/outcome.ts';
import { stopReasonFromSignal } from './stopReasonFromSignal.ts';

/** What deleting a whole repository asks of Docker Hub. All of it throws a HubError on failure, or the signal's reason when cancelled before anything was sent. */
export interface RepositoryRemover {
  /** Sends one DELETE; Docker Hub queues it (API-NOTES, 7). */
  deleteRepository(repository: RepositoryName, admission: Admission): Promise<void>;
  /** Looks the repository up; `notFound` where there is none. */
  repository(repository: RepositoryName, admission: Admission): Promise<unknown>;
}

/** What the deletion of a repository needs. */
export interface RepositoryDeletionParts {
  readonly remover: RepositoryRemover;
  /** Begun with every tag of the repository, so that they can be restored. */
  readonly journal: Pick<Journal, 'intendRepository'>;
  readonly clock: Clock;
  /** Its signal cancels: nothing is sent after it, and a look-up that waits is the last one. */
  readonly admission: Admission & { readonly signal: AbortSignal };
}

/** How the deletion of a repository ended. */
export interface RepositoryDeletion {
  /** Holds for each of its tags. */
  readonly outcome: Outcome;
  /** What the DELETE failed with. */
  readonly error?: HubError;
}

/** Pauses (ms) before the look-ups that follow a DELETE: 15 s in all. */
const lookAfter = [0, 1000, 2000, 4000, 8000];
/** Docker Hub may list a repository for so long (ms) after it accepted the deletion (API-NOTES, 7). */
const listedFor = 60 * 60_000;

/**
 * Deletes a whole repository with one DELETE, whose intent is in the journal before it is sent (invariant 5). It counts as removed only once the
 * repository cannot be found any more: any 2xx is success, and none is proof (invariant 6; API-NOTES, 7).
 * @throws what the journal throws; nothing was sent then
 */
export async function deleteWholeRepository(
  repository: RepositoryName,
  parts: RepositoryDeletionParts,
): Promise<RepositoryDeletion> {
  const { remover, journal, admission } = parts;
  const { signal } = admission;
  if (signal.aborted) return { outcome: { kind: 'notReached', reason: stopReasonFromSignal(signal) } };
  await journal.intendRepository(repository);
  if (signal.aborted) return { outcome: { kind: 'notReached', reason: stopReasonFromSignal(signal) } };
  let error: HubError | undefined;
  try {
    await remover.deleteRepository(repository, admission);
  } catch (thrown) {
    if (!(thrown instanceof HubError)) {
      if (signal.aborted) return { outcome: { kind: 'notReached', reason: stopReasonFromSignal(signal) } };
      throw thrown;
    }
    error = thrown;
  }
  // Only an answer that tells for certain that nothing was done needs no look.
  const isSettled = error && error.kind !== 'notFound' && error.kind !== 'server' && !error.inDoubt;
  const found = isSettled ? 'there' : await lookUp(repository, parts);
  if (found === 'gone') {
    return error?.kind === 'notFound'
      ? { outcome: { kind: 'alreadyGone' }, error }
      : { outcome: { kind: 'removed' }, ...(error && { error }) };
  }
  if (!error) {
    return { outcome: { kind: 'uncertain', failure: found === 'there' ? { kind: 'queued' } : toFailure(found) } };
  }
  return {
    outcome: { kind: error.inDoubt || found !== 'there' ? 'uncertain' : 'failed', failure: toFailure(error) },
    error,
  };
}

/**
 * Looks up what became of a repository whose deletion was interrupted or is uncertain. Sends no DELETE.
 * @param parts.now instant, ms since the epoch
 * @returns how its tags stand now: still `uncertain` while Docker Hub may be about to delete the repository
 * @throws HubError when the repository cannot be looked up; the signal's reason
 */
export async function lookUpDeletion(
  record: Pick<JournalRecord, 'plans' | 'wholeRepository'>,
  parts: {
    readonly remover: Pick<RepositoryRemover, 'repository'>;
    readonly admission: Admission;
    readonly now: number;
  },
): Promise<Outcome> {
  const { wholeRepository, plans } = record;
  if (!wholeRepository) return { kind: 'notReached', reason: 'interrupted' };
  try {
    await parts.remover.repository(plans[0]!.repository, parts.admission);
  } catch (error) {
    if (isHubError(error, 'notFound')) return { kind: 'removed' };
    throw error;
  }
  const { intendedAt, outcome } = wholeRepository;
  const failure = outcome && 'failure' in outcome ? outcome.failure : ({ kind: 'interrupted' } as const);
  const age = parts.now - intendedAt;
  if (age >= 0 && age < listedFor) return { kind: 'uncertain', failure };
  return failure.kind === 'interrupted' ? { kind: 'notReached', reason: 'interrupted' } : { kind: 'failed', failure };
}

/** Looks until the repository is gone, or often enough. @returns the last error where no look-up got an answer */
async function lookUp(
  repository: RepositoryName,
  { remover, clock, admission }: RepositoryDeletionParts,
): Promise<'gone' | 'there' | HubError> {
  const { signal, beforeSend: _, ...asking } = admission;
  let found: 'there' | HubError | undefined;
  for (const pause of lookAfter) {
    try {
      if (pause > 0) await clock.sleep(pause, signal);
    } catch {
      break;
    }
    try {
      // What was sent is looked up once also where the user has cancelled meanwhile.
      await remover.repository(repository, asking);
      found = 'there';
    } catch (error) {
      if (isHubError(error, 'notFound')) return 'gone';
      if (!(error instanceof HubError)) throw error;
      found ??= error;
    }
  }
  return found ?? 'there';
}
