import type { Hub } from '../hub/hub.ts';
import type { Random } from '../hub/seededRandom.ts';

/** The body of a page. */
interface PageBody {
  count: number;
  next: string | null;
  previous: string | null;
  results: unknown[];
}

const match = { method: 'GET', path: /\/tags\?/ };

/** How a page lacks rows while its `count` is true. What lacks is the end of the page, so that the newest rows of a list by date are still there. */
const shortenings: readonly ((page: PageBody) => PageBody)[] = [
  // The first page is all there is.
  (page) => ({ ...page, next: null }),
  // A page stops in the middle, and is the last one.
  (page) => ({ ...page, next: null, results: firstHalf(page.results) }),
  // A page stops in the middle, and the next one begins where it always does.
  (page) => ({ ...page, results: firstHalf(page.results) }),
];

/** The list of a repository that is not there is an error. */
function isPage(body: unknown): body is PageBody {
  return typeof body === 'object' && body !== null && 'results' in body;
}

function firstHalf(rows: readonly unknown[]): unknown[] {
  return rows.slice(0, Math.floor(rows.length / 2));
}

/** Sets scripts that now and then cut a tag list short, and may answer the first or second request for one with an empty list of `count: 0`. @returns how many */
export function shortenLists(hub: Hub, random: Random): number {
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  let count = 0;
  for (const shorten of shortenings) {
    if (random() < 0.6) continue;
    hub.script({
      match,
      skip: upTo(6),
      times: 1 + upTo(2),
      every: 1 + upTo(3),
      act: { transform: (body) => (isPage(body) ? shorten(body) : body) },
    });
    count++;
  }
  if (random() < 0.25) {
    hub.script({
      match,
      skip: upTo(1),
      act: { status: 200, body: { count: 0, next: null, previous: null, results: [] } satisfies PageBody },
    });
    count++;
  }
  return count;
}
