import type { DraftTable } from './draftTable.ts';
import { type BucketUnit, isInBuckets, timeBuckets, type TimeBuckets } from '../tags/timeBuckets.ts';

/** What a bar counts: tags; or bytes of images, each once, with the newest of the tags that have it, one that stays before one that goes. */
export type HistogramMeasure = 'tags' | 'size';

/** Tags or bytes of what goes and what stays. */
export interface HistogramBar {
  readonly going: number;
  readonly staying: number;
}

/** How many tags, or bytes, were pushed when. */
export interface Histogram {
  readonly measure: HistogramMeasure;
  readonly unit: BucketUnit;
  /** Where each bar begins and, as the last, where the last one ends (ms since the epoch, UTC); none when no date is known. */
  readonly edges: readonly number[];
  readonly bars: readonly HistogramBar[];
  /** The tags whose push date is unknown, or not in the years 1 to 9999. */
  readonly unknown: HistogramBar;
}

/** The bar of each row, worked out once for a table. */
export interface HistogramColumns {
  readonly most: number;
  readonly buckets: TimeBuckets;
  /** By row; the one behind the last is that of unknown dates. */
  readonly barOf: Uint32Array;
}

/** Works out which bar each tag belongs to. @param most bars @throws RangeError when that is not an integer from 1 to 1,000 */
export function histogramColumns({ pushed }: DraftTable, most: number): HistogramColumns {
  let [first, last] = [Infinity, -Infinity];
  // By number: iterating a typed array takes many times longer until it is compiled.
  for (let row = 0; row < pushed.length; row++) {
    const instant = pushed[row]!;
    if (!isInBuckets(instant)) continue;
    if (instant < first) first = instant;
    if (instant > last) last = instant;
  }
  const some = first <= last;
  const found = timeBuckets(some ? first : 0, some ? last : 0, most);
  const buckets = some ? found : Object.freeze({ unit: found.unit, edges: Object.freeze([]) });
  const edges = Float64Array.from(buckets.edges);
  const unknown = Math.max(edges.length - 1, 0);
  const barOf = new Uint32Array(pushed.length);
  let bar = 0;
  for (let row = 0; row < pushed.length; row++) {
    const instant = pushed[row]!;
    if (!isInBuckets(instant)) {
      barOf[row] = unknown;
      continue;
    }
    // Most tags were pushed not long before the one above them.
    while (edges[bar]! > instant) bar--;
    while (edges[bar + 1]! <= instant) bar++;
    barOf[row] = bar;
  }
  return { most, buckets, barOf };
}

/** Counts. @param goes 1 for each row that goes */
export function countHistogram(
  table: DraftTable,
  { buckets, barOf }: HistogramColumns,
  goes: Uint8Array,
  measure: HistogramMeasure,
): Histogram {
  const count = Math.max(buckets.edges.length - 1, 0) + 1;
  const [going, staying] = [new Float64Array(count), new Float64Array(count)];
  if (measure === 'tags') {
    for (let row = 0; row < goes.length; row++) (goes[row] ? going : staying)[barOf[row]!]!++;
  } else {
    const { partsFrom, parts, partSize } = table;
    const counted = new Uint8Array(partSize.length);
    // Rows of a repository come newest first. Those that stay have the first choice.
    for (const [side, value] of [
      [staying, 0],
      [going, 1],
    ] as const) {
      for (let row = 0; row < goes.length; row++) {
        if (goes[row] !== value) continue;
        for (let at = partsFrom[row]!; at < partsFrom[row + 1]!; at++) {
          const part = parts[at]!;
          if (counted[part]) continue;
          counted[part] = 1;
          const size = partSize[part]!;
          if (size > 0) side[barOf[row]!]! += size;
        }
      }
    }
  }
  const bars = Array.from(going, (value, i) => Object.freeze({ going: value, staying: staying[i]! }));
  const unknown = bars.pop()!;
  return Object.freeze({ measure, unit: buckets.unit, edges: buckets.edges, bars: Object.freeze(bars), unknown });
}
