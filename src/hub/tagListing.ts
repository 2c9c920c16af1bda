import { DateOrder } from '../retention/dateOrder.ts';
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
  /** Whether the rows came newest first, so that what is pushed again later shows at the list's beginning (see `DateOrder`). */
  readonly inDateOrder: boolean;
}

/** How far a listing is. `count` is the server's hint of how many there are. */
export type ListingProgress = (read: number, count: number | undefined) => void;

const mostWalks = 3;

/**
 * Reads all pages of a repository's tags and merges rows that came twice because the list moved. Pages are offsets, so a row that goes
 * away in the middle hides another one: when the count shrinks during the walk, or one row came twice and another is missing, the list is read again.
 * @throws HubError; `incomplete` when not all could be read, also when the list kept moving (invariant 4)
 */
export async function listTags(client: HubClient, repository: RepositoryName, admission: Admission, onProgress?: ListingProgress): Promise<TagListing> {
  for (let walk = 1; ; walk++) {
    const asOf = client.now();
    const tags = new Map<string, Tag>();
    const order = new DateOrder();
    let count: number | undefined;
    let shrank = false;
    let rows = 0;
    let least = Infinity;
    for await (const page of client.tagPages(repository, admission)) {
      for (const { platforms: _, ...tag } of page.rows) {
        tags.set(tag.name, later(tags.get(tag.name), tag));
        order.add(tag);
      }
      rows += page.rows.length;
      shrank ||= page.count !== undefined && count !== undefined && page.count < count;
      count = page.count ?? count;
      least = Math.min(least, count ?? Infinity);
      onProgress?.(tags.size, count);
    }
    // A row that came twice, and one too few in all: another one slipped through between two pages.
    const slipped = rows > tags.size && least < Infinity && tags.size < least;
    if (!shrank && !slipped) return { repository, tags: [...tags.values()], asOf: Math.min(asOf, client.now()), inDateOrder: order.kept };
    if (walk === mostWalks) {
      throw new HubError({ kind: 'incomplete', request: 'GET tags', serverWords: 'the list changed while it was read', read: tags.size, expected: count });
    }
  }
}

/** Of two rows for one name the one pushed later, since the other is from before the list moved; an unknown date stays unknown (invariant 2). */
function later(a: Tag | undefined, b: Tag): Tag {
  if (a === undefined || b.pushedAt === undefined) return b;
  return a.pushedAt === undefined || a.pushedAt > b.pushedAt ? a : b;
}
