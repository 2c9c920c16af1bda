import { inSlices } from '../async/inSlices.ts';
import type { Batch } from '../retention/plan/batch.ts';
import type { Plan } from '../retention/plan/plan.ts';
import { makePolicyBatch } from '../retention/plan/policyBatch.ts';
import { exceedsShare, planByPolicySliced, type PlanWarning } from '../retention/plan/policyPlan.ts';
import type { Policy } from '../retention/policy/policy.ts';
import type { Keeping } from '../retention/recheck/newlyKept.ts';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import type { ListedRepository } from './listRepositoryTags.ts';
import { MaxShareError } from './maxShareError.ts';
import type { SkippedRepository } from './readEach.ts';

/** What tag lists are judged by. */
export interface JudgingRules extends Keeping {
  /** By repository as it was asked for; a repository without one is left out. */
  readonly policyOf: ReadonlyMap<RepositoryName, Policy>;
  /** What ages are counted back from, ms since the epoch. */
  readonly now: number;
  /** The most tags that are deleted in all, by the settings; 0: no cap. */
  readonly maxDeletions: number;
}

/** Plans under their caps, and what has to be said of them. */
export interface JudgedListings {
  readonly batch: Batch;
  /** Repositories whose plan would delete too large a share (`maxShare`), with a `MaxShareError`; no part of the batch. */
  readonly refused: readonly SkippedRepository[];
  readonly warnings: readonly { readonly repository: RepositoryName; readonly warning: PlanWarning }[];
}

/**
 * Plans whole tag lists by policies, under their caps, in slices that let everything else go on.
 * @throws Error when a name comes twice in a list; the signal's reason
 */
export async function judgeListings(
  listed: readonly ListedRepository[],
  { policyOf, now, protect, maxDeletions, usesOf }: JudgingRules,
  signal?: AbortSignal,
): Promise<JudgedListings> {
  const judged: { readonly plan: Plan; readonly policy: Policy }[] = [];
  const refused: SkippedRepository[] = [];
  const warnings: { readonly repository: RepositoryName; readonly warning: PlanWarning }[] = [];
  for (const { repository, listing, isImmutable, storageSize } of listed) {
    const { tags, asOf, inDateOrder } = listing;
    const policy = policyOf.get(repository);
    if (!policy) continue;
    const uses = usesOf(repository);
    const judgement = await inSlices(
      planByPolicySliced({ repository, tags, policy, now, asOf, protect, uses, isImmutable, inDateOrder, storageSize }),
      signal,
    );
    const { plan } = judgement;
    if (exceedsShare(plan, policy)) {
      const { going: deleting, all } = plan.images;
      refused.push({ repository, error: new MaxShareError({ deleting, tags: all, maxShare: policy.maxShare }) });
    } else {
      judged.push({ plan, policy });
    }
    for (const warning of judgement.warnings) warnings.push({ repository, warning });
  }
  return { batch: await inSlices(makePolicyBatch(judged, { maxDeletions }), signal), refused, warnings };
}
