import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import type { Admission } from '../pacing/pacer.ts';
import type { TagLister } from './tagListing.ts';

/**
 * Reads the beginning of a repository's tag list, page by page, up to the first page with a tag that is looked for; without one it is the whole list.
 * @returns each name once
 * @throws HubError; `incomplete` when a page after the first cannot be read
 */
export async function listUntil(
  client: Pick<TagLister, 'tagPages'>,
  repository: RepositoryName,
  isLookedFor: (tag: Tag) => boolean,
  admission: Admission,
): Promise<readonly Tag[]> {
  const tags = new Map<string, Tag>();
  for await (const { rows } of client.tagPages(repository, admission)) {
    for (const tag of rows) tags.set(tag.name, tag);
    if (rows.some(isLookedFor)) break;
  }
  return [...tags.values()];
}
