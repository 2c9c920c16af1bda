import { mapSliced } from '../../async/mapSliced.ts';
import { eachSliced, type Sliced } from '../../async/sliced.ts';
import type { Tag } from '../../retention/tags/tag.ts';

/** A number of 32 bits that changes with nearly every change of a text. @param seed a whole number that it begins with */
export function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  return hash;
}

/** A short text that changes with nearly every change of a list of tags, whatever their order: how many there are, and a sum over names and pushes. */
export function* listMark(tags: readonly Tag[]): Sliced<string> {
  let sum = 0;
  yield* eachSliced(tags, ({ name, pushedAt = 0 }) => {
    sum = (sum + hashOf(name, (pushedAt % 0x7fff_ffff) | 0)) | 0;
  });
  return `${tags.length}-${(sum >>> 0).toString(36)}`;
}

/** The marks of many lists, in order. */
export function listMarks(lists: readonly { readonly tags: readonly Tag[] }[]): Sliced<readonly string[]> {
  return mapSliced(lists, ({ tags }) => listMark(tags));
}
