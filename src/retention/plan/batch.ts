import { attachmentOf } from '../tags/attachment.ts';
import { checkCap } from '../policy/narrow.ts';
import { followersOf, type KeepReason, type Plan, withSpared } from './plan.ts';
import { fullName, type RepositoryName } from '../tags/repositoryName.ts';
import { reclaimableBy, type Reclaimable, sumReclaimable } from './reclaimable.ts';
import { mapSliced } from '../../async/mapSliced.ts';
import { atOnce, eachSliced, sortedSliced, type Sliced } from '../../async/sliced.ts';
import { compareNames, comparePushed, pushedKey, type Tag } from '../tags/tag.ts';

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
  /** How many tags go, attachments among them. */
  readonly total: number;
  /** How many of these are attachments. */
  readonly attachments: number;
  /** How many caps count, see `Plan.units`. */
  readonly units: number;
  /** What it may free, summed up over its repositories. */
  readonly reclaimable: Reclaimable;
  /** The first to go over all repositories; its date may be unknown, which counts as oldest. Missing when nothing goes. */
  readonly oldest?: BatchTag;
  /** The last to go over all repositories. Missing when nothing goes. */
  readonly newest?: BatchTag;
}

const OVER_CAP: KeepReason = Object.freeze({ kind: 'overCap' });

/**
 * Joins plans under one cap. When more would go than the cap allows, exactly as many as it allows go: the oldest over all repositories, an
 * unknown date before all others, ties by repository and then by name. An image with all that is attached to it counts once, and goes whole or not at all.
 *
 * @param options.maxDeletions most that go over the whole batch, see `Batch.units`; 0: no cap
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
  let [oldest, newest]: (BatchTag | undefined)[] = [];
  yield* eachSliced(capped, (plan) => {
    for (const end of endsOf(plan)) {
      if (!oldest || compareBatchTags(end, oldest) < 0) oldest = end;
      if (!newest || compareBatchTags(end, newest) >= 0) newest = end;
    }
  });
  return Object.freeze({
    plans: Object.freeze(capped),
    asOf: capped.reduce((earliest, { asOf }) => Math.min(earliest, asOf), capped[0]?.asOf ?? 0),
    total: capped.reduce((sum, { going }) => sum + going.length, 0),
    attachments: capped.reduce((sum, plan) => sum + plan.attachments.going, 0),
    units: capped.reduce((sum, plan) => sum + plan.units, 0),
    reclaimable: yield* reclaimableByAll(capped),
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
  if (cap === 0 || plans.reduce((sum, plan) => sum + plan.units, 0) <= cap) return [...plans];
  const all: BatchTag[] = [];
  yield* mapSliced(plans, function* (plan): Sliced<void> {
    const { repository } = plan;
    const followers = yield* followersOf(plan);
    yield* eachSliced(plan.going, (tag) => !followers.has(tag) && all.push({ repository, tag }));
  });
  const overCap = new Map<RepositoryName, Set<Tag>>(plans.map(({ repository }) => [repository, new Set()]));
  const ordered = yield* sortedSliced(all, ({ tag }) => pushedKey(tag), compareBatchTags);
  yield* eachSliced(ordered.slice(cap), ({ repository, tag }) => overCap.get(repository)!.add(tag));
  return yield* mapSliced(plans, (plan) => withSpared(plan, overCap.get(plan.repository)!, OVER_CAP));
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
    const key = fullName(repository);
    if (names.has(key)) throw new Error(`The repository ${key} has two plans in one batch.`);
    names.add(key);
  }
}

function* reclaimableByAll(plans: readonly Plan[]): Sliced<Reclaimable> {
  return sumReclaimable(yield* mapSliced(plans, reclaimableBy));
}

/** The first and the last tag that a plan deletes; attachments only where nothing else goes. */
function endsOf({ repository, going }: Plan): BatchTag[] {
  const isImage = (tag: Tag): boolean => attachmentOf(tag) === undefined;
  const [first, last] = [going.find(isImage) ?? going[0], going.findLast(isImage) ?? going.at(-1)];
  return first && last
    ? [
        { repository, tag: first },
        { repository, tag: last },
      ]
    : [];
}
