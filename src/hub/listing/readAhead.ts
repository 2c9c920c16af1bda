import type { LimitFunction } from 'p-limit';
import { isHubError } from '../wire/hubError.ts';
import type { Ahead, Page } from './pages.ts';

/**
 * Requests of one reading that may be in flight at once, over all of its repositories. More would hardly be quicker, since a page takes about as
 * long to be parsed as an eighth of a round trip, and would be a burst in the eyes of the server.
 */
export const maxInFlight = 8;

/** Pages asked for and not yet taken: while one is tried again, the others go on for a round. */
const maxAhead = 2 * maxInFlight;

/** Times that a list may move under what was asked for ahead, beside one in so many pages, after which it is read one page after the other. */
const [restartsForFree, pagesPerRestart] = [4, 16];

/** What it takes to read a list's pages ahead of their turn. */
export interface ReadAheadParts<T> {
  /** Reads the page at a path or URL, with its own retries; ends early when the signal is aborted. */
  readonly fetchPage: (target: string, signal: AbortSignal) => Promise<Page<T>>;
  /** Runs a request when there is room for it. */
  readonly limit: LimitFunction;
  /** How many may be in flight, 1 or more; asked again and again. */
  readonly parallelism: () => number;
  /** Whether a row of that name was on a page that was taken. */
  readonly isKnown: (row: T) => boolean;
  /** Whether rows are not in the order in which those before them came, where they came in one. */
  readonly isOutOfOrder: (rows: readonly T[]) => boolean;
}

interface Asked<T> {
  readonly page: Promise<Page<T>>;
  readonly cancel: AbortController;
  /** Whether it was asked for when the page before it had been taken already. */
  readonly isAfter: boolean;
}

/**
 * Asks for pages of a list ahead of their turn. It only ever guesses: pages are taken in order, each at the place that `next` of the one before
 * it names, and a guess is used where it is for that place and nothing says that the list moved between the two. Where something does (another
 * count, a row that came before or one out of order), what was asked for ahead is dropped, and the page is asked for anew: so of two neighbours
 * with a move between them the second one is always the later, as in a walk of one page after the other.
 */
export class ReadAhead<T> implements Ahead<T> {
  readonly #parts: ReadAheadParts<T>;
  readonly #asked = new Map<number, Asked<T>>();
  /** What comes before and after the number of a page; unknown until the first page was taken. */
  #template: readonly [string, string] | undefined;
  /** Rows of the first page. */
  #size = 0;
  /** Number of the last page that was taken. */
  #taken = 0;
  #count: number | undefined;
  /** The page that seems to be the last. */
  #end = Infinity;
  #restarts = 0;
  /** Whether the last page that was taken came without `next`. */
  #lacksNext = false;

  constructor(parts: ReadAheadParts<T>) {
    this.#parts = parts;
  }

  /** The place of the page behind the last one that was taken, by its number; `undefined` where places have no numbers. */
  get following(): string | undefined {
    return this.#targetOf(this.#taken + 1);
  }

  /**
   * The page at `target`, which is the next to be taken.
   * @throws HubError
   */
  async read(target: string): Promise<Page<T>> {
    const number = this.#taken + 1;
    const asked = this.#asked.get(number);
    this.#asked.delete(number);
    if (!asked) return this.#request(target, new AbortController());
    if (!this.#isPlace(target, number)) {
      // The server counts its pages in another way.
      asked.cancel.abort();
      this.#template = undefined;
    } else {
      try {
        const page = await asked.page;
        if (!this.#showsMove(page)) return page;
        this.#restarts++;
        // What was asked for behind it may be from before the move.
        this.#drop();
        if (asked.isAfter) return page;
      } catch (error) {
        // There was no such page then, and now one leads to it.
        if (!isHubError(error, 'notFound') || asked.isAfter || this.#lacksNext) throw error;
        this.#restarts++;
      }
    }
    this.#drop();
    return this.#request(target, new AbortController());
  }

  /** Whether each row of a page was on a page that was taken. */
  hasNothingNew({ rows }: Page<T>): boolean {
    return rows.every(this.#parts.isKnown);
  }

  /** Takes a page down as read, and asks for those behind it. */
  take(target: string, page: Page<T>): void {
    this.#taken++;
    this.#count = page.count;
    if (this.#taken === 1) {
      this.#size = page.rows.length;
      this.#template = templateOf(target, page.next);
    }
    if (this.#taken >= this.#end) this.#end = Infinity;
    const isLast = page.next === undefined && page.rows.length < this.#size;
    // Once may be the end; twice, and with rows behind it, is a server that has no `next`.
    const ahead = page.next === undefined && !this.#lacksNext ? 1 : maxAhead;
    this.#lacksNext = page.next === undefined;
    if (isLast || this.#restarts > restartsForFree + this.#taken / pagesPerRestart) return;
    const pages = this.#size > 0 ? Math.ceil((page.count ?? 0) / this.#size) : 0;
    const last = Math.min(pages, this.#taken + ahead, this.#end);
    for (let number = this.#taken + 1; number <= last; number++) this.#ask(number);
  }

  /** Cancels what is on its way. */
  [Symbol.dispose](): void {
    this.#drop();
  }

  /** Whether something happened to the list between the last page that was taken and this one. */
  #showsMove(page: Page<T>): boolean {
    const { isKnown, isOutOfOrder } = this.#parts;
    return page.count !== this.#count || page.rows.some(isKnown) || isOutOfOrder(page.rows);
  }

  #ask(number: number): void {
    const target = this.#targetOf(number);
    if (target === undefined || this.#asked.has(number)) return;
    const cancel = new AbortController();
    const page = this.#request(target, cancel, (page) => {
      // What it failed for is said when its turn comes; nothing behind it is of use.
      if (!page || page.rows.length === 0 || (page.next === undefined && page.rows.length < this.#size)) {
        this.#endAt(number, cancel);
      }
    });
    page.catch(() => undefined);
    this.#asked.set(number, { page, cancel, isAfter: number === this.#taken + 1 });
  }

  /** @param onEnd told of the page, or of its failure, before there is room for the next request */
  #request(target: string, { signal }: AbortController, onEnd?: (page?: Page<T>) => void): Promise<Page<T>> {
    const { fetchPage, limit, parallelism } = this.#parts;
    limit.concurrency = Math.max(1, Math.min(Math.floor(parallelism()), maxInFlight));
    return limit(async () => {
      signal.throwIfAborted();
      try {
        const page = await fetchPage(target, signal);
        onEnd?.(page);
        return page;
      } catch (error) {
        onEnd?.();
        throw error;
      }
    });
  }

  #endAt(number: number, { signal }: AbortController): void {
    if (signal.aborted) return;
    this.#end = Math.min(this.#end, number);
    this.#drop(number);
  }

  /** Forgets what was asked for behind a page; by default all of it. */
  #drop(behind = 0): void {
    for (const [number, { cancel }] of this.#asked) {
      if (number <= behind) continue;
      cancel.abort();
      this.#asked.delete(number);
    }
    if (behind === 0) this.#end = Infinity;
  }

  #targetOf(number: number): string | undefined {
    return this.#template?.join(String(number));
  }

  #isPlace(target: string, number: number): boolean {
    const guess = this.#targetOf(number);
    return guess !== undefined && (guess === target || inOneOrder(guess) === inOneOrder(target));
  }
}

/** For paths without an origin; none is ever sent to. */
const anyOrigin = 'https://hub.invalid';

/** What the places of a list have before and after the number of the page: by the first page's `next` or, without one, by its own place. */
function templateOf(first: string, next: string | undefined): readonly [string, string] | undefined {
  const [target, number] = next === undefined ? [first, 1] : [next, 2];
  if (!URL.canParse(first, anyOrigin) || !URL.canParse(target, anyOrigin)) return undefined;
  if (new URL(first, anyOrigin).pathname !== new URL(target, anyOrigin).pathname) return undefined;
  const found = new RegExp(`^(.*[?&]page=)${number}((?:[&#].*)?)$`).exec(target);
  return found ? [found[1]!, found[2]!] : undefined;
}

function inOneOrder(target: string): string {
  if (!URL.canParse(target, anyOrigin)) return target;
  const url = new URL(target, anyOrigin);
  url.searchParams.sort();
  return url.href;
}
