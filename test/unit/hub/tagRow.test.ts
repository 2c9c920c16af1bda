import assert from 'node:assert/strict';
import { parseRepositoryRow } from '../../../src/hub/repositoryRow.ts';
import { parseListedTag, parseTagRow } from '../../../src/hub/tagRow.ts';
import { imageCount, imageKey, imageKeyAt, packImages } from '../../../src/retention/tagImages.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const old = '2019-03-01T10:00:00.123456Z';
const new_ = '2026-01-01T10:00:00.123456789Z';

function pushedAt(fields: Record<string, unknown>): number | undefined {
  return parseTagRow({ name: 'x', ...fields })?.pushedAt;
}

describe('parseTagRow', () => {
  it('reads a row', () => {
    const row = {
      name: 'v1', digest, full_size: 5, last_updated: old, tag_last_pushed: old, tag_last_pulled: new_, images: [
        { architecture: 'arm64', os: 'linux', variant: 'v8', size: 4 }, { architecture: 'unknown', os: 'unknown', size: 1 }, { architecture: 'amd64', os: '', variant: null },
      ],
    };
    assert.deepEqual(parseTagRow(row), {
      name: 'v1', digest, size: 5, isSizePartial: true, images: packImages([{ size: 4 }, { size: 1 }, {}]), pushedAt: Date.parse(old), pulledAt: Date.UTC(2026, 0, 1, 10, 0, 0, 123),
      platforms: [{ name: 'linux/arm64/v8', size: 4 }, { name: 'amd64', size: undefined }],
    });
  });

  it('keeps the digests of all images, which the workspace may refer to and signatures be attached to', () => {
    const platform = (digit: string) => ({ architecture: 'amd64', os: 'linux', digest: `sha256:${digit.repeat(64)}` });
    const images = [platform('b'), platform('a'), platform('c'), { digest: 'sha256:xyz' }, { digest: null }, null, 'x'];
    for (const parse of [parseTagRow, parseListedTag]) {
      const packed = parse({ name: 'v1', digest, images })!.images!;
      assert.deepEqual(Array.from({ length: imageCount(packed) }, (_, at) => imageKeyAt(packed, at)), [undefined, undefined, undefined, undefined, ...['a', 'b', 'c'].map((digit) => imageKey(digit.repeat(64)))]);
      for (const none of [null, undefined, [], {}, 'x', [{ digest }], [{}]]) assert.ok(!('images' in parse({ name: 'v1', digest, images: none })!));
    }
  });

  it('takes null, missing and year-1 dates for unknown (invariant 2; hub-feedback#2344)', () => {
    assert.equal(pushedAt({ last_updated: null, tag_last_pushed: null }), undefined);
    assert.equal(pushedAt({}), undefined);
    assert.equal(pushedAt({ last_updated: '0001-01-01T00:00:00Z', tag_last_pushed: '0001-01-01T00:00:00Z' }), undefined);
    assert.ok(!('pushedAt' in parseTagRow({ name: 'x', last_updated: null })!));
  });

  it('takes an unreadable date for unknown, also beside an old readable one (invariant 2)', () => {
    for (const unreadable of ['yesterday', '', '2019-02-30T00:00:00Z', '2019-03-01', 1_551_434_400, {}, [], false]) {
      assert.equal(pushedAt({ last_updated: unreadable }), undefined, JSON.stringify(unreadable));
      assert.equal(pushedAt({ last_updated: old, tag_last_pushed: unreadable }), undefined, JSON.stringify(unreadable));
      assert.equal(pushedAt({ last_updated: unreadable, tag_last_pushed: old }), undefined, JSON.stringify(unreadable));
    }
  });

  it('takes the younger of two dates', () => {
    assert.equal(pushedAt({ last_updated: old, tag_last_pushed: new_ }), Date.parse('2026-01-01T10:00:00.123Z'));
    assert.equal(pushedAt({ last_updated: new_, tag_last_pushed: old }), Date.parse('2026-01-01T10:00:00.123Z'));
    assert.equal(pushedAt({ last_updated: old, tag_last_pushed: null }), Date.parse(old));
    assert.equal(pushedAt({ last_updated: '0001-01-01T00:00:00Z', tag_last_pushed: old }), Date.parse(old));
  });

  it('leaves a digest out that is missing or none', () => {
    for (const value of [undefined, null, '', 'latest', 'sha256:xyz', 7, {}]) assert.ok(!('digest' in parseTagRow({ name: 'x', digest: value })!), JSON.stringify(value));
  });

  it('keeps a row whose other fields all have a wrong type', () => {
    const row = { name: 'x', digest: {}, full_size: '5', last_updated: 17, tag_last_pushed: [], tag_last_pulled: false, images: 'none' };
    assert.deepEqual(parseTagRow(row), { name: 'x', pulledAt: NaN, size: undefined, platforms: [] });
    assert.deepEqual(parseTagRow({ name: 'x', full_size: -1, images: [null, 7, 'x'] })?.platforms, []);
  });

  it('takes a row without a name for none', () => {
    for (const value of [null, undefined, 7, 'x', [], {}, { name: '' }, { name: 42 }, { name: null }]) assert.equal(parseTagRow(value), undefined);
  });
});

describe('parseRepositoryRow', () => {
  it('reads a row and trusts no other namespace than the one that was asked for', () => {
    const row = { name: 'api', namespace: '../evil', is_private: true, last_updated: old, storage_size: 5, pull_count: 6 };
    assert.deepEqual(parseRepositoryRow(row, 'team'), { namespace: 'team', name: 'api', isPrivate: true, pushedAt: Date.parse(old), size: 5, pulls: 6 });
  });

  it('takes wrong types and nulls for unknown, and a row without a name for none', () => {
    const row = { name: 'api', is_private: 'no', last_updated: null, storage_size: null, pull_count: {} };
    assert.deepEqual(parseRepositoryRow(row, 'team'), { namespace: 'team', name: 'api', isPrivate: undefined, pushedAt: undefined, size: undefined, pulls: undefined });
    for (const value of [null, {}, { name: 42 }, 'api']) assert.equal(parseRepositoryRow(value, 'team'), undefined);
  });
});
