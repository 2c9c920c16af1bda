import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileRepositoryGlobs } from '../../../../src/retention/globs/glob.ts';
import { unreachablePolicies } from '../../../../src/retention/policy/unreachablePolicies.ts';
import { bounded } from '../../hostile/cost.ts';

/** Policies by their globs alone. */
const policies = (...lists: readonly (readonly string[])[]) => lists.map((repositories) => ({ repositories }));

describe('policies that can never match', () => {
  it('are those whose repositories an earlier one takes', () => {
    assert.deepEqual(unreachablePolicies(policies(['acme/*'], ['acme/web'])), [{ index: 1, takenBy: [0] }]);
    assert.deepEqual(unreachablePolicies(policies(['acme/web'], ['acme/web'])), [{ index: 1, takenBy: [0] }]);
    assert.deepEqual(unreachablePolicies(policies(['acme/web'], ['acme/*'])), []);
  });

  it('are those whose repositories several earlier ones take together', () => {
    assert.deepEqual(unreachablePolicies(policies(['acme/a*'], ['acme/b*'], ['acme/bee', 'acme/ant'])), [
      { index: 2, takenBy: [0, 1] },
    ]);
    assert.deepEqual(unreachablePolicies(policies(['acme/a*'], ['acme/b*'], ['acme/bee', 'acme/cat'])), []);
  });

  it('are not those that get what an earlier one excludes', () => {
    assert.deepEqual(unreachablePolicies(policies(['acme/*', '!acme/web'], ['acme/web'])), []);
    assert.deepEqual(unreachablePolicies(policies(['acme/*', '!acme/web'], ['acme/*'])), []);
    assert.deepEqual(unreachablePolicies(policies(['acme/*', '!acme/web'], ['acme/*', '!acme/w*'])), [
      { index: 1, takenBy: [0] },
    ]);
    assert.deepEqual(unreachablePolicies(policies(['acme/*', '!acme/web'], ['acme/api', 'acme/db-*'])), [
      { index: 1, takenBy: [0] },
    ]);
    assert.deepEqual(unreachablePolicies(policies(['acme/*', '!acme/*b'], ['acme/web'])), []);
  });

  it('are those that match nothing by themselves', () => {
    assert.deepEqual(unreachablePolicies(policies(['acme/web', '!acme/*'])), [{ index: 0, takenBy: [] }]);
    assert.deepEqual(unreachablePolicies(policies(['web'], ['!acme/web'])), [
      { index: 0, takenBy: [] },
      { index: 1, takenBy: [] },
    ]);
  });

  it('are never the first match of a repository', () => {
    const patterns = fc.array(
      fc.tuple(
        fc.constantFrom('', '', '!'),
        fc.constantFrom('a', 'b', '*', '{a,b}', 'a*'),
        fc.constantFrom('a', 'b', '*', '?', 'a*', 'ab'),
      ),
      { minLength: 1, maxLength: 3 },
    );
    const lists = fc.array(
      patterns.map((parts) => parts.map(([mark, namespace, name]) => `${mark}${namespace}/${name}`)),
      { minLength: 1, maxLength: 4 },
    );
    const names = ['a', 'b', 'c', 'ab'].flatMap((namespace) =>
      ['a', 'b', 'c', 'ab', 'abc'].map((name) => `${namespace}/${name}`),
    );
    let found = 0;
    fc.assert(
      fc.property(lists, (repositories) => {
        const matchers = repositories.map(compileRepositoryGlobs);
        for (const { index } of unreachablePolicies(policies(...repositories))) {
          found++;
          for (const name of names) {
            assert.notEqual(
              matchers.findIndex((matches) => matches(name)),
              index,
              `${name} in ${JSON.stringify(repositories)}`,
            );
          }
        }
      }),
      { numRuns: 5000 },
    );
    assert.ok(found > 500, `only ${found} were found`);
  });

  it('are found among a hundred that name repositories one by one', () => {
    const many = policies(
      ...Array.from({ length: 100 }, (_, i) => ['web', 'api', 'db', 'cache'].map((part) => `acme/${part}-${i}`)),
      ['acme/cache-9'],
    );
    assert.deepEqual(unreachablePolicies(many), [{ index: 100, takenBy: [9] }]);
  });

  it('are looked for in bounded time', async () => {
    const long = policies(
      ...Array.from({ length: 200 }, (_, i) => [`acme/${'*a'.repeat(490)}${i}`, `!acme/${'?*'.repeat(490)}${i}`]),
    );
    await bounded('long patterns', { cpuMs: 500, mb: 100 }, () => unreachablePolicies(long));
    const many = policies(
      ...Array.from({ length: 200 }, (_, i) => Array.from({ length: 50 }, (_, j) => `acme/{a,b}{c,d}{e,f}${i}-${j}`)),
    );
    await bounded('many patterns', { cpuMs: 500, mb: 100 }, () => unreachablePolicies(many));
  });

  for (const [what, globs] of [
    ['patterns', Array.from({ length: 50 }, (_, i) => `acme/service-${i}-*`)],
    ['exclusions', Array.from({ length: 50 }, (_, i) => (i < 25 ? `acme/s${i}*` : `!acme/*x${i}`))],
    ['patterns that begin with a star', Array.from({ length: 50 }, (_, i) => `*/service-${i}-*`)],
    ['long patterns', [`acme/${'*a'.repeat(450)}`, `!acme/${'?*'.repeat(450)}`]],
  ] as const) {
    it(`G2: are looked for in bounded time where all have the same ${what}`, async () => {
      const same = policies(...Array.from({ length: 200 }, () => globs));
      await bounded(what, { cpuMs: 500, mb: 100 }, () => unreachablePolicies(same));
    });
  }

  it('G2: are found where hundreds have the same patterns', () => {
    const same = policies(
      ...Array.from({ length: 200 }, () => Array.from({ length: 20 }, (_, i) => `acme/service-${i}-*`)),
    );
    assert.deepEqual(
      unreachablePolicies(same),
      Array.from({ length: 199 }, (_, i) => ({ index: i + 1, takenBy: [0] })),
    );
  });
});
