import type { RepositoryName } from '../retention/plan.ts';
import type { Tag } from '../retention/tag.ts';
import type { HubClient } from './client.ts';
import { HubError } from './hubError.ts';
import type { Admission } from './pacer.ts';

/** A repository's whole tag list. */
export interface TagListing {
  readonly repository: RepositoryName;
  /** Each name once. */
  readonly tags: readonly Tag[];
  /** Instant (ms, see `HubClient.now`) at which the first page was asked for. */
  readonly asOf: number;
}

/** How far a listing is. `count` is the server's hint of how many there are. */
export type ListingProgress = (read: number, count: number | undefined) => void;

const mostWalks = 3;

/**
 * Reads all pages of a repository's tags and merges rows that came twice because the list moved. Pages are offsets, so a row that goes
 * away in the middle hides another one: when the count shrinks during the walk, the list is read again.
 * @throws HubError; `incomplete` when not all could be read, also when the list kept moving (invariant 4)
 */
export async function listTags(client: HubClient, repository: RepositoryName, admission: Admission, onProgress?: ListingProgress): Promise<TagListing> {
  for (let walk = 1; ; walk++) {
    const asOf = client.now();
    const tags = new Map<string, Tag>();
    let count: number | undefined;
    let shrank = false;
    for await (const page of client.tagPages(repository, admission)) {
      for (const { platforms: _, ...tag } of page.rows) tags.set(tag.name, later(tags.get(tag.name), tag));
      shrank ||= page.count !== undefined && count !== undefined && page.count < count;
      count = page.count ?? count;
      onProgress?.(tags.size, count);
    }
    if (!shrank) return { repository, tags: [...tags.values()], asOf: Math.min(asOf, client.now()) };
    if (walk === mostWalks) {
      throw new HubError({ kind: 'incomplete', request: 'GET tags', serverWords: 'tags went away while they were listed', read: tags.size, expected: count });
    }
  }
}

/** Of two rows for one name the one pushed later: the other is from before the list moved. */
function later(a: Tag | undefined, b: Tag): Tag {
  return a?.pushedAt !== undefined && (b.pushedAt === undefined || a.pushedAt > b.pushedAt) ? a : b;
}
