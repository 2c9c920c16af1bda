import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileGlob, GlobSyntaxError } from '../../../../src/retention/globs/glob.ts';
import { globCovers } from '../../../../src/retention/globs/globCover.ts';

describe('globCovers', () => {
  const certain: readonly (readonly [wide: string, narrow: string])[] = [
    ['acme/web', 'acme/web'],
    ['acme/*', 'acme/web'],
    ['*/*', 'acme/*'],
    ['*/*', 'ac?e/[a-c]*'],
    ['acme/*', 'acme/team-*'],
    ['acme/*b*', 'acme/*web*'],
    ['acme/?*', 'acme/?*'],
    ['acme/?*', 'acme/a*'],
    ['acme/{web,api}', 'acme/web'],
    ['acme/{web,api,db}', 'acme/{api,web}'],
    ['{acme,beta}/*', 'acme/web'],
    ['acme/[a-c]x', 'acme/bx'],
    ['acme/[a-c]*', 'acme/[a-c]b*'],
    ['acme/[{]', 'acme/{[{],[{]}'],
  ];
  for (const [wide, narrow] of certain) {
    it(`knows that ${wide} matches all that ${narrow} does`, () => assert.equal(globCovers(wide, narrow), true));
  }

  const untrue: readonly (readonly [wide: string, narrow: string])[] = [
    ['acme/web', 'acme/*'],
    ['acme/*', '*/*'],
    ['acme/a?', 'acme/a*'],
    ['acme/a?*', 'acme/a*'],
    ['*', 'acme/web'],
    ['acme/?', 'acme/'],
    ['acme/[!a]', 'acme/?'],
    ['acme/{web,api}', 'acme/{web,db}'],
    ['acme/Web', 'acme/web'],
  ];
  for (const [wide, narrow] of untrue) {
    it(`does not say so of ${wide} and ${narrow}`, () => assert.equal(globCovers(wide, narrow), false));
  }

  it('never says so where one name is matched by the narrow glob alone', () => {
    const pieces = fc.constantFrom(
      'a',
      'b',
      '/',
      '*',
      '?',
      '[ab]',
      '[!a]',
      '[a-c]',
      '{a,b*}',
      '{a,/}',
      '{,b}',
      '[{]',
      '[,]',
    );
    const globs = fc.array(pieces, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
    const names = fc
      .array(fc.constantFrom('a', 'b', 'c', '/', '{', ','), { maxLength: 6 })
      .map((parts) => parts.join(''));
    let said = 0;
    fc.assert(
      fc.property(globs, globs, fc.array(names, { minLength: 20, maxLength: 20 }), (wide, narrow, samples) => {
        try {
          const [outer, inner] = [compileGlob(wide), compileGlob(narrow)];
          if (!globCovers(wide, narrow)) return;
          said++;
          for (const name of samples) {
            assert.ok(!inner.matches(name) || outer.matches(name), `${wide} for ${narrow}: ${name}`);
          }
        } catch (error) {
          assert.ok(error instanceof GlobSyntaxError, String(error));
        }
      }),
      { numRuns: 20_000 },
    );
    assert.ok(said > 200, `only ${said} pairs were tried`);
  });

  it('gives up where its work would be more than it may be', () => {
    const budget = { left: 100 };
    assert.equal(globCovers('a*'.repeat(100), 'a*'.repeat(101), budget), false);
    assert.ok(budget.left < 0);
    assert.equal(globCovers(`${'{a,b}'.repeat(10)}`, `${'{b,a}'.repeat(10)}`), false);
  });
});
