import { cutoff } from './age.ts';
import { type KeepReason, type Plan, planByAgeSliced } from './plan.ts';
import type { Policy } from './policy.ts';
import type { PreparedTags } from './preparedTags.ts';
import type { Protection } from './protect.ts';
import type { Sliced } from './sliced.ts';
import type { Tag } from './tag.ts';
import type { Uses } from './uses.ts';

export interface PolicyRules {
  readonly policy: Policy;
  readonly now: number;
  readonly asOf: number;
  readonly protect: Protection;
  readonly uses?: Uses;
  readonly isImmutable?: (name: string) => boolean;
  readonly inDateOrder?: boolean;
}

export interface PlanWarning {
  readonly kind: 'pulledTogether';
}

export interface Judgement {
  readonly plan: Plan;
  reasonsOf(tag: Tag): readonly KeepReason[];
  readonly warnings: readonly PlanWarning[];
}

export function* judge(prepared: PreparedTags, { policy, now, asOf, protect, isImmutable, inDateOrder }: PolicyRules): Sliced<Judgement> {
  const before = policy.olderThan ? cutoff(policy.olderThan, now) : 0;
  const plan = yield* planByAgeSliced({ repository: prepared.repository, tags: prepared.tags, cutoff: before, asOf, protect, isImmutable, inDateOrder });
  const reasons = new Map(plan.staying.map(({ tag, reason }) => [tag.name, [reason]]));
  return { plan, reasonsOf: (tag) => reasons.get(tag.name) ?? [], warnings: [] };
}

export function exceedsShare(plan: Plan, policy: Policy): boolean {
  return plan.going.length > plan.verdicts.length * policy.maxShare;
}
