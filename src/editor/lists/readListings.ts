import * as vscode from 'vscode';
import { placeText } from '../../text/placeText.ts';
import type { Account } from '../../hub/wire/account.ts';
import { listRepositoryTags, type ListedRepository } from '../../prune/listRepositoryTags.ts';
import type { ReadResult } from '../../prune/readEach.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { RunServices } from '../runs/runServices.ts';
import { withReadingProgress } from '../ui/withReadingProgress.ts';

/**
 * Lists repositories under a cancellable progress notification, see `listRepositoryTags`.
 * @param options.isClaimed whether the caller has claimed the repositories, so that nobody else works in them
 * @param options.believesEmpty see `ListingOptions`
 * @throws the signal's reason when it is cancelled
 */
export function readListings(
  { connections, runs, log }: Pick<RunServices, 'connections' | 'runs' | 'log'>,
  account: Account,
  repositories: readonly RepositoryName[],
  { isClaimed = false, believesEmpty = false }: { readonly isClaimed?: boolean; readonly believesEmpty?: boolean } = {},
): Promise<ReadResult<ListedRepository>> {
  const client = connections.client(account);
  const busyAmong = async (asked: readonly RepositoryName[]): Promise<readonly RepositoryName[]> => {
    if (isClaimed) return [];
    try {
      return await runs.claims.busy(account, asked);
    } catch (error) {
      // The lists are read all the same: what is confirmed is claimed before anything is deleted.
      log.warn(`Which repositories have a run in progress isn't known: ${String(error)}`);
      return [];
    }
  };
  return withReadingProgress(
    client,
    repositories,
    vscode.l10n.t('Reading the tags of {0}', placeText(repositories)),
    (reading) => listRepositoryTags(repositories, { client, busyAmong, believesEmpty, ...reading }),
  );
}
