import * as vscode from 'vscode';
import type { TagListing } from '../hub/tagListing.ts';
import { inSlices } from '../pruning/inSlices.ts';
import { makeBatchSliced, type Batch } from '../retention/batch.ts';
import { planByAgeSliced, type Plan } from '../retention/plan.ts';
import type { Protection } from '../retention/protect.ts';
import { withLateProgress } from './withLateProgress.ts';

/**
 * Plans whole tag lists by age, under one cap, while everything else goes on.
 * @param rules.cutoff milliseconds since the epoch
 * @param rules.maxDeletions most tags that go in all; 0: no cap
 * @throws Error when a name comes twice in a list; an AbortError when it is cancelled
 */
export function planListings(
  listings: readonly TagListing[],
  { cutoff, protect, maxDeletions }: { readonly cutoff: number; readonly protect: Protection; readonly maxDeletions: number },
): Promise<Batch> {
  return withLateProgress(vscode.l10n.t('Planning'), async (signal) => {
    const plans: Plan[] = [];
    for (const { repository, tags, asOf, inDateOrder } of listings) {
      plans.push(await inSlices(planByAgeSliced({ repository, tags, cutoff, asOf, protect, inDateOrder }), signal));
    }
    return inSlices(makeBatchSliced(plans, { maxDeletions }), signal);
  });
}
