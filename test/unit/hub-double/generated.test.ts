import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { demoWorld } from '../../hub/demoWorld.ts';
import type { GenerateOptions } from '../../hub/generate.ts';
import { generateRepository } from '../../hub/generate.ts';
import type { TagRow } from '../../hub/rows.ts';
import type { TagTable } from '../../hub/tagTable.ts';

const now = Date.UTC(2026, 10, 24, 12, 0, 0, 250);
const name = { namespace: 'acme', name: 'web' };

function rowsOf(options: Partial<GenerateOptions>): TagRow[] {
  return [...(generateRepository({ ...name, newest: now, ...options }).tags as TagTable).values()];
}

const isAttachment = ({ name: tag }: TagRow): boolean => tag.startsWith('sha256-');
/** The digest that an attachment's name names. */
const subjectOf = (tag: string): string => `sha256:${/^sha256-([0-9a-f]{64})(?:\.\w+)?$/.exec(tag)?.[1]}`;
const dateOf = ({ last_updated: date }: TagRow): number => Date.parse(date ?? '');

describe('the Docker Hub double: generated attachments, caches and rows without a digest', () => {
  it('changes nothing for who asks for none of them', () => {
    const asBefore: [Partial<GenerateOptions>, string][] = [
      [
        { tags: 300, seed: 1, style: 'mixed', undated: 0.02, withoutDigest: 0.1 },
        'c58a2d40ac4f3377efb5b5b606ff673750574b4770bacbf1eb2cb071a65328d1',
      ],
      [{ tags: 50 }, '87b5f69634c2e188cdd72ff74a7e6536e84173d5caa395dd6f6307d7543594fd'],
      [
        { names: ['a', 'b', 'c'], oldest: now - 1e9 },
        '9c0e5b52248065bf502a03cabd37c29978b09dbfc6645880353632e237eba634',
      ],
    ];
    for (const [options, expected] of asBefore) {
      const init: Record<string, unknown> = {
        ...generateRepository({ ...name, newest: now, ...options }),
        tags: rowsOf(options),
      };
      delete init['storageSize'];
      assert.equal(createHash('sha256').update(JSON.stringify(init)).digest('hex'), expected);
    }
    const plain = rowsOf({ tags: 40 });
    const more = rowsOf({ tags: 40, signed: {}, caches: [{ name: 'buildcache' }] });
    assert.deepEqual(
      more.filter((row) => !isAttachment(row) && row.name !== 'buildcache'),
      plain,
    );
  });

  it('signs each image once, seconds later, with a digest of the signature alone', () => {
    const rows = rowsOf({ tags: 40, signed: { suffixes: ['.sig', '.att', '.sbom'] } });
    const [attachments, tags] = [rows.filter(isAttachment), rows.filter((row) => !isAttachment(row))];
    // `latest` is another name of the newest build.
    assert.deepEqual([attachments.length, tags.length], [39 * 3, 40]);
    assert.equal(new Set(rows.map(({ digest }) => digest)).size, 39 * 4);
    for (const row of attachments) {
      const image = tags.filter(({ digest }) => digest === subjectOf(row.name)).at(-1);
      assert.ok(image, row.name);
      const late = dateOf(row) - dateOf(image);
      assert.ok(late > 0 && late < 12_000, `${late} ms`);
      assert.ok(row.full_size < 31_000);
      assert.equal(row.media_type, 'application/vnd.oci.image.manifest.v1+json');
      assert.equal(row.images?.[0]?.digest, row.digest);
    }
    const dates = rows.map(dateOf);
    assert.deepEqual(
      dates,
      dates.toSorted((a, b) => b - a),
      'newest first',
    );
    assert.deepEqual(rows, rowsOf({ tags: 40, signed: { suffixes: ['.sig', '.att', '.sbom'] } }), 'the same again');
  });

  it('signs the share that it is told, and gives indexes, platforms, second signatures, chains and orphans by number', () => {
    const all = rowsOf({
      tags: 101,
      signed: {
        share: 0.5,
        suffixes: ['.sig', '.att'],
        fallback: 0.2,
        ofPlatform: 0.1,
        again: 0.1,
        chained: 2,
        orphans: 3,
      },
    });
    const attachments = all.filter(isAttachment);
    const tags = all.filter((row) => !isAttachment(row));
    const digests = new Set(tags.map(({ digest }) => digest));
    const platforms = new Set(tags.flatMap(({ images }) => images!.map(({ digest }) => digest)));
    const own = new Set(attachments.map(({ digest }) => digest));
    const subjects = (where: ReadonlySet<string | null | undefined>): number =>
      new Set(attachments.map(({ name: tag }) => subjectOf(tag)).filter((digest) => where.has(digest))).size;
    assert.deepEqual([subjects(digests), subjects(platforms), subjects(own)], [45, 5, 2]);
    const indexes = attachments.filter(({ media_type: type }) => type === 'application/vnd.oci.image.index.v1+json');
    assert.deepEqual([indexes.length, indexes.every(({ name: tag }) => !tag.includes('.'))], [10, true]);
    assert.ok(
      attachments
        .filter(({ name: tag }) => own.has(subjectOf(tag)))
        .every(({ name: tag }) =>
          attachments.some((row) => row.digest === subjectOf(tag) && row.name.endsWith('.att')),
        ),
    );
    const orphans = attachments.filter(
      ({ name: tag }) => ![digests, platforms, own].some((known) => known.has(subjectOf(tag))),
    );
    assert.equal(orphans.length, 3);
    const again = attachments.filter((row) => dateOf(row) > now - 7 * 86_400_000);
    assert.ok(again.length >= 2 * 5, String(again.length));
    assert.ok(all.every((row) => dateOf(row) <= now));
  });

  it('gives build caches, of which one form tells itself by its media type', () => {
    const rows = rowsOf({
      tags: 5,
      caches: [{ name: 'buildcache' }, { name: 'cache-main', ageDays: 200, form: 'index' }],
    });
    const cache = rows.find((row) => row.name === 'buildcache');
    assert.deepEqual(
      [cache?.media_type, cache?.content_type],
      ['application/vnd.buildkit.cacheconfig.v0', 'unrecognized'],
    );
    const index = rows.find((row) => row.name === 'cache-main');
    assert.deepEqual(
      [index?.media_type, index && dateOf(index)],
      ['application/vnd.oci.image.index.v1+json', now - 200 * 86_400_000],
    );
  });

  it('B1: rows without a digest have it in their one image, or are known by the set of their platforms', () => {
    const names = Array.from({ length: 40 }, (_, i) => `v1.${i}`);
    const aliases = Object.fromEntries(names.map((version) => [`${version}-alias`, version]));
    const rows = rowsOf({
      names: [...names, ...Object.keys(aliases)],
      sameImage: aliases,
      withoutDigest: 1,
      digestlessRows: 'plain',
    });
    const withDigests = new Map(rowsOf({ names }).map((row) => [row.name, row.digest]));
    const byName = new Map(rows.map((row) => [row.name, row]));
    const digestsOf = (tag: string): string[] => byName.get(tag)!.images!.map(({ digest }) => digest!);
    assert.ok(rows.every(({ digest, images }) => digest === undefined && images!.every(({ os }) => os === 'linux')));
    const single = names.filter((tag) => digestsOf(tag).length === 1);
    assert.ok(single.length > 20 && single.length < 40, String(single.length));
    for (const tag of single) assert.deepEqual(digestsOf(tag), [withDigests.get(tag)]);
    for (const [alias, tag] of Object.entries(aliases)) {
      assert.deepEqual(new Set(digestsOf(alias)), new Set(digestsOf(tag)));
    }
    assert.ok(
      names.some((tag) => digestsOf(tag).join() !== digestsOf(`${tag}-alias`).join()),
      'the order differs',
    );
    assert.ok(
      rows.every(
        ({ full_size: size, images }) => size === images!.find(({ architecture }) => architecture === 'amd64')!.size,
      ),
    );
  });

  it('counts a layer once in storage_size, which is less than all images have together', () => {
    const { storageSize, tags } = generateRepository({ ...name, newest: now, tags: 200 });
    const images = new Map(
      [...(tags as TagTable).values()].map(({ digest, images: all }) => [
        digest,
        all!.reduce((sum, { size }) => sum + size, 0),
      ]),
    );
    const sum = [...images.values()].reduce((a, b) => a + b, 0);
    assert.ok(storageSize! > 0.2 * sum && storageSize! < sum, `${storageSize} of ${sum}`);
  });

  it('shows signed images, caches and orphans in the demonstration', () => {
    const { world } = demoWorld({ data: 'generated', tags: 50, signed: 0.5, now: () => now });
    const rows = [...world.repository('acme', 'signed')!.tags.values()];
    const images = new Map(rows.filter((row) => !isAttachment(row)).map((row) => [row.digest, row]));
    assert.equal(images.size, 62, '60 images and two caches');
    const of = (suffix: string): number =>
      rows.filter((row) => isAttachment(row) && (suffix === '' ? !row.name.includes('.') : row.name.endsWith(suffix)))
        .length;
    assert.deepEqual(['.sig', '.att', '.sbom', ''].map(of), [60 + 1 + 1, 60 + 1, 60, 1]);
    const known = new Set(rows.flatMap(({ digest, images: all }) => [digest, ...all!.map((image) => image.digest)]));
    assert.equal(rows.filter((row) => isAttachment(row) && !known.has(subjectOf(row.name))).length, 2);
    assert.equal(
      [...world.repository('acme', 'huge')!.tags.keys()].filter((tag) => tag.startsWith('sha256-')).length,
      25 * 3,
    );
  });
});
