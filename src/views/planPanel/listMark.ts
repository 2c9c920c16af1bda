import { eachSliced, type Sliced } from '../../retention/sliced.ts';
import type { Tag } from '../../retention/tag.ts';

/** A short text that changes with nearly every change of a list of tags, whatever their order: how many there are, and a sum over names and pushes. */
export function* listMark(tags: readonly Tag[]): Sliced<string> {
  let sum = 0;
  yield* eachSliced(tags, ({ name, pushedAt = 0 }) => {
    let hash = pushedAt % 0x7fff_ffff | 0;
    for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x0100_0193);
    sum = (sum + hash) | 0;
  });
  return `${tags.length}-${(sum >>> 0).toString(36)}`;
}
