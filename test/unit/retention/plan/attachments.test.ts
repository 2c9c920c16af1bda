import assert from 'node:assert/strict';
import fc from 'fast-check';
import { attachmentOf } from '../../../../src/retention/tags/attachment.ts';
import { makeBatch } from '../../../../src/retention/plan/batch.ts';
import { checkPolicy } from '../../../../src/retention/policy/checkPolicy.ts';
import { type Plan, withPicked, planPicked, withoutEmptying } from '../../../../src/retention/plan/plan.ts';
import { makePolicyBatch } from '../../../../src/retention/plan/policyBatch.ts';
import { exceedsShare, type Judgement, planByPolicy } from '../../../../src/retention/plan/policyPlan.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { atOnce } from '../../../../src/async/sliced.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { attachmentWorlds, namedDigest } from './attachmentWorlds.ts';
import { imagesOf } from './imagesOf.ts';
import { DAY, goingOf, judged, judgedNaively, NOW, reasonTexts, repository, seeded } from './policyWorlds.ts';

/** A digest for each name: its characters in hexadecimal, filled up. */
function digestOf(name: string): string {
  return `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}`;
}

function image(name: string, days: number, more: Partial<Tag> = {}): Tag {
  return { name, digest: digestOf(name), pushedAt: NOW - days * DAY, ...more };
}

function attached(subject: string, days: number, suffix = '.sig'): Tag {
  const name = subject.replace(':', '-') + suffix;
  return { name, digest: digestOf(`of ${subject.slice(7, 27)}${suffix}`), pushedAt: NOW - days * DAY };
}

const sig = (name: string, days: number): Tag => attached(digestOf(name), days);
const all = (name: string, days: number): Tag[] =>
  ['.sig', '.att', '.sbom'].map((suffix) => attached(digestOf(name), days, suffix));

interface Circumstances {
  readonly uses?: { readonly tags?: Record<string, string>; readonly digests?: Record<string, string> };
  readonly protect?: readonly string[];
  readonly immutable?: readonly string[];
}

function judge(
  policy: Record<string, unknown>,
  tags: readonly Tag[],
  { uses = {}, protect = [], immutable = [] }: Circumstances = {},
): Judgement {
  return planByPolicy({
    repository,
    tags,
    policy: checkPolicy({ repositories: ['*/*'], ...policy }, NOW),
    now: NOW,
    asOf: NOW,
    protect: compileProtect(protect),
    isImmutable: (name) => immutable.includes(name),
    uses: { tags: new Map(Object.entries(uses.tags ?? {})), digests: new Map(Object.entries(uses.digests ?? {})) },
  });
}

const names = (tags: readonly Tag[]): string[] => tags.map(({ name }) => name);
const kept = ({ plan }: Judgement): string[] => plan.staying.map(({ tag }) => tag.name).sort();
const reasonOf = ({ plan }: Judgement | { plan: Plan }, name: string) =>
  plan.verdicts.find(({ tag }) => tag.name === name)!.reason;

describe('attachments', () => {
  it('are told by their names alone, but for a tag that is named after its own digest', () => {
    const digits = 'a'.repeat(64);
    for (const [name, suffix] of [
      [`sha256-${digits}`, ''],
      [`sha256-${digits}.sig`, 'sig'],
      [`sha256-${digits}.SBOM`, 'sbom'],
      [`sha512-${digits}`, ''],
    ] as const) {
      assert.deepEqual(attachmentOf({ name }), { digits, suffix });
    }
    for (const name of [
      `sha256-${digits.slice(1)}`,
      `sha256-${digits}0`,
      `sha256-${digits}.`,
      `sha256-${digits}.s1g`,
      `sha256-${digits}-x`,
      `sha256-${digits.toUpperCase()}`,
      `sha256_${digits}`,
      `xsha256-${digits}`,
      'sha256',
      '',
    ]) {
      assert.equal(attachmentOf({ name }), undefined, name);
    }
    assert.equal(attachmentOf({ name: `sha256-${digits}`, digest: `sha256:${digits}` }), undefined);
    assert.ok(attachmentOf({ name: `sha256-${digits}.sig`, digest: `sha256:${'b'.repeat(64)}` }));
  });

  it('A1: keepNewest keeps the newest image with its signature, and not a signature in its place', () => {
    const judgement = judge({ keepNewest: 1 }, [image('v1', 3), sig('v1', 2.999), image('v2', 2), sig('v2', 1.999)]);
    assert.deepEqual(kept(judgement), [sig('v2', 0).name, 'v2'].sort());
    assert.deepEqual(goingOf(judgement), ['v1', sig('v1', 0).name]);
    assert.deepEqual(reasonOf(judgement, sig('v2', 0).name), { kind: 'attachedTo', of: 'v2' });
  });

  it('A2: an old image that was signed again today is no newer for it', () => {
    assert.deepEqual(kept(judge({ keepNewest: 1 }, [image('v1', 300), sig('v1', 0.5), image('v2', 100)])), ['v2']);
    assert.deepEqual(goingOf(judge({ olderThan: '90 days' }, [image('v1', 300), sig('v1', 0.5), image('v2', 1)])), [
      'v1',
      sig('v1', 0).name,
    ]);
  });

  it('A3: keepNewest keeps n images whenever there are n, whatever is attached to them', () => {
    for (const keepNewest of [1, 7, 20, 25]) {
      const builds = Array.from({ length: 20 }, (_, i) => [
        image(`build-${i}`, 100 - i),
        ...all(`build-${i}`, 99.9 - i),
      ]).flat();
      const judgement = judge({ olderThan: '30 days', keepNewest }, builds);
      assert.equal(judgement.plan.images.all - judgement.plan.images.going, Math.min(20, keepNewest));
      assert.equal(judgement.plan.staying.length, 4 * Math.min(20, keepNewest));
    }
  });

  describe('A4: are kept with an image that is', () => {
    const tags = [image('v1.2.3', 120), ...all('v1.2.3', 119), image('build-1', 130), ...all('build-1', 129)];
    const attachments = names(all('v1.2.3', 0));
    const cases: Readonly<Record<string, () => Judgement>> = {
      protected: () => judge({ olderThan: '90 days' }, tags, { protect: ['v*'] }),
      'in use by its name': () =>
        judge({ olderThan: '90 days' }, tags, { uses: { tags: { 'v1.2.3': 'deploy.yaml:1' } } }),
      'in use by its digest': () =>
        judge({ olderThan: '90 days' }, tags, { uses: { digests: { [digestOf('v1.2.3')]: 'deploy.yaml:1' } } }),
      'kept for its version': () => judge({ olderThan: '90 days', keepVersions: { majors: 1 } }, tags),
      'among the newest': () =>
        judge({ olderThan: '90 days', keepNewest: 1, tags: ['v*', 'build-*'], protect: ['none'] }, [
          ...tags,
          image('v1.2.4', 300),
        ]),
      immutable: () => judge({ olderThan: '90 days' }, tags, { immutable: ['v1.2.3'] }),
      'not covered': () => judge({ olderThan: '90 days', tags: ['build-*'] }, tags),
      'an alias of latest': () =>
        judge({ olderThan: '90 days' }, [...tags, image('latest', 1, { digest: digestOf('v1.2.3') })]),
      'of unknown age': () =>
        judge(
          { olderThan: '90 days' },
          tags.map((tag) => (tag.name === 'v1.2.3' ? { name: tag.name, digest: tag.digest! } : tag)),
        ),
    };
    for (const [name, judgementOf] of Object.entries(cases)) {
      it(name, () => {
        const stays = kept(judgementOf());
        for (const each of ['v1.2.3', ...attachments]) assert.ok(stays.includes(each), each);
      });
    }

    it('whose digest alone is in use, and no tag has it', () => {
      const judgement = judge(
        { olderThan: '90 days', orphanedAttachments: true },
        [image('build-1', 120), ...all('v1.2.3', 119)],
        { uses: { digests: { [digestOf('v1.2.3')]: 'deploy.yaml:1' } } },
      );
      assert.deepEqual(goingOf(judgement), ['build-1']);
      assert.deepEqual(reasonOf(judgement, attachments[0]!), { kind: 'referenced', place: 'deploy.yaml:1' });
    });
  });

  describe('A5: of a platform, of an attachment, and without a suffix', () => {
    const platform = digestOf('amd64');
    const index = image('v1', 120, { images: imagesOf(platform, digestOf('arm64')) });
    const ofPlatform = attached(platform, 119);
    const fallback = attached(index.digest!, 119, '');
    const ofAttestation = attached(attached(index.digest!, 119, '.att').digest!, 118);
    const tags = [index, ofPlatform, fallback, attached(index.digest!, 119, '.att'), ofAttestation];

    it('are kept with the image', () => {
      assert.deepEqual(goingOf(judge({ olderThan: '90 days' }, [...tags, image('build', 120)], { protect: ['v*'] })), [
        'build',
      ]);
    });

    it('are deleted with its last tag, each behind what it is attached to', () => {
      const going = goingOf(judge({ olderThan: '90 days' }, [...tags, image('new', 1)]));
      assert.deepEqual(going.toSorted(), names(tags).sort());
      assert.equal(going[0], 'v1');
      assert.ok(going.indexOf(ofAttestation.name) > going.indexOf(attached(index.digest!, 0, '.att').name));
    });

    it('are kept where another tag has the platform', () => {
      const other = image('v2-amd64', 1, { digest: platform });
      const judgement = judge({ olderThan: '90 days', keepAliases: false }, [...tags, other]);
      assert.deepEqual(kept(judgement), [ofPlatform.name, 'v2-amd64'].sort());
    });

    it('are kept where only the beginning of the digest is that of a platform', () => {
      const lookalike = attached(`${platform.slice(0, 19)}${'f'.repeat(52)}`, 119);
      assert.deepEqual(
        reasonOf(judge({ olderThan: '90 days' }, [...tags, lookalike, image('new', 1)]), lookalike.name),
        { kind: 'untaggedSubject' },
      );
    });

    it('an index at the fallback name that is the image itself is an image', () => {
      const itself: Tag = { name: digestOf('it').replace(':', '-'), digest: digestOf('it'), pushedAt: NOW - 120 * DAY };
      const judgement = judge({ olderThan: '90 days', keepNewest: 1 }, [itself, attached(digestOf('it'), 119)]);
      assert.deepEqual(goingOf(judgement), []);
      assert.deepEqual(reasonOf(judgement, itself.name), { kind: 'newest', count: 1 });
    });
  });

  describe('A6: what would be left without an image asks by name', () => {
    const empties = (tags: readonly Tag[]): boolean => judge({ olderThan: '90 days' }, tags).plan.emptiesRepository;

    it('where only signatures, orphans or caches would be left', () => {
      assert.ok(empties([image('v1', 120), image('v2', 110), sig('v3', 10)]));
      assert.ok(
        empties([image('v1', 120), image('v2', 110), attached(digestOf('v2'), 10)]),
        'signed again, and deleted along',
      );
      assert.ok(empties([image('v1', 120), image('buildcache', 1)]));
      assert.ok(!empties([image('v1', 120), image('v2', 10)]));
      assert.ok(!empties([image('buildcache', 120), image('v2', 10)]));
      assert.ok(!empties([sig('v1', 300), sig('v2', 300)]), 'nothing is deleted');
    });

    it('and keeping the newest keeps an image, with what is attached to it', () => {
      const { plan } = judge({ olderThan: '90 days' }, [
        image('v1', 120),
        ...all('v1', 119),
        image('v2', 110),
        ...all('v2', 109),
      ]);
      assert.ok(plan.emptiesRepository);
      const spared = atOnce(withoutEmptying(plan));
      assert.deepEqual(
        [spared.emptiesRepository, names(spared.staying.map(({ tag }) => tag)).sort()],
        [false, ['v2', ...names(all('v2', 0))].sort()],
      );
      assert.deepEqual(names(spared.going).sort(), ['v1', ...names(all('v1', 0))].sort());
    });
  });

  describe('A7: caps count an image with what is attached to it as one', () => {
    const ten = Array.from({ length: 10 }, (_, i) => [
      image(`b${i}`, i < 8 ? 120 - i : 10 - i),
      ...all(`b${i}`, 5),
    ]).flat();

    it('a share', () => {
      const policy = { olderThan: '90 days', maxShare: 0.5 };
      const { plan } = judge(policy, ten);
      assert.deepEqual(plan.images, { all: 10, going: 8 });
      assert.ok(exceedsShare(plan, checkPolicy({ repositories: ['*/*'], ...policy }, NOW)));
      const manyOrphans = [...ten.slice(16), ...Array.from({ length: 30 }, (_, i) => sig(`gone-${i}`, 300))];
      assert.ok(
        !exceedsShare(
          judge({ ...policy, maxShare: 0.67, orphanedAttachments: true }, manyOrphans).plan,
          checkPolicy({ repositories: ['*/*'], ...policy, maxShare: 0.67 }, NOW),
        ),
      );
    });

    it('a number, all or none', () => {
      const policy = checkPolicy({ repositories: ['*/*'], olderThan: '90 days', maxDeletions: 3 }, NOW);
      const { plan } = judge({ olderThan: '90 days', maxDeletions: 3 }, ten);
      const batch = atOnce(makePolicyBatch([{ plan, policy }], { maxDeletions: 0 }));
      assert.deepEqual([batch.total, batch.attachments, batch.units], [12, 9, 3]);
      assert.deepEqual(
        names(batch.plans[0]!.going).filter((name) => name.startsWith('b')),
        ['b0', 'b1', 'b2'],
      );
      for (const { tag, reason } of batch.plans[0]!.staying.filter(({ tag }) => attachmentOf(tag))) {
        assert.deepEqual(reason.kind, 'attachedTo', tag.name);
      }
      assert.deepEqual(
        [makeBatch([plan], { maxDeletions: 5 }).total, makeBatch([plan], { maxDeletions: 5 }).units],
        [20, 5],
      );
    });

    it('an orphan counts for itself', () => {
      const { plan } = judge({ olderThan: '90 days', orphanedAttachments: true }, [
        image('old', 100),
        sig('old', 99),
        sig('gone-1', 300),
        sig('gone-2', 299),
        image('new', 1),
      ]);
      const batch = makeBatch([plan], { maxDeletions: 2 });
      assert.deepEqual([batch.units, names(batch.plans[0]!.going)], [2, names([sig('gone-1', 0), sig('gone-2', 0)])]);
    });
  });

  it('A8: the signature of a covered image is deleted right behind it', () => {
    const judgement = judge({ tags: ['build-*'], olderThan: '30 days' }, [
      image('build-1', 100),
      sig('build-1', 99.9),
      image('build-2', 99.95),
      image('main', 200),
      sig('main', 200),
    ]);
    assert.deepEqual(goingOf(judgement), ['build-1', sig('build-1', 0).name, 'build-2']);
    assert.deepEqual(reasonOf(judgement, sig('build-1', 0).name), { kind: 'withSubject', of: 'build-1' });
  });

  it('A8: comes behind the last of several tags of its image, and is kept while one of them is', () => {
    const twice = [
      image('a', 200, { digest: digestOf('x') }),
      image('b', 100, { digest: digestOf('x') }),
      attached(digestOf('x'), 200),
      image('c', 150),
      image('new', 1),
    ];
    assert.deepEqual(goingOf(judge({ olderThan: '30 days' }, twice)), ['a', 'c', 'b', attached(digestOf('x'), 0).name]);
    assert.deepEqual(goingOf(judge({ olderThan: '120 days', keepAliases: false }, twice)), ['a', 'c']);
  });

  describe('A9: build caches', () => {
    it('take no slot, and are kept by a rule without an age', () => {
      for (const name of ['buildcache', 'cache', 'app-cache', 'cache-main']) {
        const judgement = judge({ keepNewest: 1 }, [image('app-1', 3), image('app-2', 2), image(name, 1)]);
        assert.deepEqual(goingOf(judgement), ['app-1'], name);
        assert.deepEqual(reasonOf(judgement, name), { kind: 'buildCache' });
      }
      assert.deepEqual(
        goingOf(
          judge({ keepNewest: 1 }, [image('app-1', 3), image('app-2', 2), image('main-2024', 1, { isCache: true })]),
        ),
        ['app-1'],
      );
      assert.deepEqual(
        goingOf(judge({ keepNewest: 1 }, [image('app-1', 3), image('cached-app', 1)])),
        ['app-1'],
        'a name that is none of these',
      );
    });

    it('are judged by their age where there is one, and are no versions', () => {
      const tags = [
        image('app-1', 100),
        image('app-2', 2),
        image('buildcache', 100),
        image('1.2-cache', 100),
        image('cache-x', 1),
      ];
      assert.deepEqual(goingOf(judge({ olderThan: '90 days', keepNewest: 9, keepVersions: { majors: 1 } }, tags)), [
        '1.2-cache',
        'buildcache',
      ]);
      assert.deepEqual(goingOf(judge({ keepVersions: { majors: 1 } }, tags)), []);
    });

    it('count for no share', () => {
      const policy = checkPolicy({ repositories: ['*/*'], olderThan: '90 days', maxShare: 0.5 }, NOW);
      const caches = Array.from({ length: 10 }, (_, i) => image(`cache-${i}`, 100));
      assert.ok(
        !exceedsShare(
          judge({ olderThan: '90 days', maxShare: 0.5 }, [...caches, image('a', 100), image('b', 1)]).plan,
          policy,
        ),
      );
      assert.ok(
        exceedsShare(
          judge({ olderThan: '90 days', maxShare: 0.5 }, [
            ...caches.map((tag) => ({ ...tag, pushedAt: NOW - DAY })),
            image('a', 100),
            image('b', 100),
            image('c', 1),
          ]).plan,
          policy,
        ),
      );
    });
  });

  describe('whose image no tag has', () => {
    const tags = [image('v1', 1), sig('gone', 300), sig('recent', 10), { ...sig('undated', 0), pushedAt: undefined! }];

    it('are kept, unless the policy says otherwise; then their age decides', () => {
      assert.deepEqual(goingOf(judge({ olderThan: '90 days' }, tags)), []);
      const judgement = judge({ olderThan: '90 days', orphanedAttachments: true }, tags);
      assert.deepEqual(goingOf(judgement), [sig('gone', 0).name]);
      assert.deepEqual(reasonOf(judgement, sig('gone', 0).name), { kind: 'orphaned' });
      assert.deepEqual(
        ['younger', 'unknownAge'],
        [reasonOf(judgement, sig('recent', 0).name).kind, reasonOf(judgement, sig('undated', 0).name).kind],
      );
      assert.deepEqual(
        goingOf(judge({ keepNewest: 1, orphanedAttachments: true }, tags)),
        [],
        'without an age there is nothing to judge them by',
      );
      assert.deepEqual(
        goingOf(judge({ olderThan: '90 days', orphanedAttachments: true, protect: ['sha256-*'] }, tags)),
        [],
      );
    });

    it('in a circle, which digests cannot form, are kept', () => {
      const [a, b] = [attached(digestOf('b'), 300), attached(digestOf('a'), 300)];
      const circle = [{ ...a, digest: digestOf('a') }, { ...b, digest: digestOf('b') }, image('v1', 1)];
      assert.deepEqual(goingOf(judge({ olderThan: '90 days', orphanedAttachments: true }, circle)), []);
    });
  });

  it('picked with their images are deleted behind them; an image that is picked takes along what is attached to it', () => {
    const tags = [image('v1', 120), sig('v1', 119), image('v2', 1)];
    assert.deepEqual(names(planPicked({ repository, tags: [sig('v1', 300), image('v1', 120)], asOf: NOW }).going), [
      'v1',
      sig('v1', 0).name,
    ]);
    const { plan } = judge({ olderThan: '1 year' }, tags);
    assert.deepEqual(names(atOnce(withPicked(plan, new Set(['v1']))).going), ['v1', sig('v1', 0).name]);
    assert.deepEqual(names(atOnce(withPicked(plan, new Set([sig('v1', 0).name]))).going), [sig('v1', 0).name]);
  });

  it('are sorted into an order of deletion whatever hangs on what, and in time', () => {
    const chain: Tag[] = [image('root', 300)];
    for (let i = 0; i < 20_000; i++) {
      chain.push({ ...attached(chain.at(-1)!.digest!, 200, i % 2 ? '.sig' : ''), digest: digestOf(`link ${i}`) });
    }
    const going = goingOf(judge({ olderThan: '90 days' }, [...chain.toReversed(), image('new', 1)]));
    assert.deepEqual(going, names(chain));
    const many = Array.from({ length: 20_000 }, (_, i) =>
      attached(digestOf('root'), 100, `.${i.toString(36).replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)]!)}x`),
    );
    const unique = [...new Map(many.map((tag) => [tag.name, tag])).values()];
    const held = Array.from({ length: 20_000 }, (_, i) => image(`t${i}`, 100, { digest: digestOf('root') }));
    assert.equal(
      judge({ olderThan: '90 days' }, [...unique, ...held, image('new', 1)]).plan.going.length,
      unique.length + held.length,
    );
  });
});

describe('judging signed repositories', () => {
  it('agrees with the second, naive judge in every verdict and every reason', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(attachmentWorlds, (world) => {
        const [naive, real] = [judgedNaively(world), judged(world)];
        assert.deepEqual(
          reasonTexts(real),
          new Map(real.plan.verdicts.map(({ tag }) => [tag.name, naive.get(tag.name)])),
        );
        for (const { tag, verdict } of real.plan.verdicts) {
          assert.equal(verdict, naive.get(tag.name)!.length > 0 ? 'keep' : 'delete');
        }
      }),
      { ...seeded, numRuns: Number(process.env['PRUNER_POLICY_RUNS'] ?? 1500) },
    );
  });

  it('never deletes an attachment while its subject is kept, and never before its last tag', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(attachmentWorlds, (world) => {
        const { plan } = judged(world);
        const going = names(plan.going);
        for (const [at, tag] of plan.going.entries()) {
          const named = attachmentOf(tag) && namedDigest(tag.name);
          if (named === undefined) continue;
          for (const other of world.tags) {
            if (
              other.name === tag.name ||
              !(
                other.digest === named ||
                (other.images ?? '').includes(Buffer.from(named.slice(7), 'hex').toString('latin1'))
              )
            ) {
              continue;
            }
            assert.ok(going.includes(other.name) && going.indexOf(other.name) < at, `${tag.name} before ${other.name}`);
          }
        }
      }),
      seeded,
    );
  });

  it('gives no image another verdict or reason than without attachments', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(attachmentWorlds, (world) => {
        const images = world.tags.filter((tag) => !attachmentOf(tag));
        const [withAll, without] = [reasonTexts(judged(world)), reasonTexts(judged({ ...world, tags: images }))];
        for (const { name } of images) assert.deepEqual(withAll.get(name), without.get(name), name);
      }),
      seeded,
    );
  });
});
