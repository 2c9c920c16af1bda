import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileRepositoryGlobs } from '../../../../src/retention/globs/glob.ts';
import { mayShareRepository } from '../../../../src/retention/policy/mayShareRepository.ts';

describe('mayShareRepository', () => {
  const cases: readonly (readonly [a: string[], b: string[], may: boolean])[] = [
    [['acme/web'], ['acme/web'], true],
    [['acme/web'], ['acme/api'], false],
    [['acme/web'], ['acme/*'], true],
    [['acme/*'], ['beta/*'], false],
    [['acme/*', '!acme/web'], ['acme/web'], false],
    [['*/web'], ['acme/api'], false],
    [['*/web'], ['acme/*'], true],
  ];
  for (const [a, b, may] of cases) {
    it(`is ${may} for ${a.join(' ')} and ${b.join(' ')}`, () => assert.equal(mayShareRepository(a, b), may));
  }

  it('is never false for lists that share a name', () => {
    const pattern = fc
      .tuple(
        fc.constantFrom('', '', '!'),
        fc.constantFrom('a', '*', 'b', '{a,b}'),
        fc.constantFrom('a', 'ab', '*', '?', 'a*', '[ab]'),
      )
      .map(([mark, namespace, name]) => `${mark}${namespace}/${name}`);
    const lists = fc.array(pattern, { minLength: 1, maxLength: 3 });
    const names = ['a', 'b', 'c'].flatMap((namespace) => ['a', 'b', 'ab'].map((name) => `${namespace}/${name}`));
    let said = 0;
    fc.assert(
      fc.property(lists, lists, (a, b) => {
        if (mayShareRepository(a, b)) return;
        said++;
        const [ofA, ofB] = [compileRepositoryGlobs(a), compileRepositoryGlobs(b)];
        assert.deepEqual(
          names.filter((name) => ofA(name) && ofB(name)),
          [],
        );
      }),
      { numRuns: 5000 },
    );
    assert.ok(said > 500, `${said}`);
  });
});
