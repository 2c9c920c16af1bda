import * as vscode from 'vscode';
import { BusyError } from '../../text/busyError.ts';
import { repositoriesText } from '../../text/countText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import type { Account } from '../../hub/wire/account.ts';
import { isHubError } from '../../hub/wire/hubError.ts';
import type { DeletionRules } from '../../hub/deletionRules.ts';
import { listTags, type TagListing } from '../../hub/listing/tagListing.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { RunServices } from '../runs/runServices.ts';
import { withReadingProgress, type LeftAlone } from '../ui/withReadingProgress.ts';

/** A repository's whole tag list, what Docker Hub lets nobody delete of it, and what it stores. */
export interface ReadRepository extends DeletionRules {
  /** As it was asked for. */
  readonly repository: RepositoryName;
  readonly listing: TagListing;
}

/**
 * Reads the whole tag lists of repositories, and their rules of immutable tags, under a cancellable progress notification; one that cannot be
 * read does not end the others, nor does one in which a run is at work: that is skipped with a `BusyError`. A list that was read within the last five minutes is given again, with its own `asOf`, where its first page shows that it did not change.
 * @param options.isClaimed whether the caller has claimed the repositories, so that nobody else is at work in them
 * @param options.believesEmpty see `ListingOptions`
 * @throws the signal's reason when it is cancelled
 */
export function readListings(
  { connections, runs, log }: Pick<RunServices, 'connections' | 'runs' | 'log'>,
  account: Account,
  repositories: readonly RepositoryName[],
  { isClaimed = false, believesEmpty = false }: { readonly isClaimed?: boolean; readonly believesEmpty?: boolean } = {},
): Thenable<{ readonly listed: readonly ReadRepository[]; readonly unread: readonly LeftAlone[] }> {
  const client = connections.client(account);
  const place = repositories.length === 1 ? repositoryText(repositories[0]!) : repositoriesText(repositories.length);
  return withReadingProgress(
    client,
    repositories,
    vscode.l10n.t('Reading the tags of {0}', place),
    async ({ each }) => {
      // Where that cannot be told, the lists are read all the same: what is confirmed is claimed before anything is deleted.
      const busyAmong = async (asked: readonly RepositoryName[]) =>
        new Set(
          isClaimed
            ? []
            : await runs.busy(account, asked).catch((error: unknown) => {
                log.warn(`Which runs are at work cannot be told: ${String(error)}`);
                return [];
              }),
        );
      const busy = await busyAmong(repositories);
      const { read, unread } = await each(
        async (repository, { limit, admission, onProgress }): Promise<ReadRepository> => {
          if (busy.has(repository)) throw new BusyError(repository);
          try {
            const listing = await listTags(client, repository, admission, onProgress, {
              limit,
              known: client.known.get(repository, client.now()),
              believesEmpty,
            });
            client.known.keep(listing);
            return { repository, listing, ...(await client.deletionRules(repository, admission)) };
          } catch (error) {
            // A run may have begun meanwhile, and be what keeps the list moving.
            if (isHubError(error, 'incomplete') && (await busyAmong([repository])).has(repository)) {
              throw new BusyError(repository, { cause: error });
            }
            throw error;
          }
        },
      );
      return { listed: read, unread };
    },
  );
}
