import type { RepositoryName } from '../tags/repositoryName.ts';
import { distinctTags } from '../tags/distinctTags.ts';
import type { Policy } from '../policy/policy.ts';
import { KeptHolders } from './keptHolders.ts';
import { atOnce, eachSliced, sliceSize, sortedSliced, type Sliced } from '../../async/sliced.ts';
import { deletionOrder, findSubjects, type Subject } from './subjects.ts';
import { compareNames, pushedKey, type Tag } from '../tags/tag.ts';
import { tagKind } from '../tags/tagKind.ts';

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
  /** It is a build cache, and the policy has no age to judge it by. */
  | { readonly kind: 'buildCache' }
  /** It is attached to the image of a tag that is kept, or to one of its platforms; `of` is that tag's name. */
  | { readonly kind: 'attachedTo'; readonly of: string }
  /** It is attached to an image that no tag is known to have; somebody may use that by its digest. */
  | { readonly kind: 'untaggedSubject' }
  /** The batch has reached its cap. */
  | { readonly kind: 'overCap' }
  /** A larger share of its repository would be deleted than a policy allows (`maxShare`), so that nothing of it is. */
  | { readonly kind: 'overShare' }
  /** It is the last tag of its repository. */
  | { readonly kind: 'lastTag' }
  /** It was not among those that the user confirmed for a run that now goes on. */
  | { readonly kind: 'unconfirmed' };

/** Why a tag is deleted. */
export type DeleteReason =
  /** It was pushed before the cutoff. */
  | { readonly kind: 'older' }
  /** No rule of a policy without an age keeps it. */
  | { readonly kind: 'unkept' }
  /** The user picked it. */
  | { readonly kind: 'picked' }
  /** It is attached to an image whose last tag is deleted, `of`. */
  | { readonly kind: 'withSubject'; readonly of: string }
  /** It is attached to an image that no tag has, it is old enough, and the policy deletes such tags (`orphanedAttachments`). */
  | { readonly kind: 'orphaned' };

/** Whether a reason is one to delete. */
export function isDeleteReason(reason: KeepReason | DeleteReason): reason is DeleteReason {
  return deleteKinds.has(reason.kind);
}

const deleteKinds: ReadonlySet<string> = new Set<DeleteReason['kind']>([
  'older',
  'unkept',
  'picked',
  'withSubject',
  'orphaned',
]);

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

/** A verdict for each tag of one repository, frozen at one instant (invariant 1). Instants are milliseconds since the epoch. */
export interface Plan {
  readonly repository: RepositoryName;
  /** The *now* of the plan. */
  readonly asOf: number;
  /** The tags that go by age were pushed before this instant; missing in a plan of picked tags. */
  readonly cutoff?: number;
  /** The policy that it was judged by; missing in a plan of picked tags. */
  readonly policy?: Policy;
  /**
   * First those that go, oldest first, but attachments right behind the last tag of their subject; then those that stay, newest first. An unknown date is
   * older than any other; ties go by name.
   */
  readonly verdicts: readonly Verdict[];
  /** The tags that go, in the order of the verdicts. */
  readonly going: readonly Tag[];
  /** The verdicts of those that stay, in the order of the verdicts. */
  readonly staying: readonly KeepVerdict[];
  /** Of its tags, how many stand for images, and how many of these go. Caps and shares count these. */
  readonly images: { readonly all: number; readonly going: number };
  /** Of its tags, how many are attachments, and how many of these go. */
  readonly attachments: { readonly all: number; readonly going: number };
  /** How many of those that go caps count: an image's tag with all that is attached to it is one, and so is an attachment that goes without one. */
  readonly units: number;
  /**
   * The tags of the plan that hold the subject of an attachment, for each attachment that has such tags; an attachment comes behind those of them that are
   * attachments themselves. Whether any tag outside of a plan of picked tags holds it, nobody knows.
   */
  readonly holders: ReadonlyMap<Tag, readonly Tag[]>;
  /** Whether no tag would be left in the repository, or none that stands for an image where one does now; asked for separately. False for a repository without tags. */
  readonly emptiesRepository: boolean;
  /** Whether it tells of every tag of the repository; not so a plan of picked tags. */
  readonly isWhole: boolean;
  /** Bytes that the repository stores, as Docker Hub says; missing where unknown. */
  readonly storageSize?: number;
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
  /** How many of these stand for images; missing where unknown. */
  readonly remainingImages?: number;
  /** Bytes that the repository stores; missing where unknown. */
  readonly storageSize?: number;
}

/** Plans the deletion of exactly the tags that the user picked, whatever their age or protection. @throws Error when a name comes twice */
export function planPicked(input: PickedPlanInput): Plan {
  return atOnce(planPickedSliced(input));
}

/** `planPicked` in slices. @throws Error when a name comes twice */
export function* planPickedSliced({
  repository,
  tags,
  asOf,
  remaining,
  remainingImages,
  storageSize,
}: PickedPlanInput): Sliced<Plan> {
  const own = yield* distinctTags(repository, tags);
  const subjects = yield* findSubjects(own);
  const deleting: DeleteVerdict[] = [];
  yield* eachSliced(yield* deletionOrder(own.length, subjects), (index) => deleting.push(go(own[index]!, PICKED)));
  const images = own.filter((tag) => tagKind(tag) === 'image').length;
  const leavesNone = remaining !== undefined && deleting.length >= remaining;
  const leavesNoImage = remainingImages !== undefined && images > 0 && images >= remainingImages;
  const emptiesRepository = deleting.length > 0 && (leavesNone || leavesNoImage);
  return yield* frozenPlan(
    {
      repository,
      asOf,
      emptiesRepository,
      inDateOrder: false,
      isWhole: false,
      storageSize,
      holders: yield* holdersOf(own, subjects),
    },
    deleting,
    [],
  );
}

/** The holders of each attachment, see `Plan.holders`; those of one subject are one list. @param tags that the places of the subjects are places in */
export function* holdersOf(
  tags: readonly Tag[],
  subjects: readonly Subject[],
): Sliced<ReadonlyMap<Tag, readonly Tag[]>> {
  const holders = new Map<Tag, readonly Tag[]>();
  let steps = 0;
  for (const { holders: places, attachments } of subjects) {
    if (places.length === 0) continue;
    // Made with its first tag, which mostly is the only one: an empty list that grows takes room for many.
    const held = [tags[places[0]!]!];
    for (let at = 1; at < places.length; at++) {
      held.push(tags[places[at]!]!);
      if (++steps % sliceSize === 0) yield;
    }
    Object.freeze(held);
    for (const attachment of attachments) {
      holders.set(tags[attachment]!, held);
      if (++steps % sliceSize === 0) yield;
    }
  }
  return holders;
}

/**
 * The plan itself when it leaves a tag in the repository that stands for an image; otherwise a plan in which the newest of them stays as `lastTag`, with what
 * is attached to it. Where none does, the newest tag stays.
 */
export function* withoutEmptying(plan: Plan): Sliced<Plan> {
  if (!plan.emptiesRepository) return plan;
  const last = plan.going.findLast((tag) => tagKind(tag) === 'image') ?? plan.going.at(-1);
  return yield* withSpared(plan, new Set(last ? [last] : []), LAST_TAG);
}

/**
 * A plan in which these tags of its `going` stay for the reason given, and attachments with their subjects; the plan itself when there are none.
 *
 * @param spared objects out of `plan.going`; others have no effect
 */
export function* withSpared(plan: Plan, spared: ReadonlySet<Tag>, reason: KeepReason): Sliced<Plan> {
  return spared.size === 0 ? plan : yield* withSparedEach(plan, (tag) => (spared.has(tag) ? reason : undefined));
}

/** A plan in which the tags of its `going` that have a reason to be kept are kept for it; the plan itself when there are none. */
export function* withSparedEach(plan: Plan, reasonOf: (tag: Tag) => KeepReason | undefined): Sliced<Plan> {
  const deleting: DeleteVerdict[] = [];
  const kept: KeepVerdict[] = [];
  const stays = new KeptHolders(plan.holders);
  let isImageKept = false;
  yield* eachSliced(plan.verdicts, (verdict) => {
    if (verdict.verdict === 'keep') return;
    const { tag } = verdict;
    const own = reasonOf(tag);
    const holder = own || plan.holders.size === 0 ? undefined : stays.holderOf(tag);
    if (!own && !holder) {
      deleting.push(verdict);
      return;
    }
    stays.add(tag);
    isImageKept ||= tagKind(tag) === 'image';
    kept.push(keep(tag, own ?? { kind: 'attachedTo', of: holder!.name }));
  });
  if (kept.length === 0) return plan;
  const emptiesRepository = plan.emptiesRepository && plan.images.going > 0 && !isImageKept && deleting.length > 0;
  return yield* frozenPlan({ ...plan, emptiesRepository }, deleting, yield* newestFirst(kept.concat(plan.staying)));
}

/** A plan in which tags that stay by its rule go after all, picked by their names, and attachments with their subjects; the plan itself when there are none. */
export function* withPicked(plan: Plan, names: ReadonlySet<string>): Sliced<Plan> {
  if (names.size === 0) return plan;
  const goes = new Map<Tag, DeleteVerdict>();
  yield* eachSliced(plan.verdicts, (verdict) => {
    if (verdict.verdict === 'delete') goes.set(verdict.tag, verdict);
    else if (names.has(verdict.tag.name)) goes.set(verdict.tag, go(verdict.tag, PICKED));
  });
  if (goes.size === plan.going.length) return plan;
  const followers = new Set<Tag>();
  yield* eachSliced(plan.staying, ({ tag, reason }) => reason.kind === 'attachedTo' && followers.add(tag));
  /** For each list of holders, which all attachments of a subject share: how many at its beginning are known to be deleted. More may be, and no fewer. */
  const deleted = new Map<readonly Tag[], number>();
  const areDeleted = (holders: readonly Tag[]): boolean => {
    let count = deleted.get(holders) ?? 0;
    while (count < holders.length && goes.has(holders[count]!)) count++;
    deleted.set(holders, count);
    return count === holders.length;
  };
  yield* eachSliced(plan.holders, ([tag, holders]) => {
    if (!goes.has(tag) && followers.has(tag) && areDeleted(holders)) {
      goes.set(tag, go(tag, { kind: 'withSubject', of: holders.at(-1)!.name }));
    }
  });
  const keeping: KeepVerdict[] = [];
  yield* eachSliced(plan.staying, (verdict) => !goes.has(verdict.tag) && keeping.push(verdict));
  const isImageKept = plan.images.all > 0 && keeping.some(({ tag }) => tagKind(tag) === 'image');
  const emptiesRepository = keeping.length === 0 || (plan.images.all > 0 && !isImageKept);
  // Sorted as they stand in the repository; attachments are put behind their subjects again.
  const tags = yield* sortedSliced([...goes.keys()], pushedKey, (a, b) => compareNames(a.name, b.name));
  const subjects = yield* findSubjects(tags);
  const deleting: DeleteVerdict[] = [];
  yield* eachSliced(yield* deletionOrder(tags.length, subjects), (index) => deleting.push(goes.get(tags[index]!)!));
  return yield* frozenPlan({ ...plan, emptiesRepository }, deleting, keeping);
}

/** What a plan counts. */
export type PlanCounts = Pick<Plan, 'images' | 'attachments' | 'units'>;

function* countPlan(
  holders: Plan['holders'],
  going: readonly Tag[],
  keeping: readonly KeepVerdict[],
): Sliced<PlanCounts> {
  const [images, attachments] = [
    { all: 0, going: 0 },
    { all: 0, going: 0 },
  ];
  const counts = { image: images, attachment: attachments, cache: { all: 0, going: 0 } };
  yield* eachSliced(going, (tag) => {
    const count = counts[tagKind(tag)];
    count.all++;
    count.going++;
  });
  yield* eachSliced(keeping, ({ tag }) => counts[tagKind(tag)].all++);
  const followers = attachments.going === 0 ? 0 : (yield* followersOf({ going, holders })).size;
  return { images, attachments, units: going.length - followers };
}

/** The tags of a plan that are deleted along with another one, which they are attached to. */
export function* followersOf({ going, holders }: Pick<Plan, 'going' | 'holders'>): Sliced<ReadonlySet<Tag>> {
  const followers = new Set<Tag>();
  if (holders.size === 0) return followers;
  const goes = new Set<Tag>();
  yield* eachSliced(going, (tag) => goes.add(tag));
  /** By list of holders, which all attachments of a subject share. */
  const known = new Map<readonly Tag[], boolean>();
  yield* eachSliced(holders, ([tag, held]) => {
    if (!goes.has(tag)) return;
    const isFollower = known.get(held) ?? held.some((holder) => goes.has(holder));
    known.set(held, isFollower);
    if (isFollower) followers.add(tag);
  });
  return followers;
}

type PlanFrame = Pick<
  Plan,
  | 'repository'
  | 'asOf'
  | 'cutoff'
  | 'policy'
  | 'emptiesRepository'
  | 'inDateOrder'
  | 'holders'
  | 'isWhole'
  | 'storageSize'
>;

function* newestFirst(keeping: readonly KeepVerdict[]): Sliced<readonly KeepVerdict[]> {
  return yield* sortedSliced(
    keeping,
    ({ tag }) => -pushedKey(tag),
    (a, b) => compareNames(a.tag.name, b.tag.name),
  );
}

/**
 * A plan of verdicts that are frozen and in its order already; takes both lists over.
 *
 * @param deleting oldest first, attachments behind their subjects, ties by name
 * @param keeping newest first, ties by name
 * @param known its tags that are deleted, in the order of `deleting`, and what it counts, where that is known already; takes the list over
 */
export function* frozenPlan(
  frame: PlanFrame,
  deleting: readonly DeleteVerdict[],
  keeping: readonly KeepVerdict[],
  known?: PlanCounts & { readonly going: readonly Tag[] },
): Sliced<Plan> {
  const going = known?.going ?? (yield* tagsOf(deleting));
  const { images, attachments, units } = known ?? (yield* countPlan(frame.holders, going, keeping));
  return Object.freeze({
    repository: Object.freeze({ namespace: frame.repository.namespace, name: frame.repository.name }),
    asOf: frame.asOf,
    ...(frame.cutoff === undefined ? {} : { cutoff: frame.cutoff }),
    ...(frame.policy && { policy: frame.policy }),
    verdicts: Object.freeze((deleting as readonly Verdict[]).concat(keeping)),
    going: Object.freeze(going),
    staying: Object.freeze(keeping),
    images: Object.freeze(images),
    attachments: Object.freeze(attachments),
    units,
    holders: frame.holders,
    emptiesRepository: frame.emptiesRepository,
    inDateOrder: frame.inDateOrder,
    isWhole: frame.isWhole,
    ...(frame.storageSize === undefined ? {} : { storageSize: frame.storageSize }),
  });
}

function* tagsOf(verdicts: readonly Verdict[]): Sliced<readonly Tag[]> {
  const tags: Tag[] = [];
  yield* eachSliced(verdicts, ({ tag }) => tags.push(tag));
  return tags;
}

function keep(tag: Tag, reason: KeepReason): KeepVerdict {
  return Object.freeze({ tag, verdict: 'keep', reason });
}

function go(tag: Tag, reason: DeleteReason): DeleteVerdict {
  return Object.freeze({ tag, verdict: 'delete', reason });
}
