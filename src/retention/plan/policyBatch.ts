import { type Batch, makeBatchSliced, underCap } from './batch.ts';
import type { Plan } from './plan.ts';
import type { Policy } from '../policy/policy.ts';
import type { Sliced } from '../../async/sliced.ts';

/**
 * Joins plans under the caps, in slices: first of each policy's plans (the same object is the same policy) no more go than its `maxDeletions`, then of
 * all of them no more than that of the settings; the oldest over all repositories go, as in `makeBatch`.
 *
 * @param options.maxDeletions most tags that go over the whole batch; 0: no cap
 * @throws RangeError when a cap is not an integer of at least 0
 * @throws Error when two plans are for one repository
 */
export function* makePolicyBatch(
  judged: readonly { readonly plan: Plan; readonly policy: Policy }[],
  options: { readonly maxDeletions: number },
): Sliced<Batch> {
  const plans = judged.map(({ plan }) => plan);
  const placesOf = new Map<Policy, number[]>();
  for (const [place, { policy }] of judged.entries()) {
    const places = placesOf.get(policy);
    if (places) places.push(place);
    else placesOf.set(policy, [place]);
  }
  for (const [policy, places] of placesOf) {
    const capped = yield* underCap(
      places.map((place) => plans[place]!),
      policy.maxDeletions,
    );
    for (const [at, place] of places.entries()) plans[place] = capped[at]!;
    yield;
  }
  return yield* makeBatchSliced(plans, options);
}
