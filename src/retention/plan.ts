import type { Protection } from './protect.ts';
import { compareNames, comparePushed, isDated, type Tag } from './tag.ts';

/**
 * Why a tag stays: a glob protects it; its push date is unknown; it is not old enough; a rule of Docker Hub makes it
 * immutable; the batch has reached its cap; it is the last tag of its repository; it was not among those that the user confirmed for a
 * run that now goes on.
 */
export type KeepReason =
  | { readonly kind: 'protected'; readonly pattern: string }
  | { readonly kind: 'unknownAge' }
  | { readonly kind: 'younger' }
  | { readonly kind: 'immutable' }
  | { readonly kind: 'overCap' }
  | { readonly kind: 'lastTag' }
  | { readonly kind: 'unconfirmed' };

/** Why a tag goes: it was pushed before the cutoff, or the user picked it. */
export type DeleteReason = { readonly kind: 'older' } | { readonly kind: 'picked' };

/** A tag that stays, and why. */
export interface KeepVerdict {
  readonly tag: Tag;
  readonly verdict: 'keep';
  readonly reason: KeepReason;
}

/** A tag that goes, and why. */
export interface DeleteVerdict {
  readonly tag: Tag;
  readonly verdict: 'delete';
  readonly reason: DeleteReason;
}

/** What is to happen to one tag, and why. */
export type Verdict = KeepVerdict | DeleteVerdict;

/** A repository by its two names. */
export interface RepositoryName {
  readonly namespace: string;
  readonly name: string;
}

/** A verdict for each tag of one repository, frozen at one instant (invariant 1). Instants are milliseconds since the epoch. */
export interface Plan {
  readonly repository: RepositoryName;
  /** The *now* of the plan. */
  readonly asOf: number;
  /** The tags that go by age were pushed before this instant; missing in a plan of picked tags. */
  readonly cutoff?: number;
  /** First those that go, oldest first; then those that stay, newest first. An unknown date is older than any other; ties go by name. */
  readonly verdicts: readonly Verdict[];
  /** The tags that go, in the order of the verdicts. */
  readonly going: readonly Tag[];
  /** The verdicts of those that stay, in the order of the verdicts. */
  readonly staying: readonly KeepVerdict[];
  /** Whether no tag would be left in the repository; asked for separately. False for a repository without tags. */
  readonly emptiesRepository: boolean;
  /** Whether the list that it was made from came whole and newest first (see `DateOrder`); a run then finds pushes at the list's beginning. */
  readonly inDateOrder: boolean;
}

const OLDER: DeleteReason = Object.freeze({ kind: 'older' });
const PICKED: DeleteReason = Object.freeze({ kind: 'picked' });
const IMMUTABLE: KeepReason = Object.freeze({ kind: 'immutable' });
const UNKNOWN_AGE: KeepReason = Object.freeze({ kind: 'unknownAge' });
const YOUNGER: KeepReason = Object.freeze({ kind: 'younger' });
const LAST_TAG: KeepReason = Object.freeze({ kind: 'lastTag' });

/**
 * Judges every tag of a whole listing by its push date alone.
 *
 * A tag goes when it was pushed strictly before the cutoff and not after `asOf`. It stays, by the first of these that
 * holds, when it is immutable, protected, of unknown age (invariant 2), or younger. The order of `tags` has no effect.
 *
 * @param input.tags all tags of the repository, each once (invariant 4)
 * @param input.cutoff milliseconds since the epoch
 * @param input.asOf the *now* of the plan, milliseconds since the epoch
 * @param input.isImmutable whether Docker Hub refuses to delete a tag; by default none
 * @param input.inDateOrder whether the listing came newest first; default false
 * @throws Error when a name comes twice
 */
export function planByAge(input: {
  readonly repository: RepositoryName;
  readonly tags: readonly Tag[];
  readonly cutoff: number;
  readonly asOf: number;
  readonly protect: Protection;
  readonly isImmutable?: (name: string) => boolean;
  readonly inDateOrder?: boolean;
}): Plan {
  const protectedReasons = new Map<string, KeepReason>();
  const protectedReason = (pattern: string): KeepReason => {
    const reason = protectedReasons.get(pattern) ?? Object.freeze({ kind: 'protected', pattern });
    protectedReasons.set(pattern, reason);
    return reason;
  };
  const judge = (tag: Tag): Verdict => {
    if (input.isImmutable?.(tag.name)) return keep(tag, IMMUTABLE);
    const pattern = input.protect.protectedBy(tag.name);
    if (pattern !== undefined) return keep(tag, protectedReason(pattern));
    if (!isDated(tag)) return keep(tag, UNKNOWN_AGE);
    return tag.pushedAt < input.cutoff && tag.pushedAt <= input.asOf ? go(tag, OLDER) : keep(tag, YOUNGER);
  };
  const verdicts = distinct(input.repository, input.tags).map(judge);
  const emptiesRepository = verdicts.length > 0 && verdicts.every(({ verdict }) => verdict === 'delete');
  const { repository, asOf, cutoff, inDateOrder = false } = input;
  return freezePlan({ repository, asOf, cutoff, emptiesRepository, inDateOrder }, verdicts);
}

/**
 * Plans the deletion of exactly the tags that the user picked, whatever their age or protection.
 *
 * @param input.tags the picked tags only, each once
 * @param input.asOf the *now* of the plan, milliseconds since the epoch
 * @param input.remaining how many tags the repository holds in all, the picked ones included; while it is unknown the
 * plan cannot tell that it empties the repository
 * @throws Error when a name comes twice
 */
export function planPicked(input: {
  readonly repository: RepositoryName;
  readonly tags: readonly Tag[];
  readonly asOf: number;
  readonly remaining?: number;
}): Plan {
  const verdicts = distinct(input.repository, input.tags).map((tag) => go(tag, PICKED));
  const emptiesRepository = verdicts.length > 0 && input.remaining !== undefined && verdicts.length >= input.remaining;
  return freezePlan({ repository: input.repository, asOf: input.asOf, emptiesRepository, inDateOrder: false }, verdicts);
}

/**
 * The plan itself when it leaves a tag in the repository; otherwise a plan in which the newest tag (the last of `going`)
 * stays as `lastTag`.
 */
export function withoutEmptying(plan: Plan): Plan {
  return plan.emptiesRepository ? sparing(plan, new Set(plan.going.slice(-1)), LAST_TAG) : plan;
}

/**
 * A plan in which these tags of its `going` stay for the reason given; the plan itself when there are none.
 *
 * @param spared objects out of `plan.going`; others have no effect
 */
export function sparing(plan: Plan, spared: ReadonlySet<Tag>, reason: KeepReason): Plan {
  if (!plan.going.some((tag) => spared.has(tag))) return plan;
  const verdicts = plan.verdicts.map((verdict) => (verdict.verdict === 'delete' && spared.has(verdict.tag) ? keep(verdict.tag, reason) : verdict));
  return freezePlan({ ...plan, emptiesRepository: false }, verdicts);
}

function freezePlan(frame: Pick<Plan, 'repository' | 'asOf' | 'cutoff' | 'emptiesRepository' | 'inDateOrder'>, verdicts: readonly Verdict[]): Plan {
  const deleting: DeleteVerdict[] = [];
  const staying: KeepVerdict[] = [];
  for (const verdict of verdicts) {
    if (verdict.verdict === 'delete') deleting.push(verdict);
    else staying.push(verdict);
  }
  deleting.sort((a, b) => comparePushed(a.tag, b.tag) || compareNames(a.tag.name, b.tag.name));
  staying.sort((a, b) => comparePushed(b.tag, a.tag) || compareNames(a.tag.name, b.tag.name));
  return Object.freeze({
    repository: Object.freeze({ namespace: frame.repository.namespace, name: frame.repository.name }),
    asOf: frame.asOf,
    ...(frame.cutoff === undefined ? {} : { cutoff: frame.cutoff }),
    verdicts: Object.freeze([...deleting, ...staying]),
    going: Object.freeze(deleting.map(({ tag }) => tag)),
    staying: Object.freeze(staying),
    emptiesRepository: frame.emptiesRepository,
    inDateOrder: frame.inDateOrder,
  });
}

/**
 * The tags, frozen: what was shown must not change under a run. Copies, because they are the caller's. Sorted, because
 * plain tags sort faster than their verdicts, which then are in order already.
 */
function distinct(repository: RepositoryName, tags: readonly Tag[]): readonly Tag[] {
  const names = tags.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    const seen = new Set<string>();
    const twice = names.find((name) => seen.size === seen.add(name).size);
    throw new Error(`The tag "${twice}" comes twice in the listing of ${repository.namespace}/${repository.name}.`);
  }
  const own = tags.map((tag) => (Object.isFrozen(tag) ? tag : Object.freeze({ ...tag })));
  return own.sort((a, b) => comparePushed(a, b) || compareNames(a.name, b.name));
}

function keep(tag: Tag, reason: KeepReason): KeepVerdict {
  return Object.freeze({ tag, verdict: 'keep', reason });
}

function go(tag: Tag, reason: DeleteReason): DeleteVerdict {
  return Object.freeze({ tag, verdict: 'delete', reason });
}
