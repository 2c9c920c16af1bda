import { checkCap } from './narrow.ts';
import { type KeepReason, type Plan, type RepositoryName, sparing } from './plan.ts';
import { compareNames, comparePushed, type Tag } from './tag.ts';

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
  checkCap(options.maxDeletions);
  checkDistinct(plans);
  const order = plans.flatMap(({ repository, going }) => going.map((tag) => ({ repository, tag }))).sort(compareBatchTags);
  const allowed = options.maxDeletions === 0 ? order.length : options.maxDeletions;
  const going = order.slice(0, allowed);
  const overCap = new Map<RepositoryName, Set<Tag>>();
  for (const { repository, tag } of order.slice(allowed)) {
    const tags = overCap.get(repository);
    if (tags) tags.add(tag);
    else overCap.set(repository, new Set([tag]));
  }
  const capped = plans.map((plan) => sparing(plan, overCap.get(plan.repository) ?? new Set(), OVER_CAP));
  const [oldest, newest] = [going[0], going.at(-1)];
  return Object.freeze({
    plans: Object.freeze(capped),
    asOf: capped.reduce((earliest, { asOf }) => Math.min(earliest, asOf), capped[0]?.asOf ?? 0),
    total: going.length,
    ...sumSizes(capped),
    ...(oldest && newest ? { oldest: Object.freeze(oldest), newest: Object.freeze(newest) } : {}),
  });
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

function sumSizes(plans: readonly Plan[]): { readonly size: number; readonly sizeUnknown: number } {
  let size = 0;
  let sizeUnknown = 0;
  for (const { going } of plans) {
    const sizes = new Map<string | Tag, number | undefined>();
    for (const tag of going) {
      const image = tag.digest ?? tag;
      sizes.set(image, sizes.get(image) ?? tag.size);
    }
    for (const known of sizes.values()) {
      if (known === undefined) sizeUnknown++;
      else size += known;
    }
  }
  return { size, sizeUnknown };
}
