/**
 * Work on many tags in small pieces: yields after each, so that whoever drives it can let others have their turn (see `inSlices` in
 * `pruning`), and returns what it came to. What it works on must not change meanwhile.
 */
export type Sliced<T> = Generator<void, T, void>;

/** Items that are handled between two yields at most. */
export const sliceSize = 500;

/** Does sliced work without a break, as suits some thousand tags. @throws what the work throws */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** As `sliceSize`, where names are held against globs: hostile ones of both take some hundred times as long as those of people. */
export const globSliceSize = 50;

/** Does something with each of many items, in order. @param size items between two yields */
export function* eachSliced<T>(items: Iterable<T>, use: (item: T) => void, size = sliceSize): Sliced<void> {
  let count = 0;
  // The loop over any iterable asks an iterator for each item, which takes twice as long.
  if (Array.isArray(items) || ArrayBuffer.isView(items)) {
    const list = items as unknown as ArrayLike<T>;
    for (let index = 0; index < list.length; index++) {
      use(list[index]!);
      if (++count % size === 0) yield;
    }
    return;
  }
  for (const item of items) {
    use(item);
    if (++count % size === 0) yield;
  }
}

/** The items in lists of at most `sliceSize`, in order, each list a new one. */
export function* slicesOf<T>(items: Iterable<T>): Generator<T[], void> {
  let slice: T[] = [];
  for (const item of items) {
    slice.push(item);
    if (slice.length < sliceSize) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}

/**
 * The items as a new list, sorted by a number and where that is the same by `compareTies`; what is the same then too keeps its order.
 *
 * Numbers are sorted, not objects: that is twice as fast, and leaves the garbage collector, whose breaks are felt as well, nothing to copy.
 * What is in order already, forwards or backwards, takes the least time.
 *
 * @param keyOf may give an infinite number, but not NaN
 */
export function* sortedSliced<T>(
  items: readonly T[],
  keyOf: (item: T) => number,
  compareTies: (a: T, b: T) => number,
): Sliced<T[]> {
  const count = items.length;
  const keys = new Float64Array(count);
  // Two infinite numbers differ by NaN, which counts as the same.
  const compare: Compare = (a, b) => keys[a]! - keys[b]! || compareTies(items[a]!, items[b]!);
  let next = 0;
  let [rises, falls] = [true, true];
  yield* eachSliced(items, (item) => {
    keys[next] = keyOf(item);
    const step = next === 0 ? 0 : compare(next - 1, next);
    if (step > 0) rises = false;
    else if (next > 0) falls = false;
    next++;
  });
  if (rises) return items.slice();
  if (falls) return items.toReversed();
  let order = new Uint32Array(count);
  for (let from = 0; from < count; from += sliceSize) {
    for (let index = from; index < count && index < from + sliceSize; index++) order[index] = index;
    order.subarray(from, from + sliceSize).sort(compare);
    yield;
  }
  let merged = new Uint32Array(count);
  for (let length = sliceSize; length < count; length *= 2) {
    for (let from = 0; from < count; from += 2 * length) {
      yield* merge(
        order.subarray(from, from + length),
        order.subarray(from + length, from + 2 * length),
        merged.subarray(from),
        compare,
      );
    }
    [order, merged] = [merged, order];
  }
  const sorted = new Array<T>(count);
  next = 0;
  yield* eachSliced(order, (index) => (sorted[next++] = items[index]!));
  return sorted;
}

type Compare = (a: number, b: number) => number;

/** Merges two sorted lists into the beginning of a third. */
function* merge(a: Uint32Array, b: Uint32Array, into: Uint32Array, compare: Compare): Sliced<void> {
  const isBehind = b.length === 0 || compare(a.at(-1)!, b[0]!) <= 0;
  if (isBehind || compare(b.at(-1)!, a[0]!) < 0) {
    const [first, second] = isBehind ? [a, b] : [b, a];
    into.set(first);
    into.set(second, first.length);
    return;
  }
  let [fromA, fromB] = [0, 0];
  while (fromA < a.length && fromB < b.length) {
    into[fromA + fromB] = compare(a[fromA]!, b[fromB]!) <= 0 ? a[fromA++]! : b[fromB++]!;
    if ((fromA + fromB) % sliceSize === 0) yield;
  }
  into.set(fromA < a.length ? a.subarray(fromA) : b.subarray(fromB), fromA + fromB);
}
