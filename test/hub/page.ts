import type { Answer } from './answer.ts';
import { forbidden, invalid, notFound, ok } from './answer.ts';
import type { Exchange } from './request.ts';

/** What of a list is asked for. */
export interface PageAsked {
  page: number;
  size: number;
  offset: number;
}

/**
 * Reads `page` (default 1) and `page_size` (default 10, cut to `largestPage` in silence), and refuses a signed-out caller beyond the cap
 * (API-NOTES sections 3 and 4).
 */
export function pageAsked({ request, caller, settings }: Exchange): PageAsked | Answer {
  const page = positive(request.query.get('page') ?? '1');
  if (page === undefined) return invalid('page', 'must be greater than or equal to 1', 'Invalid page value');
  const size = positive(request.query.get('page_size') ?? '10');
  if (size === undefined) return invalid('page_size', 'must be greater than or equal to 1', 'Invalid page_size value');
  const cut = Math.min(size, settings.largestPage);
  const offset = (page - 1) * cut;
  // Page 11 of 100 rows is the first that is refused: dotCMS/core#37025.
  if (caller.kind === 'none' && offset >= settings.anonymousRowCap) {
    return forbidden('pagination offset too large for anonymous requests; sign in to page further');
  }
  return { page, size: cut, offset };
}

/** `{count, next, previous, results}` with absolute links on the server's own origin; 404 for a page past the end. */
export function pageAnswer(exchange: Exchange, asked: PageAsked, count: number, results: readonly unknown[]): Answer {
  if (asked.page > 1 && asked.offset >= count) return notFound();
  return ok({
    count,
    next: asked.offset + asked.size < count ? link(exchange, asked.page + 1) : null,
    previous: asked.page > 1 ? link(exchange, asked.page - 1) : null,
    results,
  });
}

function link({ request, origin, pathname }: Exchange, page: number): string {
  const query = new URLSearchParams([
    ['page', String(page)],
    ...[...request.query].filter(([name]) => name !== 'page'),
  ]);
  return `${origin}${pathname}?${query.toString()}`;
}

function positive(text: string): number | undefined {
  const number = Number(text);
  return /^\d+$/.test(text) && number >= 1 ? number : undefined;
}
