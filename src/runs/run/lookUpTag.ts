import { isHubError } from '../../hub/wire/hubError.ts';
import type { Admission } from '../../hub/pacing/pacer.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import type { TagRemover } from './tagRemover.ts';

/** What a look-up says: the tag as it is now, or that it is gone, or that its whole repository is. */
export type Found = Tag | 'gone' | 'repositoryGone';

/**
 * Looks a tag up. A 404 for it says something about it only while its repository answers (invariant 6).
 * @param admission.beforeSend called right before the tag is asked for, and not for the repository
 * @throws HubError when either cannot be read for another reason; the signal's reason
 */
export async function lookUpTag(
  remover: Pick<TagRemover, 'tag' | 'repository'>,
  repository: RepositoryName,
  name: string,
  admission: Admission,
): Promise<Found> {
  const { beforeSend: _, ...asking } = admission;
  try {
    return await remover.tag(repository, name, admission);
  } catch (error) {
    if (!isHubError(error, 'notFound')) throw error;
  }
  try {
    await remover.repository(repository, asking);
    return 'gone';
  } catch (error) {
    if (!isHubError(error, 'notFound')) throw error;
    return 'repositoryGone';
  }
}
