import { attachmentOf } from '../tags/attachment.ts';
import { hexNumber } from '../tags/hexNumber.ts';
import { eachSliced, sliceSize, type Sliced } from '../../async/sliced.ts';
import type { Tag } from '../tags/tag.ts';
import { digestMark, firstDigits, imageCount, imageDigitsAt, imageMarkAt } from '../tags/tagImages.ts';

/** What attachments of a list are attached to, by places of tags in that list. */
export interface Subject {
  /** Its digest: 64 hexadecimal digits. */
  readonly digits: string;
  /** The tags that have this digest or an image of it; attachments among them, as a signature may be signed. Empty where no tag is known to. */
  readonly holders: readonly number[];
  /** At least one. */
  readonly attachments: readonly number[];
}

/** Bits of a mark, see `digestMark`, and how many hexadecimal digits these are. */
const markBits = 24;
const markDigits = markBits / 4;
/** Places for marks, for each tag of a list: so many that few other digests fall on one that is taken. */
const placesATag = 32;
/** A byte of the table has two to this power. */
const leastPlaceBits = 3;

interface SubjectInWork extends Subject {
  holders: number[];
  readonly attachments: number[];
}

/** In place of an index or a number. */
const NONE = -1;

/**
 * The subjects of all attachments of a list. One that is held by attachments comes behind the subjects of these; those of a circle, which digests
 * cannot form, come in any order.
 */
export function* findSubjects(tags: readonly Tag[]): Sliced<readonly Subject[]> {
  const subjects: SubjectInWork[] = [];
  /** Until there is one. Lists are made with their first item: nearly all have no other, and an empty one that grows takes room for many. */
  const noHolders: number[] = [];
  /** By digits: places in `subjects`. */
  const numbers = new Map<string, number>();
  /** By index: the place of what it is attached to. */
  let ofAttachment: Int32Array | undefined;
  // In proportion to the list: a namespace has thousands of short ones, and each gets a table.
  const placeBits = Math.min(Math.max(Math.ceil(Math.log2(tags.length * placesATag)), leastPlaceBits), markBits);
  const placeOf = (mark: number): number => mark >> (markBits - placeBits);
  let marks: Uint8Array | undefined;
  let next = 0;
  yield* eachSliced(tags, (tag) => {
    const index = next++;
    const name = attachmentOf(tag);
    if (!name) return;
    const { digits } = name;
    let number = numbers.get(digits);
    marks ??= new Uint8Array(2 ** (placeBits - leastPlaceBits));
    ofAttachment ??= new Int32Array(tags.length).fill(NONE);
    if (number === undefined) {
      number = subjects.push({ digits, holders: noHolders, attachments: [index] }) - 1;
      numbers.set(digits, number);
      const place = placeOf(hexNumber(digits, 0, markDigits));
      marks[place >> 3]! |= 1 << (place & 7);
    } else {
      subjects[number]!.attachments.push(index);
    }
    ofAttachment[index] = number;
  });
  if (!marks || !ofAttachment) return [];

  const [taken, attachedTo] = [marks, ofAttachment];
  const isMarked = (mark: number): boolean => {
    const place = placeOf(mark);
    return (taken[place >> 3]! & (1 << (place & 7))) !== 0;
  };
  const hold = (digits: string | undefined, index: number): void => {
    const number = digits === undefined ? undefined : numbers.get(digits);
    // Nothing is attached to itself.
    if (number === undefined || attachedTo[index] === number) return;
    const subject = subjects[number]!;
    const { holders } = subject;
    if (holders.length === 0) subject.holders = [index];
    // A digest may be there twice.
    else if (holders[holders.length - 1] !== index) holders.push(index);
  };
  next = 0;
  yield* eachSliced(tags, ({ digest, images }) => {
    const index = next++;
    if (digest !== undefined && isMarked(digestMark(digest))) hold(firstDigits(digest), index);
    if (images === undefined) return;
    for (let at = 0; at < imageCount(images); at++) {
      if (isMarked(imageMarkAt(images, at))) hold(imageDigitsAt(images, at), index);
    }
  });
  return yield* inOrder(subjects, attachedTo);
}

/** Not by calling itself: a chain may be as long as the list. */
function* inOrder(subjects: readonly SubjectInWork[], ofAttachment: Int32Array): Sliced<readonly Subject[]> {
  const ordered: Subject[] = [];
  const seen = new Uint8Array(subjects.length);
  /** Places in `subjects`, each held by the one before it, and for each which of its holders comes next. */
  const [path, nexts]: [number[], number[]] = [[], []];
  let steps = 0;
  for (let start = 0; start < subjects.length; start++) {
    if (seen[start] === 1) continue;
    seen[start] = 1;
    path.push(start);
    nexts.push(0);
    while (path.length > 0) {
      if (++steps % sliceSize === 0) yield;
      const subject = subjects[path.at(-1)!]!;
      const holder = subject.holders[nexts[nexts.length - 1]!++];
      if (holder === undefined) {
        ordered.push(Object.freeze(subject));
        path.pop();
        nexts.pop();
        continue;
      }
      const below = ofAttachment[holder]!;
      if (below === NONE || seen[below] === 1) continue;
      seen[below] = 1;
      path.push(below);
      nexts.push(0);
    }
  }
  return ordered;
}

/**
 * The order in which tags are deleted: as given, but attachments right behind the last tag that holds their subject, so that what fails half-way
 * leaves a signature without an image and never an image without its signature.
 *
 * @param count how many tags there are
 * @param subjects see `findSubjects`
 */
export function* deletionOrder(count: number, subjects: readonly Subject[]): Sliced<Int32Array> {
  /** Of attachments that follow a tag: which one, where the image behind them stands, and how many attachments lie between. */
  const behind = new Int32Array(count).fill(NONE);
  const roots = new Int32Array(count).fill(NONE);
  const depths = new Int32Array(count);
  const rootOf = (index: number): number => (roots[index] === NONE ? index : roots[index]!);
  const isLater = (a: number, b: number): boolean => (rootOf(a) - rootOf(b) || depths[a]! - depths[b]! || a - b) > 0;
  // Counted by tags, not by subjects: each of these may have thousands.
  let steps = 0;
  for (const { holders, attachments } of subjects) {
    let last: number = NONE;
    for (const holder of holders) {
      if (last === NONE || isLater(holder, last)) last = holder;
      if (++steps % sliceSize === 0) yield;
    }
    if (last === NONE) continue;
    const root = rootOf(last);
    // In a circle, where nothing comes first, attachments stay where they are.
    if (attachments.includes(root)) continue;
    const depth = depths[last]! + 1;
    for (const attachment of attachments) {
      behind[attachment] = last;
      roots[attachment] = root;
      depths[attachment] = depth;
      if (++steps % sliceSize === 0) yield;
    }
  }
  /** By tag: the last attachment behind it; and by attachment the one before it behind the same tag. */
  const lasts = new Int32Array(count).fill(NONE);
  const befores = new Int32Array(count).fill(NONE);
  for (let index = 0; index < count; index++) {
    const tag = behind[index]!;
    if (tag === NONE) continue;
    befores[index] = lasts[tag]!;
    lasts[tag] = index;
    if (++steps % sliceSize === 0) yield;
  }
  const order = new Int32Array(count);
  let ordered = 0;
  const waiting: number[] = [];
  for (let index = 0; index < count; index++) {
    if (behind[index] !== NONE) continue;
    waiting.push(index);
    for (let placed = waiting.pop(); placed !== undefined; placed = waiting.pop()) {
      order[ordered++] = placed;
      if (ordered % sliceSize === 0) yield;
      for (let attachment = lasts[placed]!; attachment !== NONE; attachment = befores[attachment]!) {
        waiting.push(attachment);
      }
    }
  }
  return order;
}
