import assert from 'node:assert/strict';
import { compileExcludes } from '../../../../src/references/files/excludeGlob.ts';

describe('globs of files.exclude', () => {
  for (const [glob, hidden, shown] of [
    ['**/.git', ['.git', 'a/.git', 'a/b/.git'], ['.github', 'a/.gitignore', 'x.git']],
    ['**/*.js', ['a.js', 'a/b.js'], ['a.json', 'js']],
    ['out', ['out'], ['a/out', 'output']],
    ['*.log', ['a.log'], ['a/a.log']],
    ['build/**', ['build', 'build/a', 'build/a/b'], ['builds', 'a/build']],
    ['**/tmp/**', ['tmp', 'a/tmp/b'], ['tmpl']],
    ['**', ['a', 'a/b'], []],
    ['**/{hidden,secret/*.yaml}', ['hidden', 'a/hidden', 'secret/a.yaml', 'b/secret/a.yaml'], ['secret', 'a.yaml']],
    ['{**/a,b/**}', ['a', 'x/a', 'b', 'b/c/d'], ['c']],
    ['v[0-9].yaml', ['v1.yaml'], ['va.yaml', 'v.yaml']],
    ['v[!0-9]', ['va'], ['v1', 'v/']],
    ['a?c', ['abc'], ['a/c', 'ac']],
    ['a.c (x)+$', ['a.c (x)+$'], ['abc (x)+$']],
    ['**/ä*', ['ä', 'x/äb'], ['a']],
    ['a,b', ['a,b'], ['a']],
    ['/root', ['root'], ['a/root']],
    // None at all.
    ['{a', [], ['a', '{a']],
    ['a}', [], ['a', 'a}']],
    ['[z-a]', [], ['a', 'z']],
  ] as const) {
    it(glob, () => {
      const isHidden = compileExcludes([glob]);
      assert.deepEqual([hidden.filter((path) => !isHidden(path)), shown.filter(isHidden)], [[], []]);
    });
  }

  it('hide what any of them hides, and nothing without any', () => {
    assert.deepEqual(['a', 'b', 'c'].filter(compileExcludes(['a', '{', 'c'])), ['a', 'c']);
    assert.equal(compileExcludes([])('a'), false);
  });
});
