import pLimit, { type LimitFunction } from 'p-limit';
import { maxInFlight } from '../hub/listing/readAhead.ts';
import type { ListingProgress } from '../hub/listing/tagListing.ts';
import type { Admission, Wait } from '../hub/pacing/pacer.ts';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';

/** A repository that is left out, and why: its tags could not be read (invariant 4), or its plan was refused. */
export interface SkippedRepository {
  readonly repository: RepositoryName;
  readonly error: unknown;
}

/** What one repository is read with. */
export interface ReadingParts {
  /** Shared by all repositories of one reading. */
  readonly limit: LimitFunction;
  readonly admission: Admission;
  readonly onProgress: ListingProgress;
}

/** Is notified while repositories are read. */
export interface ReadingListener {
  /** @param expected how many tags there will be, where Docker Hub says so */
  onTags?(repository: RepositoryName, read: number, expected: number | undefined): void;
  /** A repository was read, or cannot be. */
  onRepository?(repository: RepositoryName): void;
  onWait?(wait: Wait): void;
}

/** What came of reading several repositories. */
export interface ReadResult<T> {
  /** In the order in which they were asked for. */
  readonly read: readonly T[];
  readonly skipped: readonly SkippedRepository[];
}

/**
 * Reads repositories side by side; one that can't be read doesn't end the others.
 * @param readOne reads one of them
 * @throws the signal's reason
 */
export async function readEach<T extends object>(
  repositories: readonly RepositoryName[],
  readOne: (repository: RepositoryName, parts: ReadingParts) => Promise<T>,
  { signal, listener = {} }: { readonly signal: AbortSignal; readonly listener?: ReadingListener },
): Promise<ReadResult<T>> {
  const limit = pLimit(maxInFlight);
  const onWait = (wait: Wait) => listener.onWait?.(wait);
  const skipped: SkippedRepository[] = [];
  const tryOne = async (repository: RepositoryName): Promise<T | undefined> => {
    try {
      return await readOne(repository, {
        limit,
        admission: { lane: 'background', signal, onWait },
        onProgress: (read, expected) => listener.onTags?.(repository, read, expected),
      });
    } catch (error) {
      signal.throwIfAborted();
      skipped.push({ repository, error });
      return undefined;
    } finally {
      listener.onRepository?.(repository);
    }
  };
  const found = await pLimit(maxInFlight).map(repositories, tryOne);
  signal.throwIfAborted();
  return { read: found.filter((one) => one !== undefined), skipped };
}
