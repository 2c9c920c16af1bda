import { cutoff, formatAge } from '../tags/age.ts';
import { attachmentReasons } from './attachmentReasons.ts';
import { compileGlobs } from '../globs/glob.ts';
import type { Keeper } from './keeper.ts';
import { keptVersions } from './keptVersions.ts';
import {
  type DeleteReason,
  type DeleteVerdict,
  frozenPlan,
  isDeleteReason,
  type KeepReason,
  type KeepVerdict,
  type Plan,
} from './plan.ts';
import type { RepositoryName } from '../tags/repositoryName.ts';
import type { Policy } from '../policy/policy.ts';
import { type PreparedTags, prepareTags } from './preparedTags.ts';
import { compileProtect, type Protection } from '../policy/protect.ts';
import type { PulledTogether } from './pulledTogether.ts';
import { atOnce, eachSliced, globSliceSize, sliceSize, type Sliced } from '../../async/sliced.ts';
import { type SlotEligibility, takeSlots } from './slots.ts';
import { compareNames, isDated, pushedKey, type Tag } from '../tags/tag.ts';
import { usePlaceOf } from './usePlace.ts';
import { noUses, type Uses } from './uses.ts';

/** What tags are judged by. */
export interface PolicyRules {
  readonly policy: Policy;
  /** What ages are counted back from, milliseconds since the epoch. */
  readonly now: number;
  /** The *now* of the plan, milliseconds since the epoch: a tag with a later date never goes. */
  readonly asOf: number;
  /** The setting's protection; the policy's is added to it (invariant 12). */
  readonly protect: Protection;
  /** What is in use; by default nothing. Without effect when the policy does not keep it. */
  readonly uses?: Uses;
  /** Whether Docker Hub refuses to delete a tag; by default none. */
  readonly isImmutable?: (name: string) => boolean;
  /** Whether the listing came newest first (see `Plan`); default false. */
  readonly inDateOrder?: boolean;
  /** Bytes that the repository stores, as Docker Hub says; missing where unknown. */
  readonly storageSize?: number;
}

/** What makes a plan doubtful without changing it: the policy counts age by use, and the pulls say nothing about use. */
export type PlanWarning = { readonly kind: 'pulledTogether' } & PulledTogether;

/** A plan by a policy, and what can be asked about it. */
export interface Judgement {
  readonly plan: Plan;
  /**
   * All reasons for which a tag stays, the strongest first, worked out when it is asked for; none for a tag that goes or is not of this plan. The
   * first is that of its verdict. `alias` names the tag with the strongest reason among those of the same image, which itself has no `alias`.
   */
  readonly reasonsOf: (tag: Tag) => readonly KeepReason[];
  readonly warnings: readonly PlanWarning[];
}

/** What a plan by a policy is made of. */
export interface PolicyPlanInput extends PolicyRules {
  readonly repository: RepositoryName;
  /** All tags of the repository, each once (invariant 4), in any order. */
  readonly tags: readonly Tag[];
}

const MINUTE = 60_000;
const DAY = 86_400_000;
const OLDER: DeleteReason = Object.freeze({ kind: 'older' });
const UNKEPT: DeleteReason = Object.freeze({ kind: 'unkept' });
const IMMUTABLE: KeepReason = Object.freeze({ kind: 'immutable' });
const NOT_COVERED: KeepReason = Object.freeze({ kind: 'notCovered' });
const UNKNOWN_AGE: KeepReason = Object.freeze({ kind: 'unknownAge' });
const YOUNGER: KeepReason = Object.freeze({ kind: 'younger' });
const NOT_VERSION: KeepReason = Object.freeze({ kind: 'notVersion' });
const BUILD_CACHE: KeepReason = Object.freeze({ kind: 'buildCache' });

/** Makes a listing ready and judges it at once. @throws as `prepareTags` and `judge` do */
export function planByPolicy(input: PolicyPlanInput): Judgement {
  return atOnce(planByPolicySliced(input));
}

/** `planByPolicy` in slices. @throws as that does */
export function* planByPolicySliced(input: PolicyPlanInput): Sliced<Judgement> {
  return yield* judge(yield* prepareTags(input.repository, input.tags), input);
}

/**
 * Judges every tag of a listing by a policy, in slices. A tag stays, by the first of these that holds, when it is immutable, protected, in use, not
 * covered by the policy, of unknown age (invariant 2), among the newest, kept for its version, younger, no version while the policy has
 * `keepVersions` and no age (so that no further keeping rule lets more go), or of the image of a tag that stays, also where that holds it as one platform's. Caps come later (`makePolicyBatch`).
 *
 * A build cache is judged by its age alone and takes no slot; without an age it is kept. An attachment shares its subject's fate (invariant 13, see
 * `attachmentReasons`).
 *
 * @throws GlobSyntaxError, ProtectionSizeError for patterns that `checkPolicy` would have refused
 */
export function* judge(prepared: PreparedTags, rules: PolicyRules): Sliced<Judgement> {
  const { policy, asOf } = rules;
  const { tags, newestFirst, deletionOrder, kinds, subjects } = prepared;
  const before = policyCutoff(policy, rules.now);
  const keepers = yield* keepersOf(prepared, rules, before);
  const { ofImages, ofAttachments } = keepers;
  const strengths = new Uint8Array(tags.length).fill(ofImages.length);
  // Of its length from the start: a list that grows is copied again and again.
  const reasons = new Array<KeepReason | DeleteReason | undefined>(tags.length).fill(undefined);
  let next = 0;
  yield* eachSliced(kinds, (kind) => {
    const index = next++;
    const own = kind === 'attachment' ? ofAttachments : ofImages;
    for (let strength = 0; strength < own.length; strength++) {
      const reason = own[strength]!(index);
      if (!reason) continue;
      strengths[index] = strength;
      reasons[index] = reason;
      return;
    }
  });
  const aliasReason: Keeper = policy.keepAliases ? yield* aliasKeeper(prepared, reasons, strengths) : () => undefined;

  const deleteReason = before === undefined ? UNKEPT : OLDER;
  next = 0;
  yield* eachSliced(kinds, (kind) => {
    const index = next++;
    if (kind !== 'attachment') reasons[index] ??= aliasReason(index) ?? deleteReason;
  });
  const follow = yield* attachmentReasons({
    prepared,
    reasons,
    strengths,
    usedDigests: policy.keepReferenced ? rules.uses?.digests : undefined,
    ofOrphan: policy.orphanedAttachments && before !== undefined ? keepers.ofOrphans : undefined,
  });

  const deleting: DeleteVerdict[] = [];
  const going: Tag[] = [];
  const keeping: KeepVerdict[] = [];
  let goingImages = 0;
  const attachments = { all: 0, going: 0 };
  yield* eachSliced(deletionOrder, (index) => {
    const reason = reasons[index]!;
    if (!isDeleteReason(reason)) return;
    const tag = tags[index]!;
    deleting.push(Object.freeze({ tag, verdict: 'delete', reason }));
    going.push(tag);
    if (kinds[index] === 'image') goingImages++;
    else if (kinds[index] === 'attachment') attachments.going++;
  });
  yield* eachSliced(newestFirst, (index) => {
    const reason = reasons[index]!;
    if (!isDeleteReason(reason)) keeping.push(Object.freeze({ tag: tags[index]!, verdict: 'keep', reason }));
  });
  const isGoing = (index: number): boolean => isDeleteReason(reasons[index]!);
  let followers = 0;
  let steps = 0;
  for (const { holders, attachments: ofSubject } of subjects) {
    attachments.all += ofSubject.length;
    let isHolderGoing = false;
    for (let at = 0; at < holders.length && !isHolderGoing; at++) {
      isHolderGoing = isGoing(holders[at]!);
      if (++steps % sliceSize === 0) yield;
    }
    for (const index of ofSubject) {
      if (isHolderGoing && isGoing(index)) followers++;
      if (++steps % sliceSize === 0) yield;
    }
  }
  const emptiesRepository =
    deleting.length > 0 && (keeping.length === 0 || (goingImages > 0 && goingImages === prepared.imageCount));
  const frame = {
    repository: prepared.repository,
    asOf,
    cutoff: before,
    policy,
    emptiesRepository,
    inDateOrder: rules.inDateOrder ?? false,
    isWhole: true,
    storageSize: rules.storageSize,
    holders: prepared.holders,
  };
  const plan = yield* frozenPlan(frame, deleting, keeping, {
    going,
    images: { all: prepared.imageCount, going: goingImages },
    attachments,
    units: deleting.length - followers,
  });

  return Object.freeze({
    plan,
    reasonsOf: (tag: Tag) => {
      const index = indexOf(tags, tag);
      if (index === undefined) return [];
      const own = kinds[index] === 'attachment' ? [...ofAttachments, ...follow] : [...ofImages, aliasReason];
      return own.flatMap((keeper) => keeper(index) ?? []);
    },
    warnings: Object.freeze(
      policy.agedBy === 'used' && before !== undefined && prepared.pulledTogether
        ? [Object.freeze({ kind: 'pulledTogether' as const, ...prepared.pulledTogether })]
        : [],
    ),
  });
}

/**
 * The instant, in milliseconds since the epoch, before which a tag is old enough for a policy, never less than a day ago; `undefined` for one
 * without `olderThan`. Rounded down to the minute, since dialogs show minutes and that is what counts.
 *
 * @param now milliseconds since the epoch
 */
export function policyCutoff({ olderThan }: Policy, now: number): number | undefined {
  return olderThan && Math.floor(Math.min(cutoff(olderThan, now), now - DAY) / MINUTE) * MINUTE;
}

/** Whether a plan deletes a larger share of its repository's images than its policy allows (`maxShare`). Asked before any cap, which would hide it. */
export function exceedsShare({ images: { all, going } }: Plan, { maxShare }: Policy): boolean {
  // Divided rather than multiplied: 29 / 100 is what is written as 0.29, 0.29 * 100 is less than 29.
  return all > 0 && !(going / all <= maxShare);
}

/** What keeps tags for themselves, the strongest first. */
interface Keepers {
  /** What keeps images and build caches, but for aliases. */
  readonly ofImages: readonly Keeper[];
  /** What keeps an attachment whatever becomes of its subject. */
  readonly ofAttachments: readonly Keeper[];
  /** What keeps an attachment whose image no tag has, where the policy deletes such by their age. */
  readonly ofOrphans: readonly Keeper[];
}

function* keepersOf(prepared: PreparedTags, rules: PolicyRules, before: number | undefined): Sliced<Keepers> {
  const { tags, versions, newestFirst, images, kinds } = prepared;
  const { policy, asOf, isImmutable } = rules;
  const { keepNewest, keepVersions, olderThan, agedBy } = policy;
  const immutable = new Uint8Array(tags.length);
  const covered = new Uint8Array(tags.length);
  const patterns = new Array<string | undefined>(tags.length).fill(undefined);
  let next = 0;
  const ownProtect = compileProtect(policy.protect);
  const covers = coverage(policy.tags);
  yield* eachSliced(
    tags,
    ({ name }) => {
      const index = next++;
      if (isImmutable?.(name)) immutable[index] = 1;
      if (covers(name)) covered[index] = 1;
      patterns[index] = rules.protect.protectedBy(name) ?? ownProtect.protectedBy(name);
    },
    globSliceSize,
  );
  const counts = (index: number): boolean => kinds[index] === 'image' && covered[index] === 1 && isDated(tags[index]!);
  const needsSlot = (index: number): boolean =>
    counts(index) && immutable[index] === 0 && patterns[index] === undefined;
  const standing: SlotEligibility = { images, counts, needsSlot };

  const protectedReason = oncePer((pattern: string): KeepReason => ({ kind: 'protected', pattern }));
  const always: Keeper[] = [
    (index) => (immutable[index] ? IMMUTABLE : undefined),
    (index) => (patterns[index] === undefined ? undefined : protectedReason(patterns[index])),
  ];
  if (policy.keepReferenced) always.push(...(yield* useKeepers(prepared, rules.uses ?? noUses)));
  // Where pulls decide, a pull of nobody knows when leaves the age unknown (invariant 2).
  const countsPulls = agedBy === 'used' && before !== undefined;
  const hasAge = (tag: Tag): boolean =>
    isDated(tag) && !(countsPulls && tag.pulledAt !== undefined && !Number.isFinite(tag.pulledAt));
  const unknownAge: Keeper = (index) => (hasAge(tags[index]!) ? undefined : UNKNOWN_AGE);
  const young = youngKeeper(tags, policy, asOf, before);
  const ofImages: Keeper[] = [...always, (index) => (covered[index] ? undefined : NOT_COVERED), unknownAge];
  if (keepNewest > 0) {
    const newest = yield* takeSlots(newestFirst, 0, newestFirst.length, keepNewest, standing);
    const reason: KeepReason = Object.freeze({ kind: 'newest', count: keepNewest });
    ofImages.push((index) => (newest.has(images[index]!) && needsSlot(index) ? reason : undefined));
  }
  if (keepVersions) {
    const kept = yield* keptVersions(prepared, keepVersions, standing);
    ofImages.push((index) => kept[index]);
  }
  ofImages.push(young);
  if (!olderThan) ofImages.push((index) => (kinds[index] === 'cache' ? BUILD_CACHE : undefined));
  if (keepVersions && !olderThan) {
    ofImages.push((index) =>
      kinds[index] === 'cache' || (versions[index] && !versions[index].mayBeDate) ? undefined : NOT_VERSION,
    );
  }
  return { ofImages, ofAttachments: always, ofOrphans: [unknownAge, young] };
}

function youngKeeper(
  tags: readonly Tag[],
  { olderThan, agedBy }: Policy,
  asOf: number,
  before: number | undefined,
): Keeper {
  const younger: KeepReason = olderThan ? Object.freeze({ kind: 'younger', than: formatAge(olderThan) }) : YOUNGER;
  return (index) => {
    const tag = tags[index]!;
    if (!isDated(tag)) return undefined;
    const { pushedAt, pulledAt } = tag;
    // Asked so that a limit that is no number keeps all.
    if (!(pushedAt <= asOf)) return YOUNGER;
    if (before === undefined) return undefined;
    const usedAt =
      agedBy === 'used' && pulledAt !== undefined && Number.isFinite(pulledAt)
        ? Math.max(pushedAt, pulledAt)
        : pushedAt;
    return usedAt < before ? undefined : younger;
  };
}

/** One keeper, or none where nothing is in use. */
function* useKeepers({ tags }: PreparedTags, uses: Uses): Sliced<readonly Keeper[]> {
  if (uses.tags.size === 0 && uses.digests.size === 0) return [];
  const placeOf = yield* usePlaceOf(uses);
  const referenced = oncePer((place: string): KeepReason => ({ kind: 'referenced', place }));
  return [
    (index) => {
      const place = placeOf(tags[index]!);
      return place === undefined ? undefined : referenced(place);
    },
  ];
}

/** The tag with the same name and push date, since that is what the tags are sorted by. */
function indexOf(tags: readonly Tag[], wanted: Tag): number | undefined {
  const key = pushedKey(wanted);
  let [low, high] = [0, tags.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const tag = tags[middle]!;
    const isBefore = pushedKey(tag) < key || (pushedKey(tag) === key && compareNames(tag.name, wanted.name) < 0);
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  const found = tags[low];
  return found && found.name === wanted.name && pushedKey(found) === key ? low : undefined;
}

/** In place of an index. */
const NONE = -1;

/**
 * Keeps a tag for the one that stays for the strongest reason, ties by name, among those that have its image or hold it as one platform's.
 *
 * @param reasons by index, why a tag stays otherwise; `strengths`: the place of that reason among all, 0 for the strongest
 */
function* aliasKeeper(
  { tags, images, platforms, kinds }: PreparedTags,
  reasons: readonly unknown[],
  strengths: Uint8Array,
): Sliced<Keeper> {
  const byImage = new Int32Array(tags.length).fill(NONE);
  const byPlatform = new Map<number, number>();
  const isStronger = (a: number, b: number): boolean =>
    strengths[a]! < strengths[b]! || (strengths[a] === strengths[b] && compareNames(tags[a]!.name, tags[b]!.name) < 0);
  let next = 0;
  yield* eachSliced(images, (image) => {
    const index = next++;
    if (!reasons[index] || kinds[index] === 'attachment') return;
    const held = byImage[image]!;
    if (held === NONE || isStronger(index, held)) byImage[image] = index;
    for (const platform of platforms.named.get(index) ?? []) {
      const holder = byPlatform.get(platform);
      if (holder === undefined || isStronger(index, holder)) byPlatform.set(platform, index);
    }
  });
  const aliasOf = oncePer((of: string): KeepReason => ({ kind: 'alias', of }));
  return (index) => {
    const image = images[index]!;
    const same = byImage[image]!;
    const platform = platforms.numbers.get(image);
    const holder = platform === undefined ? NONE : (byPlatform.get(platform) ?? NONE);
    const source = same === NONE || (holder !== NONE && isStronger(holder, same)) ? holder : same;
    return source === NONE || source === index ? undefined : aliasOf(tags[source]!.name);
  };
}

function coverage(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.includes('*')) return () => true;
  const globs = compileGlobs(patterns);
  return (name) => globs.firstMatch(name) !== undefined;
}

/** One frozen reason for each text, since thousands of tags share it. */
function oncePer(make: (text: string) => KeepReason): (text: string) => KeepReason {
  const made = new Map<string, KeepReason>();
  return (text) => {
    const reason = made.get(text) ?? Object.freeze(make(text));
    made.set(text, reason);
    return reason;
  };
}
