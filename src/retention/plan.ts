import { distinctTags } from './distinctTags.ts';
import type { Policy } from './policy.ts';
import { atOnce, eachSliced, sortedSliced, type Sliced } from './sliced.ts';
import { compareNames, pushedKey, type Tag } from './tag.ts';

/** Why a tag stays. */
export type KeepReason =
  /** A rule of Docker Hub makes it immutable. */
  | { readonly kind: 'immutable' }
  /** The user keeps it by hand. */
  | { readonly kind: 'byHand' }
  /** A glob protects it. */
  | { readonly kind: 'protected'; readonly pattern: string }
  /** Something uses it; `place` is where, as it is shown: `deploy/web.yaml:12`. */
  | { readonly kind: 'referenced'; readonly place: string }
  /** The policy speaks of other tags. */
  | { readonly kind: 'notCovered' }
  /** Its push date is unknown (invariant 2). */
  | { readonly kind: 'unknownAge' }
  /** It is one of the newest, of which the policy keeps `count`. */
  | { readonly kind: 'newest'; readonly count: number }
  /** The policy keeps its version: the last `level` of `of`, such as the last patch of 2.3; without `of`, of the whole line. */
  | { readonly kind: 'version'; readonly level: 'major' | 'minor' | 'patch' | 'prerelease'; readonly of?: string }
  /** It is not old enough: younger than `than`, an age as it is written; or, without that, of a date in the future. */
  | { readonly kind: 'younger'; readonly than?: string }
  /** It is no version, and the policy keeps versions and has no age. */
  | { readonly kind: 'notVersion' }
  /** It has the digest of a tag that stays, or that of one of its platforms; `of` is that tag's name. */
  | { readonly kind: 'alias'; readonly of: string }
  /** The batch has reached its cap. */
  | { readonly kind: 'overCap' }
  /** A larger share of its repository would be deleted than a policy allows (`maxShare`), so that nothing of it is. */
  | { readonly kind: 'overShare' }
  /** It is the last tag of its repository. */
  | { readonly kind: 'lastTag' }
  /** It was not among those that the user confirmed for a run that now goes on. */
  | { readonly kind: 'unconfirmed' };

/** Why a tag goes: it was pushed before the cutoff; no rule of a policy without an age keeps it; the user picked it. */
export type DeleteReason = { readonly kind: 'older' } | { readonly kind: 'unkept' } | { readonly kind: 'picked' };

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
  /** The policy that it was judged by; missing in a plan of picked tags. */
  readonly policy?: Policy;
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

const PICKED: DeleteReason = Object.freeze({ kind: 'picked' });
const LAST_TAG: KeepReason = Object.freeze({ kind: 'lastTag' });

/** What a plan of picked tags is made of. */
export interface PickedPlanInput {
  readonly repository: RepositoryName;
  /** The picked tags only, each once. */
  readonly tags: readonly Tag[];
  /** The *now* of the plan, milliseconds since the epoch. */
  readonly asOf: number;
  /** How many tags the repository holds in all, the picked ones included; while it is unknown the plan cannot tell that it empties the repository. */
  readonly remaining?: number;
}

/** Plans the deletion of exactly the tags that the user picked, whatever their age or protection. @throws Error when a name comes twice */
export function planPicked(input: PickedPlanInput): Plan {
  return atOnce(planPickedSliced(input));
}

/** `planPicked` in slices. @throws Error when a name comes twice */
export function* planPickedSliced({ repository, tags, asOf, remaining }: PickedPlanInput): Sliced<Plan> {
  const deleting: DeleteVerdict[] = [];
  yield* eachSliced(yield* distinctTags(repository, tags), (tag) => deleting.push(go(tag, PICKED)));
  const emptiesRepository = deleting.length > 0 && remaining !== undefined && deleting.length >= remaining;
  return yield* freezePlan({ repository, asOf, emptiesRepository, inDateOrder: false }, deleting, []);
}

/**
 * The plan itself when it leaves a tag in the repository; otherwise a plan in which the newest tag (the last of `going`)
 * stays as `lastTag`.
 */
export function* withoutEmptying(plan: Plan): Sliced<Plan> {
  return plan.emptiesRepository ? yield* sparing(plan, new Set(plan.going.slice(-1)), LAST_TAG) : plan;
}

/**
 * A plan in which these tags of its `going` stay for the reason given; the plan itself when there are none.
 *
 * @param spared objects out of `plan.going`; others have no effect
 */
export function* sparing(plan: Plan, spared: ReadonlySet<Tag>, reason: KeepReason): Sliced<Plan> {
  return spared.size === 0 ? plan : yield* sparingEach(plan, (tag) => (spared.has(tag) ? reason : undefined));
}

/** A plan in which the tags of its `going` that have a reason to be kept are kept for it; the plan itself when there are none. */
export function* sparingEach(plan: Plan, reasonOf: (tag: Tag) => KeepReason | undefined): Sliced<Plan> {
  const deleting: DeleteVerdict[] = [];
  const kept: KeepVerdict[] = [];
  yield* eachSliced(plan.verdicts, (verdict) => {
    if (verdict.verdict === 'keep') return;
    const reason = reasonOf(verdict.tag);
    if (reason) kept.push(keep(verdict.tag, reason));
    else deleting.push(verdict);
  });
  if (kept.length === 0) return plan;
  return yield* freezePlan({ ...plan, emptiesRepository: false }, deleting, kept.concat(plan.staying));
}

/** A plan in which tags that stay by its rule go after all, picked by their names; the plan itself when there are none. */
export function* picking(plan: Plan, names: ReadonlySet<string>): Sliced<Plan> {
  if (names.size === 0) return plan;
  const deleting: DeleteVerdict[] = [];
  const keeping: KeepVerdict[] = [];
  yield* eachSliced(plan.verdicts, (verdict) => {
    if (verdict.verdict === 'delete') deleting.push(verdict);
    else if (names.has(verdict.tag.name)) deleting.push(go(verdict.tag, PICKED));
    else keeping.push(verdict);
  });
  if (keeping.length === plan.staying.length) return plan;
  return yield* freezePlan({ ...plan, emptiesRepository: keeping.length === 0 }, deleting, keeping);
}

type PlanFrame = Pick<Plan, 'repository' | 'asOf' | 'cutoff' | 'policy' | 'emptiesRepository' | 'inDateOrder'>;

function* freezePlan(frame: PlanFrame, deleting: readonly DeleteVerdict[], keeping: readonly KeepVerdict[]): Sliced<Plan> {
  const oldestFirst = yield* sortedSliced(deleting, ({ tag }) => pushedKey(tag), (a, b) => compareNames(a.tag.name, b.tag.name));
  const newestFirst = yield* sortedSliced(keeping, ({ tag }) => -pushedKey(tag), (a, b) => compareNames(a.tag.name, b.tag.name));
  return yield* frozenPlan(frame, oldestFirst, newestFirst);
}

/**
 * A plan of verdicts that are frozen and in its order already; takes both lists over.
 *
 * @param deleting oldest first, ties by name
 * @param keeping newest first, ties by name
 */
export function* frozenPlan(frame: PlanFrame, deleting: readonly DeleteVerdict[], keeping: readonly KeepVerdict[]): Sliced<Plan> {
  const going: Tag[] = [];
  yield* eachSliced(deleting, ({ tag }) => going.push(tag));
  return Object.freeze({
    repository: Object.freeze({ namespace: frame.repository.namespace, name: frame.repository.name }),
    asOf: frame.asOf,
    ...(frame.cutoff === undefined ? {} : { cutoff: frame.cutoff }),
    ...(frame.policy && { policy: frame.policy }),
    verdicts: Object.freeze((deleting as readonly Verdict[]).concat(keeping)),
    going: Object.freeze(going),
    staying: Object.freeze(keeping),
    emptiesRepository: frame.emptiesRepository,
    inDateOrder: frame.inDateOrder,
  });
}

function keep(tag: Tag, reason: KeepReason): KeepVerdict {
  return Object.freeze({ tag, verdict: 'keep', reason });
}

function go(tag: Tag, reason: DeleteReason): DeleteVerdict {
  return Object.freeze({ tag, verdict: 'delete', reason });
}
