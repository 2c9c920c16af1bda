import * as vscode from 'vscode';
import { MaxShareError } from '../../text/maxShareError.ts';
import { inSlices } from '../../async/inSlices.ts';
import type { Batch } from '../../retention/plan/batch.ts';
import type { Plan } from '../../retention/plan/plan.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Policy } from '../../retention/policy/policy.ts';
import { makePolicyBatch } from '../../retention/plan/policyBatch.ts';
import { exceedsShare, planByPolicySliced, type PlanWarning } from '../../retention/plan/policyPlan.ts';
import type { Protection } from '../../retention/policy/protect.ts';
import type { Uses } from '../../retention/plan/uses.ts';
import type { ReadRepository } from './readListings.ts';
import { withLateProgress } from '../ui/withLateProgress.ts';
import type { LeftAlone } from '../ui/withReadingProgress.ts';

/** What tag lists are judged by. */
export interface PlanningRules {
  /** Of a repository as it was asked for. */
  readonly policyOf: (repository: RepositoryName) => Policy;
  /** What ages are counted back from, ms since the epoch. */
  readonly now: number;
  /** The protection of the settings. */
  readonly protect: Protection;
  /** Most tags that go in all, by the settings; 0: no cap. */
  readonly maxDeletions: number;
  readonly usesOf: (repository: RepositoryName) => Uses;
}

/** Plans under their caps, and what is to be said of them. */
export interface PlannedListings {
  readonly batch: Batch;
  /** Repositories whose plan would delete too large a share (`maxShare`), and that are no part of the batch. */
  readonly refused: readonly LeftAlone[];
  readonly warnings: readonly { readonly repository: RepositoryName; readonly warning: PlanWarning }[];
}

/**
 * Plans whole tag lists by policies, under their caps, while everything else goes on.
 * @throws Error when a name comes twice in a list; an AbortError when it is cancelled
 */
export function planListings(listed: readonly ReadRepository[], rules: PlanningRules): Promise<PlannedListings> {
  const { policyOf, now, protect, maxDeletions, usesOf } = rules;
  return withLateProgress(vscode.l10n.t('Planning'), async (signal) => {
    const judged: { readonly plan: Plan; readonly policy: Policy }[] = [];
    const refused: LeftAlone[] = [];
    const warnings: { readonly repository: RepositoryName; readonly warning: PlanWarning }[] = [];
    for (const { repository, listing, isImmutable, storageSize } of listed) {
      const { tags, asOf, inDateOrder } = listing;
      const policy = policyOf(repository);
      const judgement = await inSlices(
        planByPolicySliced({
          repository,
          tags,
          policy,
          now,
          asOf,
          protect,
          uses: usesOf(repository),
          isImmutable,
          inDateOrder,
          storageSize,
        }),
        signal,
      );
      const { plan } = judgement;
      if (exceedsShare(plan, policy)) {
        refused.push({ repository, error: new MaxShareError(plan.images.going, plan.images.all, policy.maxShare) });
      } else {
        judged.push({ plan, policy });
      }
      for (const warning of judgement.warnings) warnings.push({ repository, warning });
    }
    return { batch: await inSlices(makePolicyBatch(judged, { maxDeletions }), signal), refused, warnings };
  });
}
