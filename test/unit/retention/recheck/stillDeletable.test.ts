import assert from 'node:assert/strict';
import fc from 'fast-check';
import { makeBatch, type Batch } from '../../../../src/retention/plan/batch.ts';
import { checkPolicy } from '../../../../src/retention/policy/checkPolicy.ts';
import { hasMoved } from '../../../../src/retention/tags/moved.ts';
import { withPicked, planPicked, withSpared, withoutEmptying, type Plan } from '../../../../src/retention/plan/plan.ts';
import { exceedsShare, planByPolicy, policyCutoff } from '../../../../src/retention/plan/policyPlan.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { atOnce } from '../../../../src/async/sliced.ts';
import {
  stillDeletable,
  type Confirmed,
  type RepositoryToday,
  type Today,
} from '../../../../src/retention/recheck/stillDeletable.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { noUses, type Uses } from '../../../../src/retention/plan/uses.ts';
import { judgeNaively } from '../plan/naivePolicy.ts';
import { DAY, judged, NOW, policies, repository, seeded, worlds } from '../plan/policyWorlds.ts';

const protect = compileProtect([]);

function aged(name: string, days: number, more: Partial<Tag> = {}): Tag {
  return { name, pushedAt: NOW - days * DAY, digest: digestOf(name), ...more };
}

function digestOf(text: string): string {
  return `sha256:${Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64)}`;
}

function uses(tags: Readonly<Record<string, string>>): Uses {
  return { tags: new Map(Object.entries(tags)), digests: new Map() };
}

function planOf(tags: readonly Tag[], rules: Record<string, unknown>): Plan {
  return planByPolicy({ repository, tags, policy: policyOf(rules), now: NOW, asOf: NOW, protect }).plan;
}

function policyOf(rules: Record<string, unknown>) {
  return checkPolicy({ repositories: ['*/*'], ...rules }, NOW);
}

function confirmed(...plans: readonly Plan[]): Confirmed {
  return { batch: makeBatch(plans, { maxDeletions: 0 }), now: NOW, protect, usesOf: () => noUses };
}

function check(of: Confirmed, today: RepositoryToday | ((name: string) => RepositoryToday), more: Partial<Today> = {}) {
  const result = atOnce(
    stillDeletable(of, {
      protect,
      usesOf: () => noUses,
      maxDeletions: 0,
      repository: ({ name }) => (typeof today === 'function' ? today(name) : today),
      ...more,
    }),
  );
  return 'change' in result
    ? { change: result.change }
    : { deletes: namesIn(result.batch), moved: result.moved.map(({ tag }) => tag.name), batch: result.batch };
}

function namesIn({ plans }: Batch): string[] {
  return plans.flatMap(({ going }) => going.map(({ name }) => name));
}

const ninety = { olderThan: '90 days' };
const four = [aged('a', 400), aged('b', 300), aged('c', 200), aged('new', 5)];

describe('what of a confirmed batch is still deletable', () => {
  it('is the batch itself while nothing has changed', () => {
    const of = confirmed(planOf(four, ninety));
    assert.equal(check(of, { tags: [...four].reverse() }).batch, of.batch);
  });

  it('lacks what was pushed again, and holds nothing that became old enough or was pushed', () => {
    const of = confirmed(planOf(four, ninety));
    const tags = [
      aged('a', 400),
      aged('b', 0, { digest: digestOf('x') }),
      aged('c', 200),
      aged('new', 5),
      aged('newer', 0),
      aged('old', 500),
    ];
    const result = check(of, { tags });
    assert.deepEqual([result.deletes, result.moved], [['a', 'c'], ['b']]);
    assert.ok(
      result.batch!.plans[0]!.going.every((tag) => of.batch.plans[0]!.going.includes(tag)),
      'the very tags that were confirmed',
    );
    assert.equal(result.batch!.total, 2);
  });

  it('holds what is gone already, for the run to report', () => {
    assert.deepEqual(check(confirmed(planOf(four, ninety)), { tags: [four[0]!, four[3]!] }).deletes, ['a', 'b', 'c']);
  });

  describe('C5: where somebody else has deleted what was to be kept', () => {
    const of = confirmed(planOf(four, ninety));
    const emptied = { change: { kind: 'emptied', repository: of.batch.plans[0]!.repository } };

    it('is nothing: the repository would be emptied', () => {
      assert.deepEqual(check(of, { tags: four.slice(0, 3) }), emptied);
      assert.deepEqual(check(of, { tags: [four[1]!] }), emptied);
      assert.deepEqual(check(confirmed(planOf(four, { keepNewest: 1 })), { tags: four.slice(0, 3) }), emptied);
    });

    it('is nothing either where the newest tag was to be kept in place of emptying it', () => {
      const kept = confirmed(atOnce(withoutEmptying(planOf(four.slice(0, 3), ninety))));
      assert.deepEqual(namesIn(kept.batch), ['a', 'b']);
      assert.deepEqual(check(kept, { tags: four.slice(0, 2) }), emptied);
    });

    it('is nothing where picked tags are all that is left', () => {
      const picked = confirmed(planPicked({ repository, tags: four.slice(0, 2), asOf: NOW, remaining: 4 }));
      assert.deepEqual(check(picked, { tags: four.slice(0, 2) }), emptied);
      assert.deepEqual(check(picked, { tags: four.slice(0, 3) }).deletes, ['a', 'b']);
    });

    it('is all of it where emptying was agreed to, where all is gone, or where one of them was pushed again', () => {
      assert.deepEqual(check(confirmed(planOf(four.slice(0, 3), ninety)), { tags: four.slice(0, 3) }).deletes, [
        'a',
        'b',
        'c',
      ]);
      assert.deepEqual(check(of, { tags: [] }).deletes, ['a', 'b', 'c']);
      assert.deepEqual(check(of, { tags: [four[0]!, aged('b', 0)] }).deletes, ['a', 'c']);
    });

    it('is nothing where a rule now keeps one of them in its place, or its share is too large', () => {
      const byNumber = confirmed(planOf(four, { keepNewest: 2 }));
      const { change } = check(byNumber, { tags: four.filter(({ name }) => name !== 'new') });
      assert.deepEqual(change?.kind === 'kept' && [change.count, change.first.tag.name, change.first.reason], [
        1,
        'b',
        { kind: 'newest', count: 2 },
      ]);
      const share = confirmed(planOf([...four, aged('d', 1), aged('e', 2)], { ...ninety, maxShare: 0.5 }));
      assert.deepEqual(check(share, { tags: [...four, aged('d', 1)] }).change, {
        kind: 'share',
        repository: share.batch.plans[0]!.repository,
        deleting: 3,
        tags: 5,
        maxShare: 0.5,
      });
    });
  });

  it('is nothing where a push has made one of them the image of a tag that is kept', () => {
    const { change } = check(confirmed(planOf(four, ninety)), {
      tags: [...four, aged('latest', 0, { digest: digestOf('b') })],
    });
    assert.deepEqual(change?.kind === 'kept' && [change.first.tag.name, change.first.reason], [
      'b',
      { kind: 'alias', of: 'latest' },
    ]);
  });

  it('is nothing where one of them is protected or in use by now, and no matter what for those that were pushed again', () => {
    const of = confirmed(planOf(four, ninety));
    assert.equal(check(of, { tags: four }, { protect: compileProtect(['b']) }).change?.kind, 'kept');
    assert.equal(check(of, { tags: four }, { usesOf: () => uses({ c: 'a.yaml:1' }) }).change?.kind, 'kept');
    const moved = four.map((tag) => (tag.name === 'b' ? aged('b', 0) : tag));
    assert.deepEqual(
      check(of, { tags: moved }, { protect: compileProtect(['b']), usesOf: () => uses({ b: 'a.yaml:1' }) }).deletes,
      ['a', 'c'],
    );
  });

  it('is nothing where the settings allow fewer, counted without what was pushed again', () => {
    const of = confirmed(planOf(four, ninety));
    assert.deepEqual(check(of, { tags: four }, { maxDeletions: 2 }).change, { kind: 'cap', maxDeletions: 2 });
    assert.deepEqual(check(of, { tags: [four[0]!, aged('b', 0), four[2]!, four[3]!] }, { maxDeletions: 2 }).deletes, [
      'a',
      'c',
    ]);
  });

  describe('C2: where the policy has changed', () => {
    const of = confirmed(planOf(four, ninety));
    const by = (rules: Record<string, unknown>) => check(of, { tags: four, policy: policyOf(rules) });
    const keeps = (rules: Record<string, unknown>) => {
      const { change } = by(rules);
      return change?.kind === 'keptByPolicy'
        ? [change.count, change.first.tag.name, change.first.reason.kind]
        : change?.kind;
    };

    it('is nothing by a stricter one, which is told by the first tag that it keeps', () => {
      assert.deepEqual(keeps({ ...ninety, protect: ['B'] }), [1, 'b', 'protected']);
      assert.deepEqual(keeps({ olderThan: '1 year' }), [2, 'b', 'younger']);
      assert.deepEqual(keeps({ ...ninety, tags: ['z*'] }), [3, 'a', 'notCovered']);
      assert.deepEqual(keeps({ ...ninety, keepNewest: 2 }), [1, 'c', 'newest']);
      assert.equal(by({ ...ninety, maxDeletions: 2 }).change?.kind, 'policyCap');
      assert.equal(by({ ...ninety, maxShare: 0.5 }).change?.kind, 'share');
    });

    it('is the batch itself by one that keeps none of it, and never more', () => {
      for (const rules of [
        { olderThan: '180 days' },
        { olderThan: '1 day' },
        { keepNewest: 1 },
        { ...ninety, protect: ['new'] },
        { ...ninety, maxDeletions: 3 },
        { ...ninety, maxShare: 0.75 },
      ]) {
        assert.equal(by(rules).batch, of.batch, JSON.stringify(rules));
      }
    });

    it('counts the cap of a policy over all of its repositories', () => {
      const other = { ...planOf(four, ninety), repository: { namespace: 'team', name: 'other' } };
      const both = confirmed(of.batch.plans[0]!, other);
      const [one, two] = [policyOf({ ...ninety, maxDeletions: 5 }), policyOf({ ...ninety, maxDeletions: 5 })];
      assert.equal(check(both, { tags: four, policy: one }).change?.kind, 'policyCap');
      assert.equal(check(both, (name) => ({ tags: four, policy: name === 'other' ? two : one })).deletes?.length, 6);
    });
  });

  describe('where something was decided by hand', () => {
    it('is what was picked although the rules keep it, but not what has come to be protected or in use', () => {
      const then: Confirmed = {
        ...confirmed(atOnce(withPicked(planOf(four, { keepNewest: 2 }), new Set(['c'])))),
        usesOf: () => uses({ c: 'a.yaml:1' }),
      };
      assert.deepEqual(check(then, { tags: four }, { usesOf: () => uses({ c: 'b.yaml:2' }) }).deletes, ['a', 'b', 'c']);
      assert.equal(check(then, { tags: four }, { protect: compileProtect(['c']) }).change?.kind, 'kept');
    });

    it('is not the image that a tag kept by hand has by now', () => {
      const ruled = planOf(four, ninety);
      const plan = atOnce(withSpared(ruled, new Set(ruled.going.slice(0, 1)), { kind: 'byHand' }));
      const { change } = check(confirmed(plan), {
        tags: [aged('a', 350, { digest: digestOf('b') }), ...four.slice(1)],
      });
      assert.deepEqual(change?.kind === 'kept' && [change.first.tag.name, change.first.reason], [
        'b',
        { kind: 'alias', of: 'a' },
      ]);
    });
  });

  it('C6: of picked tags is nothing that has come to be used or protected, and what was so when they were confirmed', () => {
    const then: Confirmed = {
      ...confirmed(planPicked({ repository, tags: four.slice(0, 2), asOf: NOW, remaining: 4 })),
      protect: compileProtect(['a']),
      usesOf: () => uses({ b: 'a.yaml:1' }),
    };
    assert.deepEqual(
      check(then, { tags: four }, { protect: compileProtect(['a']), usesOf: () => uses({ b: 'a.yaml:1' }) }).deletes,
      ['a', 'b'],
    );
    assert.equal(
      check(
        then,
        { tags: four },
        { protect: compileProtect(['a']), usesOf: () => uses({ a: 'a.yaml:1', b: 'a.yaml:1' }) },
      ).change?.kind,
      'kept',
    );
    assert.equal(
      check(then, { tags: four }, { protect: compileProtect(['a', 'b']), usesOf: then.usesOf }).change?.kind,
      'kept',
    );
  });

  it('is always a part of what was confirmed, without anything that a rule of then or of today keeps (invariant 1)', () => {
    const moves = fc.array(
      fc.record({
        kind: fc.constantFrom('push', 'again', 'again', 'again', 'again', 'remove'),
        at: fc.nat(23),
        to: fc.nat(23),
      }),
      { maxLength: 6 },
    );
    const changes = fc.record({
      world: worlds,
      moves,
      policy: fc.option(policies, { nil: undefined }),
      protected: fc.constantFrom([], [], ['v*'], ['*.0']),
      used: fc.nat(40),
    });
    const seen = { ran: 0, less: 0, refused: 0 };
    fc.assert(
      fc.property(changes, ({ world, moves, policy, protected: added, used }) => {
        const then = judged(world).plan;
        const batch = makeBatch([then], { maxDeletions: 0 });
        const tags = moved(world.tags, moves);
        const usedTags = [...world.usedTags, ...then.going.slice(used, used + 1).map(({ name }) => name)];
        const placesOf = (names: readonly string[]) =>
          new Map(names.map((name, at) => [name, `deploy.yaml:${at + 1}`]));
        const usesOf = (tagNames: readonly string[]): Uses => ({
          tags: placesOf(tagNames),
          digests: placesOf(world.usedDigests),
        });
        const protectedNow = [...world.protect, ...added];
        const [before, now] = [usesOf(world.usedTags), usesOf(usedTags)];
        const today = policy && policyOf(policy);
        const isImmutable = (name: string) => world.immutable.includes(name);
        const result = atOnce(
          stillDeletable(
            { batch, now: NOW, protect: compileProtect(world.protect), usesOf: () => before },
            {
              protect: compileProtect(protectedNow),
              usesOf: () => now,
              maxDeletions: 0,
              repository: () => ({ tags, isImmutable, ...(today && { policy: today }) }),
            },
          ),
        );
        const rows = new Map(tags.map((tag) => [tag.name, tag]));
        const [isGone, isMoved] = [
          (tag: Tag) => !rows.has(tag.name),
          (tag: Tag) => rows.has(tag.name) && hasMoved(tag, rows.get(tag.name)!),
        ];
        const reasonsBy = (each: ReturnType<typeof policyOf>) => {
          return judgeNaively(tags, {
            policy: each,
            asOf: NOW,
            cutoff: policyCutoff(each, NOW),
            protect: protectedNow,
            usedTags: now.tags,
            usedDigests: now.digests,
            immutable: new Set(world.immutable),
          });
        };
        const naive = [then.policy!, ...(today ? [today] : [])].map((each) => reasonsBy(each));
        const there = then.going.filter((tag) => !isGone(tag) && !isMoved(tag));
        const kept = there.filter(({ name }) => naive.some((reasons) => reasons.get(name)!.length > 0));
        const newlyProtected = then.going.some(
          (tag) => !isMoved(tag) && added.length > 0 && compileProtect(added).protectedBy(tag.name) !== undefined,
        );
        const newlyUsed =
          then.policy!.keepReferenced && then.going.some((tag) => !isMoved(tag) && now.tags.has(tag.name));
        const empties = there.length > 0 && there.length === tags.length && !then.emptiesRepository;
        if ('change' in result) {
          seen.refused++;
          assert.ok(
            kept.length > 0 ||
              newlyProtected ||
              newlyUsed ||
              empties ||
              ['share', 'policyCap'].includes(result.change.kind),
            JSON.stringify(result.change),
          );
          return;
        }
        seen.ran++;
        if (result.batch !== batch) seen.less++;
        assert.deepEqual(kept, [], 'kept by a rule');
        assert.ok(!empties);
        const { going } = result.batch.plans[0]!;
        assert.deepEqual(
          going,
          then.going.filter((tag) => !isMoved(tag)),
          'the confirmed tags, in their order',
        );
        assert.ok(going.every((tag) => then.going.includes(tag)));
        assert.deepEqual(
          result.moved.map(({ tag }) => tag),
          then.going.filter(isMoved),
        );
        assert.ok(
          exceedsShare(then, then.policy!) ||
            !today ||
            today.maxShare === 1 ||
            there.length / tags.length <= today.maxShare ||
            there.length === 0,
        );
      }),
      seeded,
    );
    assert.ok(seen.ran > 100 && seen.less > 10 && seen.refused > 50, JSON.stringify(seen));
  });

  describe('attachments that go along with picked tags', () => {
    const v1 = aged('v1', 30);
    const signature = aged(`sha256-${digestOf('v1').slice(7)}.sig`, 29);
    const latest = aged('latest', 1);
    const plan = planPicked({ repository, tags: [v1, signature], asOf: NOW, remaining: 3, remainingImages: 2 });
    const along = new Set(plan.going.filter(({ name }) => name === signature.name));
    const check = (tags: readonly Tag[], confirmedAlong?: ReadonlySet<Tag>) =>
      atOnce(
        stillDeletable(
          { ...confirmed(plan), ...(confirmedAlong && { along: confirmedAlong }) },
          { protect, usesOf: () => noUses, maxDeletions: 0, repository: () => ({ tags }) },
        ),
      );

    it('are not deleted once another tag has their image', () => {
      assert.ok('batch' in check([latest, v1, signature], along));
      const moved = aged('latest', 0, { digest: v1.digest });
      for (const tags of [[moved, v1, signature], [moved]]) {
        const result = check(tags, along);
        assert.ok('change' in result && result.change.kind === 'kept');
        assert.deepEqual(
          [result.change.first.tag.name, result.change.first.reason],
          [signature.name, { kind: 'attachedTo', of: 'latest' }],
        );
      }
      assert.ok('batch' in check([moved, v1, signature]), 'one that was picked itself is deleted all the same');
    });
  });
});

interface Move {
  readonly kind: string;
  readonly at: number;
  readonly to: number;
}

/** A listing after pushes, some of an image that is there already, and deletions. */
function moved(tags: readonly Tag[], moves: readonly Move[]): readonly Tag[] {
  const rows = new Map(tags.map((tag) => [tag.name, tag]));
  for (const [turn, { kind, at, to }] of moves.entries()) {
    const [tag, other] = [tags[at % Math.max(1, tags.length)], tags[to % Math.max(1, tags.length)]];
    const pushed = { pushedAt: NOW + turn, ...(other?.digest !== undefined && { digest: other.digest }) };
    if (kind === 'push') rows.set(`pushed-${turn}`, { name: `pushed-${turn}`, ...pushed });
    else if (kind === 'again' && tag) rows.set(tag.name, { name: tag.name, ...pushed });
    else if (tag) rows.delete(tag.name);
  }
  return [...rows.values()];
}
