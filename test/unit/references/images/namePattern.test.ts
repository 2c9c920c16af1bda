import assert from 'node:assert/strict';
import { mayMean, namePatternOf, remaindersOf, repositoryOf } from '../../../../src/references/images/namePattern.ts';

const web = { namespace: 'acme', name: 'web' };
const nginx = { namespace: 'library', name: 'nginx' };

describe('the pattern of a name that is not wholly known', () => {
  it('leaves tag and digest out', () => {
    assert.deepEqual(
      [
        'acme/web:*',
        'acme/web:*@*',
        '*:*',
        '*/acme/web:1',
        'registry:5000/a/*:1',
        'acme/*',
        '**:1',
        'docker://acme/*:1',
      ].map(namePatternOf),
      ['acme/web', 'acme/web', '*', '*/acme/web', 'registry:5000/a/*', 'acme/*', '*', 'acme/*'],
    );
  });

  it('names a repository, another registry, or nothing for certain', () => {
    assert.deepEqual(repositoryOf('acme/web'), web);
    assert.deepEqual(repositoryOf('docker.io/nginx'), nginx);
    for (const elsewhere of ['ghcr.io/acme/web', 'ghcr.io/*', 'localhost:5000/acme/*', 'a/b/c']) {
      assert.equal(repositoryOf(elsewhere), 'elsewhere', elsewhere);
    }
    for (const unknown of ['*', '*/acme/web', 'acme/*', 'docker.io/*', 'acme/we b', '']) {
      assert.equal(repositoryOf(unknown), undefined, unknown);
    }
  });

  for (const [pattern, isWeb, isNginx] of [
    ['*', true, true],
    ['acme/web', true, false],
    ['index.docker.io/acme/web', true, false],
    ['*/acme/web', true, false],
    ['*acme/web', true, false],
    ['acme/*', true, false],
    ['acme/w*', true, false],
    ['acme/x*', false, false],
    ['*/web', true, false],
    ['docker.io/*', true, true],
    ['*nginx', false, true],
    ['*/nginx', false, true],
    ['ghcr.io/acme/web', false, false],
    ['*.amazonaws.com/acme/web', false, false],
    ['acme/*/web', false, false],
    ['a*c*m*e*/web', true, false],
    ['acme/web*web', false, false],
  ] as const) {
    it(`${pattern} may ${isWeb ? '' : 'not '}mean acme/web and may ${isNginx ? '' : 'not '}mean nginx`, () => {
      assert.deepEqual([mayMean(pattern, web), mayMean(pattern, nginx)], [isWeb, isNginx]);
    });
  }

  for (const [pattern, prefix, left] of [
    ['acme/web', 'acme/', ['web']],
    ['acme/web', 'docker.io/', []],
    ['acme/*', '', ['acme/*']],
    ['docker.io/*', 'docker.io/', ['*']],
    ['*/web-*', 'docker.io/', ['*/web-*', 'web-*']],
    ['*/*', 'docker.io/', ['*']],
    ['d**o/*', 'docker.io/', ['*']],
    ['*o*', 'docker.io/', ['*']],
    ['*.io/acme/*', 'index.docker.io/', ['*.io/acme/*', 'acme/*']],
    ['*aab', 'aa', ['*aab', 'ab', 'b']],
    ['a', 'ab', []],
  ] as const) {
    it(`${pattern} behind "${prefix}" is ${left.join(' or ') || 'nothing'}`, () =>
      assert.deepEqual(remaindersOf(pattern, prefix), left));
  }

  it('is matched in linear time', () => {
    const startedAt = performance.now();
    assert.equal(mayMean(`${'a*'.repeat(400)}b`, { namespace: 'a'.repeat(200), name: 'a'.repeat(200) }), false);
    assert.ok(performance.now() - startedAt < 100);
  });
});
