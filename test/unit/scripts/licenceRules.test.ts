import assert from 'node:assert/strict';
import { licenceProblem } from '../../../scripts/licenceRules.ts';

describe('the rules of licences', () => {
  for (const licence of [
    'MIT',
    'Apache-2.0',
    '(MIT OR GPL-3.0-or-later)',
    'GPL-3.0-only OR ISC',
    '(MIT AND Zlib)',
    'MIT AND (BSD-2-Clause OR GPL-2.0-only)',
    'GPL-2.0-only AND MIT OR ISC',
  ]) {
    it(`allow ${licence}`, () => assert.equal(licenceProblem('x', licence, 'bundled'), undefined));
  }

  for (const licence of [
    undefined,
    '',
    'GPL-3.0-only',
    'AGPL-3.0-or-later',
    'LGPL-2.1',
    'MPL-2.0',
    'UNLICENSED',
    'SEE LICENSE IN LICENSE.txt',
    'MIT AND GPL-3.0-only',
    'MIT OR',
    '(MIT',
    'MIT)',
    'MIT MIT',
    'mit',
    'GPL-3.0-only AND (MIT OR ISC)',
    'BUSL-1.1',
    'Apache-2.0 WITH something',
  ]) {
    it(`refuse ${licence ?? 'none'}`, () => {
      for (const use of ['bundled', 'development'] as const) {
        assert.equal(licenceProblem('x', licence, use), `x: ${licence ?? 'names no licence'}`);
      }
    });
  }

  it('make exceptions by name and licence, for development only', () => {
    const [sign, terms] = ['@vscode/vsce-sign-linux-x64', 'SEE LICENSE IN LICENSE.txt'];
    assert.equal(licenceProblem(sign, terms, 'development'), undefined);
    assert.ok(licenceProblem(sign, terms, 'bundled'));
    assert.ok(licenceProblem(sign, 'GPL-3.0-only', 'development'));
    assert.ok(licenceProblem('vsce-sign', terms, 'development'));
    assert.ok(licenceProblem('other', 'Artistic-2.0', 'development'));
  });
});
