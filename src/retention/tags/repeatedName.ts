import { eachSliced, type Sliced } from '../../async/sliced.ts';
import type { Tag } from './tag.ts';

/** Bits of the longest mark: the table of marks then takes 2 MB. */
const maxMarkBits = 24;
/** Places for marks, for each tag, to the power of two. */
const placeBits = 7;

/**
 * The first name of a listing that came before; `undefined` where each comes once.
 *
 * A set of all names takes a tenth of the time of a whole plan. Hence only names that share their mark with another are compared, which few do by chance;
 * where somebody sees to it that all do, it takes as long as the set.
 */
export function* repeatedName(tags: readonly Tag[]): Sliced<string | undefined> {
  const bits = Math.min(maxMarkBits, Math.ceil(Math.log2(tags.length + 1)) + placeBits);
  const seen = new Uint8Array(2 ** (bits - 3));
  const shared = new Uint8Array(2 ** (bits - 3));
  const marks = new Uint32Array(tags.length);
  let hasShared = false;
  let next = 0;
  yield* eachSliced(tags, ({ name }) => {
    const mark = markOf(name) >>> (32 - bits);
    marks[next++] = mark;
    const [place, bit] = [mark >> 3, 1 << (mark & 7)];
    if ((seen[place]! & bit) === 0) {
      seen[place]! |= bit;
      return;
    }
    shared[place]! |= bit;
    hasShared = true;
  });
  if (!hasShared) return undefined;

  const names = new Set<string>();
  let repeated: string | undefined;
  next = 0;
  yield* eachSliced(tags, ({ name }) => {
    const mark = marks[next++]!;
    if (repeated !== undefined || (shared[mark >> 3]! & (1 << (mark & 7))) === 0) return;
    if (names.has(name)) repeated = name;
    names.add(name);
  });
  return repeated;
}

/** 32 bits that are the same for the same name and seldom for others; the first of them depend on all characters. */
function markOf(name: string): number {
  let mark = 0;
  for (let at = 0; at < name.length; at++) mark = Math.imul(mark ^ name.charCodeAt(at), 0x9e3779b1);
  // So far the lower bits depend on those of the characters only, and few of them on the last ones.
  mark ^= mark >>> 15;
  return Math.imul(mark, 0x85ebca6b);
}
