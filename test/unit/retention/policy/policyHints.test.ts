import assert from 'node:assert/strict';
import { checkPolicy } from '../../../../src/retention/policy/checkPolicy.ts';
import { compileGlob } from '../../../../src/retention/globs/glob.ts';
import { policyHints } from '../../../../src/retention/policy/policyHints.ts';
import { bounded } from '../../hostile/cost.ts';

const now = Date.UTC(2026, 10, 30);
const policy = (data: Record<string, unknown>) =>
  checkPolicy({ repositories: ['acme/*'], olderThan: '90 days', ...data }, now);
const hex = '44e4'.repeat(16);
const hintsOf = (tags: readonly string[]) => policyHints([policy({ tags })]);

describe('hints on policies', () => {
  for (const pattern of [
    'sha256-*',
    'sha512-*',
    'sha256-*.sig',
    '*.sig',
    '*.att',
    '*.sbom',
    '*.{sig,att,sbom}',
    '{*.sig,sha256-*}',
    'sha256-????????*',
    'sha256-[0-9a-f]*.sig',
    'sha256-[a-c]*',
    'sha256-44e4*.att',
    'sha256-*44e4.sig',
    'sha{256,512}-*',
    `sha256-${hex}.sig`,
    `sha256-${hex}`,
  ]) {
    it(`point at a pattern that only attachments match: ${pattern}`, () => {
      assert.deepEqual(hintsOf(['build-*', pattern]), [{ kind: 'attachmentPattern', index: 0, path: ['tags', 1] }]);
    });
  }

  for (const pattern of [
    '*',
    'sha*',
    'sha-*',
    '*-sig',
    'build-*',
    '*sig*',
    'sha256-abc',
    'release-*.sig',
    'v1.sig',
    '*.signed',
    '{sha256-*,build-*}',
    'SHA256-*',
    'sha256-*-alpine',
    '{,nightly-}sha256-*',
  ]) {
    it(`leave alone what may be meant for images: ${pattern}`, () => {
      assert.deepEqual(hintsOf([pattern]), []);
    });
  }

  it('name each policy and each pattern', () => {
    const policies = [policy({ tags: ['*.sig', '*', '*.att'] }), policy({}), policy({ tags: ['*.sig'] })];
    assert.deepEqual(
      policyHints(policies).map(({ index, path }) => [index, ...path]),
      [
        [0, 'tags', 0],
        [0, 'tags', 2],
        [2, 'tags', 0],
      ],
    );
  });

  it('have nothing to add to protection, which keeps attachments by their names', () => {
    assert.deepEqual(policyHints([policy({ protect: ['sha256-*', '*.sig'] })]), []);
  });

  it('say that orphaned attachments are deleted by an age alone', () => {
    const without = { olderThan: undefined, orphanedAttachments: true };
    assert.deepEqual(policyHints([policy({}), policy({ ...without, keepNewest: 3 })]), [
      { kind: 'orphansWithoutAge', index: 1, path: ['orphanedAttachments'] },
    ]);
    assert.deepEqual(policyHints([policy({ ...without, keepVersions: { patches: 1 } })]).length, 1);
    assert.deepEqual(policyHints([policy({ orphanedAttachments: true })]), []);
    assert.deepEqual(policyHints([policy({ orphanedAttachments: false, olderThan: undefined, keepNewest: 3 })]), []);
  });

  it('leave alone the policy that deletes orphans and no image', () => {
    assert.deepEqual(policyHints([policy({ tags: ['sha256-*'], orphanedAttachments: true })]), []);
  });

  it('are found in bounded time, whatever the patterns', async () => {
    for (const part of ['*sig', '{sig,att}', '[sha256-]?*', 'sha256-*', '*?']) {
      const long = part.repeat(Math.floor(400 / part.length));
      // 200 policies of ten patterns, each a text of its own.
      const policies = Array.from({ length: 200 }, (_, index) => ({
        tags: Array.from({ length: 10 }, (_, at) => `sha256-*${index}x${at}${long}*.sig`),
        orphanedAttachments: false,
      }));
      for (const { tags } of policies.slice(0, 1)) for (const tag of tags) compileGlob(tag);
      await bounded(`policyHints for ${part}`, { cpuMs: 200 }, () => policyHints(policies));
    }
  });
});
