import * as vscode from 'vscode';
import { changeText } from '../../text/changeText.ts';
import { repositoriesText } from '../../text/countText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { readMaxDeletions, readProtection } from '../settings/settings.ts';
import type { Account } from '../../hub/wire/account.ts';
import type { HubClient } from '../../hub/client.ts';
import { listAgain } from '../../hub/listing/listAgain.ts';
import { listUntil } from '../../hub/listing/listUntil.ts';
import { listTags, type TagListing } from '../../hub/listing/tagListing.ts';
import { inSlices } from '../../async/inSlices.ts';
import { hasMoved } from '../../retention/tags/moved.ts';
import type { Plan } from '../../retention/plan/plan.ts';
import { fullName, type RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Policy } from '../../retention/policy/policy.ts';
import { stillDeletable, type Confirmed, type StillDeletable } from '../../retention/recheck/stillDeletable.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import { tagKind } from '../../retention/tags/tagKind.ts';
import { keepingNow } from './refuseNewlyKept.ts';
import type { RunServices } from './runServices.ts';
import { withLateProgress } from '../ui/withLateProgress.ts';
import { withReadingProgress, type ReadingParts } from '../ui/withReadingProgress.ts';

/** A batch that a person confirmed, with what is to be looked at once more before it runs. */
export interface ConfirmedBatch extends Confirmed {
  /** The lists that its plans by policies were made from, at least of the repositories of which something is deleted. */
  readonly lists: readonly ConfirmedList[];
  /** Reads the policies that hold today, by repository; missing where the plans follow no policy of a file or of the settings. @throws Error where one does not hold any more */
  readonly policiesToday?: () => Promise<ReadonlyMap<RepositoryName, Policy>>;
}

/** The list that a plan was made from. */
export interface ConfirmedList extends TagListing {
  readonly isImmutable?: (name: string) => boolean;
}

/**
 * Checks right before a run what was confirmed (invariant 1): reads the lists again, with one request for one that has not changed, and judges by what
 * the person saw and by what settings, policies and references say now. Where it takes a while it shows its progress as reading does, and can be cancelled.
 * @throws Error that says what has changed, so that the run must not begin; HubError where a list cannot be read; SettingError; PolicySourcesError; the
 *   signal's reason
 */
export async function checkAgain(
  services: RunServices,
  account: Account,
  confirmed: ConfirmedBatch,
): Promise<StillDeletable> {
  const client = services.connections.client(account);
  const plans = new Map(
    confirmed.batch.plans.filter(({ going }) => going.length > 0).map((plan) => [plan.repository, plan]),
  );
  const repositories = [...plans.keys()];
  const lists = new Map(confirmed.lists.map((list) => [fullName(list.repository), list]));
  const place = repositories.length === 1 ? repositoryText(repositories[0]!) : repositoriesText(repositories.length);
  return withReadingProgress(
    client,
    repositories,
    vscode.l10n.t('Checking the tags of {0} once more', place),
    async ({ signal, each }) => {
      // Before the lists, since it says how they have to be read, and after them, since it may change meanwhile.
      const countsPulls = isAgedByUse(await confirmed.policiesToday?.());
      const readOne = async (repository: RepositoryName, parts: ReadingParts) => ({
        repository,
        tags: await tagsNow(client, plans.get(repository)!, lists.get(fullName(repository)), countsPulls, parts),
      });
      const { read, unread } = await each(readOne);
      if (unread[0]) throw unread[0].error;
      // Last, since reading lists may take long, and files change meanwhile.
      await services.references.ready(
        signal,
        repositories.map(({ namespace }) => namespace),
      );
      const policies = byName(await confirmed.policiesToday?.());
      const tags = byName(new Map(read.map(({ repository, tags }) => [repository, tags])));
      const today = {
        ...keepingNow(services, repositories, readProtection()),
        maxDeletions: readMaxDeletions(),
        repository: (repository: RepositoryName) => {
          const policy = policies.get(fullName(repository));
          const isImmutable = lists.get(fullName(repository))?.isImmutable;
          return {
            tags: tags.get(fullName(repository))!,
            ...(policy && { policy }),
            ...(isImmutable && { isImmutable }),
          };
        },
      };
      const result = await inSlices(stillDeletable(confirmed, today), signal);
      if ('change' in result) throw new Error(changeText(result.change));
      return result;
    },
    withLateProgress,
  );
}

/** The tags of a plan's repository as they are now; for picked tags as much of the beginning as shows whether there are others that count. */
async function tagsNow(
  client: HubClient,
  plan: Plan,
  known: TagListing | undefined,
  countsPulls: boolean,
  { limit, admission, onProgress }: ReadingParts,
): Promise<readonly Tag[]> {
  const { repository, policy, going, images } = plan;
  if (!policy) {
    const planned = new Map(going.map((tag) => [tag.name, tag]));
    // A signature that is left keeps no repository from being emptied, see `stillDeletable`.
    const isOther = (tag: Tag) => {
      const before = planned.get(tag.name);
      return (!before || hasMoved(before, tag)) && (images.going === 0 || tagKind(tag) === 'image');
    };
    return listUntil(client, repository, isOther, admission);
  }
  // Pulls do not show at the beginning of a list.
  const isWhole = countsPulls || policy.agedBy === 'used' || !known;
  const listing = isWhole
    ? await listTags(client, repository, admission, onProgress, { limit })
    : await listAgain(client, known, admission, onProgress, { limit });
  client.known.keep(listing);
  return listing.tags;
}

function isAgedByUse(policies: ReadonlyMap<RepositoryName, Policy> | undefined): boolean {
  return [...(policies?.values() ?? [])].some(({ agedBy }) => agedBy === 'used');
}

function byName<T>(map: ReadonlyMap<RepositoryName, T> | undefined): ReadonlyMap<string, T> {
  return new Map([...(map ?? [])].map(([repository, value]) => [fullName(repository), value]));
}
