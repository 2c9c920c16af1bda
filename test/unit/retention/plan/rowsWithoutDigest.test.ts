import assert from 'node:assert/strict';
import { parseListedTag } from '../../../../src/hub/listing/tagRow.ts';
import { makeBatch } from '../../../../src/retention/plan/batch.ts';
import { checkPolicy } from '../../../../src/retention/policy/checkPolicy.ts';
import { type Judgement, planByPolicy } from '../../../../src/retention/plan/policyPlan.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { DAY, goingOf, NOW, repository } from './policyWorlds.ts';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** A row of Docker Hub of so many days, with an image for each digit; `own` is its digest where it has one. */
function row(name: string, days: number, digits: string, own?: string): Tag {
  const images = [...digits].map((digit) => ({ digest: digest(digit), size: 10 }));
  return parseListedTag({
    name,
    tag_last_pushed: new Date(NOW - days * DAY).toISOString(),
    full_size: 10,
    images,
    ...(own !== undefined && { digest: digest(own) }),
  })!;
}

function judge(policy: Record<string, unknown>, tags: readonly Tag[], usedDigests: readonly string[] = []): Judgement {
  const uses = {
    tags: new Map<string, string>(),
    digests: new Map(usedDigests.map((used) => [digest(used), 'deploy.yaml:1'])),
  };
  return planByPolicy({
    repository,
    tags,
    policy: checkPolicy({ repositories: ['*/*'], ...policy }, NOW),
    now: NOW,
    asOf: NOW,
    protect: compileProtect(['latest']),
    uses,
  });
}

const reasonOf = ({ plan }: Judgement, name: string) => plan.verdicts.find(({ tag }) => tag.name === name)!.reason;

describe('B1: tags whose rows have no digest', () => {
  describe('are kept as aliases of a protected tag', () => {
    const cases: Readonly<Record<string, readonly [latest: Tag, version: Tag]>> = {
      'with the same single image': [row('latest', 2000, 'a'), row('1.4.0', 2000, 'a')],
      'with the same single image, of which only one row has the digest': [
        row('latest', 2000, 'a', 'a'),
        row('1.4.0', 2000, 'a'),
      ],
      'with the same images in another order': [row('latest', 2000, 'abc'), row('1.4.0', 2000, 'cab')],
      'with the same images, of which only one row has the digest': [
        row('latest', 2000, 'ab', 'f'),
        row('1.4.0', 2000, 'ba'),
      ],
      'with the same images, of which only the other row has it': [
        row('latest', 2000, 'ab'),
        row('1.4.0', 2000, 'ba', 'f'),
      ],
      'with one of its platforms': [row('latest', 2000, 'ab'), row('1.4.0', 2000, 'b')],
    };
    for (const [title, tags] of Object.entries(cases)) {
      it(title, () => {
        const judgement = judge({ olderThan: '90 days' }, [...tags, row('old', 2000, 'd')]);
        assert.deepEqual(goingOf(judgement), ['old']);
        assert.deepEqual(reasonOf(judgement, '1.4.0'), { kind: 'alias', of: 'latest' });
      });
    }
  });

  it('are no aliases with other images, or with images that are not known', () => {
    const unknown = (name: string): Tag =>
      parseListedTag({
        name,
        tag_last_pushed: new Date(NOW - 2000 * DAY).toISOString(),
        images: [{ size: 10 }, { size: 10 }],
      })!;
    for (const tags of [
      [row('latest', 2000, 'a'), row('1.4.0', 2000, 'b')],
      [row('latest', 2000, 'ab'), row('1.4.0', 2000, 'ac')],
      [row('latest', 2000, 'ab'), row('1.4.0', 2000, 'abc')],
      [unknown('latest'), unknown('1.4.0')],
    ]) {
      assert.deepEqual(goingOf(judge({ olderThan: '90 days' }, tags)), ['1.4.0']);
    }
  });

  it('take one slot of keepNewest with all the names of their image', () => {
    for (const [x, y, z] of [
      ['a', 'b', 'c'],
      ['ab', 'cd', 'ef'],
    ] as const) {
      const backwards = [...x].reverse().join('');
      const tags = [row('1.4', 2000, x), row('1.4.0', 2001, backwards), row('1.3.0', 2002, y), row('1.2.0', 2003, z)];
      assert.deepEqual(goingOf(judge({ olderThan: '90 days', keepNewest: 2 }, tags)), ['1.2.0'], x);
      assert.deepEqual(goingOf(judge({ olderThan: '90 days', keepNewest: 1 }, tags)), ['1.2.0', '1.3.0'], x);
    }
  });

  it('take one slot also where only some of the rows have the digest', () => {
    const tags = [
      row('1.4', 2000, 'a', 'a'),
      row('1.4.0', 2001, 'a'),
      row('1.3', 2002, 'bc'),
      row('1.3.0', 2003, 'cb', 'f'),
      row('1.2.0', 2004, 'd'),
    ];
    assert.deepEqual(goingOf(judge({ olderThan: '90 days', keepNewest: 2 }, tags)), ['1.2.0']);
  });

  it('take one slot each where nothing tells their images apart from others', () => {
    const tags = ['c', 'b', 'a'].map((name, i) =>
      parseListedTag({ name, tag_last_pushed: new Date(NOW - (2000 + i) * DAY).toISOString(), images: [] })!,
    );
    assert.deepEqual(goingOf(judge({ olderThan: '90 days', keepNewest: 2 }, tags)), ['a']);
  });

  it('are in use by the digest of their one image, or of one of several', () => {
    const tags = [row('1.4.0', 2000, 'a'), row('1.3.0', 2000, 'bc'), row('1.2.0', 2000, 'd')];
    const judgement = judge({ olderThan: '90 days' }, tags, ['a', 'c']);
    assert.deepEqual(goingOf(judgement), ['1.2.0']);
    for (const name of ['1.4.0', '1.3.0']) {
      assert.deepEqual(reasonOf(judgement, name), { kind: 'referenced', place: 'deploy.yaml:1' });
    }
    // With so many uses that they are looked for in another way.
    assert.deepEqual(goingOf(judge({ olderThan: '90 days' }, tags, [...'0123456789ac'])), ['1.2.0']);
  });

  it('keep the signature of their one image', () => {
    const signature = parseListedTag({
      name: `sha256-${'a'.repeat(64)}.sig`,
      tag_last_pushed: new Date(NOW - 1999 * DAY).toISOString(),
      images: [{ digest: digest('9') }],
    })!;
    const judgement = judge({ olderThan: '90 days' }, [row('latest', 2000, 'a'), signature, row('old', 2000, 'b')]);
    assert.deepEqual(goingOf(judgement), ['old']);
    assert.deepEqual(reasonOf(judgement, signature.name), { kind: 'attachedTo', of: 'latest' });
  });

  it('keep every attachment whose image no tag is known to have, for it may be theirs', () => {
    const policy = { olderThan: '90 days', protect: ['v1'], orphanedAttachments: true };
    const signature = row(`sha256-${'f'.repeat(64)}.sig`, 2000, '9', '9');
    for (const hidden of [
      row('v1', 2000, 'ab'),
      parseListedTag({
        name: 'v1',
        digest: digest('a'),
        tag_last_pushed: '2020-01-01T00:00:00Z',
        images: [{ digest: digest('b') }, {}],
      })!,
    ]) {
      const judgement = judge(policy, [hidden, signature]);
      assert.deepEqual(goingOf(judgement), []);
      assert.deepEqual(reasonOf(judgement, signature.name), { kind: 'untaggedSubject' });
    }
    assert.deepEqual(goingOf(judge(policy, [row('v1', 2000, 'ab', 'e'), signature])), [signature.name]);
  });

  it('are aliases of a protected tag that lists the same image more than once', () => {
    for (const twice of [row('v1', 2000, 'aa'), row('v1', 2000, 'aa', 'a')]) {
      assert.deepEqual(
        goingOf(
          judge({ olderThan: '90 days', protect: ['v1'] }, [
            twice,
            row('old', 2000, 'a', 'a'),
            row('other', 2000, 'b', 'b'),
          ]),
        ),
        ['other'],
      );
    }
  });

  it('may free each of their images once, and nothing that a kept tag has', () => {
    const { plan } = judge({ olderThan: '90 days', keepAliases: false }, [
      row('1.4', 2000, 'abc'),
      row('1.4.0', 2000, 'cba'),
      row('1.3', 2000, 'd'),
      row('1.3.0', 2000, 'd'),
      row('latest', 2000, 'c'),
    ]);
    assert.deepEqual(makeBatch([plan], { maxDeletions: 0 }).reclaimable, { low: 30, high: 30, isPartial: false });
  });
});
