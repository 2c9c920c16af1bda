import type { Sliced } from './sliced.ts';

/**
 * Does sliced work for each item, in order, and yields after each: the lists of thousands of repositories are short, and work that yields every few hundred
 * tags of one list would go through all of them without a break.
 * @returns what the work came to, by item
 */
export function* mapSliced<T, R>(items: Iterable<T>, work: (item: T, index: number) => Sliced<R>): Sliced<R[]> {
  const results: R[] = [];
  for (const item of items) {
    results.push(yield* work(item, results.length));
    yield;
  }
  return results;
}
