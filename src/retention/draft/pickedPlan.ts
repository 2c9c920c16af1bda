import type { DraftPicks } from './draftPicks.ts';
import type { DraftTable, TableSource } from './draftTable.ts';
import {
  type DeleteReason,
  type DeleteVerdict,
  frozenPlan,
  isDeleteReason,
  type KeepReason,
  type KeepVerdict,
  type Plan,
  type Verdict,
} from '../plan/plan.ts';
import { eachSliced, sortedSliced, type Sliced } from '../../async/sliced.ts';
import { compareNames, imageIdentity, type Tag } from '../tags/tag.ts';
import { imageCount, imageKey, imageKeyAt, imageSetKey } from '../tags/tagImages.ts';

const BY_HAND: KeepReason = Object.freeze({ kind: 'byHand' });
const PICKED: DeleteReason = Object.freeze({ kind: 'picked' });

/** What decisions by hand are about. */
export interface PickedPlanInput {
  readonly table: DraftTable;
  /** The repository of the plan. */
  readonly source: TableSource;
  /** By row: the verdicts of the plan. */
  readonly ruled: readonly Verdict[];
  readonly picks: DraftPicks;
  /** Whether the policy keeps aliases. */
  readonly keepAliases: boolean;
}

/**
 * A plan in which decisions by hand go before those of the rule. Whether a tag may be picked at all is the caller's to know.
 *
 * With `keepAliases` also those tags stay, not picked themselves, whose image a tag kept by hand has, its own or one of its platforms. A tag that stays as an
 * alias of one that is picked for deletion stays nevertheless: a pick deletes no tag but its own and, with the last tag of an image, what is attached to it.
 * Slots of the rule do not move.
 */
export function* pickedPlan(plan: Plan, { table, source, ruled, picks, keepAliases }: PickedPlanInput): Sliced<Plan> {
  const { firstRow, deletionOrder } = source;
  const { tags, kinds } = table;
  const kept: Tag[] = [];
  let isTouched = false;
  yield* eachSliced(deletionOrder.keys(), (place) => {
    const row = firstRow + place;
    const pick = picks.of(row);
    if (pick !== undefined) isTouched = true;
    if (pick === 'keep' && kinds[row] !== 'attachment') kept.push(tags[row]!);
  });
  if (!isTouched) return plan;
  const aliasReason = keepAliases ? yield* aliasReasons(kept) : () => undefined;
  const deleting: DeleteVerdict[] = [];
  const keeping = new Array<KeepVerdict | undefined>(deletionOrder.length);
  const goes = new Set<Tag>();
  let [isImageKept, isImageGoing] = [false, false];
  // Attachments come behind the tags that they follow.
  yield* eachSliced(deletionOrder, (row) => {
    const tag = tags[row]!;
    const reason = reasonOf(row, tag);
    if (isDeleteReason(reason)) {
      deleting.push(
        reason === ruled[row]!.reason
          ? (ruled[row] as DeleteVerdict)
          : Object.freeze({ tag, verdict: 'delete', reason }),
      );
      goes.add(tag);
      isImageGoing ||= kinds[row] === 'image';
    } else {
      keeping[row - firstRow] =
        reason === ruled[row]!.reason ? (ruled[row] as KeepVerdict) : Object.freeze({ tag, verdict: 'keep', reason });
      isImageKept ||= kinds[row] === 'image';
    }
  });
  const newestFirst: KeepVerdict[] = [];
  yield* eachSliced(keeping, (verdict) => verdict && newestFirst.push(verdict));
  const emptiesRepository = deleting.length > 0 && (newestFirst.length === 0 || (isImageGoing && !isImageKept));
  return yield* frozenPlan({ ...plan, emptiesRepository }, deleting, newestFirst);

  function reasonOf(row: number, tag: Tag): KeepReason | DeleteReason {
    const pick = picks.of(row);
    if (pick !== undefined) return pick === 'delete' ? PICKED : BY_HAND;
    const { reason } = ruled[row]!;
    if (kinds[row] === 'attachment') return follow(tag, reason);
    return isDeleteReason(reason) ? (aliasReason(tag) ?? reason) : reason;
  }

  /** What becomes of an attachment that follows others, where that is no longer what the rule says. */
  function follow(tag: Tag, reason: KeepReason | DeleteReason): KeepReason | DeleteReason {
    if (reason.kind !== 'attachedTo' && reason.kind !== 'withSubject') return reason;
    const holders = plan.holders.get(tag) ?? [];
    const holder = holders.find((each) => !goes.has(each));
    if (holder) {
      return reason.kind === 'attachedTo' && holders.some(({ name }) => name === reason.of)
        ? reason
        : Object.freeze({ kind: 'attachedTo', of: holder.name });
    }
    return reason.kind === 'withSubject' ? reason : Object.freeze({ kind: 'withSubject', of: holders.at(-1)!.name });
  }
}

/** The reason of a tag that is the same image as one of these, or one platform of it; the first by name is named. */
export function* aliasReasons(kept: readonly Tag[]): Sliced<(tag: Tag) => KeepReason | undefined> {
  const [byImage, byPlatform] = [new Map<string, KeepReason>(), new Map<string, KeepReason>()];
  const byName = yield* sortedSliced(
    kept,
    () => 0,
    (a, b) => compareNames(a.name, b.name),
  );
  yield* eachSliced(byName, (tag) => {
    const { name, images } = tag;
    const identity = imageIdentity(tag);
    const reason: KeepReason = Object.freeze({ kind: 'alias', of: name });
    if (identity !== undefined && !byImage.has(identity)) byImage.set(identity, reason);
    if (images === undefined) return;
    const set = imageSetKey(images);
    if (set !== undefined && !byImage.has(set)) byImage.set(set, reason);
    for (let index = 0; index < imageCount(images); index++) {
      const key = imageKeyAt(images, index);
      if (key !== undefined && !byPlatform.has(key)) byPlatform.set(key, reason);
    }
  });
  return (tag) => {
    const { digest, images } = tag;
    const identity = imageIdentity(tag);
    const set = images === undefined || digest === undefined ? undefined : imageSetKey(images);
    const same =
      (identity === undefined ? undefined : byImage.get(identity)) ??
      (set === undefined ? undefined : byImage.get(set));
    return same ?? (digest === undefined ? undefined : byPlatform.get(imageKey(digest)));
  };
}
