import * as vscode from 'vscode';
import { repositoriesText } from '../host/countText.ts';
import { repositoryText } from '../host/repositoryText.ts';
import type { HubClient } from '../hub/client.ts';
import type { IsImmutable } from '../hub/immutableTags.ts';
import { listTags, type TagListing } from '../hub/tagListing.ts';
import type { RepositoryName } from '../retention/plan.ts';
import { withReadingProgress, type LeftAlone } from './withReadingProgress.ts';

/** A repository's whole tag list, and what Docker Hub lets nobody delete of it. */
export interface ReadRepository {
  /** As it was asked for. */
  readonly repository: RepositoryName;
  readonly listing: TagListing;
  /** Missing where no tag is immutable. */
  readonly isImmutable?: IsImmutable;
}

/**
 * Reads the whole tag lists of repositories, and their rules of immutable tags, under a cancellable progress notification; one that cannot be
 * read does not end the others. A list that was read within the last five minutes is given again, with its own `asOf`, where its first page shows that it did not change.
 * @throws the signal's reason when it is cancelled
 */
export function readListings(
  client: HubClient,
  repositories: readonly RepositoryName[],
): Thenable<{ readonly listed: readonly ReadRepository[]; readonly unread: readonly LeftAlone[] }> {
  const place = repositories.length === 1 ? repositoryText(repositories[0]!) : repositoriesText(repositories.length);
  return withReadingProgress(client, repositories, vscode.l10n.t('Reading the tags of {0}', place), async ({ each }) => {
    const { read, unread } = await each(async (repository, { limit, admission, onProgress }): Promise<ReadRepository> => {
      const listing = await listTags(client, repository, admission, onProgress, { limit, known: client.known.get(repository, client.now()) });
      client.known.keep(listing);
      return { repository, listing, isImmutable: await client.immutableTags(repository, admission) };
    });
    return { listed: read, unread };
  });
}
