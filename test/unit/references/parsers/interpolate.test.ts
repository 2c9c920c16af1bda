import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseEnvironmentFile } from '../../../../src/references/parsers/environmentFile.ts';
import { interpolate } from '../../../../src/references/parsers/interpolate.ts';

const values: Readonly<Record<string, string>> = { TAG: '1.2', EMPTY: '', A_1: 'x' };
const filled = (text: string, escape?: '$$' | '\\$') => {
  const { parts, usesDefault } = interpolate(text, (name) => values[name], escape);
  return `${parts.map((part) => part ?? '<?>').join('')}${usesDefault ? ' (default)' : ''}`;
};

describe('the filling in of variables', () => {
  for (const [text, expected] of [
    ['acme/web:1', 'acme/web:1'],
    ['acme/web:$TAG', 'acme/web:1.2'],
    ['acme/web:${TAG}-a', 'acme/web:1.2-a'],
    ['acme/web:$NONE', 'acme/web:<?>'],
    ['acme/web:${NONE}-a', 'acme/web:<?>-a'],
    ['${NONE:-d}', 'd (default)'],
    ['${NONE-d}', 'd (default)'],
    ['${EMPTY:-d}', 'd'],
    ['${EMPTY-d}', ''],
    ['${TAG:-d}', '1.2'],
    ['${TAG:?must be set}', '1.2'],
    ['${NONE:?must be set}', '<?>'],
    ['${EMPTY:?must be set}', '<?>'],
    ['${EMPTY?must be set}', ''],
    ['${TAG:+set}', 'set'],
    ['${EMPTY:+set}', ''],
    ['${NONE:+set}', '<?>'],
    ['${NONE:-${TAG}}', '1.2 (default)'],
    ['${NONE:-${OTHER:-x}}-y', 'x-y (default)'],
    ['${NONE:-${OTHER}}', '<?> (default)'],
    ['${TAG%.*}', '<?>'],
    ['${TAG/1/2}', '<?>'],
    ['${', '<?>'],
    ['${TAG', '<?>'],
    ['$', '<?>'],
    ['$(date)', '<?>'],
    ['${{ matrix.v }}', '<?>'],
    ['$A_1$TAG', 'x1.2'],
  ] as const) {
    it(`${text} comes to "${expected}"`, () => assert.equal(filled(text), expected));
  }

  it("takes Compose's and a Dockerfile's ways to write a dollar", () => {
    assert.equal(filled('a$$TAG', '$$'), 'a$TAG');
    assert.equal(filled('a\\$TAG$TAG', '\\$'), 'a$TAG1.2');
  });

  it('takes any text, quickly', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('$', '{', '}', ':', '-', 'A', '?', '\\'), maxLength: 200 }),
        (text) => void filled(text, '$$'),
      ),
    );
    const startedAt = performance.now();
    for (const text of ['${'.repeat(2000), '${A:-'.repeat(800), '$'.repeat(4000), '${'.repeat(1e6)]) filled(text);
    assert.ok(performance.now() - startedAt < 500);
  });
});

describe('a .env file', () => {
  it('is read as Compose reads it', () => {
    const text =
      '\ufeff# tags\r\nTAG=1.2\r\nexport OTHER = 3 # since May\r\nQUOTED="a #b"\r\nSINGLE=\'$TAG\'\r\nBUILT=${TAG}-x\r\nDEEP=${NONE}\r\nNO LINE\r\nEMPTY=\r\nYAML: 5\r\nHASH=a#b\r\n';
    assert.deepEqual(Object.fromEntries(parseEnvironmentFile(text)), {
      TAG: '1.2',
      OTHER: '3',
      QUOTED: 'a #b',
      SINGLE: '$TAG',
      BUILT: '1.2-x',
      EMPTY: '',
      YAML: '5',
      HASH: 'a#b',
    });
  });

  it('a value that is set again to something unknown is not known', () =>
    assert.equal(parseEnvironmentFile('A=1\nA=$X\n').has('A'), false));

  it('is bounded', () =>
    assert.equal(
      parseEnvironmentFile(Array.from({ length: 20_000 }, (_, index) => `A${index}=1`).join('\n')).size,
      10_000,
    ));
});
