import type { HubClient } from '../hub/client.ts';
import { listTags, type TagListing } from '../hub/listing/tagListing.ts';
import type { Admission } from '../hub/pacing/pacer.ts';
import type { PolicySources } from '../policies/policySources.ts';
import { fullName, type RepositoryName } from '../retention/tags/repositoryName.ts';
import type { Clock } from '../async/clock.ts';
import { Journal } from '../runs/journal/journal.ts';
import type { JournalFolder } from '../runs/journal/journalFolder.ts';
import { recordedTags, type JournalRecord } from '../runs/journal/journalRecord.ts';
import type { RunEvent } from '../runs/outcome/runEvent.ts';
import type { Tally } from '../runs/outcome/tally.ts';
import { isOpen, type ResumeParts, type Resumption } from '../runs/resume.ts';
import { StorageError } from '../runs/storageError.ts';
import { executeRun, type ExecutionPorts } from './executeRun.ts';
import { policiesOfRun, type PoliciesOfRun } from './policiesOfRun.ts';
import { awaitUses, type Limits, type UseSource } from './protection.ts';

/** What a run is judged again with. */
export interface RejudgingPorts {
  readonly client: HubClient;
  readonly uses: UseSource;
  readonly readLimits: () => Limits;
  readonly readPolicies: () => Promise<PolicySources>;
  /** With the signal that cancels, and what is notified of waits. */
  readonly admission: Admission & { readonly signal: AbortSignal };
  /** @param read tags of the repository's list that have been read so far */
  readonly onTags?: (repository: RepositoryName, read: number) => void;
}

/** A run judged again, and what policies say now. */
export interface RejudgedRun<T> {
  readonly resumption: T;
  readonly today: PoliciesOfRun;
}

/**
 * Does what needs the server and everything that applies today to a run.
 * @param lists what was read before, by full name, which is used again where the server shows that nothing changed; gets what is read now
 * @param judge `prepareResume` or `checkConfirmed`
 * @throws what the ports and `judge` throw
 */
export async function judgeRunAgain<T>(
  record: JournalRecord,
  lists: Map<string, TagListing>,
  judge: (parts: ResumeParts) => Promise<T>,
  { client, uses, readLimits, readPolicies, admission, onTags }: RejudgingPorts,
): Promise<RejudgedRun<T>> {
  const list = async (repository: RepositoryName) => {
    const key = fullName(repository);
    const listing = await listTags(client, repository, admission, (read) => onTags?.(repository, read), {
      known: lists.get(key),
      believesEmpty: true,
    });
    lists.set(key, listing);
    return listing;
  };
  // Settings that are wrong are reported before anything is read. A file that was saved a moment ago is read first.
  const limits = readLimits();
  const repositories = record.plans.map(({ repository }) => repository);
  const [sources] = await Promise.all([readPolicies(), awaitUses(uses, repositories, admission.signal)]);
  const today = policiesOfRun(record, sources);
  const parts: ResumeParts = {
    remover: client,
    list,
    deletionRules: (repository) => client.deletionRules(repository, admission),
    usesOf: (repository) => uses.usesOf(repository),
    policiesOf: (plan) => today.policiesOf(plan).map(({ policy }) => policy),
    admission,
    ...limits,
  };
  return { resumption: await judge(parts), today };
}

/** A resumption that was confirmed, where anything is to be deleted, and whose run and repositories are claimed. */
export interface ConfirmedResume {
  readonly record: JournalRecord;
  readonly resumption: Resumption;
  /** Aborted when another process has taken the claims away. */
  readonly lost: AbortSignal;
}

/**
 * Goes on with the journal of a run and executes what is left of it.
 * @returns what became of every tag of the run
 * @throws StorageError when the journal can't be written; then nothing was deleted
 */
export async function executeResumption(
  { record, resumption: { batch, settled }, lost }: ConfirmedResume,
  ports: ExecutionPorts & { readonly journals: JournalFolder; readonly clock: Clock },
): Promise<Tally> {
  let file;
  let journal: Journal;
  try {
    file = await ports.journals.reopen(record.id);
    journal = new Journal(file, ports.clock);
    await journal.resume(batch.total, batch.total > 0);
    await journal.noteAll(settled);
  } catch (error) {
    await file?.close(false).catch(() => undefined);
    throw new StorageError(error);
  }
  return executeRun({ batch, journal, file, lost, settled: endings(record, settled) }, ports);
}

/** How tags of a run ended before it was resumed: those of its journal, and those that were settled now. */
function* endings(record: JournalRecord, settled: Iterable<RunEvent>): Generator<RunEvent, void> {
  for (const recorded of recordedTags(record)) {
    const { repository, tag, outcome } = recorded;
    if (outcome && !isOpen(recorded)) yield { type: 'outcome', repository, tag, outcome };
  }
  yield* settled;
}
