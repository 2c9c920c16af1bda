import assert from 'node:assert/strict';
import { makeBatch } from '../../../../src/retention/plan/batch.ts';
import { checkPolicy } from '../../../../src/retention/policy/checkPolicy.ts';
import { newlyKept, type Keeping } from '../../../../src/retention/recheck/newlyKept.ts';
import { withPicked } from '../../../../src/retention/plan/plan.ts';
import { planByPolicy } from '../../../../src/retention/plan/policyPlan.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { atOnce } from '../../../../src/async/sliced.ts';
import { noUses, type Uses } from '../../../../src/retention/plan/uses.ts';
import { NOW } from '../plan/policyWorlds.ts';
import { imagesOf } from '../plan/imagesOf.ts';

const repository = { namespace: 'team', name: 'web' };
const [index, platform] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];
const tags = [
  { name: 'old', pushedAt: 1 },
  { name: 'older', pushedAt: 0, digest: index, images: imagesOf(platform) },
  { name: 'stable', pushedAt: 2 },
];
const nothing: Keeping = { protect: compileProtect([]), usesOf: () => noUses };

function uses(tags: Readonly<Record<string, string>>, digests: Readonly<Record<string, string>> = {}): Uses {
  return { tags: new Map(Object.entries(tags)), digests: new Map(Object.entries(digests)) };
}

function batch(keepReferenced = true, picked: readonly string[] = [], then: Keeping = nothing) {
  const policy = checkPolicy({ repositories: ['*/*'], olderThan: '1 day', keepReferenced }, NOW);
  const { plan } = planByPolicy({
    repository,
    tags,
    policy,
    now: NOW,
    asOf: NOW,
    protect: then.protect,
    uses: then.usesOf(repository),
  });
  return makeBatch([atOnce(withPicked(plan, new Set(picked)))], { maxDeletions: 0 });
}

function found(now: Partial<Keeping>, then: Keeping = nothing, of = batch(true, [], then)) {
  const kept = atOnce(newlyKept(of, then, { ...then, ...now }));
  return kept && { count: kept.count, tag: kept.first.tag.name, reason: kept.first.reason };
}

describe('newlyKept', () => {
  it('finds nothing while nothing has changed', () => assert.equal(found({}), undefined));

  it('finds what has come into use, by its name, its digest and one of its platforms', () => {
    assert.deepEqual(found({ usesOf: () => uses({ old: 'a.yaml:1' }) }), {
      count: 1,
      tag: 'old',
      reason: { kind: 'referenced', place: 'a.yaml:1' },
    });
    for (const digest of [index, platform]) {
      assert.deepEqual(
        found({ usesOf: () => uses({ stable: 'c.yaml:3', other: 'd.yaml:4' }, { [digest]: 'b.yaml:2' }) }),
        { count: 2, tag: 'older', reason: { kind: 'referenced', place: 'b.yaml:2' } },
      );
    }
  });

  it('heeds uses only where the policy does', () =>
    assert.equal(found({ usesOf: () => uses({ old: 'a.yaml:1' }) }, nothing, batch(false)), undefined));

  it('finds what the settings have come to protect', () => {
    assert.deepEqual(found({ protect: compileProtect(['Stab*']) }), {
      count: 1,
      tag: 'stable',
      reason: { kind: 'protected', pattern: 'Stab*' },
    });
    assert.deepEqual(found({ protect: compileProtect(['*']) }, nothing, batch(false)), {
      count: 3,
      tag: 'older',
      reason: { kind: 'protected', pattern: '*' },
    });
  });

  it('lets go what was picked by hand although it was protected or in use then', () => {
    const then: Keeping = { protect: compileProtect(['stable']), usesOf: () => uses({ old: 'a.yaml:1' }) };
    const picked = batch(true, ['old', 'stable'], then);
    assert.equal(picked.total, 3);
    assert.equal(
      found({ usesOf: () => uses({ old: 'b.yaml:1' }), protect: compileProtect(['stab*']) }, then, picked),
      undefined,
    );
    assert.deepEqual(found({ usesOf: () => uses({ older: 'b.yaml:1' }) }, then, picked), {
      count: 1,
      tag: 'older',
      reason: { kind: 'referenced', place: 'b.yaml:1' },
    });
  });
});
