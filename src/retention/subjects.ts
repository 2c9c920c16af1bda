import { attachmentOf } from './attachment.ts';
import { eachSliced, sliceSize, type Sliced } from './sliced.ts';
import type { Tag } from './tag.ts';
import { digestMark, imageCount, imageKey, imageKeyAt, imageMarkAt } from './tagImages.ts';

/** What attachments of a list are attached to, by places of tags in that list. */
export interface Subject {
  /** Its digest: 64 hexadecimal digits. */
  readonly digits: string;
  /** The tags that have this digest or an image of it; attachments among them, as a signature may be signed. Empty where no tag is known to. */
  readonly holders: readonly number[];
  /** At least one. */
  readonly attachments: readonly number[];
}

/** Bits of a mark, see `digestMark`. */
const markBits = 24;
/** Places for marks, for each tag of a list: so many that few other digests fall on one that is taken. */
const placesATag = 32;
/** A byte of the table has two to this power. */
const leastPlaceBits = 3;

interface SubjectInWork extends Subject {
  readonly holders: number[];
  readonly attachments: number[];
}

/**
 * The subjects of all attachments of a list. One that is held by attachments comes behind the subjects of these; those of a circle, which digests
 * cannot form, come in any order.
 */
export function* findSubjects(tags: readonly Tag[]): Sliced<readonly Subject[]> {
  const byKey = new Map<string, SubjectInWork>();
  const ofAttachment = new Map<number, SubjectInWork>();
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
    const key = imageKey(`:${digits}`);
    let subject = byKey.get(key);
    if (!subject) {
      byKey.set(key, (subject = { digits, holders: [], attachments: [] }));
      const place = placeOf(digestMark(`:${digits}`));
      marks ??= new Uint8Array(2 ** (placeBits - leastPlaceBits));
      marks[place >> 3]! |= 1 << (place & 7);
    }
    subject.attachments.push(index);
    ofAttachment.set(index, subject);
  });
  if (!marks) return [];

  const taken = marks;
  const isMarked = (mark: number): boolean => {
    const place = placeOf(mark);
    return (taken[place >> 3]! & (1 << (place & 7))) !== 0;
  };
  const hold = (key: string | undefined, index: number): void => {
    const subject = key === undefined ? undefined : byKey.get(key);
    // A digest may be there twice, and nothing is attached to itself.
    if (subject && subject.holders.at(-1) !== index && ofAttachment.get(index) !== subject) subject.holders.push(index);
  };
  next = 0;
  yield* eachSliced(tags, ({ digest, images }) => {
    const index = next++;
    if (digest !== undefined && isMarked(digestMark(digest))) hold(imageKey(digest), index);
    if (images === undefined) return;
    for (let at = 0; at < imageCount(images); at++) if (isMarked(imageMarkAt(images, at))) hold(imageKeyAt(images, at), index);
  });
  return yield* inOrder([...byKey.values()], ofAttachment);
}

/** Not by calling itself: a chain may be as long as the list. */
function* inOrder(subjects: readonly SubjectInWork[], ofAttachment: ReadonlyMap<number, SubjectInWork>): Sliced<readonly Subject[]> {
  const ordered: Subject[] = [];
  const seen = new Set<Subject>();
  let steps = 0;
  for (const start of subjects) {
    if (seen.has(start)) continue;
    seen.add(start);
    const path: { readonly subject: Subject; next: number }[] = [{ subject: start, next: 0 }];
    for (let last = path.at(-1); last; last = path.at(-1)) {
      if (++steps % sliceSize === 0) yield;
      const holder = last.subject.holders[last.next++];
      if (holder === undefined) {
        ordered.push(Object.freeze(last.subject));
        path.pop();
        continue;
      }
      const below = ofAttachment.get(holder);
      if (!below || seen.has(below)) continue;
      seen.add(below);
      path.push({ subject: below, next: 0 });
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
export function* deletionOrder(count: number, subjects: readonly Subject[]): Sliced<readonly number[]> {
  /** Of attachments that follow a tag: where the image behind them stands, and how many attachments lie between. */
  const places = new Map<number, { readonly root: number; readonly depth: number }>();
  const followers = new Map<number, readonly number[]>();
  const placeOf = (index: number) => places.get(index) ?? { root: index, depth: 0 };
  const isLater = (a: number, b: number): boolean => {
    const [left, right] = [placeOf(a), placeOf(b)];
    return (left.root - right.root || left.depth - right.depth || a - b) > 0;
  };
  yield* eachSliced(subjects, ({ holders, attachments }) => {
    const last = holders.reduce<number | undefined>((latest, holder) => (latest === undefined || isLater(holder, latest) ? holder : latest), undefined);
    // In a circle, where nothing comes first, attachments stay where they are.
    if (last === undefined || attachments.some((attachment) => placeOf(last).root === attachment)) return;
    const { root, depth } = placeOf(last);
    for (const attachment of attachments) places.set(attachment, { root, depth: depth + 1 });
    followers.set(last, [...(followers.get(last) ?? []), ...attachments].sort((a, b) => a - b));
  });
  const order: number[] = [];
  for (let index = 0; index < count; index++) {
    if (places.has(index)) continue;
    const next = [index];
    for (let placed = next.pop(); placed !== undefined; placed = next.pop()) {
      if (order.push(placed) % sliceSize === 0) yield;
      const behind = followers.get(placed);
      if (behind) next.push(...behind.toReversed());
    }
  }
  return order;
}
