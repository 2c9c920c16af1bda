import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Batch } from '../../../../src/retention/plan/batch.ts';
import { checkPolicy } from '../../../../src/retention/policy/checkPolicy.ts';
import type { Plan } from '../../../../src/retention/plan/plan.ts';
import type { Policy } from '../../../../src/retention/policy/policy.ts';
import { makePolicyBatch } from '../../../../src/retention/plan/policyBatch.ts';
import { planByPolicy } from '../../../../src/retention/plan/policyPlan.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { atOnce } from '../../../../src/async/sliced.ts';
import { NOW, seeded } from './policyWorlds.ts';

function capped(maxDeletions: number): Policy {
  return checkPolicy({ repositories: ['*/*'], olderThan: '1 day', maxDeletions }, NOW);
}

/** A plan that deletes tags pushed at these instants, each named after its own. */
function judgedBy(
  policy: Policy,
  name: string,
  pushes: readonly number[],
): { readonly plan: Plan; readonly policy: Policy } {
  const tags = pushes.map((pushedAt) => ({ name: `t${pushedAt}`, pushedAt }));
  return {
    policy,
    plan: planByPolicy({
      repository: { namespace: 'team', name },
      tags,
      policy,
      now: NOW,
      asOf: NOW,
      protect: compileProtect([]),
    }).plan,
  };
}

function batchOf(judged: readonly { readonly plan: Plan; readonly policy: Policy }[], maxDeletions = 0): Batch {
  return atOnce(makePolicyBatch(judged, { maxDeletions }));
}

function going({ plans }: Batch): string[] {
  return plans.flatMap(({ repository, going }) => going.map(({ name }) => `${repository.name}:${name}`));
}

describe('makePolicyBatch', () => {
  it('holds each policy to its own cap, over all its repositories, the oldest first', () => {
    const [two, none] = [capped(2), capped(0)];
    const batch = batchOf([judgedBy(two, 'a', [1, 4]), judgedBy(none, 'b', [5, 6, 7]), judgedBy(two, 'c', [2, 3])]);
    assert.deepEqual(going(batch), ['a:t1', 'b:t5', 'b:t6', 'b:t7', 'c:t2']);
    assert.deepEqual(
      batch.plans.map(({ repository }) => repository.name),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(
      batch.plans[0]!.staying.map(({ tag, reason }) => `${tag.name}: ${reason.kind}`),
      ['t4: overCap'],
    );
  });

  it('then holds all of them to the cap of the settings', () => {
    const [two, three] = [capped(2), capped(3)];
    const judged = [judgedBy(two, 'a', [1, 2, 3]), judgedBy(three, 'b', [4, 5, 6, 7])];
    assert.deepEqual(going(batchOf(judged, 4)), ['a:t1', 'a:t2', 'b:t4', 'b:t5']);
    assert.deepEqual(going(batchOf(judged, 0)), ['a:t1', 'a:t2', 'b:t4', 'b:t5', 'b:t6']);
  });

  it('takes the same object for the same policy, and two that say the same for two', () => {
    assert.equal(batchOf([judgedBy(capped(2), 'a', [1, 2, 3]), judgedBy(capped(2), 'b', [1, 2, 3])]).total, 4);
  });

  it('refuses two plans for one repository, and a cap that is none', () => {
    assert.throws(() => batchOf([judgedBy(capped(0), 'a', [1]), judgedBy(capped(1), 'a', [2])]), /two plans/);
    assert.throws(() => batchOf([judgedBy(capped(0), 'a', [1])], -1), RangeError);
    assert.throws(() => batchOf([judgedBy({ ...capped(0), maxDeletions: 0.5 }, 'a', [1])]), RangeError);
  });

  it('gives an empty batch for no plans', () => assert.equal(batchOf([]).total, 0));

  it('never deletes more than either cap, nor anything that a plan keeps', () => {
    const pushes = fc.uniqueArray(fc.nat({ max: 50 }), { maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ which: fc.nat({ max: 2 }), pushes }), { maxLength: 5 }),
        fc.array(fc.nat({ max: 6 }), { minLength: 3, maxLength: 3 }),
        fc.nat({ max: 12 }),
        (parts, caps, all) => {
          const policies = caps.map(capped);
          const judged = parts.map((part, at) => judgedBy(policies[part.which]!, `r${at}`, part.pushes));
          const batch = batchOf(judged, all);
          assert.ok(all === 0 || batch.total <= all);
          const allowed = policies.map((policy) => {
            const planned = judged
              .filter((each) => each.policy === policy)
              .reduce((sum, { plan }) => sum + plan.going.length, 0);
            const kept = batch.plans
              .filter((_, at) => judged[at]!.policy === policy)
              .reduce((sum, { going }) => sum + going.length, 0);
            const most = policy.maxDeletions === 0 ? planned : Math.min(planned, policy.maxDeletions);
            assert.ok(kept <= most);
            return most;
          });
          const sum = allowed.reduce((a, b) => a + b, 0);
          assert.equal(batch.total, all === 0 ? sum : Math.min(all, sum));
          for (const [at, { going }] of batch.plans.entries()) {
            assert.ok(going.every((tag) => judged[at]!.plan.going.includes(tag)));
          }
        },
      ),
      seeded,
    );
  });
});
