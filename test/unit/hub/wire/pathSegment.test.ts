import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isHubError } from '../../../../src/hub/wire/hubError.ts';
import { pathSegment } from '../../../../src/hub/wire/pathSegment.ts';

describe('pathSegment', () => {
  for (const name of [
    '..',
    '.',
    '',
    'a/b',
    '/',
    'a\\b',
    '%2e%2e',
    '.hidden',
    '-x',
    'a b',
    'a?b',
    'a#b',
    'a\n',
    'ä',
    'a\u202eb',
    'a'.repeat(256),
  ]) {
    it(`never lets ${JSON.stringify(name.slice(0, 20))} into a path`, () => {
      assert.throws(
        () => pathSegment(name),
        (error) => isHubError(error, 'unsafeName'),
      );
    });
  }

  for (const name of ['latest', 'v1.2.3-rc.1', '_x', '2024', 'A', 'a..b', 'a'.repeat(128)]) {
    it(`leaves ${name.slice(0, 20)} as it is`, () => assert.equal(pathSegment(name), name));
  }

  it('gives exactly one segment, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 6 }), (name) => {
        let segment: string;
        try {
          segment = pathSegment(name);
        } catch {
          return;
        }
        const { pathname } = new URL(`/v2/tags/${segment}`, 'https://hub.test');
        assert.equal(pathname, `/v2/tags/${name}`);
        assert.equal(pathname.split('/').length, 4);
      }),
    );
  });

  it('says in its error what the name was, cut to size', () => {
    assert.throws(
      () => pathSegment(`..${'x'.repeat(1000)}`),
      (error) => isHubError(error) && error.message.length < 120 && error.message.includes('..xxx'),
    );
  });
});
