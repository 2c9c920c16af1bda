import assert from 'node:assert/strict';
import fc from 'fast-check';
import { repeatedName } from '../../../../src/retention/tags/repeatedName.ts';
import { atOnce } from '../../../../src/async/sliced.ts';

describe('the first repeated name of a listing', () => {
  const find = (names: readonly string[]): string | undefined => atOnce(repeatedName(names.map((name) => ({ name }))));

  it('is that of a set of all names', () => {
    const name = fc.oneof(
      fc.constantFrom('a', 'b', 'latest', 'v1.2.3'),
      fc.string(),
      fc.nat(2000).map((number) => `build-${number}`),
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 200 }), (names) => {
        const seen = new Set<string>();
        const expected = names.find((each) => seen.size === seen.add(each).size);
        assert.equal(find(names), expected);
      }),
    );
  });

  it('is found among many thousand, wherever it stands', () => {
    const names = Array.from({ length: 60_000 }, (_, number) => `build-2026.11.25-${number}`);
    assert.equal(find(names), undefined);
    assert.equal(find([...names, names[0]!]), names[0]);
    assert.equal(find([names.at(-1)!, ...names]), names.at(-1));
    assert.equal(find([...names.slice(0, 700), names[3]!, ...names.slice(700), names[1]!]), names[3]);
  });

  it('is none in an empty listing', () => assert.equal(find([]), undefined));
});
