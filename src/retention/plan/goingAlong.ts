import { eachSliced, type Sliced } from '../../async/sliced.ts';
import { findSubjects } from './subjects.ts';
import type { Tag } from '../tags/tag.ts';

/**
 * The attachments that share the fate of tags that are deleted (invariant 13), attachments of attachments too: those whose image no other tag has. The
 * tags that are deleted are not among them.
 * @param tags all of the repository, each once
 * @param isDeleted whether a tag is deleted for itself
 * @param mayGo whether an attachment may be deleted at all
 */
export function* goingAlong(
  tags: readonly Tag[],
  isDeleted: (tag: Tag) => boolean,
  mayGo: (tag: Tag) => boolean,
): Sliced<readonly Tag[]> {
  const subjects = yield* findSubjects(tags);
  const goes = new Set<number>();
  let next = 0;
  yield* eachSliced(tags, (tag) => {
    const place = next++;
    if (isDeleted(tag)) goes.add(place);
  });
  const along: Tag[] = [];
  // A subject that attachments hold comes behind the subjects of these.
  yield* eachSliced(subjects, ({ holders, attachments }) => {
    if (holders.length === 0 || !holders.every((holder) => goes.has(holder))) return;
    for (const place of attachments) {
      if (goes.has(place) || !mayGo(tags[place]!)) continue;
      goes.add(place);
      along.push(tags[place]!);
    }
  });
  return along;
}
