import { eachSliced, sortedSliced, type Sliced } from '../../async/sliced.ts';
import type { Tag } from '../tags/tag.ts';

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
  // Mostly no two days have nearly all pulls, and days are far fewer to count than hours.
  const days = yield* countPulls(tags, HOURS);
  let total = 0;
  yield* eachSliced(days.values(), (count) => (total += count));
  let isLikely = false;
  // 24 hours lie within two days, one after the other.
  yield* eachSliced(days, ([day, count]) => (isLikely ||= areNearlyAll(count + (days.get(day + 1) ?? 0), total)));
  if (!isLikely) return undefined;

  // By hour, since the pulls that this is about fall into few of them.
  const pulls = yield* countPulls(tags, 1);
  const hours = yield* sortedSliced(
    [...pulls.keys()],
    (hour) => hour,
    () => 0,
  );
  let [first, count, most, from] = [0, 0, 0, 0];
  yield* eachSliced(hours, (hour) => {
    count += pulls.get(hour)!;
    while (hour - hours[first]! >= HOURS) count -= pulls.get(hours[first++]!)!;
    if (count > most) [most, from] = [count, hours[first]!];
  });
  return areNearlyAll(most, total) ? Object.freeze({ count: most, share: most / total, from: from * HOUR }) : undefined;
}

function areNearlyAll(count: number, total: number): boolean {
  return count >= FEWEST && count / total >= NEARLY_ALL;
}

/** How many tags were last pulled in each span of so many hours, by the number of the span since the epoch. */
function* countPulls(tags: readonly Tag[], hours: number): Sliced<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>();
  yield* eachSliced(tags, ({ pulledAt }) => {
    if (pulledAt === undefined || !Number.isFinite(pulledAt)) return;
    // Divided in two steps, so that all of an hour are of one day, however the quotients are rounded.
    const span = Math.floor(Math.floor(pulledAt / HOUR) / hours);
    counts.set(span, (counts.get(span) ?? 0) + 1);
  });
  return counts;
}
