import assert from 'node:assert/strict';
import { checkPolicy } from '../../../../src/retention/policy/checkPolicy.ts';
import { makePolicyBatch } from '../../../../src/retention/plan/policyBatch.ts';
import { exceedsShare, type Judgement, planByPolicy } from '../../../../src/retention/plan/policyPlan.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { atOnce } from '../../../../src/async/sliced.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { withoutEmptying } from '../../../../src/retention/plan/plan.ts';
import { DAY, NOW, repository } from './policyWorlds.ts';
import { imagesOf } from './imagesOf.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

function judgeBy(
  policy: Record<string, unknown>,
  tags: readonly Tag[],
  more: {
    uses?: { tags?: Record<string, string>; digests?: Record<string, string> };
    protect?: readonly string[];
  } = {},
): Judgement {
  const { uses = {}, protect = ['latest'] } = more;
  return planByPolicy({
    repository,
    tags,
    policy: checkPolicy({ repositories: ['*/*'], ...policy }, NOW),
    now: NOW,
    asOf: NOW,
    protect: compileProtect(protect),
    uses: { tags: new Map(Object.entries(uses.tags ?? {})), digests: new Map(Object.entries(uses.digests ?? {})) },
  });
}

function going({ plan }: Judgement): string[] {
  return plan.going.map(({ name }) => name);
}

/** Why a tag stays, strongest first. */
function whyOf({ plan, reasonsOf }: Judgement, name: string): string[] {
  return reasonsOf(plan.verdicts.find(({ tag }) => tag.name === name)!.tag).map(({ kind }) => kind);
}

const builds = (count: number): Tag[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `build-${i + 1}`,
    digest: digest((i % 10).toString()).replace(/.$/, i.toString(36)),
    pushedAt: NOW - (400 - i) * DAY,
  }));

describe('worst days of wrong choice, under a policy', () => {
  it('gcr-cleaner#79: keep 3 keeps three, also when all are old and there are but three', () => {
    const three = builds(3);
    assert.deepEqual(going(judgeBy({ keepNewest: 3 }, three)), []);
    assert.deepEqual(going(judgeBy({ keepNewest: 3, olderThan: '1 day' }, three)), []);
    assert.deepEqual(going(judgeBy({ keepNewest: 3, olderThan: '1 day' }, builds(5))), ['build-1', 'build-2']);
  });

  it('gcr-cleaner#79: keep 3 keeps three images however many names the newest has', () => {
    const [first, ...others] = builds(5).toReversed();
    const names = ['a', 'b', 'c', 'd'].map((name): Tag => ({ ...first!, name }));
    assert.deepEqual(going(judgeBy({ keepNewest: 3 }, [first!, ...names, ...others])), ['build-1', 'build-2']);
  });

  it('gcr-cleaner#79: three tags that all may go never all go once the last one is spared', () => {
    const judgement = judgeBy({ olderThan: '1 day' }, builds(3));
    assert.equal(judgement.plan.emptiesRepository, true);
    assert.deepEqual(
      atOnce(withoutEmptying(judgement.plan)).going.map(({ name }) => name),
      ['build-1', 'build-2'],
    );
  });

  it('snok#67: exactly the tags beyond the newest go, and a cap of n deletes n, not 25 more', () => {
    for (let keep = 1; keep <= 30; keep++) {
      assert.equal(going(judgeBy({ keepNewest: keep }, builds(30))).length, 30 - keep);
    }
    const policy = checkPolicy({ repositories: ['*/*'], keepNewest: 3, maxDeletions: 2 }, NOW);
    const { plan } = judgeBy({ keepNewest: 3 }, builds(30));
    const batch = atOnce(makePolicyBatch([{ plan, policy }], { maxDeletions: 0 }));
    assert.deepEqual(
      batch.plans[0]!.going.map(({ name }) => name),
      ['build-1', 'build-2'],
    );
  });

  it('snok#67: a plan that deletes a larger share than the policy allows is told', () => {
    const policy = { keepNewest: 3, maxShare: 0.5 };
    assert.equal(
      exceedsShare(judgeBy(policy, builds(30)).plan, checkPolicy({ repositories: ['*/*'], ...policy }, NOW)),
      true,
    );
  });

  it('view_components#1826: latest stays, in whatever case, and so does what else names its image', () => {
    const tags: Tag[] = [
      ...builds(2),
      { name: 'Latest', digest: digest('a'), pushedAt: 0 },
      { name: 'v1', digest: digest('a'), pushedAt: 0 },
    ];
    assert.deepEqual(going(judgeBy({ olderThan: '1 day' }, tags)), ['build-1', 'build-2']);
    assert.deepEqual(whyOf(judgeBy({ olderThan: '1 day' }, tags), 'v1'), ['alias']);
  });

  it('view_components#1826: latest takes no place of the newest and hides no release of its image', () => {
    const tags: Tag[] = [
      { name: 'latest', digest: digest('b'), pushedAt: NOW - 100 * DAY },
      { name: 'v2.3.1', digest: digest('b'), pushedAt: NOW - 100 * DAY },
      { name: 'v2.3.0', digest: digest('c'), pushedAt: NOW - 200 * DAY },
      { name: 'v2.2.0', digest: digest('d'), pushedAt: NOW - 300 * DAY },
    ];
    assert.deepEqual(going(judgeBy({ keepNewest: 2 }, tags)), ['v2.2.0']);
    assert.deepEqual(going(judgeBy({ keepVersions: { minors: 2, patches: 1 } }, tags)), ['v2.3.0']);
  });

  it('azul#6812: pushed yesterday stays, however old anything else says it is', () => {
    const tags = [{ name: '1.0', pushedAt: NOW - DAY, pulledAt: 0, createdAt: 0 }];
    for (const agedBy of ['pushed', 'used']) {
      assert.deepEqual(going(judgeBy({ olderThan: '90 days', agedBy }, tags)), []);
    }
  });

  it('azul#6812: the newest are those that were pushed last, not those pulled last', () => {
    const tags: Tag[] = [
      { name: 'pulled', pushedAt: NOW - 200 * DAY, pulledAt: NOW },
      { name: 'pushed', pushedAt: NOW - 100 * DAY, pulledAt: 0 },
    ];
    assert.deepEqual(going(judgeBy({ keepNewest: 1 }, tags)), ['pulled']);
  });

  it('hub-feedback#2344: eight-year-old tags with null dates stay under every rule, pulled or not', () => {
    const tags: Tag[] = [
      { name: 'missing' },
      { name: 'nan', pushedAt: NaN },
      { name: 'pulled', pulledAt: 1 },
      { name: '1.0.0', pulledAt: 1 },
      ...builds(1),
    ];
    for (const policy of [
      { olderThan: '1 day' },
      { olderThan: '1 day', agedBy: 'used' },
      { keepNewest: 1 },
      { keepVersions: { majors: 1 } },
      { keepNewest: 1, olderThan: '1 day', keepVersions: { majors: 1 } },
    ]) {
      assert.deepEqual(
        going(judgeBy(policy, tags)).filter((name) => name !== 'build-1'),
        [],
        JSON.stringify(policy),
      );
    }
  });

  it('hub-feedback#2344: a tag without a date takes no place of the newest', () => {
    assert.deepEqual(going(judgeBy({ keepNewest: 2 }, [{ name: 'unknown' }, ...builds(3)])), ['build-1']);
  });

  it('hub-feedback#2110: pulled "seconds ago" by a scanner spares nothing by the push date; by use it does, and the plan warns', () => {
    const tags = builds(20).map((tag, i): Tag => ({ ...tag, pulledAt: NOW - i * 1000 }));
    assert.equal(going(judgeBy({ olderThan: '90 days' }, tags)).length, 20);
    const byUse = judgeBy({ olderThan: '90 days', agedBy: 'used' }, tags);
    assert.deepEqual(going(byUse), []);
    assert.deepEqual(
      byUse.warnings.map(({ kind, share }) => [kind, share]),
      [['pulledTogether', 1]],
    );
  });

  it('delete-package-versions#90: an image that another name keeps goes by no name', () => {
    const tags: Tag[] = [
      { name: 'build-7', digest: digest('a'), pushedAt: NOW - 400 * DAY },
      { name: 'v1.0.0', digest: digest('a'), pushedAt: NOW - 10 * DAY },
      { name: 'build-6', digest: digest('b'), pushedAt: NOW - 400 * DAY },
    ];
    assert.deepEqual(going(judgeBy({ olderThan: '90 days' }, tags)), ['build-6']);
  });

  it("acr-cli#131, harbor#6994: what is one platform's of an image that stays, stays", () => {
    const tags: Tag[] = [
      { name: 'v1', digest: digest('a'), images: imagesOf(digest('b'), digest('c')), pushedAt: NOW - DAY },
      { name: 'v1-amd64', digest: digest('b'), pushedAt: NOW - 400 * DAY },
      { name: 'v1-arm64', digest: digest('c'), pushedAt: NOW - 400 * DAY },
      { name: 'v0-amd64', digest: digest('d'), pushedAt: NOW - 400 * DAY },
    ];
    const judgement = judgeBy({ olderThan: '90 days' }, tags);
    assert.deepEqual(going(judgement), ['v0-amd64']);
    assert.deepEqual(whyOf(judgement, 'v1-amd64'), ['alias']);
  });

  it("island.is#10926: what production runs stays, named by tag, by digest, or by one platform's digest", () => {
    const old = (name: string, letter: string, images?: string): Tag => ({
      name,
      digest: digest(letter),
      pushedAt: NOW - 900 * DAY,
      ...(images !== undefined && { images }),
    });
    const tags = [
      old('by-tag', 'a'),
      old('by-digest', 'b'),
      old('by-platform', 'c', imagesOf(digest('e'), digest('d'))),
      old('unused', 'f'),
    ];
    const uses = {
      tags: { 'by-tag': 'deploy/web.yaml:12' },
      digests: { [digest('b')]: 'deploy/api.yaml:3', [digest('d')]: 'pod web' },
    };
    for (const policy of [
      { olderThan: '1 day' },
      { keepNewest: 1, tags: ['none*', 'by-*', 'unused'], keepAliases: false },
      { olderThan: '1 day', keepAliases: false, agedBy: 'used' },
    ]) {
      const judgement = judgeBy(policy, tags, { uses });
      assert.deepEqual(going(judgement), ['unused'], JSON.stringify(policy));
      for (const name of ['by-tag', 'by-digest', 'by-platform']) assert.equal(whyOf(judgement, name)[0], 'referenced');
    }
  });

  it('island.is#10926: the release that production runs outlives age alone', () => {
    const release = (name: string, days: number): Tag => ({
      name,
      digest: digest(name.at(-1)!),
      pushedAt: NOW - days * DAY,
    });
    const tags = [release('v2.4.1', 700), release('v2.4.0', 710), release('v2.3.9', 800), release('v1.9.8', 1500)];
    assert.deepEqual(
      going(judgeBy({ olderThan: '90 days', keepVersions: { majors: 2, minors: 2, patches: 1 } }, tags)),
      ['v2.4.0'],
    );
  });
});
