import * as v from 'valibot';
import { HubError, isHubError } from '../wire/hubError.ts';
import { wholeNumber } from './wholeNumber.ts';

/** One page of a list. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** How many rows the server says the whole list has. A list that has fewer is incomplete; one that has more is not (API-NOTES, 4). */
  readonly count?: number;
  /** Where the next page is; absent on the last. */
  readonly next?: string;
}

/** What asks for pages ahead of their turn; see `ReadAhead`. */
export interface Ahead<T> extends Disposable {
  /** The place of the page behind the last one that was taken; `undefined` where it cannot be told. */
  readonly following: string | undefined;
  /** The page at `target`, which is the next to be taken. @throws HubError */
  read(target: string): Promise<Page<T>>;
  /** Whether each row of a page was on a page that was taken. */
  hasNothingNew(page: Page<T>): boolean;
  /** Takes a page down as read, and asks for those behind it. */
  take(target: string, page: Page<T>): void;
}

/** Empty pages in a row after which a `next` is followed no more. */
const maxEmpty = 3;

/** Rows asked for in one request; the server cuts anything larger to it. */
export const pageSize = 100;

/** Ten times what was asked for is no answer to it. */
const maxRowsOnPage = 10 * pageSize;

/** No repository has so many tags (200,000 are the most that were seen; API-NOTES, 4); a list that goes on has no end. */
const maxRows = 2_000_000;
const maxPages = 50_000;

const longestNext = 4096;

const answerShape = v.object({
  // Not `v.array`, which would copy a million rows before their number is looked at.
  results: v.custom<readonly unknown[]>(Array.isArray),
  count: v.fallback(v.optional(v.nullable(wholeNumber)), undefined),
  next: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(longestNext)))),
});

/**
 * A page out of an answer.
 * @param parseRow gives `undefined` for a row that is not usable
 * @throws HubError `malformed` when the answer is no page or holds such a row: a list with a hole would not be whole (invariant 4); or when it has
 *   more than 1,000 rows or a `next` of more than 4,096 characters
 */
export function parsePage<T>(answer: unknown, request: string, parseRow: (row: unknown) => T | undefined): Page<T> {
  const parsed = v.safeParse(answerShape, answer);
  if (!parsed.success) throw new HubError({ kind: 'malformed', request, reason: 'notAPage' });
  if (parsed.output.results.length > maxRowsOnPage) {
    throw new HubError({ kind: 'malformed', request, reason: 'tooManyRows' });
  }
  const rows = parsed.output.results.map((row, index) => {
    const result = parseRow(row);
    if (result === undefined) {
      throw new HubError({ kind: 'malformed', request, reason: 'unnamedRow', subject: String(index + 1) });
    }
    return result;
  });
  return { rows, count: parsed.output.count ?? undefined, next: parsed.output.next || undefined };
}

/**
 * All pages of a list in their order, following `next` and nothing else; but where `count` says that more rows are to come than `next` does, the
 * place behind the last page is asked as well. A page that came is given before the next one is asked for; `ahead` only has guessed by then what
 * will be asked (see `ReadAhead`). However a list ends, it is complete only if as many rows came as the latest `count` says, or no page had one (invariant 4).
 * @param fetchPage reads the page at a path or URL, with its own retries; not used with `ahead`
 * @throws HubError `incomplete` with the cause when a page after the first cannot be read, `next` leads nowhere, or the list goes on after 2,000,000 rows
 *   or 50,000 pages; with the reason `listShort` when it ends before its count is reached
 */
export async function* pages<T>(
  first: string,
  fetchPage: (target: string) => Promise<Page<T>>,
  ahead?: Ahead<T>,
): AsyncGenerator<Page<T>, void> {
  using guesses = ahead;
  const seen = new Set<string>();
  let read = 0;
  let expected: number | undefined;
  let largest = 0;
  let last = 0;
  let empty = 0;
  let isBehindLast = false;
  for (let target: string | undefined = first; target !== undefined;) {
    seen.add(target);
    let page: Page<T>;
    try {
      page = await (guesses ? guesses.read(target) : fetchPage(target));
    } catch (error) {
      if (!isHubError(error) || seen.size === 1) throw error;
      const { request, status, serverWords } = error;
      if (error.kind !== 'notFound') {
        throw new HubError({ kind: 'incomplete', request, status, serverWords, read, expected, cause: error });
      }
      // A stale `next` may lead past the end (API-NOTES, 4): believed when all has come or, without a count, after a page that was not full.
      if (expected === undefined ? last < largest : read >= expected) return;
      throw new HubError({
        kind: 'incomplete',
        request,
        status,
        serverWords,
        reason: 'listShort',
        read,
        expected,
        cause: error,
      });
    }
    // Some servers give the last page once more for any place behind it.
    if (isBehindLast && guesses!.hasNothingNew(page)) break;
    read += page.rows.length;
    expected = page.count ?? expected;
    last = page.rows.length;
    largest = Math.max(largest, last);
    yield page;
    guesses?.take(target, page);
    empty = page.rows.length === 0 ? empty + 1 : 0;
    isBehindLast = page.next === undefined && expected !== undefined && read < expected;
    target = isBehindLast ? guesses?.following : page.next;
    if (target !== undefined && (seen.has(target) || empty === maxEmpty || read >= maxRows || seen.size >= maxPages)) {
      throw new HubError({ kind: 'incomplete', request: 'GET', reason: 'listEndless', read, expected });
    }
  }
  if (expected !== undefined && read < expected) {
    throw new HubError({ kind: 'incomplete', request: 'GET', reason: 'listShort', read, expected });
  }
}
