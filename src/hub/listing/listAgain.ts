import type { LimitFunction } from 'p-limit';
import { DateOrder } from '../../retention/tags/dateOrder.ts';
import { hasMoved } from '../../retention/tags/moved.ts';
import { isDated, type Tag } from '../../retention/tags/tag.ts';
import type { Admission } from '../pacing/pacer.ts';
import { pageSize } from './pages.ts';
import { listTags, type ListingProgress, type TagLister, type TagListing } from './tagListing.ts';

/** Pages of pushes since the list was read; after more it is read as a whole. */
const maxNewPages = 50;

/**
 * Reads a list that was read before, as it is now. Where that one came whole and newest first (see `TagListing`), the beginning is read down to what is
 * known: nothing was deleted if and only if the server's count is that of the names known before and the new ones together (API-NOTES, 4). So a list
 * that did not change costs one request. Every other list, and one of a single page, is read as a whole. Dates of pulls are new only for the rows
 * that were read.
 * @throws HubError as `listTags` does
 */
export async function listAgain(
  client: TagLister,
  known: TagListing,
  admission: Admission,
  onProgress?: ListingProgress,
  options: { readonly limit?: LimitFunction } = {},
): Promise<TagListing> {
  return (
    (await knownWithPushes(client, known, admission, onProgress)) ??
    listTags(client, known.repository, admission, onProgress, options)
  );
}

/** The known list with what was pushed since; `undefined` where the beginning shows another change, or could not show one. */
async function knownWithPushes(
  client: TagLister,
  known: TagListing,
  admission: Admission,
  onProgress: ListingProgress | undefined,
): Promise<TagListing | undefined> {
  const { repository, tags, inDateOrder, isSettled } = known;
  if (!inDateOrder || !isSettled || tags.length <= pageSize) return undefined;
  const asOf = client.now();
  const beginning = new Map<string, Tag>();
  const order = new DateOrder();
  let count: number | undefined;
  let pages = 0;
  for await (const page of client.tagPages(repository, admission)) {
    // Another count from page to page, or a row that comes twice: the list moves while it is read.
    if (
      page.next === undefined ||
      page.count === undefined ||
      page.count < tags.length ||
      page.count !== (count ??= page.count)
    ) {
      return undefined;
    }
    for (const tag of page.rows) {
      if (beginning.has(tag.name)) return undefined;
      beginning.set(tag.name, tag);
      order.add(tag);
    }
    const last = page.rows.at(-1);
    if (!order.kept || !last || !isDated(last) || ++pages > maxNewPages) return undefined;
    const before = tags.find(({ name }) => name === last.name);
    // Docker Hub pins `latest` to the first row, which then says nothing of the rows below.
    const isPinned = beginning.size === 1 && last.name === 'latest';
    if (!before || isPinned || hasMoved(before, last)) continue;
    const merged = [...beginning.values(), ...tags.filter(({ name }) => !beginning.has(name))];
    if (merged.length !== count) return undefined;
    onProgress?.(merged.length, count);
    return { repository, tags: merged, asOf: Math.min(asOf, client.now()), inDateOrder: true, isSettled: true };
  }
  return undefined;
}
