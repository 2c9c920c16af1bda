import { fullName, type RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { TagListing } from './tagListing.ts';

/** How long (ms) a list may be given again. */
const goodFor = 5 * 60_000;
/** Some 300 MB at most. */
const maxTags = 1_000_000;
const maxListings = 32;

/**
 * Whole lists that were read a short time ago, so that they need not be read once more where one request shows that they did not change (see
 * `listTags`). Holds those of the last five minutes, at most 32 with 1,000,000 tags in all; the oldest go first.
 */
export class KnownListings {
  readonly #listings = new Map<string, TagListing>();
  readonly #onChange: () => void;
  #expiry: NodeJS.Timeout | undefined;

  /** @param onChange called whenever other lists are held than before */
  constructor(onChange: () => void = () => undefined) {
    this.#onChange = onChange;
  }

  /** Keeps a list in place of the one that is known of its repository. One that could not be told to be unchanged is not kept. */
  keep(listing: TagListing): void {
    const key = fullName(listing.repository);
    const hadOne = this.#listings.delete(key);
    if (!listing.isSettled || !listing.inDateOrder) {
      if (hadOne) this.#onChange();
      return;
    }
    this.#listings.set(key, listing);
    for (const [oldest] of this.#listings) {
      if (this.#listings.size <= maxListings && this.#tags() <= maxTags) break;
      this.#listings.delete(oldest);
    }
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.forget(), goodFor).unref();
    this.#onChange();
  }

  /** The list of a repository that was asked for within the five minutes before `now` (ms, see `HubClient.now`). */
  get(repository: RepositoryName, now: number): TagListing | undefined {
    const listing = this.#listings.get(fullName(repository));
    return listing && isGood(listing, now) ? listing : undefined;
  }

  /** All lists that were asked for within the five minutes before `now` (ms, see `HubClient.now`). */
  list(now: number): TagListing[] {
    return [...this.#listings.values()].filter((listing) => isGood(listing, now));
  }

  /** Forgets the lists of one repository, of a namespace, or all. */
  forget({ namespace, name }: Partial<RepositoryName> = {}): void {
    const before = this.#listings.size;
    for (const [key, { repository }] of this.#listings) {
      if (
        (namespace ?? repository.namespace) === repository.namespace &&
        (name ?? repository.name) === repository.name
      ) {
        this.#listings.delete(key);
      }
    }
    if (this.#listings.size < before) this.#onChange();
  }

  #tags(): number {
    return [...this.#listings.values()].reduce((sum, { tags }) => sum + tags.length, 0);
  }
}

function isGood({ asOf }: TagListing, now: number): boolean {
  return now - asOf >= 0 && now - asOf < goodFor;
}
