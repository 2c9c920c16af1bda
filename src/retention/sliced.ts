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

/** Does something with each of many items, in order. */
export function* eachSliced<T>(items: Iterable<T>, use: (item: T) => void): Sliced<void> {
  let count = 0;
  for (const item of items) {
    use(item);
    if (++count % sliceSize === 0) yield;
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

/** The items as a new sorted list. Items that compare as equal keep their order. What is sorted already, forwards or backwards, takes the least time. */
export function* sortedSliced<T>(items: Iterable<T>, compare: (a: T, b: T) => number): Sliced<T[]> {
  let runs: T[][] = [];
  for (const slice of slicesOf(items)) {
    runs.push(slice.sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const longer: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) longer.push(yield* merged(runs[i]!, runs[i + 1] ?? [], compare));
    runs = longer;
  }
  return runs[0] ?? [];
}

function* merged<T>(a: T[], b: T[], compare: (a: T, b: T) => number): Sliced<T[]> {
  if (b.length === 0) return a;
  if (compare(a.at(-1)!, b[0]!) <= 0) return a.concat(b);
  if (compare(b.at(-1)!, a[0]!) < 0) return b.concat(a);
  const all: T[] = [];
  let [fromA, fromB] = [0, 0];
  while (fromA < a.length && fromB < b.length) {
    all.push(compare(a[fromA]!, b[fromB]!) <= 0 ? a[fromA++]! : b[fromB++]!);
    if (all.length % sliceSize === 0) yield;
  }
  return all.concat(fromA < a.length ? a.slice(fromA) : b.slice(fromB));
}
