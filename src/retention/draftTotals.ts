import { type Reason, reasonRank } from './draftOrder.ts';
import type { DraftTable } from './draftTable.ts';
import { eachSliced, type Sliced } from './sliced.ts';

/** What the images of going tags take. Docker Hub frees it only when the manifest goes too, which deleting a tag does not do. */
export interface GoingSize {
  /** Bytes of the images that only going tags have, each digest of a repository once: at most this comes free. */
  readonly size: number;
  /** Bytes of the images of going tags that a staying tag has too, or shares a platform with: none of this comes free. */
  readonly sharedSize: number;
  /** Bytes of going tags whose digest is unknown: whether a staying tag shares them cannot be told. */
  readonly unsureSize: number;
  /** Images of going tags, each digest once, whose size is unknown and which no staying tag is known to have. */
  readonly sizeUnknown: number;
}

/** How many tags have their verdict for a kind of reason. */
export interface ReasonCount {
  readonly kind: Reason['kind'];
  readonly verdict: 'keep' | 'delete';
  readonly count: number;
}

/** Sums up what going tags take. @param goes 1 for each row that goes */
export function* goingSize({ imageOf, imageSize, imageKnown, partsFrom, parts, partCount }: DraftTable, goes: Uint8Array): Sliced<GoingSize> {
  const stays = new Uint8Array(imageSize.length);
  const partStays = new Uint8Array(partCount);
  yield* eachSliced(goes.keys(), (row) => {
    const image = imageOf[row]!;
    if (goes[row] || stays[image]) return;
    stays[image] = 1;
    for (let at = partsFrom[image]!; at < partsFrom[image + 1]!; at++) partStays[parts[at]!] = 1;
  });
  const sharesPart = (image: number): boolean => {
    for (let at = partsFrom[image]!; at < partsFrom[image + 1]!; at++) if (partStays[parts[at]!]) return true;
    return false;
  };
  const counted = new Uint8Array(imageSize.length);
  let [size, sharedSize, unsureSize, sizeUnknown] = [0, 0, 0, 0];
  yield* eachSliced(goes.keys(), (row) => {
    const image = imageOf[row]!;
    if (!goes[row] || counted[image]) return;
    counted[image] = 1;
    const bytes = Number.isNaN(imageSize[image]) ? 0 : imageSize[image]!;
    if (stays[image] || sharesPart(image)) sharedSize += bytes;
    else if (Number.isNaN(imageSize[image])) sizeUnknown++;
    else if (!imageKnown[image]) unsureSize += bytes;
    else size += bytes;
  });
  return { size, sharedSize, unsureSize, sizeUnknown };
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
  return Object.freeze([...counts.values()].sort((a, b) => b.count - a.count || reasonRank(a.kind) - reasonRank(b.kind)).map((count) => Object.freeze(count)));
}
