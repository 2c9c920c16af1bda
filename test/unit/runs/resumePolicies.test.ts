import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Journal } from '../../../src/runs/journal/journal.ts';
import type { JournalRecord } from '../../../src/runs/journal/journalRecord.ts';
import { makeBatch, type Batch } from '../../../src/retention/plan/batch.ts';
import { checkPolicy } from '../../../src/retention/policy/checkPolicy.ts';
import { withPicked, planPicked } from '../../../src/retention/plan/plan.ts';
import type { RepositoryName } from '../../../src/retention/tags/repositoryName.ts';
import type { Policy } from '../../../src/retention/policy/policy.ts';
import { planByPolicy } from '../../../src/retention/plan/policyPlan.ts';
import { compileProtect } from '../../../src/retention/policy/protect.ts';
import { atOnce } from '../../../src/async/sliced.ts';
import type { Tag } from '../../../src/retention/tags/tag.ts';
import { planByAge } from '../retention/plan/planByAge.ts';
import { FakeClock, noon } from '../fakeClock.ts';
import {
  judgedNaively,
  listings,
  NOW,
  patternLists,
  policies as policyData,
  type World,
} from '../retention/plan/policyWorlds.ts';
import { head, readText } from './journal/journalText.ts';
import { confirmed, resumed, tomorrow } from './resumedRun.ts';
import { api, MemorySink } from './run/runToEnd.ts';

const day = 86_400_000;
const rule = (fields: Record<string, unknown>): Policy => checkPolicy({ repositories: ['*/*'], ...fields }, noon);
/** A tag that was pushed so many days before noon. */
const aged = (name: string, days: number, digest = `sha256:${name}`): Tag => ({
  name,
  pushedAt: noon - days * day,
  digest,
});
const young = aged('young', 1);

interface Began {
  readonly repository?: RepositoryName;
  readonly pick?: readonly string[];
  readonly asOf?: number;
}

function planned(policy: Policy, tags: readonly Tag[], { repository = api, pick = [], asOf = noon }: Began = {}) {
  const { plan } = planByPolicy({
    repository,
    tags,
    policy,
    now: asOf,
    asOf,
    protect: compileProtect([]),
    inDateOrder: true,
  });
  return atOnce(withPicked(plan, new Set(pick)));
}

async function recordOf(
  batch: Batch,
  removed: readonly string[] = [],
  kind: 'policies' | 'picked' | 'olderThan' = 'policies',
): Promise<JournalRecord> {
  const sink = new MemorySink();
  const journal = new Journal(sink, new FakeClock());
  await journal.begin({ ...head, policy: kind === 'olderThan' ? { kind, age: '90 days' } : { kind } }, batch);
  for (const { repository, going } of batch.plans) {
    for (const tag of going.filter(({ name }) => removed.includes(name))) {
      await journal.intend(repository, tag);
      journal.note({ type: 'outcome', repository, tag, outcome: { kind: 'removed' } });
    }
  }
  await journal.resume(0, false);
  return readText(sink.text);
}

const begunBy = (policy: Policy, tags: readonly Tag[], began?: Began, removed?: readonly string[]) =>
  recordOf(makeBatch([planned(policy, tags, began)], { maxDeletions: 0 }), removed);

describe('C1: resuming a run by policies', () => {
  const versions = Array.from({ length: 40 }, (_, i) => aged(i < 30 ? `v1.2.${i}` : `build-${i}`, 400 - i));
  const builds = ['b1', 'b2', 'b3', 'b4', 'b5'].map((name, i) => aged(name, 300 - i));

  it('C1: keeps what the file protects since the run stopped', async () => {
    const old = rule({ olderThan: '90 days' });
    const record = await begunBy(old, [...versions, young]);
    const { going, ends } = await resumed(record, {
      there: [...versions, young],
      policies: [rule({ olderThan: '90 days', protect: ['v1.2.*'] })],
    });
    assert.equal(going.length, 10);
    assert.ok(going.every((name) => name.startsWith('build-')));
    assert.equal(Object.values(ends).filter((end) => end === 'spared protected').length, 30);
  });

  const stricter: readonly [string, Record<string, unknown>, string[], Record<string, string>][] = [
    ['a higher age', { olderThan: '300 days' }, ['b1'], { b2: 'younger', b3: 'younger', b4: 'younger', b5: 'younger' }],
    ['more of the newest', { keepNewest: 3 }, ['b1', 'b2', 'b3'], { b4: 'newest', b5: 'newest' }],
    [
      'fewer tags',
      { tags: ['b[12]'], olderThan: '10 days' },
      ['b1', 'b2'],
      { b3: 'notCovered', b4: 'notCovered', b5: 'notCovered' },
    ],
    [
      'versions',
      { keepVersions: { majors: 1 } },
      [],
      { b1: 'notVersion', b2: 'notVersion', b3: 'notVersion', b4: 'notVersion', b5: 'notVersion' },
    ],
    [
      'a lower cap',
      { olderThan: '90 days', maxDeletions: 2 },
      ['b1', 'b2'],
      { b3: 'overCap', b4: 'overCap', b5: 'overCap' },
    ],
    [
      'a smaller share',
      { olderThan: '90 days', maxShare: 0.5 },
      [],
      { b1: 'overShare', b2: 'overShare', b3: 'overShare', b4: 'overShare', b5: 'overShare' },
    ],
    ['nothing but a lower age', { olderThan: '1 day' }, ['b1', 'b2', 'b3', 'b4', 'b5'], {}],
  ];
  for (const [what, fields, goes, kept] of stricter) {
    it(`C1: applies ${what} of today's file`, async () => {
      // Its newest tag is young, so that today's policy counts it among the newest.
      const record = await begunBy(rule({ olderThan: '90 days' }), [...builds, young]);
      const { going, ends } = await resumed(record, { there: [...builds, young], policies: [rule(fields)] });
      assert.deepEqual(
        [going, ends],
        [goes, Object.fromEntries(Object.entries(kept).map(([name, reason]) => [name, `spared ${reason}`]))],
      );
    });
  }

  it("C1: deletes no more than the run's own policy although today's is looser, and needs all of several policies", async () => {
    const record = await begunBy(rule({ keepNewest: 2 }), [...builds, young]);
    const looser = rule({ olderThan: '1 day' });
    assert.deepEqual((await resumed(record, { there: [...builds, young], policies: [looser] })).going, [
      'b1',
      'b2',
      'b3',
      'b4',
    ]);
    const both = await resumed(record, {
      there: [...builds, young],
      policies: [looser, rule({ tags: ['b*'], olderThan: '1 day', protect: ['b1'] }), rule({ olderThan: '299 days' })],
    });
    assert.deepEqual(
      [both.going, both.ends],
      [['b2'], { b1: 'spared protected', b3: 'spared younger', b4: 'spared younger' }],
    );
  });

  it("C1: keeps an alias of what today's policy keeps", async () => {
    const alias = aged('alias', 310, builds[0]!.digest);
    const record = await begunBy(rule({ olderThan: '90 days' }), [...builds, alias, young]);
    const { ends } = await resumed(record, {
      there: [...builds, alias, young],
      policies: [rule({ olderThan: '90 days', protect: ['b1'] })],
    });
    assert.deepEqual(ends, { b1: 'spared protected', alias: 'spared alias' });
  });

  it('C1: what was picked by hand goes although a rule of today keeps it, unless it is protected or in use now', async () => {
    const pick = ['b3', 'b4', 'b5', 'young'];
    const record = await begunBy(rule({ keepNewest: 4 }), [...builds, young], { pick });
    const uses = { tags: new Map([['b4', 'compose.yaml:7']]), digests: new Map([[young.digest!, 'k8s/web.yaml:2']]) };
    const { going, ends } = await resumed(record, {
      there: [...builds, young],
      uses,
      policies: [rule({ keepNewest: 20, protect: ['b5'] })],
    });
    assert.deepEqual(
      [going, ends],
      [
        ['b3'],
        {
          b1: 'spared newest',
          b2: 'spared newest',
          b4: 'spared referenced',
          b5: 'spared protected',
          young: 'spared referenced',
        },
      ],
    );
    const careless = rule({ keepNewest: 1, keepReferenced: false });
    const inUse = await resumed(await begunBy(careless, builds, { pick: ['b5'] }), {
      there: [...builds, young],
      uses: { tags: new Map([['b5', 'x:1']]), digests: new Map() },
      policies: [careless],
    });
    assert.deepEqual(inUse.ends, {}, 'neither policy keeps what is in use');
  });

  it('C1: counts a cap over all repositories of one policy, and a share for each', async () => {
    const web = { namespace: 'team', name: 'web' };
    const old = rule({ olderThan: '90 days' });
    const others = builds.map((tag) => ({ ...tag, name: `w-${tag.name}`, pushedAt: tag.pushedAt! + 1_000 }));
    const batch = makeBatch([planned(old, [...builds, young]), planned(old, [...others, young], { repository: web })], {
      maxDeletions: 0,
    });
    const record = await recordOf(batch);
    const capped = await resumed(record, {
      there: [...builds, young],
      others: [[web, [...others, young]]],
      policies: [rule({ olderThan: '90 days', maxDeletions: 3 })],
    });
    assert.deepEqual(capped.going, ['b1', 'b2', 'w-b1']);
    const newer = Array.from({ length: 9 }, (_, i) => aged(`new${i}`, 2));
    const shares = await resumed(record, {
      there: [...builds, young],
      others: [[web, [...others, young, ...newer]]],
      policies: [rule({ olderThan: '90 days', maxShare: 0.5 })],
    });
    assert.deepEqual(
      shares.going,
      ['w-b1', 'w-b2', 'w-b3', 'w-b4', 'w-b5'],
      'five of six is too large a share, five of fifteen is not',
    );
  });

  it('C1: counts for a share what the run has deleted so far', async () => {
    const record = await begunBy(
      rule({ olderThan: '90 days' }),
      [...versions, ...Array.from({ length: 40 }, (_, i) => aged(`n${i}`, 2))],
      {},
      versions.slice(0, 36).map(({ name }) => name),
    );
    const there = [...versions.slice(36), ...Array.from({ length: 40 }, (_, i) => aged(`n${i}`, 2))];
    assert.equal(
      (await resumed(record, { there, policies: [rule({ olderThan: '90 days', maxShare: 0.5 })] })).going.length,
      4,
      '40 of 80 in all',
    );
    const { going, ends } = await resumed(record, { there, policies: [rule({ olderThan: '90 days', maxShare: 0.3 })] });
    assert.deepEqual([going, new Set(Object.values(ends))], [[], new Set(['spared overShare'])]);
  });

  it('C1: asks no policy for a run by age, or of tags that were picked', async () => {
    const policies = () => assert.fail('asked');
    const ofAge = makeBatch(
      [
        planByAge({
          repository: api,
          tags: [...builds, young],
          asOf: noon,
          cutoff: noon - 90 * day,
          protect: compileProtect([]),
        }),
      ],
      { maxDeletions: 0 },
    );
    assert.equal(
      (await resumed(await recordOf(ofAge, [], 'olderThan'), { there: [...builds, young], policies })).going.length,
      5,
    );
    const ofPicks = makeBatch([planPicked({ repository: api, tags: builds, asOf: noon, remaining: 6 })], {
      maxDeletions: 0,
    });
    const record = await recordOf(ofPicks, [], 'picked');
    assert.equal((await resumed(record, { there: [...builds, young], policies })).going.length, 5);
    const used = await resumed(record, {
      there: [...builds, young],
      policies,
      uses: { tags: new Map([['b2', 'compose.yaml:1']]), digests: new Map() },
    });
    assert.deepEqual(used.ends, { b2: 'spared referenced' });
  });

  it('asks for the policies of each plan with the source that its journal names', async () => {
    const sink = new MemorySink();
    const source = { key: 'file:///w/.docker-hub-prune.jsonc', label: 'w' };
    await new Journal(sink, new FakeClock()).begin(
      { ...head, policy: { kind: 'policies' }, sourceOf: () => source },
      makeBatch([planned(rule({ keepNewest: 1 }), builds)], { maxDeletions: 0 }),
    );
    const asked: unknown[] = [];
    await resumed(await readText(sink.text), { there: builds, policies: (plan) => (asked.push(plan.source), []) });
    assert.deepEqual(asked, [source]);
    const before = await readText(sink.text.replace('"version":3', '"version":2').replace(/"source":\{.*?\},/, ''));
    assert.equal(before.plans[0]!.source, undefined);
    assert.equal((await resumed(before, { there: builds })).going.length, 4);
  });

  it('C1: deletes what both policies let go and nothing else, whatever policies and tags there are', async function () {
    this.timeout(120_000);
    const some = (names: readonly Tag[]) =>
      fc.subarray(
        names.map(({ name }) => name),
        { maxLength: Math.min(3, names.length) },
      );
    const world = listings.chain((tags) =>
      fc.record({
        tags: fc.constant(tags),
        then: policyData,
        now: policyData,
        second: fc.option(policyData, { nil: undefined }),
        protect: patternLists,
        pick: some(tags),
        gone: some(tags),
        used: some(tags),
        immutable: some(tags),
        added: fc.boolean(),
      }),
    );
    let [differed, went] = [0, 0];
    await fc.assert(
      fc.asyncProperty(world, async ({ tags, then, now, second, protect, pick, gone, used, immutable, added }) => {
        const policy = checkPolicy(then, NOW);
        const plan = planned(policy, tags, { pick, asOf: NOW });
        if (plan.going.length === 0) return;
        const batch = makeBatch([{ ...plan, emptiesRepository: true }], { maxDeletions: 0 });
        const record = await recordOf(batch);
        const there = [
          ...tags.filter(({ name }) => !gone.includes(name)),
          ...(added ? [{ name: '9.9.9', pushedAt: NOW - 100 * day, digest: 'sha256:9' }] : []),
        ];
        // A name that is there twice is no list.
        if (new Set(there.map(({ name }) => name)).size < there.length) return;
        const todays = [now, ...(second ? [second] : [])];
        const uses = { tags: new Map(used.map((name) => [name, 'deploy.yaml:1'])), digests: new Map<string, string>() };
        const { going, ends } = await resumed(record, {
          there,
          protect,
          uses,
          immutable,
          asOf: NOW,
          policies: todays.map((data) => checkPolicy(data, NOW)),
        });

        const naive = [then, ...todays].map((data) =>
          judgedNaively({
            tags: there,
            policy: data,
            protect,
            usedTags: used,
            usedDigests: [],
            immutable,
          } satisfies World),
        );
        const usesCount = [then, ...todays].some((data) => checkPolicy(data, NOW).keepReferenced);
        const keeps = (name: string) => {
          if (immutable.includes(name)) return true;
          if (!pick.includes(name) || !record.plans[0]!.picked.has(name)) {
            return naive.some((reasons) => reasons.get(name)!.length > 0);
          }
          return (
            naive.some((reasons) =>
              reasons
                .get(name)!
                .some(
                  (reason) => /^protected/.test(reason) && (protects(protect, name) || !protects(policy.protect, name)),
                ),
            ) ||
            (usesCount && used.includes(name))
          );
        };
        const isThere = new Map(there.map((tag) => [tag.name, tag]));
        // An unreadable date is written down as none, and counts as another one.
        const same = plan.going.filter(
          ({ name, pushedAt }) => isThere.has(name) && (pushedAt === undefined || Number.isFinite(pushedAt)),
        );
        assert.deepEqual(
          going.toSorted(),
          same
            .filter(({ name }) => !keeps(name))
            .map(({ name }) => name)
            .toSorted(),
        );
        assert.equal(going.length + Object.keys(ends).length, plan.going.length);
        if (going.length < same.length) differed++;
        if (going.length > 0) went++;
      }),
      { numRuns: 600, seed: 20_261_130 },
    );
    assert.ok(differed > 100 && went > 50, `${differed} ${went}`);
  });
});

describe('checkConfirmed', () => {
  const builds = ['b1', 'b2', 'b3', 'b4'].map((name, i) => aged(name, 300 - i));
  const there = [...builds, young];
  const policy = rule({ olderThan: '90 days' });
  const asked = async (world = {}) => {
    const record = await begunBy(policy, there);
    const { resumption } = await resumed(record, { there, policies: [policy], ...world });
    return { record, resumption };
  };

  it('finds nothing changed where nothing did', async () => {
    const { record, resumption } = await asked();
    const { going, changed, settled } = await confirmed(record, resumption, { there, policies: [policy] });
    assert.deepEqual([going, changed, settled], [['b1', 'b2', 'b3', 'b4'], [], []]);
  });

  it('keeps what was pushed meanwhile, and deletes the rest', async () => {
    const { record, resumption } = await asked();
    const { going, changed, ends } = await confirmed(record, resumption, {
      there: [{ ...builds[0]!, pushedAt: tomorrow }, ...builds.slice(1), young, aged('new', 0)],
      policies: [policy],
    });
    assert.deepEqual([going, changed, ends], [['b2', 'b3', 'b4'], [], { b1: 'spared' }]);
  });

  it('never lets more go than was asked about', async () => {
    const { record, resumption } = await asked({ policies: [rule({ olderThan: '90 days', protect: ['b1', 'b2'] })] });
    const { going, changed, ends } = await confirmed(record, resumption, {
      there: [...there, aged('older', 900)],
      policies: [],
    });
    assert.deepEqual([going, changed, ends], [['b3', 'b4'], [], { b1: 'spared protected', b2: 'spared protected' }]);
  });

  const uses = { tags: new Map([['b2', 'compose.yaml:7']]), digests: new Map<string, string>() };
  for (const [what, world, changes] of [
    [
      'a rule of a policy',
      { there, policies: [rule({ olderThan: '90 days', protect: ['b3'] })] },
      { b3: 'spared protected' },
    ],
    ['the protection of the settings', { there, protect: ['b4'] }, { b4: 'spared protected' }],
    ['a cap of the settings', { there, maxDeletions: 3 }, { b4: 'spared overCap' }],
    ['a use', { there, uses }, { b2: 'spared referenced' }],
    ['immutability', { there, immutable: ['b1'] }, { b1: 'spared immutable' }],
    ['a deletion by somebody else', { there: [...builds.slice(1), young] }, { b1: 'alreadyGone' }],
    ['a deletion of all that was to be kept', { there: builds }, { b4: 'spared lastTag' }],
    [
      'the end of the repository',
      { there: undefined },
      {
        b1: 'notReached repositoryGone',
        b2: 'notReached repositoryGone',
        b3: 'notReached repositoryGone',
        b4: 'notReached repositoryGone',
      },
    ],
  ] as const) {
    it(`C1: tells of ${what} that came while the user was asked`, async () => {
      const { record, resumption } = await asked();
      const { changed, ends, going } = await confirmed(record, resumption, { policies: [policy], ...world });
      assert.deepEqual(ends, changes);
      assert.deepEqual(changed.map(({ tag }) => tag.name).toSorted(), Object.keys(changes).toSorted());
      assert.equal(going.length, 4 - Object.keys(changes).length);
    });
  }

  it('D5: believes no list that lacks a tag which is there', async () => {
    const { record, resumption } = await asked();
    await assert.rejects(
      confirmed(record, resumption, {
        there,
        list: async () => ({ repository: api, tags: [young], asOf: tomorrow, inDateOrder: true }),
      }),
      /incomplete/,
    );
  });
});

function protects(patterns: readonly string[], name: string): boolean {
  return compileProtect([...patterns]).protectedBy(name) !== undefined;
}
