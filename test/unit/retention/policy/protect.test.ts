import assert from 'node:assert/strict';
import { GlobSyntaxError } from '../../../../src/retention/globs/glob.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';

describe('compileProtect', () => {
  it('gives the first pattern that protects a name, as it was written', () => {
    const protect = compileProtect(['Latest', 'v[0-9]*', '*']);
    assert.equal(protect.protectedBy('latest'), 'Latest');
    assert.equal(protect.protectedBy('v1.2'), 'v[0-9]*');
    assert.equal(protect.protectedBy('other'), '*');
  });

  it('ignores case', () => {
    assert.equal(compileProtect(['latest']).protectedBy('LATEST'), 'latest');
  });

  it('protects nothing without patterns', () => {
    assert.equal(compileProtect([]).protectedBy('latest'), undefined);
  });

  it('refuses a pattern that would protect nothing in silence', () => {
    for (const pattern of ['!dev-*', ' latest', '', 'v[0-9']) {
      assert.throws(() => compileProtect(['latest', pattern]), GlobSyntaxError, pattern);
    }
  });
});
