import type { LocatedPolicy } from '../policies/policySources.ts';
import type { Policy } from '../retention/policy/policy.ts';
import type { Keeping } from '../retention/recheck/newlyKept.ts';
import { fullName, type RepositoryName } from '../retention/tags/repositoryName.ts';
import { affectedRepositories, type ConfirmedBatch } from './checkConfirmed.ts';
import { judgeListings, type JudgedListings, type JudgingRules } from './judgeListings.ts';
import type { ListedRepository } from './listRepositoryTags.ts';
import { awaitUses, currentProtection, type Limits, type UseSource } from './protection.ts';
import { rulePolicies, type PruneRules } from './pruneRules.ts';
import type { ReadResult, SkippedRepository } from './readEach.ts';

/** What is to be planned. */
export interface PruneQuestion {
  /** Those that have a rule. */
  readonly repositories: readonly RepositoryName[];
  readonly rules: PruneRules;
  readonly limits: Limits;
  /** When the question was asked, ms since the epoch by the earlier of both clocks. */
  readonly askedAt: number;
}

/** What plans are made with. */
export interface PlanningPorts {
  /** See `HubClient.now`. */
  readonly now: () => number;
  readonly uses: UseSource;
  /** Lists the repositories. @throws the reason of a cancellation */
  readonly list: (repositories: readonly RepositoryName[]) => PromiseLike<ReadResult<ListedRepository>>;
  /** Shows that it takes a while; gives a signal that cancels. By default nothing is shown. */
  readonly whileJudging?: <T>(judge: (signal?: AbortSignal) => Promise<T>) => Promise<T>;
}

/** The plans of a prune, with what they were made from. */
export interface PlannedPrune extends JudgedListings {
  readonly listed: readonly ListedRepository[];
  /** Those that could not be read, or in which a run is working. */
  readonly unread: readonly SkippedRepository[];
  /** Instant (ms) that ages were counted back from. */
  readonly now: number;
  /** Instant (ms) of the oldest list; Infinity without any. */
  readonly asOf: number;
  /** Each policy once, in the order of the repositories. */
  readonly policies: readonly Policy[];
  readonly limits: Limits;
  /** What kept tags beside their policies. */
  readonly keeping: Keeping;
}

/**
 * Reads repositories and judges their tags. Nothing is deleted.
 * @throws the first repository's error where none could be read or planned; the reason of a cancellation
 */
export async function planPrune(
  { repositories, rules, limits, askedAt }: PruneQuestion,
  { now: readNow, uses, list, whileJudging = (judge) => judge() }: PlanningPorts,
): Promise<PlannedPrune> {
  const [{ read: listed, skipped: unread }] = await Promise.all([list(repositories), awaitUses(uses, repositories)]);
  if (listed.length === 0 && unread[0]) throw unread[0].error;
  // The server's clock may have become known only by the listing; the earlier now is the one that counts (invariant 2).
  const now = Math.min(askedAt, readNow());
  const policyOf = rulePolicies(rules, repositories);
  const keeping = currentProtection(uses, repositories, limits.protect);
  const judging: JudgingRules = { policyOf, now, maxDeletions: limits.maxDeletions, ...keeping };
  const judged = await whileJudging((signal) => judgeListings(listed, judging, signal));
  if (judged.batch.plans.length === 0 && judged.refused[0]) throw judged.refused[0].error;
  return {
    ...judged,
    listed,
    unread,
    now,
    asOf: listed.reduce((oldest, { listing }) => Math.min(oldest, listing.asOf), Infinity),
    policies: [...new Set(policyOf.values())],
    limits,
    keeping,
  };
}

/**
 * A planned batch as it was confirmed, for the check right before the run.
 * @param batch the batch of the plan, or less of it
 * @param currentPolicies reads what applies now to repositories that were planned by policies
 */
export function confirmPlanned(
  { now, keeping, listed }: Pick<PlannedPrune, 'now' | 'keeping' | 'listed'>,
  batch: ConfirmedBatch['batch'],
  rules: PruneRules,
  currentPolicies: (
    planned: ReadonlyMap<RepositoryName, LocatedPolicy>,
  ) => Promise<ReadonlyMap<RepositoryName, Policy>>,
): ConfirmedBatch {
  return {
    batch,
    now,
    ...keeping,
    lists: listed.map(({ listing, isImmutable }) => ({ ...listing, ...(isImmutable && { isImmutable }) })),
    ...(rules.kind === 'policies' && {
      currentPolicies: () => currentPolicies(affectedPolicies(rules.policyOf, batch)),
    }),
  };
}

/** The policies of the repositories of which something is deleted: what is said of others meanwhile doesn't concern the run. */
function affectedPolicies(
  policyOf: ReadonlyMap<RepositoryName, LocatedPolicy>,
  batch: ConfirmedBatch['batch'],
): ReadonlyMap<RepositoryName, LocatedPolicy> {
  const affected = new Set(affectedRepositories(batch).map(fullName));
  return new Map([...policyOf].filter(([repository]) => affected.has(fullName(repository))));
}
