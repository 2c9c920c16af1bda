import { eachSliced, sortedSliced, type Sliced } from './sliced.ts';
import type { Tag } from './tag.ts';

/** Nearly all tags that were ever pulled were last pulled within 24 hours, as by a scanner or a mirror: the pulls say nothing about use. */
export interface PulledTogether {
  /** How many were, at least 10. */
  readonly count: number;
  /** Which part of all that were ever pulled that is, at least 0.9, at most 1. */
  readonly share: number;
  /** The beginning of these 24 hours, a full hour, milliseconds since the epoch. */
  readonly from: number;
}

const HOUR = 3_600_000;
const HOURS = 24;
const FEWEST = 10;
const NEARLY_ALL = 0.9;

/** The 24 hours, from a full hour on, in which most of the last pulls fall, when nearly all do and they are at least 10 (hub-feedback#2110). */
export function* pulledTogether(tags: readonly Tag[]): Sliced<PulledTogether | undefined> {
  // By hour, since the pulls that this is about fall into few of them.
  const pulls = new Map<number, number>();
  let total = 0;
  yield* eachSliced(tags, ({ pulledAt }) => {
    if (pulledAt === undefined || !Number.isFinite(pulledAt)) return;
    const hour = Math.floor(pulledAt / HOUR);
    pulls.set(hour, (pulls.get(hour) ?? 0) + 1);
    total++;
  });
  const hours = yield* sortedSliced([...pulls.keys()], (hour) => hour, () => 0);
  let [first, count, most, from] = [0, 0, 0, 0];
  yield* eachSliced(hours, (hour) => {
    count += pulls.get(hour)!;
    while (hour - hours[first]! >= HOURS) count -= pulls.get(hours[first++]!)!;
    if (count > most) [most, from] = [count, hours[first]!];
  });
  return most >= FEWEST && most / total >= NEARLY_ALL ? Object.freeze({ count: most, share: most / total, from: from * HOUR }) : undefined;
}
