import type { Plan } from '../../../../src/retention/plan/plan.ts';
import { policyOlderThan } from '../../../../src/retention/policy/policy.ts';
import { planByPolicySliced, type PolicyPlanInput } from '../../../../src/retention/plan/policyPlan.ts';
import { atOnce, type Sliced } from '../../../../src/async/sliced.ts';

/** What a plan by age alone is made of. `cutoff` counts in whole minutes, ms since the epoch. */
export type AgePlanInput = Omit<PolicyPlanInput, 'policy' | 'now'> & { readonly cutoff: number };

/** A plan by the policy `{olderThan}` in which aliases may go, for tests that are not about what a policy keeps. */
export function planByAge(input: AgePlanInput): Plan {
  return atOnce(planByAgeSliced(input));
}

/** `planByAge` in slices. */
export function* planByAgeSliced({ cutoff, ...input }: AgePlanInput): Sliced<Plan> {
  const policy = { ...policyOlderThan({ kind: 'date', text: '90 days', instant: cutoff }), keepAliases: false };
  // The age is a date, so that no other *now* counts.
  return (yield* planByPolicySliced({ ...input, policy, now: Infinity })).plan;
}
