import * as vscode from 'vscode';
import { numberText, tagsText } from '../../text/countText.ts';
import { errorText } from '../../text/errorText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import type { HubClient } from '../../hub/client.ts';
import { listTags, type TagListing } from '../../hub/listing/tagListing.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { inSlices } from '../../async/inSlices.ts';
import { listChanges } from '../../retention/recheck/listChanges.ts';
import type { ListedRepository } from '../../prune/listRepositoryTags.ts';
import { guardsNow, type RepositoryGuards } from './repositoryFacts.ts';
import type { RunServices } from '../runs/runServices.ts';
import { withDelayedProgress } from '../ui/withDelayedProgress.ts';

/** What a person was shown of a repository before its name was typed. */
export interface ShownRepository {
  readonly read: ListedRepository;
  readonly guards: RepositoryGuards;
}

/**
 * Makes sure that a repository still is what the person was shown: dialogs stand open as long as people like. Reads its list again, which takes one
 * request where nothing changed, and looks again for uses and protections.
 * @throws Error that says what changed, or that the list cannot be read; SettingError; the signal's reason when it is cancelled
 */
export async function refuseChangedRepository(
  services: Pick<RunServices, 'references' | 'policies'>,
  client: HubClient,
  { read, guards }: ShownRepository,
): Promise<void> {
  const name = repositoryText(read.repository);
  await services.references.ready(undefined, [read.repository.namespace]);
  let listing: TagListing;
  try {
    listing = await withDelayedProgress(vscode.l10n.t('Checking whether {0} has changed', name), (signal) =>
      listTags(client, read.repository, { lane: 'foreground', signal }, undefined, {
        known: read.listing,
        believesEmpty: true,
      }),
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    throw new Error(
      vscode.l10n.t(
        "The tags of {0} couldn't be read again, so nothing was deleted. {1}",
        name,
        errorText(error).message,
      ),
      { cause: error },
    );
  }
  const { pushed, pushedAgain, gone } = await inSlices(listChanges(read.listing.tags, listing.tags));
  const now = await guardsNow(services, { ...read, listing });
  const changes = [
    ...(pushed > 0
      ? [
          pushed === 1
            ? vscode.l10n.t('1 tag was pushed to {0} in the meantime.', name)
            : vscode.l10n.t('{0} tags were pushed to {1} in the meantime.', numberText(pushed), name),
        ]
      : []),
    ...(pushedAgain > 0
      ? [vscode.l10n.t('Pushed again to {0} in the meantime: {1}.', name, tagsText(pushedAgain))]
      : []),
    ...(gone > 0 ? [vscode.l10n.t('Someone else deleted {0} of {1} in the meantime.', tagsText(gone), name)] : []),
    ...newly(guards.used, now.used, (tag, place) => vscode.l10n.t('Now in use: {0} ({1}).', tag, place)),
    ...newly(guards.guarded, now.guarded, (tag, pattern) => vscode.l10n.t('Now protected: {0} ({1}).', tag, pattern)),
    ...now.doubts.filter((doubt) => !guards.doubts.includes(doubt)),
  ];
  if (changes.length > 0) throw new Error(vscode.l10n.t('{0} Nothing was deleted; try again.', changes.join(' ')));
}

/** What is said of tags that something speaks against by now, the first by name. */
function newly(
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
  say: (tag: string, why: string) => string,
): string[] {
  const found = [...now].filter(([tag]) => !before.has(tag));
  const [first] = found;
  if (!first) return [];
  const tag = plainText(first[0], 80);
  return [
    say(
      found.length === 1 ? tag : vscode.l10n.t('{0} and {1} more', tag, numberText(found.length - 1)),
      plainText(first[1], 200),
    ),
  ];
}
