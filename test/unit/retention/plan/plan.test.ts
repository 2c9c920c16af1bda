import assert from 'node:assert/strict';
import process from 'node:process';
import fc from 'fast-check';
import { type Plan, planPicked, withSpared, withoutEmptying } from '../../../../src/retention/plan/plan.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { atOnce } from '../../../../src/async/sliced.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { planByAge } from './planByAge.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 15, 12);
const CUTOFF = NOW - 90 * DAY;
const repository = { namespace: 'team', name: 'api' };

function plan(
  tags: readonly Tag[],
  more: { protect?: string[]; cutoff?: number; isImmutable?: (name: string) => boolean } = {},
): Plan {
  return planByAge({
    repository,
    tags,
    cutoff: more.cutoff ?? CUTOFF,
    asOf: NOW,
    protect: compileProtect(more.protect ?? []),
    isImmutable: more.isImmutable,
  });
}

function names(tags: readonly Tag[]): string[] {
  return tags.map(({ name }) => name);
}

/** `name: why`, in the order of the verdicts. */
function reasons({ verdicts }: Plan): string[] {
  return verdicts.map(({ tag, reason }) => `${tag.name}: ${reason.kind}`);
}

const tagLists = fc.uniqueArray(
  fc.record(
    {
      name: fc.stringMatching(/^[ab][a-c0-2.-]{0,3}$/),
      pushedAt: fc.oneof(
        fc.integer({ min: CUTOFF - 3, max: CUTOFF + 3 }),
        fc.integer({ min: 0, max: NOW + DAY }),
        fc.constant(undefined),
      ),
    },
    { requiredKeys: ['name'] },
  ),
  { selector: ({ name }) => name, maxLength: 30 },
);
const patternLists = fc.array(fc.constantFrom('a', 'a*', '*b*', '[!a]*', '*.?', '{a,b}0'), { maxLength: 3 });

describe('planByAge', () => {
  it('deletes what was pushed strictly before the cutoff', () => {
    const tags = [
      { name: 'at', pushedAt: CUTOFF },
      { name: 'before', pushedAt: CUTOFF - 1 },
      { name: 'after', pushedAt: CUTOFF + 1 },
    ];
    assert.deepEqual(reasons(plan(tags)), ['before: older', 'after: younger', 'at: younger']);
  });

  it('names the first reason to keep: immutable, protected, unknown age, younger', () => {
    const tags = [
      { name: 'a' },
      { name: 'b' },
      { name: 'c' },
      { name: 'd', pushedAt: NOW },
      { name: 'e', pushedAt: 0 },
    ];
    const verdicts = plan(tags, { protect: ['{a,b}'], isImmutable: (name) => name === 'a' });
    assert.deepEqual(reasons(verdicts), ['e: older', 'd: younger', 'a: immutable', 'b: protected', 'c: unknownAge']);
    assert.deepEqual(verdicts.staying.find(({ tag }) => tag.name === 'b')?.reason, {
      kind: 'protected',
      pattern: '{a,b}',
    });
  });

  it('lists those that go oldest first, then those that stay newest first, ties by name', () => {
    const tags = [
      { name: 'k2', pushedAt: NOW - 2 },
      { name: 'g2', pushedAt: 2 },
      { name: 'k0' },
      { name: 'g1', pushedAt: 1 },
      { name: 'k1', pushedAt: NOW - 1 },
      { name: 'g1b', pushedAt: 1 },
      { name: 'K1', pushedAt: NOW - 1 },
    ];
    const result = plan(tags);
    assert.deepEqual(names(result.verdicts.map(({ tag }) => tag)), ['g1', 'g1b', 'g2', 'K1', 'k1', 'k2', 'k0']);
    assert.deepEqual(names(result.going), ['g1', 'g1b', 'g2']);
    assert.deepEqual(names(result.staying.map(({ tag }) => tag)), ['K1', 'k1', 'k2', 'k0']);
  });

  it('keeps what it was made from', () => {
    const result = plan([{ name: 'a', pushedAt: 0 }, { name: 'b' }]);
    assert.deepEqual(result.repository, repository);
    assert.equal(result.asOf, NOW);
    assert.equal(result.cutoff, CUTOFF);
    assert.equal(result.emptiesRepository, false);
  });

  it('worst day hub-feedback#2344: eight-year-old tags with null dates stay (invariant 2)', () => {
    const tags = [
      { name: 'missing' },
      { name: 'undefined', pushedAt: undefined },
      { name: 'nan', pushedAt: NaN },
      { name: 'infinite', pushedAt: -Infinity },
    ];
    assert.deepEqual(new Set(plan(tags).staying.map(({ reason }) => reason.kind)), new Set(['unknownAge']));
    assert.equal(plan(tags).going.length, 0);
  });

  it('worst day view_components#1826: latest stays, in whatever case', () => {
    const tags = [
      { name: 'latest', pushedAt: 0 },
      { name: 'Latest', pushedAt: 0 },
      { name: 'LATEST', pushedAt: 0 },
      { name: 'latest-rc', pushedAt: 0 },
    ];
    assert.deepEqual(names(plan(tags, { protect: ['latest'] }).going), ['latest-rc']);
  });

  it('worst day azul#6812: pushed yesterday stays, however old anything else says it is', () => {
    const yesterday = { name: '1.0', pushedAt: NOW - DAY, pulledAt: 0, createdAt: 0 };
    assert.deepEqual(reasons(plan([yesterday])), ['1.0: younger']);
  });

  it('worst day hub-feedback#2110: a pull seconds ago, by a scanner, spares nothing', () => {
    assert.deepEqual(names(plan([{ name: 'old', pushedAt: 0, pulledAt: NOW }]).going), ['old']);
  });

  it('keeps a tag dated in the future, even before a cutoff in the future (invariant 2)', () => {
    assert.deepEqual(reasons(plan([{ name: 'a', pushedAt: NOW + 1 }])), ['a: younger']);
    assert.deepEqual(reasons(plan([{ name: 'a', pushedAt: NOW + 1 }], { cutoff: NOW + DAY })), ['a: younger']);
  });

  it('deletes nothing when the cutoff is not a number', () => {
    assert.equal(plan([{ name: 'a', pushedAt: 0 }], { cutoff: NaN }).going.length, 0);
  });

  it('says when no tag would be left', () => {
    assert.equal(
      plan([
        { name: 'a', pushedAt: 0 },
        { name: 'b', pushedAt: 1 },
      ]).emptiesRepository,
      true,
    );
    assert.equal(plan([]).emptiesRepository, false);
  });

  it('refuses a listing in which a name comes twice', () => {
    assert.throws(
      () =>
        plan([
          { name: 'a', pushedAt: 0 },
          { name: 'a', pushedAt: NOW },
        ]),
      /"a" comes twice/,
    );
    assert.equal(plan([{ name: 'a' }, { name: 'A' }]).verdicts.length, 2);
  });

  it('is frozen, and apart from what it was made of (invariant 1)', () => {
    const tag = { name: 'a', pushedAt: 0 };
    const result = plan([tag, { name: 'b' }]);
    for (const part of [
      result,
      result.repository,
      result.verdicts,
      result.going,
      result.staying,
      ...result.verdicts,
      ...result.verdicts.flatMap((verdict) => [verdict.tag, verdict.reason]),
    ]) {
      assert.ok(Object.isFrozen(part));
    }
    tag.pushedAt = NOW;
    assert.equal(result.going[0]?.pushedAt, 0);
    assert.equal(result.verdicts[0]?.tag, result.going[0]);
  });

  it('gives every tag exactly one verdict', () => {
    fc.assert(
      fc.property(tagLists, patternLists, (tags, protect) => {
        const result = plan(tags, { protect });
        assert.deepEqual(names([...result.going, ...result.staying.map(({ tag }) => tag)]).sort(), names(tags).sort());
        assert.deepEqual(
          names(result.verdicts.map(({ tag }) => tag)),
          names([...result.going, ...result.staying.map(({ tag }) => tag)]),
        );
        assert.equal(result.emptiesRepository, tags.length > 0 && result.staying.length === 0);
      }),
    );
  });

  it('does not depend on the order of the listing', () => {
    const shuffled = tagLists.chain((tags) =>
      fc.tuple(fc.constant(tags), fc.shuffledSubarray(tags, { minLength: tags.length })),
    );
    fc.assert(
      fc.property(shuffled, patternLists, ([tags, other], protect) =>
        assert.deepEqual(plan(other, { protect }), plan(tags, { protect })),
      ),
    );
  });

  it('never deletes more with an earlier cutoff', () => {
    fc.assert(
      fc.property(
        tagLists,
        fc.integer({ min: CUTOFF - 5, max: CUTOFF + 5 }),
        fc.nat({ max: 10 }),
        (tags, later, days) => {
          const more = new Set(names(plan(tags, { cutoff: later }).going));
          assert.ok(plan(tags, { cutoff: later - days }).going.every(({ name }) => more.has(name)));
        },
      ),
    );
  });

  it('never deletes more with more protection', () => {
    fc.assert(
      fc.property(tagLists, patternLists, patternLists, (tags, protect, added) => {
        const more = new Set(names(plan(tags, { protect }).going));
        assert.ok(plan(tags, { protect: [...protect, ...added] }).going.every(({ name }) => more.has(name)));
      }),
    );
  });

  it('never deletes a tag of unknown age, a protected one, or one as young as the cutoff', () => {
    fc.assert(
      fc.property(tagLists, patternLists, (tags, protect) => {
        const protection = compileProtect(protect);
        for (const tag of plan(tags, { protect }).going) {
          assert.ok(
            tag.pushedAt !== undefined && tag.pushedAt < CUTOFF && protection.protectedBy(tag.name) === undefined,
          );
        }
      }),
    );
  });

  // What it takes is told and not held against anything, since others may be at work on the machine; `sliced.test.ts` has the bounds.
  it('plans 200,000 tags in no order', function () {
    this.timeout(30_000);
    const tags = Array.from({ length: 200_000 }, (_, index) => ({
      name: `build-${(index * 7919) % 200_000}`,
      pushedAt: NOW - ((index * 104_729) % 200_003) * 432_123,
    }));
    const before = process.cpuUsage();
    const result = plan(tags, { protect: ['latest', 'v[0-9]*', '*-keep'] });
    const { user, system } = process.cpuUsage(before);
    if (process.env['PRUNER_SHOW_COST']) {
      console.log(`      200,000 tags took ${Math.round((user + system) / 1000)} ms of the processor`);
    }
    assert.equal(result.verdicts.length, 200_000);
    for (const [i, { pushedAt }] of result.going.entries()) {
      assert.ok(i === 0 || result.going[i - 1]!.pushedAt! <= pushedAt!);
    }
  });
});

describe('planPicked', () => {
  it('deletes exactly what was picked, an unknown age too', () => {
    const result = planPicked({ repository, tags: [{ name: 'new', pushedAt: NOW }, { name: 'unknown' }], asOf: NOW });
    assert.deepEqual(reasons(result), ['unknown: picked', 'new: picked']);
    assert.equal(result.staying.length, 0);
    assert.ok(!('cutoff' in result));
  });

  it('empties the repository when it holds no more than was picked', () => {
    const picked = (remaining?: number, tags: Tag[] = [{ name: 'a' }, { name: 'b' }]): boolean =>
      planPicked({ repository, tags, asOf: NOW, remaining }).emptiesRepository;
    assert.equal(picked(3), false);
    assert.equal(picked(2), true);
    assert.equal(picked(1), true);
    assert.equal(picked(undefined), false);
    assert.equal(picked(0, []), false);
  });

  it('refuses a tag picked twice', () => {
    assert.throws(() => planPicked({ repository, tags: [{ name: 'a' }, { name: 'a' }], asOf: NOW }), /comes twice/);
  });
});

describe('withoutEmptying', () => {
  it('keeps the newest tag of a plan that would leave none', () => {
    const emptying = plan([
      { name: 'b', pushedAt: 2 },
      { name: 'a', pushedAt: 2 },
      { name: 'c', pushedAt: 1 },
    ]);
    const spared = atOnce(withoutEmptying(emptying));
    assert.deepEqual(reasons(spared), ['c: older', 'a: older', 'b: lastTag']);
    assert.equal(spared.emptiesRepository, false);
    assert.equal(spared.cutoff, CUTOFF);
    assert.ok(Object.isFrozen(spared) && Object.isFrozen(spared.verdicts));
    assert.equal(atOnce(withoutEmptying(spared)), spared);
  });

  it('keeps a known date rather than an unknown one', () => {
    const picked = planPicked({
      repository,
      tags: [{ name: 'unknown' }, { name: 'ancient', pushedAt: 0 }],
      asOf: NOW,
      remaining: 2,
    });
    assert.deepEqual(reasons(atOnce(withoutEmptying(picked))), ['unknown: picked', 'ancient: lastTag']);
  });

  it('hands back a plan that leaves a tag', () => {
    const leaving = plan([{ name: 'a', pushedAt: 0 }, { name: 'b' }]);
    assert.equal(atOnce(withoutEmptying(leaving)), leaving);
    const empty = plan([]);
    assert.equal(atOnce(withoutEmptying(empty)), empty);
  });
});

describe('withSpared', () => {
  it('moves tags to those that stay, in order', () => {
    const before = plan([{ name: 'a', pushedAt: 1 }, { name: 'b', pushedAt: 2 }, { name: 'c' }]);
    const after = atOnce(withSpared(before, new Set([before.going[0]!]), { kind: 'overCap' }));
    assert.deepEqual(reasons(after), ['b: older', 'a: overCap', 'c: unknownAge']);
    assert.deepEqual(names(before.going), ['a', 'b']);
  });

  it('hands back the plan when it deletes none of them', () => {
    const before = plan([{ name: 'a', pushedAt: 1 }]);
    assert.equal(atOnce(withSpared(before, new Set([{ name: 'x' }]), { kind: 'overCap' })), before);
  });
});
