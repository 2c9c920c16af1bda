import type { HubClient } from '../hub/client.ts';
import type { DeletionRules } from '../hub/deletionRules.ts';
import { listTags, type TagListing } from '../hub/listing/tagListing.ts';
import { isHubError } from '../hub/wire/hubError.ts';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import { BusyError } from './busyError.ts';
import { readEach, type ReadingListener, type ReadResult } from './readEach.ts';

/** A repository's whole tag list, what Docker Hub lets nobody delete of it, and what it stores. */
export interface ListedRepository extends DeletionRules {
  /** As it was asked for. */
  readonly repository: RepositoryName;
  readonly listing: TagListing;
}

/** How repositories are listed. */
export interface ListingParts {
  readonly client: Pick<HubClient, 'now' | 'known' | 'deletionRules'> & Parameters<typeof listTags>[0];
  /** Those of these repositories in which a run is working; none where the caller has claimed them. Never throws. */
  readonly busyAmong: (repositories: readonly RepositoryName[]) => Promise<readonly RepositoryName[]>;
  readonly signal: AbortSignal;
  readonly listener?: ReadingListener;
  /** See `ListingOptions`; default false. */
  readonly believesEmpty?: boolean;
}

/**
 * Reads the whole tag lists of repositories and their rules of immutable tags. One that can't be read doesn't end the others, nor does one in which
 * a run is working: that is skipped with a `BusyError`. A list that was read within the last five minutes is given again, with its own `asOf`, where
 * its first page shows that it hasn't changed.
 * @throws the signal's reason
 */
export async function listRepositoryTags(
  repositories: readonly RepositoryName[],
  { client, busyAmong, signal, listener, believesEmpty = false }: ListingParts,
): Promise<ReadResult<ListedRepository>> {
  const busy = new Set(await busyAmong(repositories));
  return readEach(
    repositories,
    async (repository, { limit, admission, onProgress }): Promise<ListedRepository> => {
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
        // A run may have begun meanwhile and keep the list moving.
        if (isHubError(error, 'incomplete') && (await busyAmong([repository])).length > 0) {
          throw new BusyError(repository, { cause: error });
        }
        throw error;
      }
    },
    { signal, ...(listener && { listener }) },
  );
}
