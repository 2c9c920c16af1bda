import assert from 'node:assert/strict';
import { guardedTags } from '../../../../src/retention/plan/guardedTags.ts';
import { listChanges } from '../../../../src/retention/recheck/listChanges.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { atOnce } from '../../../../src/async/sliced.ts';

const digest = (n: number) => `sha256:${String(n).padStart(64, '0')}`;

describe('what speaks against deleting all tags of a repository', () => {
  it('C4: uses by name and by digest, protection by any source, immutable tags, and tags without a digest', () => {
    const tags = [
      { name: 'v1', digest: digest(1) },
      { name: 'v2', digest: digest(2) },
      { name: 'latest', digest: digest(2) },
      { name: 'lost' },
    ];
    const uses = { tags: new Map([['v1', 'a.yaml:1']]), digests: new Map([[digest(2), 'b.yaml:2']]) };
    const found = atOnce(
      guardedTags(tags, {
        protections: [compileProtect(['latest']), compileProtect(['v*'])],
        uses,
        isImmutable: (name) => name === 'lost',
      }),
    );
    assert.deepEqual(
      [...found.used],
      [
        ['v1', 'a.yaml:1'],
        ['v2', 'b.yaml:2'],
        ['latest', 'b.yaml:2'],
      ],
    );
    assert.deepEqual(
      [...found.guarded],
      [
        ['v1', 'v*'],
        ['v2', 'v*'],
        ['latest', 'latest'],
      ],
    );
    assert.deepEqual([found.immutable, found.withoutDigest], [1, 1]);
  });
});

describe('how a list of tags has changed', () => {
  it('C4: tells pushes, pushes under an old name, and deletions apart', () => {
    const before = [
      { name: 'a', pushedAt: 1 },
      { name: 'b', pushedAt: 2, digest: digest(1) },
      { name: 'c', pushedAt: 3 },
    ];
    const after = [
      { name: 'a', pushedAt: 1 },
      { name: 'b', pushedAt: 2, digest: digest(2) },
      { name: 'd', pushedAt: 4 },
      { name: 'e', pushedAt: 5 },
    ];
    assert.deepEqual(atOnce(listChanges(before, after)), { pushed: 2, pushedAgain: 1, gone: 1 });
    assert.deepEqual(atOnce(listChanges(before, before.toReversed())), { pushed: 0, pushedAgain: 0, gone: 0 });
  });
});
