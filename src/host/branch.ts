import type { Page } from '../hub/pages.ts';

/** Rows of one list of Docker Hub that have been read so far, page by page. */
export class Branch<T extends { readonly name: string }> {
  /** Each name once, in the server's order. */
  rows: readonly T[] = [];
  /** How many rows the server says there are in all; a hint. */
  count: number | undefined;
  /** Why the last page could not be read. */
  error: unknown;
  readonly #fetch: (target: string | undefined) => Promise<Page<T>>;
  #next: string | undefined;
  #loading: Promise<void> | undefined;
  #loaded = false;

  /** @param fetch reads the first page, or the one at `target` */
  constructor(fetch: (target: string | undefined) => Promise<Page<T>>) {
    this.#fetch = fetch;
  }

  /** Whether there are pages after those that were read. */
  get hasMore(): boolean {
    return this.#next !== undefined;
  }

  /** Reads the first page if that has not been tried yet. Never throws: see `error`. */
  load(): Promise<void> {
    return this.#loaded ? Promise.resolve() : this.#read(undefined);
  }

  /** Reads the page after those that were read. Never throws: see `error`. */
  async loadMore(): Promise<void> {
    if (this.#next !== undefined) await this.#read(this.#next);
  }

  #read(target: string | undefined): Promise<void> {
    this.#loading ??= this.#fetch(target)
      .then(
        (page) => {
          const rows = new Map(this.rows.map((row) => [row.name, row]));
          for (const row of page.rows) rows.set(row.name, row);
          this.rows = [...rows.values()];
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
