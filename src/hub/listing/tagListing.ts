import pLimit, { type LimitFunction } from 'p-limit';
import { DateOrder } from '../../retention/tags/dateOrder.ts';
import { hasMoved } from '../../retention/tags/moved.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { isDated, type Tag } from '../../retention/tags/tag.ts';
import { HubError, isHubError } from '../wire/hubError.ts';
import type { Admission } from '../pacing/pacer.ts';
import type { Page } from './pages.ts';
import { maxInFlight, type ReadAheadParts } from './readAhead.ts';
import { mayHaveTags, type Repository } from './repositoryRow.ts';

/** A repository's whole tag list. */
export interface TagListing {
  readonly repository: RepositoryName;
  /** Each name once. */
  readonly tags: readonly Tag[];
  /** Instant (ms, see `HubClient.now`) at which the first page was asked for. */
  readonly asOf: number;
  /** Whether the rows came newest first, so that what is pushed again later shows at the list's beginning (see `DateOrder`). */
  readonly inDateOrder: boolean;
  /** Whether nothing moved while it was read and the server's count agrees; `tags` then are in the server's order. Default false. */
  readonly isSettled?: boolean;
}

/** How far a listing is. `count` is the server's hint of how many there are. */
export type ListingProgress = (read: number, count: number | undefined) => void;

/** What pages of tags are asked for ahead with. */
export type TagReadAhead = Pick<ReadAheadParts<Tag>, 'limit' | 'isKnown' | 'isOutOfOrder'>;

/** What a listing is read with; `HubClient` is one. */
export interface TagLister {
  now(): number;
  tagPages(repository: RepositoryName, admission: Admission, ahead?: TagReadAhead): AsyncGenerator<Page<Tag>, void>;
  /** The repository itself, by which an empty list is doubted; without it none is. @throws HubError */
  repository?(repository: RepositoryName, admission: Admission): Promise<Pick<Repository, 'size' | 'pushedAt'>>;
}

/** How a listing is read; all has a default. */
export interface ListingOptions {
  /** Bounds how many requests are in flight, over all listings that share it; by default 8 for this one. */
  readonly limit?: LimitFunction;
  /** The list as it was read a short time ago. It is given again where the first page shows that nothing was pushed or deleted since. */
  readonly known?: TagListing;
  /** Whether an empty list is believed whatever its repository says; default false. Nothing may be said of tags on the strength of it. */
  readonly believesEmpty?: boolean;
}

const maxWalks = 3;
/** Pages of pushes during one walk that are read at its end; after more the list is read again. */
const maxNewPages = 50;

/**
 * Reads all pages of a repository's tags, several at a time, and merges rows that came twice because the list moved. Pages are offsets, so:
 * - a row that goes away hides another one: when the count shrinks during the walk, or one row came twice and another is missing, the list is read again;
 * - a tag that is pushed again leaves a page that was not read yet for one that was: where something moved, the beginning of the list is read once
 *   more at the end.
 * - a deletion may leave the last page empty, so that the list ends before its count: it is read again, and believed to be short if that comes twice.
 * An empty list is believed only of a repository that stores nothing and was never pushed to (one more request); else it is read again, and doubted.
 * @throws HubError; `incomplete` when not all could be read (invariant 4), with the reason `listChanged` when the list kept moving, `listShort` when
 *   its count is not reached, `listEmpty` when the empty list is doubted
 */
export async function listTags(
  client: TagLister,
  repository: RepositoryName,
  admission: Admission,
  onProgress?: ListingProgress,
  options: ListingOptions = {},
): Promise<TagListing> {
  const { limit = pLimit(maxInFlight), known, believesEmpty = false } = options;
  let isDoubted: boolean | undefined;
  let before: HubError | undefined;
  for (let walk = 1; ; walk++) {
    let failure: HubError;
    try {
      const listing = await walkTags(client, repository, admission, {
        limit,
        known: walk === 1 ? known : undefined,
        onProgress,
      });
      if (listing.tags.length > 0) return listing;
      isDoubted ??=
        !believesEmpty &&
        client.repository !== undefined &&
        mayHaveTags(await client.repository(repository, admission));
      if (!isDoubted) return listing;
      failure = new HubError({ kind: 'incomplete', request: 'GET tags', reason: 'listEmpty', read: 0 });
    } catch (error) {
      // What was there a moment ago is not known to be gone by one answer.
      if (before && isHubError(error, 'notFound')) throw before;
      if (!isHubError(error, 'incomplete') || (error.reason !== 'listShort' && error.reason !== 'listChanged')) {
        throw error;
      }
      failure = error;
    }
    // A list that ends twice in the same place did not move.
    const isSame =
      failure.reason === 'listShort' &&
      before?.reason === 'listShort' &&
      failure.read === before.read &&
      failure.expected === before.expected;
    if (walk === maxWalks || isSame) throw failure;
    before = failure;
  }
}

interface Walk {
  readonly limit: LimitFunction;
  readonly known: TagListing | undefined;
  readonly onProgress: ListingProgress | undefined;
}

/** Reads the list once. @throws HubError; `incomplete` with the reason `listChanged` or `listShort` where reading it again may help */
async function walkTags(
  client: TagLister,
  repository: RepositoryName,
  admission: Admission,
  { limit, known, onProgress }: Walk,
): Promise<TagListing> {
  const asOf = client.now();
  const read = new ReadRows();
  const order = new DateOrder();
  const isKnown = (tag: Tag) => read.tags.has(tag.name);
  const isOutOfOrder = (tags: readonly Tag[]) => order.kept && !order.keeps(tags);
  for await (const page of client.tagPages(repository, admission, { limit, isKnown, isOutOfOrder })) {
    const reused = read.rows === 0 && known ? stillAsKnown(known, page) : undefined;
    if (reused) {
      onProgress?.(reused.tags.length, page.count);
      return reused;
    }
    // What pushes have moved down comes a second time, and out of place.
    for (const tag of page.rows) if (!read.has(tag)) order.add(tag);
    read.add(page);
    onProgress?.(read.tags.size, read.count);
    if (read.isInDoubt) break;
  }
  const { moved } = read;
  if (moved && !read.isInDoubt) {
    await readBeginning(client, repository, admission, read);
    onProgress?.(read.tags.size, read.count);
  }
  if (read.isInDoubt || read.isShort) {
    throw new HubError({
      kind: 'incomplete',
      request: 'GET tags',
      reason: 'listChanged',
      read: read.tags.size,
      expected: read.count,
    });
  }
  const isSettled = !moved && read.count === read.tags.size;
  return {
    repository,
    tags: [...read.tags.values()],
    asOf: Math.min(asOf, client.now()),
    inDateOrder: order.kept,
    isSettled,
  };
}

/** What one walk has read, and what it shows of moves meanwhile. */
class ReadRows {
  readonly tags = new Map<string, Tag>();
  rows = 0;
  /** How many there are, as the last page said. */
  count: number | undefined;
  /** Whether a row may be hidden: the count went down from one page to a later one, or there were too many pushes. */
  isInDoubt = false;
  #grew = false;

  /** Takes the next page of the walk in. */
  add(page: Page<Tag>): void {
    this.take(page);
    this.rows += page.rows.length;
    if (page.count === undefined) return;
    if (this.count !== undefined) {
      this.isInDoubt ||= page.count < this.count;
      this.#grew ||= page.count > this.count;
    }
    this.count = page.count;
  }

  /** Takes rows in that are no part of the walk. */
  take({ rows }: Page<Tag>): void {
    for (const tag of rows) this.tags.set(tag.name, later(this.tags.get(tag.name), tag));
  }

  /** Whether this row was read, and no other since. */
  has(tag: Tag): boolean {
    const known = this.tags.get(tag.name);
    return known !== undefined && !hasMoved(known, tag);
  }

  /** Whether the list changed while it was read. */
  get moved(): boolean {
    return this.isInDoubt || this.#grew || this.rows > this.tags.size;
  }

  /** Whether the list moved and there is one too few in all, what was pushed meanwhile included: another one slipped through between two pages. */
  get isShort(): boolean {
    return this.moved && this.count !== undefined && this.tags.size < this.count;
  }
}

/**
 * Reads the beginning of a list as far as it has changed since: in date order that is where pushes are. Begins again where the list moves between
 * two of these pages. Where that is too much to be read, `read` is in doubt.
 */
async function readBeginning(
  client: TagLister,
  repository: RepositoryName,
  admission: Admission,
  read: ReadRows,
): Promise<void> {
  // What is read now says nothing of what is below it.
  const readNow = new Set<string>();
  let before: string | undefined;
  try {
    for (let pages = 0; pages < maxNewPages;) {
      const pass = new ReadRows();
      const rows: unknown[] = [];
      for await (const page of client.tagPages(repository, admission)) {
        pages++;
        pass.add(page);
        rows.push(
          page.count,
          page.rows.map(({ name, digest, pushedAt }) => [name, digest, pushedAt]),
        );
        const last = page.rows.at(-1);
        // Docker Hub pins `latest` to the first row, which then says nothing of the rows below.
        const isPinned = pass.rows === 1 && last?.name === 'latest';
        const reachesKnown = last === undefined || (!isPinned && read.has(last) && !readNow.has(last.name));
        for (const tag of page.rows) if (!read.has(tag)) readNow.add(tag.name);
        read.take(page);
        if (pass.moved) break;
        if (reachesKnown || page.next === undefined) return;
        if (pages >= maxNewPages) break;
      }
      // A server that gives a name twice does so again, and nothing moves.
      const now = JSON.stringify(rows);
      if (now === before) return;
      before = now;
    }
    read.isInDoubt = true;
  } catch (error) {
    if (!isHubError(error) || error.kind === 'incomplete') throw error;
    const { request, status, serverWords, reason } = error;
    throw new HubError({
      kind: 'incomplete',
      request,
      status,
      serverWords,
      reason,
      read: read.tags.size,
      expected: read.count,
      cause: error,
    });
  }
}

/** Of two rows for one name the one pushed later, since the other is from before the list moved; an unknown date stays unknown (invariant 2). */
function later(a: Tag | undefined, b: Tag): Tag {
  if (a === undefined || b.pushedAt === undefined) return b;
  return a.pushedAt === undefined || a.pushedAt > b.pushedAt ? a : b;
}

/**
 * A list that is known, with the rows of its first page as they are now; `undefined` where that page shows a change, or could not show one. In
 * date order a push is at the beginning, and a deletion is in the count.
 */
function stillAsKnown(known: TagListing, { rows, count, next }: Page<Tag>): TagListing | undefined {
  const { tags, inDateOrder, isSettled } = known;
  // Of a list of one page this is the whole.
  if (next === undefined || !inDateOrder || !isSettled || count !== tags.length || rows.length > tags.length) {
    return undefined;
  }
  const last = rows.at(-1);
  if (!last || !isDated(last)) return undefined;
  const isSame = (row: Tag, { name, digest, pushedAt }: Tag) =>
    row.name === name && row.digest === digest && row.pushedAt === pushedAt;
  return rows.every((row, index) => isSame(row, tags[index]!))
    ? { ...known, tags: [...rows, ...tags.slice(rows.length)] }
    : undefined;
}
