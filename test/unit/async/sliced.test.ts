import assert from 'node:assert/strict';
import fc from 'fast-check';
import { makeBatchSliced } from '../../../src/retention/plan/batch.ts';
import { planPickedSliced, withSpared, withoutEmptying } from '../../../src/retention/plan/plan.ts';
import { checkPolicy } from '../../../src/retention/policy/checkPolicy.ts';
import { makePolicyBatch } from '../../../src/retention/plan/policyBatch.ts';
import { judge } from '../../../src/retention/plan/policyPlan.ts';
import { prepareTags } from '../../../src/retention/plan/preparedTags.ts';
import { compileProtect } from '../../../src/retention/policy/protect.ts';
import { atOnce, sliceSize, slicesOf, sortedSliced, type Sliced } from '../../../src/async/sliced.ts';
import type { Tag } from '../../../src/retention/tags/tag.ts';
import { planByAge, planByAgeSliced } from '../retention/plan/planByAge.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const repository = { namespace: 'team', name: 'api' };
const protect = compileProtect(['latest']);

/** How often a tag is looked at, counted by its dates and names being read. */
let looks = 0;

/** Tags in no order at all, frozen, so that the plan holds these very objects, and each counting who looks at it. */
function watchedTags(count: number): Tag[] {
  return Array.from({ length: count }, (_, i) => {
    const tag = {
      name: `build-${(i * 7919) % count}`,
      digest: `sha256:${i % 1000}`,
      size: i,
      pushedAt: NOW - ((i * 104_729) % (count + 3)) * 60_000,
    };
    const watched = Object.defineProperty({ ...tag }, 'pushedAt', {
      enumerable: true,
      get: () => (looks++, tag.pushedAt),
    });
    return Object.freeze(watched);
  });
}

/** Drives sliced work to its end. @returns what it came to, and the most looks at tags that one piece took */
function watch<T>(work: Sliced<T>): { readonly result: T; readonly most: number; readonly yields: number } {
  let [most, yields] = [0, 0];
  for (;;) {
    looks = 0;
    const step = work.next();
    most = Math.max(most, looks);
    if (step.done) return { result: step.value, most, yields };
    yields++;
  }
}

describe('sortedSliced', () => {
  interface Item {
    readonly key: number;
    readonly name: number;
  }
  const keys = fc.oneof(
    { weight: 20, arbitrary: fc.nat({ max: 20 }) },
    { weight: 1, arbitrary: fc.constantFrom(Infinity, -Infinity) },
  );
  const items = fc.array(fc.record({ key: keys, name: fc.nat({ max: 3 }) }), { maxLength: 5 * sliceSize, size: 'max' });
  const keyOf = ({ key }: Item) => key;
  const byName = (a: Item, b: Item) => a.name - b.name;

  it('sorts as the engine does, also what is the same in all', () => {
    fc.assert(
      fc.property(items, (list) => {
        const expected = list.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : byName(a, b)));
        const sorted = atOnce(sortedSliced(list, keyOf, byName));
        assert.equal(sorted.length, expected.length);
        for (const [i, item] of sorted.entries()) assert.equal(item, expected[i]);
      }),
      { numRuns: 60 },
    );
  });

  it('takes a list that is in order already, forwards or backwards, in a step an item', () => {
    const list = Array.from({ length: 100 * sliceSize }, (_, i) => i);
    for (const given of [list, list.toReversed()]) {
      let yields = 0;
      const work = sortedSliced(
        given,
        (key) => key,
        () => 0,
      );
      for (;;) {
        const step = work.next();
        if (!step.done) {
          yields++;
          continue;
        }
        assert.deepEqual(step.value, list);
        break;
      }
      // For the numbers, and nothing is sorted.
      assert.equal(yields, 100);
    }
  });

  it('leaves the list that it is given as it is', () => {
    const list = Object.freeze([3, 1, 2]);
    assert.deepEqual(
      atOnce(
        sortedSliced(
          list,
          (key) => key,
          () => 0,
        ),
      ),
      [1, 2, 3],
    );
    assert.deepEqual(
      atOnce(
        sortedSliced(
          [],
          () => 0,
          () => 0,
        ),
      ),
      [],
    );
  });
});

describe('slicesOf', () => {
  it('cuts a list into parts of at most its size, with nothing left out', () => {
    for (const count of [0, 1, sliceSize, sliceSize + 1, 3 * sliceSize]) {
      const list = Array.from({ length: count }, (_, i) => i);
      const slices = [...slicesOf(list)];
      assert.deepEqual(slices.flat(), list);
      assert.ok(slices.every(({ length }) => length > 0 && length <= sliceSize));
    }
  });
});

describe('a plan of many tags', () => {
  // A comparison reads up to four dates, and 500 tags are sorted at a time: 500 × log2(500) × 4.
  const maxLooks = 20_000;
  const count = 20_000;
  const input = { repository, cutoff: NOW - 86_400_000, asOf: NOW, protect };

  it('is made, capped and changed in pieces, none of which grows with the number of tags', () => {
    const tags = watchedTags(count);
    const plan = watch(planByAgeSliced({ ...input, tags }));
    const capped = watch(makeBatchSliced([plan.result], { maxDeletions: 5000 }));
    const uncapped = watch(makeBatchSliced([plan.result], { maxDeletions: 0 }));
    const emptying = watch(planPickedSliced({ repository, tags, asOf: NOW, remaining: count }));
    const leaving = watch(withoutEmptying(emptying.result));
    const spared = watch(
      withSpared(plan.result, new Set(plan.result.going.filter((_, i) => i % 2 === 0)), { kind: 'unconfirmed' }),
    );
    const prepared = watch(prepareTags(repository, tags));
    const policy = checkPolicy(
      {
        repositories: ['*/*'],
        olderThan: '1 day',
        agedBy: 'used',
        keepNewest: 100,
        keepVersions: { majors: 1, prereleases: 3 },
        protect: ['*-1?'],
        maxDeletions: 5000,
      },
      NOW,
    );
    const uses = { tags: new Map([['build-7', 'a.yaml:1']]), digests: new Map([['sha256:3', 'a.yaml:2']]) };
    const judged = watch(judge(prepared.result, { policy, now: NOW, asOf: NOW, protect, uses }));
    const policyBatch = watch(
      makePolicyBatch([{ plan: judged.result.plan, policy: { ...policy, maxDeletions: 0 } }], { maxDeletions: 0 }),
    );
    for (const [what, { most, yields }] of Object.entries({
      prepared,
      judged,
      plan,
      capped,
      uncapped,
      emptying,
      leaving,
      spared,
    })) {
      assert.ok(most < maxLooks, `${what}: ${most} looks at tags in one piece`);
      assert.ok(yields >= (0.9 * count) / sliceSize - 1, `${what}: ${yields} yields`);
    }
    assert.equal(capped.result.total, 5000);
    assert.equal(policyBatch.result.total, judged.result.plan.going.length);
    assert.equal(leaving.result.going.length, count - 1);
  });

  it('is the same as one that is made in one go, and as frozen (invariant 1)', () => {
    const tags = watchedTags(3000).map((tag) => ({ ...tag }));
    const { result } = watch(planByAgeSliced({ ...input, tags }));
    assert.deepEqual(result, planByAge({ ...input, tags }));
    for (const part of [result, result.verdicts, result.going, result.staying, ...result.verdicts, ...result.going]) {
      assert.ok(Object.isFrozen(part));
    }
  });
});
