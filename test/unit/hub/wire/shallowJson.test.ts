import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseShallowJson } from '../../../../src/hub/wire/shallowJson.ts';

describe('parseShallowJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        assert.deepEqual(parseShallowJson(JSON.stringify(value)), JSON.parse(JSON.stringify(value))),
      ),
    );
  });

  it('gives nothing for what is no JSON', () => {
    for (const text of ['', '{', '[1,]', 'x', "{'a':1}", '"', '"\\']) assert.equal(parseShallowJson(text), undefined);
  });

  it('counts brackets that nest, and no others', () => {
    const nested = (depth: number): string => '[{"a":'.repeat(depth / 2) + '1' + '}]'.repeat(depth / 2);
    assert.notEqual(parseShallowJson(nested(100)), undefined);
    assert.equal(parseShallowJson(nested(102)), undefined);
    assert.deepEqual(parseShallowJson(JSON.stringify(Array(1000).fill([]))), Array(1000).fill([]));
    const text = `${'['.repeat(1000)}"\\"${'{'.repeat(1000)}\\`;
    assert.equal(parseShallowJson(JSON.stringify({ [text]: text })) instanceof Object, true);
  });
});
