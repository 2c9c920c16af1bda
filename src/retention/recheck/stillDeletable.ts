import { makeBatchSliced, type Batch, type BatchTag } from '../plan/batch.ts';
import { policyData } from '../policy/checkPolicy.ts';
import { hasMoved } from '../tags/moved.ts';
import { newlyKept, type Keeping, type NewlyKept } from './newlyKept.ts';
import { aliasReasons } from '../draft/pickedPlan.ts';
import { withSpared, type KeepReason, type Plan } from '../plan/plan.ts';
import type { RepositoryName } from '../tags/repositoryName.ts';
import type { Policy } from '../policy/policy.ts';
import { planByPolicySliced } from '../plan/policyPlan.ts';
import { eachSliced, type Sliced } from '../../async/sliced.ts';
import { findSubjects } from '../plan/subjects.ts';
import type { Tag } from '../tags/tag.ts';
import { tagKind } from '../tags/tagKind.ts';

/** A batch that a person confirmed, and what its plans were made with. */
export interface Confirmed extends Keeping {
  readonly batch: Batch;
  /** What ages were counted back from, milliseconds since the epoch. Without effect for picked tags. */
  readonly now: number;
  /** Attachments of plans of picked tags that were not picked and go along with their image; once another tag has that image, they must not. */
  readonly along?: ReadonlySet<Tag>;
}

/** One repository as it is right before the run. */
export interface RepositoryToday {
  /**
   * All tags, each once (invariant 4). For a plan of picked tags the beginning of the list is enough, down to one that stands for an image (or for anything,
   * where the plan deletes no image) and is not of the plan or was pushed again.
   */
  readonly tags: readonly Tag[];
  /** Whether Docker Hub refuses to delete a tag; by default none. */
  readonly isImmutable?: (name: string) => boolean;
  /** The policy that holds today; missing where it cannot have changed. The same object for all repositories that one policy holds for, since its cap counts by it. */
  readonly policy?: Policy;
}

/** What counts right before the run. */
export interface Today extends Keeping {
  /** Most tags that a batch may delete by the settings; 0: no cap. */
  readonly maxDeletions: number;
  /** Asked for each repository of which something is deleted. */
  readonly repository: (repository: RepositoryName) => RepositoryToday;
}

/** What of a confirmed batch may still be deleted. */
export interface StillDeletable {
  /** The confirmed batch itself, or less of it in the same order; its tags are those of the confirmed one. */
  readonly batch: Batch;
  /** The confirmed tags that it lacks: those that were pushed again (invariant 3), and with a reason those that are attached to the image of one that is kept for that. */
  readonly moved: readonly (BatchTag & { readonly reason?: KeepReason })[];
}

/** Why a confirmed batch must not run any more. */
export type Change =
  /** The settings allow fewer tags. */
  | { readonly kind: 'cap'; readonly maxDeletions: number }
  /** Protection, a use, or the change of a list keeps tags. */
  | ({ readonly kind: 'kept' } & NewlyKept)
  /** The policy that holds today keeps tags. */
  | ({ readonly kind: 'keptByPolicy' } & NewlyKept)
  /** Every tag that was to be kept is gone, and nobody agreed to empty the repository. */
  | { readonly kind: 'emptied'; readonly repository: RepositoryName }
  /** `deleting` of the `tags` that are there now are a larger share than `maxShare` allows. */
  | {
      readonly kind: 'share';
      readonly repository: RepositoryName;
      readonly deleting: number;
      readonly tags: number;
      readonly maxShare: number;
    }
  /** The policy that holds today allows fewer tags. */
  | { readonly kind: 'policyCap'; readonly repository: RepositoryName; readonly maxDeletions: number };

const UNCONFIRMED: KeepReason = Object.freeze({ kind: 'unconfirmed' });

/**
 * Checks a confirmed batch against what holds right before its first DELETE (invariant 1): the result never holds a tag that was not confirmed.
 * Tags that were pushed again are left out; tags that are gone stay in, for the run to report. Every other difference is a `Change`, and nothing
 * may be deleted: a confirmed tag that a rule, a use or protection of today keeps; a repository that would be emptied without consent; a cap or a
 * share that is lower. What has become laxer changes nothing.
 *
 * @throws Error when a name comes twice in a list of a plan by a policy
 */
export function* stillDeletable(
  confirmed: Confirmed,
  today: Today,
): Sliced<StillDeletable | { readonly change: Change }> {
  const { batch } = confirmed;
  const checked: Checked[] = [];
  const plans: Plan[] = [];
  for (const plan of batch.plans) {
    if (plan.going.length === 0) {
      plans.push(plan);
      continue;
    }
    const repository = today.repository(plan.repository);
    const found = yield* find(plan, repository.tags);
    const left = yield* withSpared(plan, found.moved, UNCONFIRMED);
    checked.push({ plan, left, found, repository });
    plans.push(left);
    yield;
  }
  const moved = checked.flatMap(leftOut);
  const left = moved.length === 0 ? batch : yield* makeBatchSliced(plans, { maxDeletions: 0 });
  const change =
    (yield* changeOfKeeping(left, confirmed, today)) ??
    (yield* changeOfRepositories(checked, confirmed, today)) ??
    changeOfPolicyCaps(checked);
  return change ? { change } : { batch: left, moved };
}

/** What was confirmed of a plan and is not left. */
function leftOut({ plan, left, found }: Checked): StillDeletable['moved'] {
  if (left === plan) return [];
  const reasons = new Map(left.staying.map(({ tag, reason }) => [tag, reason]));
  return plan.going.flatMap((tag) => {
    const reason = reasons.get(tag);
    return reason ? [{ repository: plan.repository, tag, ...(!found.moved.has(tag) && { reason }) }] : [];
  });
}

/** A plan of which something is deleted, and its repository today. */
interface Checked {
  readonly plan: Plan;
  /** What is left of it without what was pushed again. */
  readonly left: Plan;
  readonly found: Found;
  readonly repository: RepositoryToday;
}

/** What has become of the tags that a plan deletes. */
interface Found {
  /** As the plan has them: those that were pushed again. */
  readonly moved: ReadonlySet<Tag>;
  /** Names of those that are there as they were planned. */
  readonly there: ReadonlySet<string>;
  /** How many other tags there are that stand for images, at least, or of any kind where the plan deletes no image. */
  readonly others: number;
  /** How many tags stand for images. */
  readonly images: number;
}

function* find({ going, images: { going: goingImages } }: Plan, tags: readonly Tag[]): Sliced<Found> {
  const planned = new Map<string, Tag>();
  yield* eachSliced(going, (tag) => planned.set(tag.name, tag));
  const [moved, there] = [new Set<Tag>(), new Set<string>()];
  let [others, images] = [0, 0];
  yield* eachSliced(tags, (tag) => {
    const before = planned.get(tag.name);
    const isImage = tagKind(tag) === 'image';
    if (isImage) images++;
    if (before && !hasMoved(before, tag)) {
      there.add(tag.name);
      return;
    }
    if (before) moved.add(before);
    if (isImage || goingImages === 0) others++;
  });
  return { moved, there, others, images };
}

function* changeOfKeeping(left: Batch, then: Confirmed, { maxDeletions, ...now }: Today): Sliced<Change | undefined> {
  if (maxDeletions > 0 && left.units > maxDeletions) return { kind: 'cap', maxDeletions };
  const kept = yield* newlyKept(left, then, now);
  return kept && { kind: 'kept', ...kept };
}

function* changeOfRepositories(
  checked: readonly Checked[],
  confirmed: Confirmed,
  today: Today,
): Sliced<Change | undefined> {
  for (const each of checked) {
    yield;
    const { plan, found, repository } = each;
    if (found.there.size > 0 && found.others === 0 && !plan.emptiesRepository) {
      return { kind: 'emptied', repository: plan.repository };
    }
    if (!plan.policy) {
      const held = yield* heldByOthers(each, confirmed.along);
      if (held) return { kind: 'kept', ...held };
      continue;
    }
    const byThen = yield* changeByPolicy(each, plan.policy, 'kept', confirmed.now, today);
    if (byThen) return byThen;
    // Both have to agree: the person saw what the former one keeps.
    if (!repository.policy || isSame(plan.policy, repository.policy)) continue;
    const byToday = yield* changeByPolicy(each, repository.policy, 'keptByPolicy', confirmed.now, today);
    if (byToday) return byToday;
  }
  return undefined;
}

/** Attachments that go along with picked tags although a tag that is not deleted has their image by now (invariant 13). */
function* heldByOthers(
  { left, repository }: Checked,
  along: ReadonlySet<Tag> | undefined,
): Sliced<NewlyKept | undefined> {
  const following = new Map<string, Tag>();
  yield* eachSliced(left.going, (tag) => along?.has(tag) && following.set(tag.name, tag));
  if (following.size === 0) return undefined;
  const tags = [...repository.tags];
  const listed = new Set<string>();
  yield* eachSliced(repository.tags, ({ name }) => listed.add(name));
  // Those that are not in the beginning of the list that was read are known from the plan.
  yield* eachSliced(following.values(), (tag) => !listed.has(tag.name) && tags.push(tag));
  const goes = new Set<string>();
  yield* eachSliced(left.going, ({ name }) => goes.add(name));
  let [count, first]: [number, NewlyKept['first'] | undefined] = [0, undefined];
  yield* eachSliced(yield* findSubjects(tags), ({ holders, attachments }) => {
    const holder = holders.find((place) => !goes.has(tags[place]!.name));
    if (holder === undefined) return;
    for (const place of attachments) {
      const tag = following.get(tags[place]!.name);
      if (!tag) continue;
      count++;
      first ??= { repository: left.repository, tag, reason: { kind: 'attachedTo', of: tags[holder]!.name } };
    }
  });
  return first && { count, first };
}

/** Whether two policies say the same of tags. */
function isSame(a: Policy, b: Policy): boolean {
  return a === b || JSON.stringify(policyData(a)) === JSON.stringify(policyData(b));
}

function* changeByPolicy(
  { plan, left, found, repository }: Checked,
  policy: Policy,
  kind: 'kept' | 'keptByPolicy',
  now: number,
  today: Today,
): Sliced<Change | undefined> {
  const { tags, isImmutable } = repository;
  const { images } = found;
  const input = {
    repository: plan.repository,
    tags,
    policy,
    now,
    asOf: plan.asOf,
    protect: today.protect,
    uses: today.usesOf(plan.repository),
    isImmutable,
  };
  const { plan: judged } = yield* planByPolicySliced(input);
  const picked = new Set<string>();
  yield* eachSliced(plan.verdicts, ({ tag, reason }) => reason.kind === 'picked' && picked.add(tag.name));
  const kept = yield* firstKept(left, judged, found, picked);
  if (kept) return { kind, ...kept };
  if (policy.maxShare === 1) return undefined;
  const deleting = yield* countDeleting(plan, judged, found, picked);
  // Asked so that a share that is no number is too large.
  if (deleting === 0 || deleting / images <= policy.maxShare) return undefined;
  return { kind: 'share', repository: plan.repository, deleting, tags: images, maxShare: policy.maxShare };
}

/**
 * What the plan deletes, and is there as it was, and stays by a plan of today. A pick goes before the rules, now as then. That somebody else has deleted the
 * image of a signature which was to be deleted with it keeps nothing.
 */
function* firstKept(
  plan: Plan,
  judged: Plan,
  { there }: Found,
  picked: ReadonlySet<string>,
): Sliced<NewlyKept | undefined> {
  const reasons = new Map<string, KeepReason>();
  yield* eachSliced(judged.staying, ({ tag, reason }) => there.has(tag.name) && reasons.set(tag.name, reason));
  const aliasReason = plan.policy?.keepAliases ? yield* aliasOfKeptByHand(plan, judged) : undefined;
  let [count, first]: [number, NewlyKept['first'] | undefined] = [0, undefined];
  yield* eachSliced(plan.going, (tag) => {
    if (!there.has(tag.name) || picked.has(tag.name)) return;
    const reason = reasons.get(tag.name) ?? aliasReason?.(tag);
    if (!reason || (reason.kind === 'untaggedSubject' && plan.holders.has(tag))) return;
    count++;
    first ??= { repository: plan.repository, tag, reason };
  });
  return first && { count, first };
}

/** A tag that was kept by hand may have been pushed again since, with the image of one that is deleted. */
function* aliasOfKeptByHand(
  { staying }: Plan,
  judged: Plan,
): Sliced<((tag: Tag) => KeepReason | undefined) | undefined> {
  const names = new Set<string>();
  yield* eachSliced(staying, ({ tag, reason }) => reason.kind === 'byHand' && names.add(tag.name));
  if (names.size === 0) return undefined;
  const kept: Tag[] = [];
  yield* eachSliced(judged.verdicts, ({ tag }) => names.has(tag.name) && kept.push(tag));
  return yield* aliasReasons(kept);
}

/** How many images' tags would go by both plans before any cap, as shares are counted. */
function* countDeleting(plan: Plan, judged: Plan, { there }: Found, picked: ReadonlySet<string>): Sliced<number> {
  const capped = new Set<string>();
  yield* eachSliced(
    plan.staying,
    ({ tag, reason }) => (reason.kind === 'overCap' || reason.kind === 'lastTag') && capped.add(tag.name),
  );
  let deleting = 0;
  yield* eachSliced(
    plan.going,
    (tag) => picked.has(tag.name) && there.has(tag.name) && tagKind(tag) === 'image' && deleting++,
  );
  yield* eachSliced(
    judged.going,
    (tag) =>
      !picked.has(tag.name) && (there.has(tag.name) || capped.has(tag.name)) && tagKind(tag) === 'image' && deleting++,
  );
  return deleting;
}

function changeOfPolicyCaps(checked: readonly Checked[]): Change | undefined {
  const counts = new Map<Policy, number>();
  for (const {
    plan,
    left,
    repository: { policy },
  } of checked) {
    if (!policy || policy.maxDeletions === 0) continue;
    const count = (counts.get(policy) ?? 0) + left.units;
    if (count > policy.maxDeletions) {
      return { kind: 'policyCap', repository: plan.repository, maxDeletions: policy.maxDeletions };
    }
    counts.set(policy, count);
  }
  return undefined;
}
