import { checkCap } from './narrow.ts';
import { type KeepReason, type Plan, type RepositoryName, sparing } from './plan.ts';
import { atOnce, eachSliced, sortedSliced, type Sliced } from './sliced.ts';
import { compareNames, comparePushed, pushedKey, type Tag } from './tag.ts';

/** A tag together with the repository it belongs to. */
export interface BatchTag {
  readonly repository: RepositoryName;
  readonly tag: Tag;
}

/** The plans that one confirmation covers, frozen (invariant 1). */
export interface Batch {
  /** One for each repository, in the order given; tags over the cap stay in them as `overCap`. */
  readonly plans: readonly Plan[];
  /** The earliest instant of the plans, milliseconds since the epoch; 0 for a batch without plans. */
  readonly asOf: number;
  /** How many tags go. */
  readonly total: number;
  /**
   * Bytes of the tags that go, as far as known; names of one digest in one repository count once. Not the space that
   * comes free, which depends on what else uses the digests.
   */
  readonly size: number;
  /** How many of the tags that go, those of one digest counted once, have no known size. */
  readonly sizeUnknown: number;
  /** The first to go over all repositories; its date may be unknown, which counts as oldest. Missing when nothing goes. */
  readonly oldest?: BatchTag;
  /** The last to go over all repositories. Missing when nothing goes. */
  readonly newest?: BatchTag;
}

const OVER_CAP: KeepReason = Object.freeze({ kind: 'overCap' });

/**
 * Joins plans under one cap. When more tags would go than the cap allows, exactly as many as it allows go: the oldest
 * over all repositories, an unknown date before all others, ties by repository and then by name.
 *
 * @param options.maxDeletions most tags that go over the whole batch; 0: no cap
 * @throws RangeError when the cap is not an integer of at least 0
 * @throws Error when two plans are for one repository
 */
export function makeBatch(plans: readonly Plan[], options: { readonly maxDeletions: number }): Batch {
  return atOnce(makeBatchSliced(plans, options));
}

/** `makeBatch` in slices. @throws as that does */
export function* makeBatchSliced(plans: readonly Plan[], options: { readonly maxDeletions: number }): Sliced<Batch> {
  checkCap(options.maxDeletions);
  checkDistinct(plans);
  const capped = yield* underCap(plans, options.maxDeletions);
  const ends = capped.flatMap(({ repository, going }) => (going.length === 0 ? [] : [{ repository, tag: going[0]! }, { repository, tag: going.at(-1)! }])).sort(compareBatchTags);
  const [oldest, newest] = [ends[0], ends.at(-1)];
  return Object.freeze({
    plans: Object.freeze(capped),
    asOf: capped.reduce((earliest, { asOf }) => Math.min(earliest, asOf), capped[0]?.asOf ?? 0),
    total: countGoing(capped),
    ...(yield* sumSizes(capped)),
    ...(oldest && newest ? { oldest: Object.freeze(oldest), newest: Object.freeze(newest) } : {}),
  });
}

/**
 * The plans in the order given, of which no more goes than a cap allows, chosen as `makeBatch` does; 0: no cap.
 *
 * @throws RangeError when the cap is not an integer of at least 0
 */
export function* underCap(plans: readonly Plan[], cap: number): Sliced<readonly Plan[]> {
  checkCap(cap);
  if (cap === 0 || countGoing(plans) <= cap) return [...plans];
  const all: BatchTag[] = [];
  for (const { repository, going } of plans) yield* eachSliced(going, (tag) => all.push({ repository, tag }));
  const overCap = new Map<RepositoryName, Set<Tag>>(plans.map(({ repository }) => [repository, new Set()]));
  const ordered = yield* sortedSliced(all, ({ tag }) => pushedKey(tag), compareBatchTags);
  yield* eachSliced(ordered.slice(cap), ({ repository, tag }) => overCap.get(repository)!.add(tag));
  const capped: Plan[] = [];
  for (const plan of plans) capped.push(yield* sparing(plan, overCap.get(plan.repository)!, OVER_CAP));
  return capped;
}

function countGoing(plans: readonly Plan[]): number {
  return plans.reduce((sum, { going }) => sum + going.length, 0);
}

function compareBatchTags(a: BatchTag, b: BatchTag): number {
  return (
    comparePushed(a.tag, b.tag) ||
    compareNames(a.repository.namespace, b.repository.namespace) ||
    compareNames(a.repository.name, b.repository.name) ||
    compareNames(a.tag.name, b.tag.name)
  );
}

function checkDistinct(plans: readonly Plan[]): void {
  const names = new Set<string>();
  for (const { repository } of plans) {
    const fullName = `${repository.namespace}/${repository.name}`;
    if (names.has(fullName)) throw new Error(`The repository ${fullName} has two plans in one batch.`);
    names.add(fullName);
  }
}

function* sumSizes(plans: readonly Plan[]): Sliced<{ readonly size: number; readonly sizeUnknown: number }> {
  let size = 0;
  let sizeUnknown = 0;
  for (const { going } of plans) {
    const counted = new Set<string>();
    const doubtful = new Set<string>();
    yield* eachSliced(going, ({ digest, size: bytes }) => {
      if (bytes === undefined) {
        if (digest === undefined) sizeUnknown++;
        else doubtful.add(digest);
      } else if (digest === undefined || counted.size < counted.add(digest).size) size += bytes;
    });
    yield* eachSliced(doubtful, (digest) => {
      if (!counted.has(digest)) sizeUnknown++;
    });
  }
  return { size, sizeUnknown };
}
