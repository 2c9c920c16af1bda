import { type Batch, makeBatchSliced } from './batch.ts';
import type { Plan } from './plan.ts';
import type { Policy } from './policy.ts';
import type { Sliced } from './sliced.ts';

export function* makePolicyBatch(judged: readonly { readonly plan: Plan; readonly policy: Policy }[], options: { readonly maxDeletions: number }): Sliced<Batch> {
  const caps = [options.maxDeletions, ...judged.map(({ policy }) => policy.maxDeletions)].filter((cap) => cap > 0);
  return yield* makeBatchSliced(judged.map(({ plan }) => plan), { maxDeletions: caps.length === 0 ? 0 : Math.min(...caps) });
}
