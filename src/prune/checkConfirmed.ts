import { inSlices } from '../async/inSlices.ts';
import type { HubClient } from '../hub/client.ts';
import { listAgain } from '../hub/listing/listAgain.ts';
import { listUntil } from '../hub/listing/listUntil.ts';
import { listTags, type TagListing } from '../hub/listing/tagListing.ts';
import type { Batch } from '../retention/plan/batch.ts';
import type { Plan } from '../retention/plan/plan.ts';
import type { Policy } from '../retention/policy/policy.ts';
import { stillDeletable, type Confirmed, type StillDeletable } from '../retention/recheck/stillDeletable.ts';
import { hasMoved } from '../retention/tags/moved.ts';
import { fullName, type RepositoryName } from '../retention/tags/repositoryName.ts';
import type { Tag } from '../retention/tags/tag.ts';
import { tagKind } from '../retention/tags/tagKind.ts';
import { ChangedError } from './changedError.ts';
import { awaitUses, currentProtection, type Limits, type UseSource } from './protection.ts';
import { readEach, type ReadingListener, type ReadingParts } from './readEach.ts';

/** A batch that a person confirmed, with what is to be checked once more before it runs. */
export interface ConfirmedBatch extends Confirmed {
  /** The lists that its plans by policies were made from, at least of the repositories of which something is deleted. */
  readonly lists: readonly ConfirmedList[];
  /**
   * Reads the policies that apply now, by repository; missing where the plans follow no policy of a file or of the settings.
   * @throws Error where one doesn't apply any more
   */
  readonly currentPolicies?: () => Promise<ReadonlyMap<RepositoryName, Policy>>;
}

/** The list that a plan was made from. */
export interface ConfirmedList extends TagListing {
  readonly isImmutable?: (name: string) => boolean;
}

/** What a confirmed batch is checked with. */
export interface CheckParts {
  readonly client: HubClient;
  readonly uses: UseSource;
  /** Reads the settings as they are now. */
  readonly readLimits: () => Limits;
  readonly signal: AbortSignal;
  readonly listener?: ReadingListener;
}

/** The repositories of which a batch deletes something. */
export function affectedRepositories({ plans }: Batch): RepositoryName[] {
  return plans.filter(({ going }) => going.length > 0).map(({ repository }) => repository);
}

/**
 * Checks right before a run what was confirmed (invariant 1): reads the lists again, with one request for one that hasn't changed, and judges by what
 * the person saw and by what settings, policies and uses say now.
 * @throws ChangedError; HubError where a list can't be read; what the ports throw; the signal's reason
 */
export async function checkConfirmed(
  confirmed: ConfirmedBatch,
  { client, uses, readLimits, signal, listener }: CheckParts,
): Promise<StillDeletable> {
  const plans = confirmed.batch.plans.filter(({ going }) => going.length > 0);
  const planOf = new Map(plans.map((plan) => [plan.repository, plan]));
  const repositories = [...planOf.keys()];
  const lists = new Map(confirmed.lists.map((list) => [fullName(list.repository), list]));
  // Before the lists, since it says how they have to be read, and after them, since it may change meanwhile.
  const countsPulls = isAgedByUse(await confirmed.currentPolicies?.());
  const readOne = async (repository: RepositoryName, parts: ReadingParts) => {
    const plan = planOf.get(repository);
    if (!plan) throw new Error(`${fullName(repository)} has no plan.`);
    const tags = await currentTags(client, plan, lists.get(fullName(repository)), countsPulls, parts);
    return { repository, tags };
  };
  const { read, skipped } = await readEach(repositories, readOne, { signal, ...(listener && { listener }) });
  if (skipped[0]) throw skipped[0].error;
  // Last, since reading lists may take long, and files change meanwhile.
  await awaitUses(uses, repositories, signal);
  const policies = byName(await confirmed.currentPolicies?.());
  const tagsOf = new Map(read.map(({ repository, tags }) => [fullName(repository), tags]));
  const { protect, maxDeletions } = readLimits();
  const today = {
    ...currentProtection(uses, repositories, protect),
    maxDeletions,
    repository: (repository: RepositoryName) => {
      const name = fullName(repository);
      const [tags, policy, isImmutable] = [tagsOf.get(name), policies.get(name), lists.get(name)?.isImmutable];
      if (!tags) throw new Error(`${name} was not read.`);
      return { tags, ...(policy && { policy }), ...(isImmutable && { isImmutable }) };
    },
  };
  const result = await inSlices(stillDeletable(confirmed, today), signal);
  if ('change' in result) throw new ChangedError(result.change);
  return result;
}

/** The tags of a plan's repository as they are now; for picked tags as much of the beginning as shows whether there are others that count. */
async function currentTags(
  client: HubClient,
  { repository, policy, going, images }: Plan,
  known: TagListing | undefined,
  countsPulls: boolean,
  { limit, admission, onProgress }: ReadingParts,
): Promise<readonly Tag[]> {
  if (!policy) {
    const planned = new Map(going.map((tag) => [tag.name, tag]));
    // A signature that is left keeps no repository from being emptied, see `stillDeletable`.
    const isOther = (tag: Tag) => {
      const before = planned.get(tag.name);
      return (!before || hasMoved(before, tag)) && (images.going === 0 || tagKind(tag) === 'image');
    };
    return listUntil(client, repository, isOther, admission);
  }
  // Pulls don't show at the beginning of a list.
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
