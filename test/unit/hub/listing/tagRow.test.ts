import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseRepositoryRow } from '../../../../src/hub/listing/repositoryRow.ts';
import { parseListedTag, parseTagRow } from '../../../../src/hub/listing/tagRow.ts';
import { imageCount, imageKey, imageKeyAt, imageSetKey, packImages } from '../../../../src/retention/tags/tagImages.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const old = '2019-03-01T10:00:00.123456Z';
const new_ = '2026-01-01T10:00:00.123456789Z';

function pushedAt(fields: Record<string, unknown>): number | undefined {
  return parseTagRow({ name: 'x', ...fields })?.pushedAt;
}

describe('parseTagRow', () => {
  it('reads a row', () => {
    const row = {
      name: 'v1',
      digest,
      full_size: 5,
      last_updated: old,
      tag_last_pushed: old,
      tag_last_pulled: new_,
      images: [
        { architecture: 'arm64', os: 'linux', variant: 'v8', size: 4 },
        { architecture: 'unknown', os: 'unknown', size: 1 },
        { architecture: 'amd64', os: '', variant: null },
      ],
    };
    assert.deepEqual(parseTagRow(row), {
      name: 'v1',
      digest,
      size: 5,
      isSizePartial: true,
      images: packImages([{ size: 4 }, { size: 1 }, {}]),
      pushedAt: Date.parse(old),
      pulledAt: Date.UTC(2026, 0, 1, 10, 0, 0, 123),
      platforms: [
        { name: 'linux/arm64/v8', size: 4 },
        { name: 'amd64', size: undefined },
      ],
    });
  });

  it('keeps the digests of all images, which the workspace may refer to and signatures be attached to', () => {
    const platform = (digit: string) => ({ architecture: 'amd64', os: 'linux', digest: `sha256:${digit.repeat(64)}` });
    const images = [platform('b'), platform('a'), platform('c'), { digest: 'sha256:xyz' }, { digest: null }, null, 'x'];
    for (const parse of [parseTagRow, parseListedTag]) {
      const packed = parse({ name: 'v1', digest, images })!.images!;
      assert.deepEqual(
        Array.from({ length: imageCount(packed) }, (_, at) => imageKeyAt(packed, at)),
        [undefined, undefined, undefined, undefined, ...['a', 'b', 'c'].map((digit) => imageKey(digit.repeat(64)))],
      );
      for (const none of [null, undefined, [], {}, 'x', [{ digest }], [{}]]) {
        assert.ok(!('images' in parse({ name: 'v1', digest, images: none })!));
      }
    }
  });

  it('takes null, missing and year-1 dates for unknown (invariant 2; hub-feedback#2344)', () => {
    assert.equal(pushedAt({ last_updated: null, tag_last_pushed: null }), undefined);
    assert.equal(pushedAt({}), undefined);
    assert.equal(
      pushedAt({ last_updated: '0001-01-01T00:00:00Z', tag_last_pushed: '0001-01-01T00:00:00Z' }),
      undefined,
    );
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
    for (const value of [undefined, null, '', 'latest', 'sha256:xyz', 7, {}]) {
      assert.ok(!('digest' in parseTagRow({ name: 'x', digest: value })!), JSON.stringify(value));
    }
  });

  it('keeps a row whose other fields all have a wrong type', () => {
    const row = {
      name: 'x',
      digest: {},
      full_size: '5',
      last_updated: 17,
      tag_last_pushed: [],
      tag_last_pulled: false,
      images: 'none',
    };
    assert.deepEqual(parseTagRow(row), { name: 'x', pulledAt: NaN, size: undefined, platforms: [] });
    assert.deepEqual(parseTagRow({ name: 'x', full_size: -1, images: [null, 7, 'x'] })?.platforms, []);
  });

  it('takes a row without a name for none', () => {
    for (const value of [null, undefined, 7, 'x', [], {}, { name: '' }, { name: 42 }, { name: null }]) {
      assert.equal(parseTagRow(value), undefined);
    }
  });
});

describe('B1: a row without a digest', () => {
  const of = (digit: string): string => `sha256:${digit.repeat(64)}`;
  const parsed = (fields: Record<string, unknown>) => {
    const tag = parseListedTag({ name: 'x', ...fields })!;
    const { platforms: _, ...same } = parseTagRow({ name: 'x', ...fields })!;
    assert.deepEqual(same, tag);
    return tag;
  };

  it('has that of its one image, as each other row of that image has', () => {
    for (const missing of [undefined, null, '', 'latest', 7]) {
      const [latest, version] = ['latest', '1.4.0'].map((name) =>
        parsed({ name, digest: missing, images: [{ digest: of('a'), size: 7 }] }),
      );
      assert.deepEqual([latest!.digest, version!.digest], [of('a'), of('a')]);
      assert.ok(!('images' in latest!), 'its image is the tag itself');
      assert.equal(latest!.size, 7);
    }
  });

  it('has that of the image that all of its rows name', () => {
    const tag = parseListedTag({
      name: 'v1',
      images: [
        { digest, size: 4 },
        { digest, size: 4 },
      ],
    })!;
    assert.deepEqual([tag.digest, tag.images, tag.size], [digest, undefined, 4]);
  });

  it('is not that of the one image of an index, which is another manifest', () => {
    for (const media_type of [
      'application/vnd.oci.image.index.v1+json',
      'application/vnd.docker.distribution.manifest.list.v2+json',
    ]) {
      const tag = parseListedTag({ name: 'v1', media_type, images: [{ digest, size: 4 }] })!;
      assert.equal(tag.digest, undefined);
      assert.equal(tag.images, packImages([{ digest, size: 4 }]));
    }
  });

  it('is told by the set of its images, in whichever order they come, where it has several', () => {
    const [one, other] = [
      [of('a'), of('b')],
      [of('b'), of('a')],
    ].map((digests) => parsed({ images: digests.map((digest) => ({ digest })) }));
    assert.ok(!('digest' in one!));
    assert.equal(imageSetKey(one!.images!), imageSetKey(other!.images!));
    assert.notEqual(
      imageSetKey(one!.images!),
      imageSetKey(parsed({ images: [{ digest: of('a') }, { digest: of('c') }] }).images!),
    );
  });

  it('has none, and no set, where an image has none either', () => {
    for (const images of [[{ size: 7 }], [{ digest: 'sha256:xyz' }], [null], [], undefined]) {
      assert.ok(!('digest' in parsed({ images })), JSON.stringify(images));
    }
    const tag = parsed({ images: [{ digest: of('a') }, { size: 7 }] });
    assert.deepEqual([tag.digest, imageSetKey(tag.images!)], [undefined, undefined]);
  });

  it('is no row whose own digest is another one than that of its one image: an index of one platform', () => {
    const tag = parsed({ digest: of('f'), images: [{ digest: of('a') }] });
    assert.equal(tag.digest, of('f'));
    assert.equal(imageKeyAt(tag.images!, 0), imageKey(of('a')));
  });
});

describe('D10: the pull date of a row', () => {
  const pulledAt = (date: unknown) =>
    [parseTagRow, parseListedTag].map(
      (parse) => parse({ name: 'x', last_updated: old, tag_last_pulled: date })!.pulledAt,
    );

  it('is NaN where there is one that cannot be read, so that it does not pass for never', () => {
    for (const unreadable of [
      'yesterday',
      '',
      '2025-02-30T00:00:00Z',
      '2025-03-01',
      '1700000000',
      1_700_000_000_000,
      0,
      true,
      false,
      {},
      [],
    ]) {
      assert.deepEqual(pulledAt(unreadable), [NaN, NaN], JSON.stringify(unreadable));
    }
  });

  it('is missing where there is none: null, left out, or of year 1', () => {
    for (const never of [null, undefined, '0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000000Z']) {
      assert.deepEqual(pulledAt(never), [undefined, undefined], String(never));
    }
  });

  it('is read with any number of decimals', () => {
    for (const [date, instant] of [
      ['2025-10-08T22:04:46Z', 46_000],
      ['2025-10-08T22:04:46.2Z', 46_200],
      ['2025-10-08T22:04:46.284976086Z', 46_284],
    ] as const) {
      const expected = Date.UTC(2025, 9, 8, 22, 4) + instant;
      assert.deepEqual(pulledAt(date), [expected, expected], date);
    }
  });

  it('leaves the push date alone', () => {
    assert.equal(
      parseListedTag({ name: 'x', last_updated: old, tag_last_pulled: 'yesterday' })!.pushedAt,
      Date.parse(old),
    );
  });
});

describe('the size of a row', () => {
  const of = (digit: string): string => `sha256:${digit.repeat(64)}`;
  const sizeOf = (fields: Record<string, unknown>) => {
    const { size, isSizePartial = false } = parseListedTag({ name: 'x', ...fields })!;
    const detailed = parseTagRow({ name: 'x', ...fields })!;
    assert.deepEqual([detailed.size, detailed.isSizePartial ?? false], [size, isSizePartial]);
    return [size, isSizePartial];
  };

  it('is the sum of its images, attestations included, and not full_size', () => {
    const images = [
      { digest: of('a'), architecture: 'amd64', os: 'linux', size: 50 },
      { digest: of('b'), architecture: 'unknown', os: 'unknown', size: 3 },
      { digest: of('c'), architecture: 'arm64', os: 'linux', size: 40 },
    ];
    assert.deepEqual(sizeOf({ digest: of('f'), full_size: 50, images }), [93, false]);
    assert.deepEqual(sizeOf({ full_size: 50, images }), [93, false]);
    assert.deepEqual(sizeOf({ images }), [93, false]);
    assert.deepEqual(sizeOf({ full_size: 0, images }), [93, false]);
  });

  it('counts each digest once, and images that have none each', () => {
    const twice = [
      { digest: of('a'), size: 50 },
      { digest: of('a'), size: 50 },
      { digest: of('b'), size: 3 },
    ];
    assert.deepEqual(sizeOf({ full_size: 50, images: twice }), [53, false]);
    assert.deepEqual(sizeOf({ full_size: 50, images: [{ size: 50 }, { size: 50 }] }), [100, false]);
  });

  it('is at least what is known where an image has none, or one that cannot be', () => {
    for (const size of [undefined, null, '7', -1, 0.5, NaN, 2 ** 60]) {
      assert.deepEqual(
        sizeOf({
          full_size: 50,
          images: [
            { digest: of('a'), size: 50 },
            { digest: of('b'), size },
          ],
        }),
        [50, true],
        String(size),
      );
    }
    assert.deepEqual(sizeOf({ images: [{ digest: of('a') }, { digest: of('b') }] }), [undefined, false]);
  });

  it('is at least full_size where no images are listed, or they come to less', () => {
    for (const images of [undefined, null, [], {}, 'none']) {
      assert.deepEqual(sizeOf({ full_size: 50, images }), [50, true], JSON.stringify(images));
    }
    assert.deepEqual(sizeOf({ full_size: 50, images: [{ digest: of('a') }] }), [50, true]);
    assert.deepEqual(
      sizeOf({
        full_size: 50,
        images: [
          { digest: of('a'), size: 20 },
          { digest: of('b'), size: 20 },
        ],
      }),
      [50, true],
    );
    assert.deepEqual(sizeOf({}), [undefined, false]);
  });

  it('is at least what is counted where there are more images than any index has', () => {
    const many = Array.from({ length: 101 }, (_, i) => ({ digest: `sha256:${String(i).padStart(64, '0')}`, size: 1 }));
    assert.deepEqual(sizeOf({ full_size: 1, images: many.slice(1) }), [100, false]);
    assert.deepEqual(sizeOf({ full_size: 1, images: many }), [100, true]);
  });

  it('is the sum in every recorded row of several images, and never full_size', () => {
    const { results } = JSON.parse(
      readFileSync(new URL('../../../hub/recorded/tags-library-redis-2025-10.json', import.meta.url), 'utf8'),
    ) as { results: { name: string; full_size: number; images: { digest: string; size: number }[] }[] };
    const several = results.filter(({ images }) => images.length > 1);
    assert.equal(several.length, 10);
    for (const row of several) {
      const sum = [...new Map(row.images.map(({ digest, size }) => [digest, size])).values()].reduce(
        (a, b) => a + b,
        0,
      );
      assert.deepEqual(sizeOf({ ...row }), [sum, false], row.name);
      assert.ok(sum > row.full_size, row.name);
    }
  });
});

describe('parseRepositoryRow', () => {
  it('reads a row and trusts no other namespace than the one that was asked for', () => {
    const row = {
      name: 'api',
      namespace: '../evil',
      is_private: true,
      last_updated: old,
      storage_size: 5,
      pull_count: 6,
    };
    assert.deepEqual(parseRepositoryRow(row, 'team'), {
      namespace: 'team',
      name: 'api',
      isPrivate: true,
      pushedAt: Date.parse(old),
      size: 5,
      pulls: 6,
    });
  });

  it('takes wrong types and nulls for unknown, and a row without a name for none', () => {
    const row = { name: 'api', is_private: 'no', last_updated: null, storage_size: null, pull_count: {} };
    assert.deepEqual(parseRepositoryRow(row, 'team'), {
      namespace: 'team',
      name: 'api',
      isPrivate: undefined,
      pushedAt: undefined,
      size: undefined,
      pulls: undefined,
    });
    for (const value of [null, {}, { name: 42 }, 'api']) assert.equal(parseRepositoryRow(value, 'team'), undefined);
  });
});
