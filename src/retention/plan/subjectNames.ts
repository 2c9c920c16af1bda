import { atOnce } from '../../async/sliced.ts';
import { findSubjects } from './subjects.ts';
import type { Tag } from '../tags/tag.ts';

/** For each attachment among some thousand tags: the name of one of them that has its image, an image rather than another attachment; missing where none has. */
export function subjectNames<T extends Tag>(tags: readonly T[]): ReadonlyMap<T, string> {
  const names = new Map<T, string>();
  for (const { holders, attachments } of atOnce(findSubjects(tags))) {
    const holder = holders[0];
    if (holder !== undefined) for (const attachment of attachments) names.set(tags[attachment]!, tags[holder]!.name);
  }
  return names;
}
