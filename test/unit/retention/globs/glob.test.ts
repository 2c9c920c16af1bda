import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  compileGlob,
  compileRepositoryGlobs,
  GlobSyntaxError,
  type GlobSyntaxReason,
} from '../../../../src/retention/globs/glob.ts';

function check(pattern: string, expected: { yes: string[]; no: string[] }, ignoreCase = false): void {
  const glob = compileGlob(pattern, { ignoreCase });
  for (const name of expected.yes) assert.ok(glob.matches(name), `${pattern} matches ${name}`);
  for (const name of expected.no) assert.ok(!glob.matches(name), `${pattern} does not match ${name}`);
}

function assertRefused(compile: () => unknown, pattern: string, position: number, reason: GlobSyntaxReason): void {
  assert.throws(
    compile,
    (error) =>
      error instanceof GlobSyntaxError &&
      error.pattern === pattern &&
      error.position === position &&
      error.reason === reason &&
      error.message.includes(`character ${position + 1}`),
    `${pattern}: ${reason} at ${position}`,
  );
}

describe('compileGlob', () => {
  it('takes plain characters for themselves, the whole name', () => {
    check('latest', { yes: ['latest'], no: ['latest2', 'my-latest', 'Latest', ''] });
    check('v1.0+(a|b)$^', { yes: ['v1.0+(a|b)$^'], no: ['v1x0', 'v1.0a'] });
    check('a,b-c', { yes: ['a,b-c'], no: ['a', 'b-c'] });
  });

  it('* is any run, also an empty one, and ? one character', () => {
    check('v*', { yes: ['v', 'v1', 'v1.2.3'], no: ['', 'xv1'] });
    check('*-arm64', { yes: ['-arm64', 'RELEASE.2019-09-05T23-24-38Z-arm64'], no: ['arm64', 'x-arm64-2'] });
    check('**', { yes: ['', 'anything'], no: ['a/b'] });
    check('3.?', { yes: ['3.1', '3.x'], no: ['3.', '3.14'] });
  });

  it('sets hold characters and ranges, or exclude them', () => {
    check('v[123]', { yes: ['v1', 'v3'], no: ['v4', 'v', 'v12'] });
    check('v[0-9a-c]', { yes: ['v0', 'v9', 'vb'], no: ['vd', 'v-'] });
    check('[!0-9]*', { yes: ['latest'], no: ['1.0', ''] });
    check('[a-]x', { yes: ['ax', '-x'], no: ['bx'] });
    check('[-a]x', { yes: ['ax', '-x'], no: ['bx'] });
    check('[*?{},]', { yes: ['*', '?', '{', '}', ','], no: ['a', ''] });
  });

  it('braces hold alternatives, which may be empty and hold globs', () => {
    check('{latest,stable}', { yes: ['latest', 'stable'], no: ['latest,stable', '', 'lateststable'] });
    check('v1{,-arm64,-rc?}', { yes: ['v1', 'v1-arm64', 'v1-rc1'], no: ['v1-rc', 'v1-'] });
    check('{v[0-9]*,*-slim}-{a,b}', { yes: ['v1.2-a', 'x-slim-b', 'v1-slim-a'], no: ['vx-a', 'v1-c'] });
    check('{a}', { yes: ['a'], no: ['{a}'] });
    check('{a,*}*b', { yes: ['b', 'ab', 'xb'], no: ['a'] });
  });

  it('only a written / matches /', () => {
    check('dustynv/*', { yes: ['dustynv/ros', 'dustynv/'], no: ['dustynv/a/b', 'dustynv'] });
    check('a?b', { yes: ['a-b'], no: ['a/b'] });
    check('a[!x]b', { yes: ['a-b'], no: ['a/b'] });
    check('a[.-0]b', { yes: ['a.b'], no: ['a/b'] });
  });

  it('ignores the case of A to Z when asked to', () => {
    check('Latest', { yes: ['latest', 'LATEST', 'Latest'], no: ['later'] }, true);
    check('[a-c][X-Z]', { yes: ['Ax', 'bY', 'CZ'], no: ['dx', 'aw'] }, true);
    check('[A-a]', { yes: ['Q', 'q', '_'], no: ['1'] }, true);
    check('[!a]', { yes: ['b', 'B'], no: ['a', 'A'] }, true);
  });

  const refused: [string, number, GlobSyntaxReason][] = [
    ['', 0, 'empty'],
    ['a'.repeat(1001), 1000, 'tooLong'],
    ['!latest', 0, 'negation'],
    ['a!b', 1, 'negation'],
    ['{!a,b}', 1, 'negation'],
    ['[a!]', 2, 'negation'],
    ['v[12', 1, 'bracket'],
    ['v12]', 3, 'bracket'],
    ['v[]', 1, 'bracket'],
    ['v[!]', 1, 'bracket'],
    ['v[]a]', 1, 'bracket'],
    ['[[:digit:]]', 1, 'bracket'],
    ['[^a]', 1, 'caret'],
    ['[z-a]', 1, 'range'],
    ['{a,b', 0, 'brace'],
    ['a}', 1, 'brace'],
    ['x{}', 2, 'brace'],
    ['{a,{b,c}}', 3, 'nestedBrace'],
    ['a\\*', 1, 'backslash'],
    ['[\\]]', 1, 'backslash'],
    [' latest', 0, 'blank'],
    ['latest\n', 6, 'blank'],
    ['[a b]', 2, 'blank'],
  ];
  for (const [pattern, position, reason] of refused) {
    it(`refuses ${JSON.stringify(pattern.slice(0, 20))}: ${reason}`, () => {
      assertRefused(() => compileGlob(pattern), pattern, position, reason);
    });
  }

  it('agrees with a naive matcher', () => {
    const characters = fc.constantFrom('a', 'b', 'B', '/', '-');
    const plain = fc.oneof(characters, fc.constantFrom('*', '?', '[ab]', '[!a]', '[a-b]', '[!B-a]'));
    const alternatives = fc.array(
      fc.array(plain, { maxLength: 3 }).map((parts) => parts.join('')),
      { minLength: 1, maxLength: 3 },
    );
    const braces = alternatives.map((globs) => `{${globs.join(',')}}`).filter((text) => text !== '{}');
    const patterns = fc
      .array(fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: braces }), {
        minLength: 1,
        maxLength: 6,
      })
      .map((parts) => parts.join(''));
    const names = fc.array(characters, { maxLength: 7 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        patterns,
        fc.array(names, { minLength: 5, maxLength: 5 }),
        fc.boolean(),
        (pattern, candidates, ignoreCase) => {
          const glob = compileGlob(pattern, { ignoreCase });
          for (const name of candidates) {
            assert.equal(glob.matches(name), naive(pattern, name, ignoreCase), `${pattern} on ${name}`);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('compiles any text or refuses it with a reason', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom('a', '[', ']', '{', '}', ',', '!', '-', '*', '^', '\\')).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, fc.string(), (pattern, name) => {
        try {
          compileGlob(pattern).matches(name);
        } catch (error) {
          assert.ok(error instanceof GlobSyntaxError);
        }
      }),
    );
  });

  it('takes no time to speak of where backtracking would take years', () => {
    const name = `${'a'.repeat(127)}b`;
    const adversaries = [
      '*a*a*a*a*a*a*a*c',
      '*a'.repeat(499) + '*c',
      '{a,aa,*}'.repeat(125),
      '?*'.repeat(499) + 'cc',
      `{${'*a*a*a*a,'.repeat(110)}c}`,
      '{,a}'.repeat(250),
    ];
    for (const pattern of adversaries) {
      const glob = compileGlob(pattern);
      const before = performance.now();
      glob.matches(name);
      const took = performance.now() - before;
      assert.ok(took < 100, `${pattern.slice(0, 20)} took ${took} ms`);
    }
  });
});

describe('compileRepositoryGlobs', () => {
  it('matches when a positive glob does and no excluding one', () => {
    const isListed = compileRepositoryGlobs(['dustynv/*', '!dustynv/jetson-*', 'team/api']);
    for (const name of ['dustynv/ros', 'team/api']) assert.ok(isListed(name), name);
    for (const name of ['dustynv/jetson-inference', 'team/web', 'dustynv', 'Team/api']) {
      assert.ok(!isListed(name), name);
    }
  });

  it('lets an exclusion win wherever it stands', () => {
    assert.ok(!compileRepositoryGlobs(['!a/b', 'a/*'])('a/b'));
    assert.ok(!compileRepositoryGlobs(['a/*', '!a/b'])('a/b'));
  });

  it('matches nothing without a positive glob', () => {
    assert.ok(!compileRepositoryGlobs([])('a/b'));
    assert.ok(!compileRepositoryGlobs(['!a/c'])('a/b'));
  });

  it('refuses what is not a glob, pointing into the entry as written', () => {
    assertRefused(() => compileRepositoryGlobs(['a/*', '!']), '!', 1, 'empty');
    assertRefused(() => compileRepositoryGlobs(['!!a']), '!!a', 1, 'negation');
    assertRefused(() => compileRepositoryGlobs(['!a/[']), '!a/[', 3, 'bracket');
    assertRefused(() => compileRepositoryGlobs(['']), '', 0, 'empty');
  });
});

/** Written another way on purpose: expands the braces, then tries every split. */
function naive(pattern: string, name: string, ignoreCase: boolean): boolean {
  const brace = /\{([^}]*)\}/.exec(pattern);
  if (brace) {
    return brace[1]!.split(',').some((choice) =>
      naive(
        pattern.replace(brace[0], () => choice),
        name,
        ignoreCase,
      ),
    );
  }
  if (pattern === '') return name === '';
  if (pattern[0] === '*') {
    return (
      naive(pattern.slice(1), name, ignoreCase) ||
      (name !== '' && name[0] !== '/' && naive(pattern, name.slice(1), ignoreCase))
    );
  }
  if (name === '') return false;
  const token = /^\[[^\]]+\]|^./.exec(pattern)![0];
  const cases = ignoreCase ? [name[0]!.toLowerCase(), name[0]!.toUpperCase()] : [name[0]!];
  const fits =
    token === '?'
      ? name[0] !== '/'
      : token.startsWith('[')
        ? name[0] !== '/' && inSet(token, cases)
        : cases.some((char) => char === token);
  return fits && naive(pattern.slice(token.length), name.slice(1), ignoreCase);
}

function inSet(token: string, cases: string[]): boolean {
  const isNegated = token[1] === '!';
  const body = token.slice(isNegated ? 2 : 1, -1);
  const isIn = cases.some((char) => (body[1] === '-' ? char >= body[0]! && char <= body[2]! : body.includes(char)));
  return isIn !== isNegated;
}
