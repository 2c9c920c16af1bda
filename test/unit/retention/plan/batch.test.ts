import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Batch, makeBatch } from '../../../../src/retention/plan/batch.ts';
import { type Plan, planPicked, withoutEmptying } from '../../../../src/retention/plan/plan.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { atOnce } from '../../../../src/async/sliced.ts';
import { compareNames, comparePushed, type Tag } from '../../../../src/retention/tags/tag.ts';
import { planByAge } from './planByAge.ts';

const NOW = Date.UTC(2026, 0, 15, 12);

function byAge(name: string, tags: readonly Tag[], asOf = NOW): Plan {
  return planByAge({
    repository: { namespace: 'team', name },
    tags,
    cutoff: NOW - 1000,
    asOf,
    protect: compileProtect(['latest']),
  });
}

function picked(name: string, tags: readonly Tag[]): Plan {
  return planPicked({ repository: { namespace: 'team', name }, tags, asOf: NOW });
}

function going({ plans }: Batch): string[] {
  return plans.flatMap(({ repository, going }) => going.map(({ name }) => `${repository.name}:${name}`));
}

function overCap({ plans }: Batch): string[] {
  return plans.flatMap(({ repository, staying }) =>
    staying.filter(({ reason }) => reason.kind === 'overCap').map(({ tag }) => `${repository.name}:${tag.name}`),
  );
}

const fiveTags = [1, 2, 3, 4, 5].map((pushedAt) => ({ name: `t${pushedAt}`, pushedAt }));

describe('makeBatch', () => {
  it('deletes the oldest over all repositories, up to the cap', () => {
    const batch = makeBatch(
      [
        byAge('a', [
          { name: '1', pushedAt: 1 },
          { name: '4', pushedAt: 4 },
        ]),
        byAge('b', [
          { name: '2', pushedAt: 2 },
          { name: '3', pushedAt: 3 },
        ]),
      ],
      { maxDeletions: 3 },
    );
    assert.deepEqual(going(batch), ['a:1', 'b:2', 'b:3']);
    assert.deepEqual(overCap(batch), ['a:4']);
    assert.equal(batch.total, 3);
  });

  it('has no cap at 0', () => {
    const batch = makeBatch([byAge('a', fiveTags)], { maxDeletions: 0 });
    assert.equal(batch.total, 5);
    assert.deepEqual(overCap(batch), []);
  });

  it('worst days gcr-cleaner#79, snok#67: a cap of n deletes n, not one more or less', () => {
    for (const cap of [1, 2, 3, 4]) {
      const batch = makeBatch([byAge('a', fiveTags)], { maxDeletions: cap });
      assert.equal(batch.total, cap);
      assert.deepEqual(going(batch), ['a:t1', 'a:t2', 'a:t3', 'a:t4'].slice(0, cap));
      assert.equal(overCap(batch).length, 5 - cap);
    }
    for (const cap of [5, 6]) assert.equal(makeBatch([byAge('a', fiveTags)], { maxDeletions: cap }).total, 5);
  });

  it('worst day gcr-cleaner#79: with the last tag spared and a cap of 3, three tags of three never all go', () => {
    const plan = atOnce(withoutEmptying(byAge('a', fiveTags.slice(0, 3))));
    assert.deepEqual(going(makeBatch([plan], { maxDeletions: 3 })), ['a:t1', 'a:t2']);
  });

  it('breaks ties by repository, then by name', () => {
    const plans = [
      byAge('b', [{ name: 'x', pushedAt: 1 }]),
      byAge('a', [
        { name: 'z', pushedAt: 1 },
        { name: 'y', pushedAt: 1 },
      ]),
    ];
    assert.deepEqual(going(makeBatch(plans, { maxDeletions: 1 })), ['a:y']);
    assert.deepEqual(going(makeBatch(plans, { maxDeletions: 2 })), ['a:y', 'a:z']);
  });

  it('orders repositories by namespace first', () => {
    const plans = [
      ['b', 'a'],
      ['a', 'b'],
    ].map(([namespace, name]) =>
      planPicked({ repository: { namespace: namespace!, name: name! }, tags: [{ name: 'x', pushedAt: 1 }], asOf: NOW }),
    );
    assert.equal(makeBatch(plans, { maxDeletions: 1 }).oldest?.repository.namespace, 'a');
  });

  it('counts an unknown age as oldest', () => {
    const batch = makeBatch([byAge('a', [{ name: 'old', pushedAt: 0 }]), picked('b', [{ name: 'unknown' }])], {
      maxDeletions: 1,
    });
    assert.deepEqual(going(batch), ['b:unknown']);
  });

  it('no longer empties a repository in which the cap leaves a tag', () => {
    const emptying = byAge('a', fiveTags);
    assert.equal(makeBatch([emptying], { maxDeletions: 5 }).plans[0]?.emptiesRepository, true);
    assert.equal(makeBatch([emptying], { maxDeletions: 4 }).plans[0]?.emptiesRepository, false);
  });

  it('hands on plans that the cap does not touch', () => {
    const plans = [byAge('a', fiveTags), byAge('b', [])];
    assert.deepEqual(
      makeBatch(plans, { maxDeletions: 5 }).plans.map((plan, index) => plan === plans[index]),
      [true, true],
    );
  });

  it('names the first and the last to go, and the earliest instant', () => {
    const batch = makeBatch([byAge('a', fiveTags), byAge('b', [{ name: 'x', pushedAt: 9 }], NOW - 5)], {
      maxDeletions: 0,
    });
    assert.deepEqual([batch.oldest?.tag.name, batch.oldest?.repository.name], ['t1', 'a']);
    assert.deepEqual([batch.newest?.tag.name, batch.newest?.repository.name], ['x', 'b']);
    assert.equal(batch.asOf, NOW - 5);
    assert.equal(makeBatch([byAge('a', fiveTags)], { maxDeletions: 2 }).newest?.tag.name, 't2');
  });

  it('may be empty', () => {
    assert.deepEqual(makeBatch([], { maxDeletions: 3 }), {
      plans: [],
      asOf: 0,
      total: 0,
      attachments: 0,
      units: 0,
      reclaimable: { low: 0, high: 0, isPartial: false },
    });
    const idle = makeBatch([byAge('a', [{ name: 'latest', pushedAt: 0 }])], { maxDeletions: 3 });
    assert.equal(idle.total, 0);
    assert.ok(!('oldest' in idle) && !('newest' in idle));
  });

  it('counts the size of a digest once in each repository, and of tags that go only', () => {
    const tags = [
      { name: 'a', pushedAt: 1, digest: 'sha256:1', size: 10 },
      { name: 'b', pushedAt: 2, digest: 'sha256:1', size: 10 },
      { name: 'c', pushedAt: 3, size: 5 },
      { name: 'd', pushedAt: 4, size: 5 },
      { name: 'e', pushedAt: 5 },
      { name: 'f', pushedAt: 6, digest: 'sha256:2' },
      { name: 'g', pushedAt: 7, digest: 'sha256:2' },
      { name: 'latest', pushedAt: 8, size: 1000 },
    ];
    const batch = makeBatch([byAge('a', tags), byAge('b', tags.slice(0, 1))], { maxDeletions: 0 });
    assert.deepEqual(batch.reclaimable, { low: 10 + 10, high: 10 + 5 + 5 + 10, isPartial: true });
    assert.deepEqual(makeBatch([byAge('a', tags)], { maxDeletions: 3 }).reclaimable, {
      low: 10,
      high: 15,
      isPartial: false,
    });
  });

  it('takes the known size of a digest, whichever name has it', () => {
    const batch = makeBatch(
      [
        byAge('a', [
          { name: 'a', pushedAt: 1, digest: 'sha256:1' },
          { name: 'b', pushedAt: 2, digest: 'sha256:1', size: 7 },
        ]),
      ],
      { maxDeletions: 0 },
    );
    assert.equal(batch.reclaimable.low, 7);
  });

  it('is frozen (invariant 1)', () => {
    const batch = makeBatch([byAge('a', fiveTags)], { maxDeletions: 2 });
    for (const part of [batch, batch.plans, batch.plans[0], batch.oldest, batch.newest]) {
      assert.ok(Object.isFrozen(part));
    }
  });

  it('refuses a cap that is not a number of tags', () => {
    for (const maxDeletions of [-1, 2.5, NaN, Infinity]) {
      assert.throws(() => makeBatch([byAge('a', fiveTags)], { maxDeletions }), RangeError);
    }
  });

  it('refuses two plans for one repository', () => {
    assert.throws(() => makeBatch([byAge('a', []), byAge('a', fiveTags)], { maxDeletions: 0 }), /two plans/);
  });

  it('deletes exactly what the cap allows, none of it newer than what it holds back', () => {
    const tagLists = fc.uniqueArray(
      fc.record({
        name: fc.stringMatching(/^[a-c]{1,3}$/),
        pushedAt: fc.option(fc.nat({ max: 9 }), { nil: undefined }),
      }),
      { selector: ({ name }) => name, maxLength: 12 },
    );
    const batches = fc.tuple(
      fc.array(fc.tuple(fc.boolean(), tagLists), { maxLength: 4 }),
      fc.integer({ min: 0, max: 20 }),
    );
    fc.assert(
      fc.property(batches, ([lists, cap]) => {
        const plans = lists.map(([isPicked, tags], index) =>
          isPicked ? picked(`r${index}`, tags) : byAge(`r${index}`, tags),
        );
        const wanted = plans.reduce((sum, plan) => sum + plan.going.length, 0);
        const batch = makeBatch(plans, { maxDeletions: cap });
        assert.equal(batch.total, cap === 0 ? wanted : Math.min(cap, wanted));
        assert.equal(
          batch.total,
          batch.plans.reduce((sum, plan) => sum + plan.going.length, 0),
        );
        assert.equal(overCap(batch).length, wanted - batch.total);
        const kept = batch.plans.flatMap((plan) =>
          plan.staying.filter(({ reason }) => reason.kind === 'overCap').map(({ tag }) => tag),
        );
        for (const tag of batch.plans.flatMap((plan) => plan.going)) {
          assert.ok(kept.every((other) => comparePushed(tag, other) <= 0));
        }
        batch.plans.forEach((plan, index) => {
          assert.deepEqual(
            plan.verdicts.map(({ tag }) => tag.name).sort(compareNames),
            plans[index]!.verdicts.map(({ tag }) => tag.name).sort(compareNames),
          );
        });
      }),
    );
  });

  it('does not depend on the order of the plans', () => {
    const plans = ['a', 'b', 'c'].map((name) => byAge(name, fiveTags));
    const one = makeBatch(plans, { maxDeletions: 7 });
    const other = makeBatch(plans.toReversed(), { maxDeletions: 7 });
    assert.deepEqual(other.plans.toReversed(), one.plans);
    assert.deepEqual([other.oldest, other.newest], [one.oldest, one.newest]);
  });
});
