import pLimit, { type LimitFunction } from 'p-limit';
import * as vscode from 'vscode';
import { calmReporter } from './calmReporter.ts';
import { numberText, repositoriesText } from '../../text/countText.ts';
import { timeText } from '../../text/timeText.ts';
import type { HubClient } from '../../hub/client.ts';
import type { Admission, Wait } from '../../hub/pacing/pacer.ts';
import { mostInFlight } from '../../hub/listing/readAhead.ts';
import type { ListingProgress } from '../../hub/listing/tagListing.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { withProgress } from './withProgress.ts';

/** A repository of which nothing is planned, and why: its tags could not be read (invariant 4), or too many of them would go. */
export interface LeftAlone {
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

/** A reading whose progress is shown. */
export interface Reading {
  /** Aborted when the person cancels it. */
  readonly signal: AbortSignal;
  /** Reads each repository; one that cannot be read does not end the others. @throws the signal's reason */
  readonly each: <T extends object>(
    read: (repository: RepositoryName, parts: ReadingParts) => Promise<T>,
  ) => Promise<{ readonly read: readonly T[]; readonly unread: readonly LeftAlone[] }>;
}

/**
 * Reads repositories, and does what goes with it, under a cancellable progress notification that counts tags and repositories.
 * @param show how the notification comes
 * @throws what the work throws; the signal's reason when it is cancelled
 */
export function withReadingProgress<T>(
  client: Pick<HubClient, 'now'>,
  repositories: readonly RepositoryName[],
  title: string,
  work: (reading: Reading) => Promise<T>,
  show = withProgress,
): Promise<T> {
  return show(title, async (signal, progress) => {
    const read = new Map<RepositoryName, number>();
    const expected = new Map<RepositoryName, number>();
    let finished = 0;
    let wait: Wait | undefined;
    const sum = (counts: Map<RepositoryName, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
    const message = () => {
      const parts =
        sum(read) === 0
          ? []
          : [vscode.l10n.t('{0} of {1} tags', numberText(sum(read)), numberText(Math.max(sum(expected), sum(read))))];
      if (repositories.length > 1) {
        parts.push(vscode.l10n.t('{0} of {1}', numberText(finished), repositoriesText(repositories.length)));
      }
      if (wait && wait.until > client.now()) parts.push(vscode.l10n.t('waiting until {0}', timeText(wait.until)));
      return parts.join(' · ');
    };
    using reporter = calmReporter(progress, message);
    const onWait = (next: Wait) => {
      wait = next;
      reporter.tell();
    };
    // All repositories share it.
    const limit = pLimit(mostInFlight);
    const each: Reading['each'] = async <R extends object>(
      readOne: (repository: RepositoryName, parts: ReadingParts) => Promise<R>,
    ) => {
      const unread: LeftAlone[] = [];
      const tryOne = async (repository: RepositoryName): Promise<R | undefined> => {
        try {
          const onProgress: ListingProgress = (count, total) => {
            read.set(repository, count);
            if (total !== undefined) expected.set(repository, total);
            reporter.tell();
          };
          return await readOne(repository, { limit, admission: { lane: 'background', signal, onWait }, onProgress });
        } catch (error) {
          signal.throwIfAborted();
          unread.push({ repository, error });
          return undefined;
        } finally {
          finished++;
          reporter.tell(100 / repositories.length);
        }
      };
      const found = await pLimit(mostInFlight).map(repositories, tryOne);
      return { read: found.filter((one) => one !== undefined), unread };
    };
    const result = await work({ signal, each });
    signal.throwIfAborted();
    return result;
  });
}
