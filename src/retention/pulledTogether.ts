import { eachSliced, sortedSliced, type Sliced } from './sliced.ts';
import type { Tag } from './tag.ts';

/** Nearly all tags that were ever pulled were last pulled within 24 hours, as by a scanner or a mirror: the pulls say nothing about use. */
export interface PulledTogether {
  /** How many were, at least 10. */
  readonly count: number;
  /** Which part of all that were ever pulled that is, at least 0.9, at most 1. */
  readonly share: number;
  /** When the first of these pulls was, milliseconds since the epoch. */
  readonly from: number;
}

const DAY = 86_400_000;
const FEWEST = 10;
const NEARLY_ALL = 0.9;

/** The 24 hours in which most of the last pulls fall, when nearly all fall into them and they are at least 10 (hub-feedback#2110). */
export function* pulledTogether(tags: readonly Tag[]): Sliced<PulledTogether | undefined> {
  const pulls: number[] = [];
  yield* eachSliced(tags, ({ pulledAt }) => {
    if (pulledAt !== undefined && Number.isFinite(pulledAt)) pulls.push(pulledAt);
  });
  const sorted = yield* sortedSliced(pulls, (pull) => pull, () => 0);
  let [first, most, from] = [0, 0, 0];
  let at = 0;
  yield* eachSliced(sorted, (pull) => {
    while (pull - sorted[first]! >= DAY) first++;
    const count = ++at - first;
    if (count > most) [most, from] = [count, sorted[first]!];
  });
  const share = most / sorted.length;
  return most >= FEWEST && share >= NEARLY_ALL ? Object.freeze({ count: most, share, from }) : undefined;
}
