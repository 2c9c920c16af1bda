import pLimit from 'p-limit';
import * as vscode from 'vscode';
import { abortSignal } from '../host/abortSignal.ts';
import { BusyError } from '../host/busyError.ts';
import { calmReporter } from '../host/calmReporter.ts';
import { numberText, repositoriesText } from '../host/countText.ts';
import { repositoryText } from '../host/repositoryText.ts';
import { timeText } from '../host/timeText.ts';
import type { Account } from '../hub/account.ts';
import { isHubError } from '../hub/hubError.ts';
import type { IsImmutable } from '../hub/immutableTags.ts';
import type { Wait } from '../hub/pacer.ts';
import { mostInFlight } from '../hub/readAhead.ts';
import { listTags, type TagListing } from '../hub/tagListing.ts';
import type { RepositoryName } from '../retention/plan.ts';
import type { Services } from './services.ts';

/** A repository's whole tag list, and what Docker Hub lets nobody delete of it. */
export interface ReadRepository {
  /** As it was asked for. */
  readonly repository: RepositoryName;
  readonly listing: TagListing;
  /** Missing where no tag is immutable. */
  readonly isImmutable?: IsImmutable;
}

/** A repository of which nothing is planned, and why: its tags could not be read (invariant 4), or too many of them would go. */
export interface LeftAlone {
  readonly repository: RepositoryName;
  readonly error: unknown;
}

/**
 * Reads the whole tag lists of repositories, and their rules of immutable tags, under a cancellable progress notification; one that cannot be
 * read does not end the others, nor does one in which a run is at work: that is skipped with a `BusyError`. A list that was read within the last five minutes is given again, with its own `asOf`, where its first page shows that it did not change.
 * @throws the signal's reason when it is cancelled
 */
export function readListings(
  { connections, runs, log }: Pick<Services, 'connections' | 'runs' | 'log'>,
  account: Account,
  repositories: readonly RepositoryName[],
): Thenable<{ readonly listed: readonly ReadRepository[]; readonly unread: readonly LeftAlone[] }> {
  const { t } = vscode.l10n;
  const client = connections.client(account);
  const place = repositories.length === 1 ? repositoryText(repositories[0]!) : repositoriesText(repositories.length);
  const options = { location: vscode.ProgressLocation.Notification, title: t('Reading the tags of {0}', place), cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    using cancel = abortSignal(token);
    const { signal } = cancel;
    const read = new Map<RepositoryName, number>();
    const expected = new Map<RepositoryName, number>();
    const unread: LeftAlone[] = [];
    let finished = 0;
    let wait: Wait | undefined;
    const sum = (counts: Map<RepositoryName, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
    const message = () => {
      const parts = sum(read) === 0 ? [] : [t('{0} of {1} tags', numberText(sum(read)), numberText(Math.max(sum(expected), sum(read))))];
      if (repositories.length > 1) parts.push(t('{0} of {1}', numberText(finished), repositoriesText(repositories.length)));
      if (wait && wait.until > client.now()) parts.push(t('waiting until {0}', timeText(wait.until)));
      return parts.join(' · ');
    };
    using reporter = calmReporter(progress, message);
    const onWait = (next: Wait) => {
      wait = next;
      reporter.tell();
    };
    // All repositories share it.
    const limit = pLimit(mostInFlight);
    // Where that cannot be told, the lists are read all the same: what is confirmed is claimed before anything is deleted.
    const busyAmong = async (asked: readonly RepositoryName[]) =>
      new Set(
        await runs.busy(account, asked).catch((error: unknown) => {
          log.warn(`Which runs are at work cannot be told: ${String(error)}`);
          return [];
        }),
      );
    const busy = await busyAmong(repositories);
    const readOne = async (repository: RepositoryName): Promise<ReadRepository | undefined> => {
      try {
        if (busy.has(repository)) throw new BusyError(repository);
        const onProgress = (count: number, total: number | undefined) => {
          read.set(repository, count);
          if (total !== undefined) expected.set(repository, total);
          reporter.tell();
        };
        const admission = { lane: 'background', signal, onWait } as const;
        const listing = await listTags(client, repository, admission, onProgress, { limit, known: client.known.get(repository, client.now()) });
        client.known.keep(listing);
        return { repository, listing, isImmutable: await client.immutableTags(repository, admission) };
      } catch (error) {
        signal.throwIfAborted();
        // A run may have begun meanwhile, and be what keeps the list moving.
        const hasBegun = isHubError(error, 'incomplete') && (await busyAmong([repository])).has(repository);
        unread.push({ repository, error: hasBegun ? new BusyError(repository, { cause: error }) : error });
        return undefined;
      } finally {
        finished++;
        reporter.tell(100 / repositories.length);
      }
    };
    const listed = await pLimit(mostInFlight).map(repositories, readOne);
    return { listed: listed.filter((one) => one !== undefined), unread };
  });
}
