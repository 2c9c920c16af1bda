import type { DeletionRules } from '../hub/deletionRules.ts';
import type { TagListing } from '../hub/listing/tagListing.ts';
import { attachmentOf } from '../retention/tags/attachment.ts';
import { hasMoved } from '../retention/tags/moved.ts';
import {
  withPicked,
  planPickedSliced,
  withSparedEach,
  withoutEmptying,
  type KeepReason,
  type Plan,
} from '../retention/plan/plan.ts';
import type { Policy } from '../retention/policy/policy.ts';
import { planByPolicySliced, type PolicyPlanInput } from '../retention/plan/policyPlan.ts';
import { compileProtect, type Protection } from '../retention/policy/protect.ts';
import { eachSliced, globSliceSize, type Sliced } from '../async/sliced.ts';
import { findSubjects } from '../retention/plan/subjects.ts';
import type { Tag } from '../retention/tags/tag.ts';
import { tagKind } from '../retention/tags/tagKind.ts';
import { usePlaceOf } from '../retention/plan/usePlace.ts';
import type { Uses } from '../retention/plan/uses.ts';
import type { RecordedPlan, RecordedTag } from './journal/journalRecord.ts';

/** What the tags of a repository are judged by when a run is resumed. */
export interface ResumeRules extends DeletionRules {
  /** The policy that the run was judged by (see `recordedPolicy`); missing for picked tags. */
  readonly recorded?: Policy;
  /** The policies that hold today. A tag is kept that any of them keeps. */
  readonly today: readonly Policy[];
  /** The protection of today's settings. */
  readonly protect: Protection;
  /** What is in use today. */
  readonly uses: Uses;
  /** Tags of images of the repository that the run has deleted so far: they count for a share. */
  readonly removed: number;
}

const IMMUTABLE: KeepReason = Object.freeze({ kind: 'immutable' });
const UNCONFIRMED: KeepReason = Object.freeze({ kind: 'unconfirmed' });
const OVER_SHARE: KeepReason = Object.freeze({ kind: 'overShare' });

/**
 * Today's plan for one repository of a run: of the tags that were confirmed and are left, those are deleted that are still the same, and that
 * the policy of the run, every policy of today, the settings, the uses and Docker Hub all let go. A tag that was picked by hand goes whatever a rule says
 * of its age or version, or a policy protected it then; but not when it is protected or in use today otherwise: the journal does not tell whether it was so when
 * it was picked, and in doubt a tag is kept.
 *
 * What is attached to an image whose tags the run has deleted is deleted after them, as was confirmed, unless another tag has that image today.
 *
 * Where the run as a whole would delete a larger share of the repository than one of the policies allows, all is kept. Caps come later.
 * @param left by name, what may be deleted at most
 */
export function* judgeAgain(
  plan: RecordedPlan,
  left: ReadonlyMap<string, RecordedTag>,
  listing: TagListing,
  rules: ResumeRules,
): Sliced<Plan> {
  const { recorded, today, protect, uses, isImmutable, storageSize, removed } = rules;
  const { repository, tags, asOf, inDateOrder } = listing;
  const same: Tag[] = [];
  // By name: a plan has tags of its own.
  const isSame = new Set<string>();
  const listed = new Set<string>();
  let images = 0;
  yield* eachSliced(tags, (tag) => {
    listed.add(tag.name);
    if (tagKind(tag) === 'image') images++;
    const planned = left.get(tag.name)?.tag;
    if (!planned || hasMoved(planned, tag)) return;
    same.push(tag);
    isSame.add(tag.name);
  });
  const orphans = orphansOf(plan, listed);
  const input = { repository, tags, asOf, inDateOrder, protect, uses, isImmutable, storageSize };
  const first = recorded
    ? // Its age counts from where it did then: what has become old since is nothing that the user saw.
      yield* byPolicy({ ...input, policy: recorded, now: plan.asOf }, plan.picked, orphans)
    : yield* planPickedSliced({
        repository,
        tags: same,
        asOf,
        remaining: tags.length,
        remainingImages: images,
        storageSize,
      });

  const isPicked = recorded ? ({ name }: Tag) => plan.picked.has(name) : () => true;
  const policies = recorded ? [recorded, ...today] : today;
  const countsUses = policies.length === 0 || policies.some(({ keepReferenced }) => keepReferenced);
  const placeOf = countsUses ? yield* usePlaceOf(uses) : () => undefined;
  // The user has picked it in spite of that.
  const protectedThen = recorded && compileProtect(recorded.protect);
  const heldBy = plan.attached.size > 0 ? yield* holdersAmong(tags, isSame) : new Map<string, string>();
  const kept = new Map<string, KeepReason>();
  yield* eachSliced(
    first.going,
    (tag) => {
      const reason = reasonToKeep(tag);
      if (reason) kept.set(tag.name, reason);
    },
    globSliceSize,
  );
  for (const policy of today) yield* keepByPolicy({ ...input, policy, now: asOf });
  let again = yield* withSparedEach(first, (tag) => kept.get(tag.name));
  // Resuming must not empty a repository that the user did not agree to empty. Asked when it is known what else is kept.
  if (!plan.emptiesRepository) again = yield* withoutEmptying(again);
  const share = (removed + again.images.going) / (removed + images);
  return again.images.going > 0 && policies.some(({ maxShare }) => !(share <= maxShare))
    ? yield* withSparedEach(again, () => OVER_SHARE)
    : again;

  function reasonToKeep(tag: Tag): KeepReason | undefined {
    if (!isSame.has(tag.name)) return UNCONFIRMED;
    // A tag has its image that is not deleted now.
    const holder = plan.attached.has(tag.name) ? heldBy.get(tag.name) : undefined;
    if (holder !== undefined) return { kind: 'attachedTo', of: holder };
    if (isImmutable?.(tag.name)) return IMMUTABLE;
    const pattern = protect.protectedBy(tag.name);
    if (pattern !== undefined) return { kind: 'protected', pattern };
    const subject = countsUses && plan.attached.has(tag.name) ? attachmentOf(tag) : undefined;
    const place =
      (isPicked(tag) ? placeOf(tag) : undefined) ?? (subject && uses.digests.get(`sha256:${subject.digits}`));
    return place === undefined ? undefined : { kind: 'referenced', place };
  }

  /** Takes over what a policy of today keeps. */
  function* keepByPolicy(rule: PolicyPlanInput): Sliced<void> {
    const { plan: ruled, reasonsOf } = yield* planByPolicySliced(rule);
    yield* eachSliced(ruled.staying, ({ tag, reason }) => {
      if (kept.has(tag.name) || (orphans.has(tag.name) && isOfOrphan(reason))) return;
      const holds = isPicked(tag)
        ? reasonsOf(tag).find(
            ({ kind }) =>
              kind === 'referenced' || (kind === 'protected' && protectedThen?.protectedBy(tag.name) === undefined),
          )
        : reason;
      if (holds) kept.set(tag.name, holds);
    });
  }
}

/** What a policy says of a list, with what the user had picked by hand, and attachments whose image this run has deleted. */
function* byPolicy(input: PolicyPlanInput, picked: ReadonlySet<string>, orphans: ReadonlySet<string>): Sliced<Plan> {
  const { plan } = yield* planByPolicySliced(input);
  const names = new Set(picked);
  yield* eachSliced(
    plan.staying,
    ({ tag, reason }) => orphans.has(tag.name) && isOfOrphan(reason) && names.add(tag.name),
  );
  return yield* withPicked(plan, names);
}

/** The attachments of a run that were to be deleted behind tags of which none is there any more. */
function orphansOf({ attached }: RecordedPlan, listed: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(
    [...attached].flatMap(([name, holders]) => (holders.some((holder) => listed.has(holder)) ? [] : [name])),
  );
}

/** For attachments among these tags: the name of a tag that has their image, other than those given. */
function* holdersAmong(tags: readonly Tag[], others: ReadonlySet<string>): Sliced<ReadonlyMap<string, string>> {
  const held = new Map<string, string>();
  yield* eachSliced(yield* findSubjects(tags), ({ holders, attachments }) => {
    const holder = holders.find((place) => !others.has(tags[place]!.name));
    if (holder !== undefined) for (const place of attachments) held.set(tags[place]!.name, tags[holder]!.name);
  });
  return held;
}

/** Whether a tag is kept only because it is attached to an image that no tag has. */
function isOfOrphan({ kind }: KeepReason): boolean {
  return kind === 'untaggedSubject' || kind === 'younger' || kind === 'unknownAge';
}
