import pLimit from 'p-limit';
import * as vscode from 'vscode';
import { abortSignal } from '../host/abortSignal.ts';
import { numberText, repositoriesText } from '../host/countText.ts';
import { repositoryText } from '../host/repositoryText.ts';
import { timeText } from '../host/timeText.ts';
import type { HubClient } from '../hub/client.ts';
import type { Wait } from '../hub/pacer.ts';
import { listTags, type TagListing } from '../hub/tagListing.ts';
import type { RepositoryName } from '../retention/plan.ts';

/** A repository whose tags could not be read, so that nothing of it is planned (invariant 4). */
export interface UnreadRepository {
  readonly repository: RepositoryName;
  readonly error: unknown;
}

/** Repositories read at a time. */
const concurrency = 3;

/**
 * Reads the whole tag lists of repositories under a cancellable progress notification; one that cannot be read does not end the others.
 * @throws the signal's reason when it is cancelled
 */
export function readListings(
  client: HubClient,
  repositories: readonly RepositoryName[],
): Thenable<{ readonly listings: readonly TagListing[]; readonly unread: readonly UnreadRepository[] }> {
  const { t } = vscode.l10n;
  const place = repositories.length === 1 ? repositoryText(repositories[0]!) : repositoriesText(repositories.length);
  const options = { location: vscode.ProgressLocation.Notification, title: t('Reading the tags of {0}', place), cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    using cancel = abortSignal(token);
    const { signal } = cancel;
    const read = new Map<RepositoryName, number>();
    const expected = new Map<RepositoryName, number>();
    const unread: UnreadRepository[] = [];
    let finished = 0;
    let wait: Wait | undefined;
    const sum = (counts: Map<RepositoryName, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
    const tell = (increment: number) => {
      const parts = sum(read) === 0 ? [] : [t('{0} of {1} tags', numberText(sum(read)), numberText(Math.max(sum(expected), sum(read))))];
      if (repositories.length > 1) parts.push(t('{0} of {1}', numberText(finished), repositoriesText(repositories.length)));
      if (wait && wait.until > client.now()) parts.push(t('waiting until {0}', timeText(wait.until)));
      progress.report({ message: parts.join(' · '), increment });
    };
    const onWait = (next: Wait) => {
      wait = next;
      tell(0);
    };
    const readOne = async (repository: RepositoryName): Promise<TagListing | undefined> => {
      try {
        return await listTags(client, repository, { lane: 'background', signal, onWait }, (count, total) => {
          read.set(repository, count);
          if (total !== undefined) expected.set(repository, total);
          tell(0);
        });
      } catch (error) {
        signal.throwIfAborted();
        unread.push({ repository, error });
        return undefined;
      } finally {
        finished++;
        tell(100 / repositories.length);
      }
    };
    const limit = pLimit(concurrency);
    const listings = await limit.map(repositories, readOne);
    return { listings: listings.filter((listing) => listing !== undefined), unread };
  });
}
