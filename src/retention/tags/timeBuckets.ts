/** The steps that bars over time have: whole ones of the calendar in UTC; a week begins on Monday, several years at a year that they divide. */
export type BucketUnit = 'day' | 'week' | 'month' | 'quarter' | 'year' | 'years';

/** Steps of time, one after the other without a gap. */
export interface TimeBuckets {
  readonly unit: BucketUnit;
  /** Where each begins and, as the last, where the last one ends, in milliseconds since the epoch: one more than there are buckets; none without an instant. */
  readonly edges: readonly number[];
}

const DAY = 86_400_000;
/** 1970-01-05 was a Monday. */
const MONDAY = 4 * DAY;
/** The first and the last instant (ms) of the years 1 to 9999, as Docker Hub's dates are. */
const [EARLIEST, LATEST] = [-62_135_596_800_000, 253_402_300_799_999];

interface Steps {
  readonly unit: BucketUnit;
  /** The number of the step that an instant is in. */
  readonly indexOf: (instant: number) => number;
  /** When a step begins. */
  readonly startOf: (index: number) => number;
}

/** Whether an instant (ms since the epoch) lies in the years 1 to 9999, so that there are buckets for it; not so for NaN. */
export function isInBuckets(instant: number): boolean {
  return instant >= EARLIEST && instant <= LATEST;
}

/**
 * The finest steps of the calendar of which at most so many hold all instants from the first to the last.
 *
 * @throws RangeError when `most` is not an integer from 1 to 1,000, when an instant is not one of the years 1 to 9999, or the last is before the first
 */
export function timeBuckets(first: number, last: number, most: number): TimeBuckets {
  if (!Number.isInteger(most) || most < 1 || most > 1000) {
    throw new RangeError(`The most bars are an integer from 1 to 1,000, not ${most}.`);
  }
  if (!isInBuckets(first) || !isInBuckets(last) || last < first) {
    throw new RangeError(`There are no bars from ${first} to ${last}.`);
  }
  for (const { unit, indexOf, startOf } of steps()) {
    const [from, to] = [indexOf(first), indexOf(last)];
    if (to - from >= most) continue;
    return Object.freeze({
      unit,
      edges: Object.freeze(Array.from({ length: to - from + 2 }, (_, i) => startOf(from + i))),
    });
  }
  throw new Error('Ten thousand years hold every instant.');
}

function* steps(): Generator<Steps, void> {
  yield days('day', 1, 0);
  yield days('week', 7, MONDAY);
  yield months('month', 1);
  yield months('quarter', 3);
  yield months('year', 12);
  for (const power of [1, 10, 100, 1000]) for (const count of [2, 5, 10]) yield months('years', count * power * 12);
}

function days(unit: BucketUnit, count: number, offset: number): Steps {
  return {
    unit,
    indexOf: (instant) => Math.floor((instant - offset) / (count * DAY)),
    startOf: (index) => index * count * DAY + offset,
  };
}

function months(unit: BucketUnit, count: number): Steps {
  return {
    unit,
    indexOf: (instant) => {
      const date = new Date(instant);
      return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / count);
    },
    startOf: (index) => startOfMonth(index * count),
  };
}

/** When a month begins that is counted from the year 0. */
function startOfMonth(month: number): number {
  // Not `Date.UTC`, which takes the years 0 to 99 for those of the twentieth century.
  return new Date(0).setUTCFullYear(Math.floor(month / 12), month % 12, 1);
}
