import { type Reason, reasonRank } from './draftOrder.ts';
import type { DraftTable } from './draftTable.ts';
import { type Reclaimable, sumReclaimable, withinStorage } from '../plan/reclaimable.ts';
import { eachSliced, type Sliced } from '../../async/sliced.ts';

/** What the images of deleted tags take. */
export interface GoingSize {
  /** What may be freed, see `Reclaimable`. */
  readonly reclaimable: Reclaimable;
  /** Bytes of images of deleted tags that a kept tag has, too: none of this is freed. */
  readonly sharedSize: number;
}

/** How many tags have their verdict for a kind of reason. */
export interface ReasonCount {
  readonly kind: Reason['kind'];
  readonly verdict: 'keep' | 'delete';
  readonly count: number;
}

/** Sums up what going tags take. @param goes 1 for each row that goes */
export function* goingSize(
  { tags, sources, partsFrom, parts, partSize, partKnown }: DraftTable,
  goes: Uint8Array,
): Sliced<GoingSize> {
  const isKept = new Uint8Array(partSize.length);
  yield* eachSliced(goes.keys(), (row) => {
    if (goes[row]) return;
    for (let at = partsFrom[row]!; at < partsFrom[row + 1]!; at++) isKept[parts[at]!] = 1;
  });
  const counted = new Uint8Array(partSize.length);
  const reclaimable: Reclaimable[] = [];
  let sharedSize = 0;
  for (const { deletionOrder, storageSize } of sources) {
    let [low, unsure, isPartial] = [0, 0, false];
    yield* eachSliced(deletionOrder, (row) => {
      if (!goes[row]) return;
      if (tags[row]!.isSizePartial) isPartial = true;
      for (let at = partsFrom[row]!; at < partsFrom[row + 1]!; at++) {
        const part = parts[at]!;
        if (counted[part]) continue;
        counted[part] = 1;
        const bytes = partSize[part]!;
        if (isKept[part]) sharedSize += Number.isNaN(bytes) ? 0 : bytes;
        else if (Number.isNaN(bytes)) isPartial = true;
        else if (partKnown[part]) low += bytes;
        else unsure += bytes;
      }
    });
    reclaimable.push(withinStorage({ low, high: low + unsure, isPartial }, storageSize));
    yield;
  }
  return { reclaimable: sumReclaimable(reclaimable), sharedSize };
}

/** Counts the reasons by kind, the most frequent first, ties by `reasonRank`. @param goes 1 for each row that goes */
export function* countReasons(reasons: readonly Reason[], goes: Uint8Array): Sliced<readonly ReasonCount[]> {
  const counts = new Map<Reason['kind'], { kind: Reason['kind']; verdict: 'keep' | 'delete'; count: number }>();
  let row = 0;
  yield* eachSliced(reasons, ({ kind }) => {
    const known = counts.get(kind);
    if (known) known.count++;
    else counts.set(kind, { kind, verdict: goes[row] ? 'delete' : 'keep', count: 1 });
    row++;
  });
  return Object.freeze(
    [...counts.values()]
      .sort((a, b) => b.count - a.count || reasonRank(a.kind) - reasonRank(b.kind))
      .map((count) => Object.freeze(count)),
  );
}
