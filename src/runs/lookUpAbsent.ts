import { HubError, isHubError } from '../hub/wire/hubError.ts';
import type { Admission } from '../hub/pacing/pacer.ts';
import type { TagListing } from '../hub/listing/tagListing.ts';
import { hasMoved } from '../retention/tags/moved.ts';
import type { Tag } from '../retention/tags/tag.ts';
import type { TagRemover } from './run/tagRemover.ts';

/** Look-ups in flight; the pacer admits fewer where the allowance is small. */
const maxLookUps = 8;

/** What a look-up says of a tag that a list lacks: it is gone, or it was pushed again after the list was read; or the error of a name that cannot be asked for. */
export type Absence = 'gone' | 'moved' | HubError;

/**
 * Looks up each tag that a list lacks, since a list may be cut short, and an absent row proves nothing (invariant 6). It costs one request a tag, and
 * one for the repository, without which a 404 says nothing.
 * @param tags as they were planned
 * @returns by name what became of each; `repositoryGone` when the repository is not there any more
 * @throws HubError `incomplete` when a tag is there that the list lacks, so that nothing may be judged by that list; any other when a tag cannot be
 * looked up; the signal's reason
 */
export async function lookUpAbsent(
  listing: TagListing,
  tags: readonly Tag[],
  remover: Pick<TagRemover, 'tag' | 'repository'>,
  admission: Admission,
): Promise<ReadonlyMap<string, Absence> | 'repositoryGone'> {
  const { repository } = listing;
  const absences = new Map<string, Absence>();
  if (tags.length === 0) return absences;
  // There may be 200,000, so that they do not all get a promise at once.
  const waiting = tags.values();
  let failed = false;
  await Promise.all(Array.from({ length: Math.min(maxLookUps, tags.length) }, lookUpInTurn));
  try {
    await remover.repository(repository, admission);
  } catch (error) {
    if (isHubError(error, 'notFound')) return 'repositoryGone';
    throw error;
  }
  return absences;

  async function lookUpInTurn(): Promise<void> {
    for (const planned of waiting) {
      // After a failure nothing more is asked.
      if (failed) return;
      try {
        absences.set(planned.name, await lookUp(planned));
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }

  async function lookUp(planned: Tag): Promise<Absence> {
    let found: Tag;
    try {
      found = await remover.tag(repository, planned.name, admission);
    } catch (error) {
      if (isHubError(error, 'notFound')) return 'gone';
      if (isHubError(error, 'unsafeName')) return error;
      throw error;
    }
    const pushedSince = hasMoved(planned, found) && found.pushedAt !== undefined && found.pushedAt >= listing.asOf;
    if (pushedSince) return 'moved';
    throw new HubError({ kind: 'incomplete', request: 'GET tags', read: listing.tags.length });
  }
}
