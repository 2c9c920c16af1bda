import { hasMoved } from '../tags/moved.ts';
import { eachSliced, type Sliced } from '../../async/sliced.ts';
import type { Tag } from '../tags/tag.ts';

/** How a list of tags differs from an earlier one, in numbers of tags. */
export interface ListChanges {
  readonly pushed: number;
  /** Under a name that was there: another push date or digest. */
  readonly pushedAgain: number;
  readonly gone: number;
}

/** Compares two lists of one repository's tags, each name once in each. */
export function* listChanges(before: readonly Tag[], after: readonly Tag[]): Sliced<ListChanges> {
  const known = new Map<string, Tag>();
  yield* eachSliced(before, (tag) => known.set(tag.name, tag));
  let [pushed, pushedAgain] = [0, 0];
  yield* eachSliced(after, (tag) => {
    const then = known.get(tag.name);
    if (!then) {
      pushed++;
    } else {
      known.delete(tag.name);
      if (hasMoved(then, tag)) pushedAgain++;
    }
  });
  return { pushed, pushedAgain, gone: known.size };
}
