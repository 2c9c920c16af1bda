import type { Keeper } from './keeper.ts';
import { type DeleteReason, isDeleteReason, type KeepReason } from './plan.ts';
import type { PreparedTags } from './preparedTags.ts';
import { eachSliced, sliceSize, type Sliced } from '../../async/sliced.ts';
import { compareNames, type Tag } from '../tags/tag.ts';
import { firstDigits, imageCount, isKeyKnownAt } from '../tags/tagImages.ts';

/** What becomes of attachments. */
export interface AttachmentRules {
  readonly prepared: Pick<PreparedTags, 'tags' | 'subjects'>;
  /** By index: why a tag is kept or deleted. Those of attachments that nothing keeps for themselves are filled in. */
  readonly reasons: (KeepReason | DeleteReason | undefined)[];
  /** By index: the place of the reason to keep an image among all, 0 for the strongest. */
  readonly strengths: Uint8Array;
  /** Digests that are in use, with the place of each, where the policy keeps what is in use. */
  readonly usedDigests: ReadonlyMap<string, string> | undefined;
  /** What keeps an attachment whose image no tag has; missing: all of them are kept. So are they where a tag has an image of unknown digest, which may be theirs. */
  readonly ofOrphan: readonly Keeper[] | undefined;
}

const UNTAGGED: KeepReason = Object.freeze({ kind: 'untaggedSubject' });
const ORPHANED: DeleteReason = Object.freeze({ kind: 'orphaned' });

/**
 * Lets attachments share the fate of their subjects (invariant 13). One is kept while the digest of its subject is in use, or any tag is kept that holds
 * it; the one with the strongest reason is named. It is deleted when all tags that hold it are. Where no tag is known to hold it, it is kept, but for the age
 * that `orphanedAttachments` allows.
 *
 * @returns what keeps attachments beside what keeps them for themselves, the strongest first
 */
export function* attachmentReasons({
  prepared,
  reasons,
  strengths,
  usedDigests,
  ofOrphan: given,
}: AttachmentRules): Sliced<readonly Keeper[]> {
  const { tags, subjects } = prepared;
  if (subjects.length === 0) return [];
  const places = new Map<string, string>();
  yield* eachSliced(usedDigests ?? [], ([digest, place]) => {
    const digits = firstDigits(digest);
    if (!places.has(digits)) places.set(digits, place);
  });
  let ofOrphan = given;
  if (given) yield* eachSliced(tags, (tag) => hasUnknownImage(tag) && (ofOrphan = undefined));
  const isStronger = (a: number, b: number): boolean =>
    strengths[a]! < strengths[b]! || (strengths[a] === strengths[b] && compareNames(tags[a]!.name, tags[b]!.name) < 0);
  const uses = new Map<number, KeepReason>();
  const follows = new Map<number, KeepReason>();
  // Counted by tags, not by subjects: each of these may have thousands.
  let steps = 0;
  for (const { digits, holders, attachments } of subjects) {
    let kept: number | undefined;
    let last: number | undefined;
    for (const holder of holders) {
      const reason = reasons[holder];
      // In a circle, which digests cannot form, nobody knows yet, and nothing is deleted for it.
      if (reason && isDeleteReason(reason)) last = holder;
      else if (kept === undefined || isStronger(holder, kept)) kept = holder;
      if (++steps % sliceSize === 0) yield;
    }
    const place = places.size === 0 ? undefined : places.get(digits);
    const used: KeepReason | undefined = place === undefined ? undefined : Object.freeze({ kind: 'referenced', place });
    const untagged = last === undefined && !ofOrphan ? UNTAGGED : undefined;
    const keptWith: KeepReason | undefined =
      kept === undefined ? untagged : Object.freeze({ kind: 'attachedTo', of: tags[kept]!.name });
    const deletedWith: DeleteReason =
      last === undefined ? ORPHANED : Object.freeze({ kind: 'withSubject', of: tags[last]!.name });
    for (const index of attachments) {
      const orphanKept = kept === undefined && last === undefined ? first(ofOrphan ?? [], index) : undefined;
      if (used) uses.set(index, used);
      const follow = keptWith ?? orphanKept;
      if (follow) follows.set(index, follow);
      reasons[index] ??= used ?? follow ?? deletedWith;
      if (++steps % sliceSize === 0) yield;
    }
  }
  return [(index) => uses.get(index), (index) => follows.get(index)];
}

function hasUnknownImage({ digest, images }: Tag): boolean {
  if (digest === undefined) return true;
  if (images === undefined) return false;
  for (let at = 0; at < imageCount(images); at++) if (!isKeyKnownAt(images, at)) return true;
  return images === '';
}

function first(keepers: readonly Keeper[], index: number): KeepReason | undefined {
  for (const keeper of keepers) {
    const reason = keeper(index);
    if (reason) return reason;
  }
  return undefined;
}
