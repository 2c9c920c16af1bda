import type { Page } from '../../hub/listing/pages.ts';

/** Rows of one list of Docker Hub that have been read so far, page by page. */
export class Branch<T extends { readonly name: string }> {
  /** Each name once, in the server's order. */
  rows: readonly T[] = [];
  /** How many rows the server says there are in all; a hint. */
  count: number | undefined;
  /** Why the last page could not be read. */
  error: unknown;
  /** Instant (ms) at which the first page was asked for; NaN before that. */
  since = NaN;
  readonly #now: () => number;
  readonly #fetch: (target: string | undefined) => Promise<Page<T>>;
  #next: string | undefined;
  #loading: Promise<void> | undefined;
  #again: Promise<void> | undefined;
  #loaded = false;
  readonly #byName = new Map<string, T>();
  /** Whether no row came twice and the count stood still, so that the list did not move. */
  #isStill = true;

  /**
   * @param fetch reads the first page, or the one at `target`
   * @param now the instant (ms) that counts for `since`
   */
  constructor(fetch: (target: string | undefined) => Promise<Page<T>>, now: () => number = Date.now) {
    this.#fetch = fetch;
    this.#now = now;
  }

  /** Whether all pages were read, nothing moved meanwhile, and the server's count agrees. */
  get isSettled(): boolean {
    return (
      this.#loaded && !this.hasMore && this.error === undefined && this.#isStill && this.count === this.rows.length
    );
  }

  /** Whether there are pages after those that were read. */
  get hasMore(): boolean {
    return this.#next !== undefined;
  }

  /** Reads the first page if that has not been tried yet. Never throws: see `error`. */
  load(): Promise<void> {
    return this.#loaded ? Promise.resolve() : this.#read(undefined);
  }

  /** Whether all pages were read, and fewer rows came than the server says there are. */
  get isShort(): boolean {
    return (
      this.#loaded &&
      !this.hasMore &&
      this.error === undefined &&
      this.count !== undefined &&
      this.rows.length < this.count
    );
  }

  /** Reads the first page once more, where all pages were read and gave no row. One time only; never throws: see `error`. */
  async readEmptyAgain(): Promise<void> {
    if (!this.#loaded || this.hasMore || this.error !== undefined || this.rows.length > 0) return;
    await (this.#again ??= this.#read(undefined));
  }

  /** Reads the page after those that were read. Never throws: see `error`. */
  async loadMore(): Promise<void> {
    if (this.#next !== undefined) await this.#read(this.#next);
  }

  #read(target: string | undefined): Promise<void> {
    if (this.#loading) return this.#loading;
    if (target === undefined) this.since = this.#now();
    this.#loading = this.#fetch(target)
      .then(
        (page) => {
          const before = this.#byName.size;
          for (const row of page.rows) this.#byName.set(row.name, row);
          const isMoved =
            this.#byName.size < before + page.rows.length || (target !== undefined && page.count !== this.count);
          if (isMoved) this.#isStill = false;
          this.rows = [...this.#byName.values()];
          this.count = page.count;
          this.#next = page.next;
          this.error = undefined;
        },
        (error: unknown) => {
          this.error = error;
        },
      )
      .finally(() => {
        this.#loaded = true;
        this.#loading = undefined;
      });
    return this.#loading;
  }
}
