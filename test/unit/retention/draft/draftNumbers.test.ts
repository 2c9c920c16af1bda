import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PlanDraft } from '../../../../src/retention/draft/planDraft.ts';
import type { DraftRow } from '../../../../src/retention/draft/settledDraft.ts';
import { atOnce } from '../../../../src/async/sliced.ts';
import { imageDigits, imageSizeAt, packImages } from '../../../../src/retention/tags/tagImages.ts';
import {
  allRows,
  DAY,
  draftOf,
  NOW,
  policies,
  policyOf,
  positionsOf,
  rowName,
  sourceLists,
  sourceOf,
} from './generatedDraft.ts';

const [EARLIEST, LATEST] = [Date.parse('0001-01-01T00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/** What a row consists of: by digest, or as its own where that is unknown; and the bytes. */
function partsOf({
  tag,
  repository,
}: DraftRow): { readonly part: string; readonly isKnown: boolean; readonly bytes: number }[] {
  const { digest, images, size, name } = tag;
  const own =
    digest === undefined
      ? []
      : [{ part: `${repository.name} ${digest}`, isKnown: true, bytes: images === undefined ? (size ?? NaN) : 0 }];
  const held =
    images === undefined
      ? []
      : imageDigits(images)!.map((digits, at) => ({
          part: `${repository.name} sha256:${digits}`,
          isKnown: true,
          bytes: imageSizeAt(images, at) ?? NaN,
        }));
  const all = [...own, ...held];
  return all.length > 0 ? all : [{ part: `${repository.name}:${name}`, isKnown: false, bytes: size ?? NaN }];
}

/** The bytes of a part: the most that any row says; -1 where none does. */
function bytesOf(part: string, rows: readonly DraftRow[]): number {
  return rows
    .flatMap(partsOf)
    .filter((each) => each.part === part && !Number.isNaN(each.bytes))
    .reduce((most, { bytes }) => Math.max(most, bytes), -1);
}

/** The totals once more, part by part. */
function naiveSizes(rows: readonly DraftRow[]) {
  let [low, unsure, sharedSize, isPartial] = [0, 0, 0, false];
  const going = rows.filter(({ verdict }) => verdict === 'delete').flatMap(partsOf);
  const kept = new Set(
    rows
      .filter(({ verdict }) => verdict === 'keep')
      .flatMap(partsOf)
      .map(({ part }) => part),
  );
  for (const part of new Set(going.map((each) => each.part))) {
    const { isKnown } = going.find((each) => each.part === part)!;
    const bytes = bytesOf(part, rows);
    if (kept.has(part)) sharedSize += Math.max(0, bytes);
    else if (bytes < 0) isPartial = true;
    else if (isKnown) low += bytes;
    else unsure += bytes;
  }
  return { reclaimable: { low, high: low + unsure, isPartial }, sharedSize };
}

function naiveCounts(rows: readonly DraftRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verdict, reason } of rows) {
    counts[`${verdict} ${reason.kind}`] = (counts[`${verdict} ${reason.kind}`] ?? 0) + 1;
  }
  return counts;
}

/** The bars once more: each looks for what belongs to it. */
function naiveBars(
  rows: readonly DraftRow[],
  measure: 'tags' | 'size',
  edges: readonly number[],
): Record<'going' | 'staying', number>[] {
  const isIn = ({ tag: { pushedAt = NaN } }: DraftRow, bar: number): boolean => {
    const isDrawn = EARLIEST <= pushedAt && pushedAt <= LATEST;
    return bar < edges.length - 1 ? isDrawn && edges[bar]! <= pushedAt && pushedAt < edges[bar + 1]! : !isDrawn;
  };
  const parts = [...new Set(rows.flatMap(partsOf).map(({ part }) => part))];
  const ofPart = (part: string): readonly [DraftRow, number] => {
    const having = rows.filter((row) => partsOf(row).some((each) => each.part === part));
    return [having.find(({ verdict }) => verdict === 'keep') ?? having[0]!, Math.max(0, bytesOf(part, rows))];
  };
  const units = measure === 'tags' ? rows.map((row) => [row, 1] as const) : parts.map(ofPart);
  return Array.from({ length: Math.max(edges.length, 1) }, (_, bar) => {
    const sum = (verdict: string): number =>
      units.reduce((total, [row, weight]) => total + (row.verdict === verdict && isIn(row, bar) ? weight : 0), 0);
    return { going: sum('delete'), staying: sum('keep') };
  });
}

function decideSome(draft: PlanDraft, picks: readonly number[]): void {
  for (const [step, at] of picks.entries()) {
    if (draft.rowCount === 0) return;
    atOnce(step % 2 ? draft.keepByHand([at % draft.rowCount]) : draft.deleteByHand([at % draft.rowCount]));
  }
}

describe('the numbers of a draft', () => {
  it('are those of a second, naive computation', () => {
    fc.assert(
      fc.property(
        sourceLists,
        policies,
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.constantFrom(0, 3),
        fc.constantFrom(1, 7, 60),
        (sources, policy, picks, maxDeletions, most) => {
          const draft = draftOf(sources, { policy, maxDeletions });
          decideSome(draft, picks);
          const rows = allRows(draft);
          const { totals } = draft;
          const { reclaimable, sharedSize } = totals;
          assert.deepEqual({ reclaimable, sharedSize }, naiveSizes(rows));
          assert.deepEqual(draft.batch().reclaimable, reclaimable, 'the dialog says what the panel says');
          assert.deepEqual(
            Object.fromEntries(totals.reasons.map(({ kind, verdict, count }) => [`${verdict} ${kind}`, count])),
            naiveCounts(rows),
          );
          const going = rows.filter(({ verdict }) => verdict === 'delete');
          assert.deepEqual(
            [totals.all, totals.going, totals.staying],
            [rows.length, going.length, rows.length - going.length],
          );
          for (const measure of ['tags', 'size'] as const) {
            const { bars, unknown, edges } = draft.histogram(measure, most);
            assert.ok(bars.length <= most && bars.length === Math.max(edges.length - 1, 0));
            assert.deepEqual([...bars, unknown], naiveBars(rows, measure, edges));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('count the most frequent reason first', () => {
    const tags = [
      { name: 'a' },
      { name: 'b' },
      { name: 'c', pushedAt: NOW },
      { name: 'latest', pushedAt: 0 },
      { name: 'd', pushedAt: 0 },
      { name: 'e', pushedAt: 0 },
      { name: 'f', pushedAt: 0 },
    ];
    assert.deepEqual(draftOf([sourceOf('api', tags)]).totals.reasons, [
      { kind: 'older', verdict: 'delete', count: 3 },
      { kind: 'unknownAge', verdict: 'keep', count: 2 },
      { kind: 'protected', verdict: 'keep', count: 1 },
      { kind: 'younger', verdict: 'keep', count: 1 },
    ]);
  });

  const image = (letter: string) => `sha256:${letter.repeat(64)}`;
  const old = NOW - 200 * DAY;

  it('worst days delete-package-versions#90, acr-cli#131, harbor#6994: a digest that a staying tag or one of its platforms uses does not come free', () => {
    const tags = [
      { name: 'alias', digest: image('a'), size: 1, pushedAt: old },
      { name: 'latest', digest: image('a'), size: 1, pushedAt: old },
      { name: 'amd64', digest: image('b'), size: 10, pushedAt: old },
      {
        name: 'index',
        digest: image('c'),
        size: 100,
        pushedAt: old,
        images: packImages([
          { digest: image('1'), size: 60 },
          { digest: image('2'), size: 40 },
        ]),
      },
      {
        name: 'keep-index',
        digest: image('d'),
        size: 1000,
        pushedAt: old,
        images: packImages([
          { digest: image('b'), size: 10 },
          { digest: image('2'), size: 40 },
        ]),
      },
      { name: 'free-1', digest: image('e'), size: 10_000, pushedAt: old },
      { name: 'free-2', digest: image('e'), pushedAt: old },
      { name: 'no-digest', size: 100_000, pushedAt: old },
      { name: 'no-size', digest: image('f'), pushedAt: old },
      { name: 'nothing', pushedAt: old },
    ];
    const draft = draftOf([
      sourceOf('api', tags),
      sourceOf('web', [{ name: 'latest', digest: image('e'), size: 10_000, pushedAt: old }]),
    ]);
    atOnce(draft.deleteByHand(positionsOf(draft, 'api:alias', 'api:amd64')));
    assert.deepEqual(
      allRows(draft)
        .filter(({ verdict }) => verdict === 'keep')
        .map(rowName),
      ['api:keep-index', 'api:latest', 'web:latest'],
    );
    const { reclaimable, sharedSize } = draft.totals;
    assert.deepEqual(
      { reclaimable, sharedSize },
      { reclaimable: { low: 10_060, high: 110_060, isPartial: true }, sharedSize: 1 + 10 + 40 },
    );
  });

  it('know a digest that a staying tag has where no tag has platforms, too', () => {
    const draft = draftOf(
      [
        sourceOf(
          'api',
          ['latest', 'v1', 'v2'].map((name) => ({ name, digest: image('a'), size: 1, pushedAt: old })),
        ),
      ],
      { policy: policyOf({ keepAliases: false }) },
    );
    const { reclaimable, sharedSize, going } = draft.totals;
    assert.deepEqual([reclaimable.high, sharedSize, going], [0, 1, 2]);
  });

  it('take the largest size of an image that a tag tells', () => {
    const tags = [
      { name: 'a', pushedAt: old },
      { name: 'b', size: 5, pushedAt: old - 1 },
      { name: 'c', size: 6, pushedAt: old - 2 },
    ];
    assert.equal(
      draftOf([
        sourceOf(
          'api',
          tags.map((tag) => ({ ...tag, digest: image('a') })),
        ),
      ]).totals.reclaimable.low,
      6,
    );
  });

  it('draw each image once, at the newest tag that stays with it', () => {
    const day = Date.UTC(2025, 5, 1);
    const tags = [
      { name: 'a', digest: image('a'), size: 5, pushedAt: day },
      { name: 'keep-a', digest: image('a'), size: 5, pushedAt: day + DAY },
      { name: 'b', digest: image('a'), size: 5, pushedAt: day + 2 * DAY },
      { name: 'c', size: 7 },
    ];
    const draft = draftOf([sourceOf('api', tags)]);
    atOnce(draft.deleteByHand(positionsOf(draft, 'api:a', 'api:b', 'api:c')));
    const { unit, edges, bars, unknown } = draft.histogram('size', 10);
    assert.deepEqual([unit, edges], ['day', [day, day + DAY, day + 2 * DAY, day + 3 * DAY]]);
    assert.deepEqual(bars, [
      { going: 0, staying: 0 },
      { going: 0, staying: 5 },
      { going: 0, staying: 0 },
    ]);
    assert.deepEqual(unknown, { going: 7, staying: 0 });
    assert.deepEqual(draft.histogram('tags', 10).bars, [
      { going: 1, staying: 0 },
      { going: 0, staying: 1 },
      { going: 1, staying: 0 },
    ]);
  });

  it('are drawn again in other bars, and for tags that were listed again', () => {
    const draft = draftOf([
      sourceOf('api', [
        { name: 'a', pushedAt: Date.UTC(2024, 0, 1) },
        { name: 'b', pushedAt: Date.UTC(2025, 0, 1) },
      ]),
    ]);
    assert.equal(draft.histogram('tags', 60).unit, 'week');
    assert.equal(draft.histogram('tags', 5).unit, 'quarter');
    atOnce(draft.reread([sourceOf('api', [{ name: 'a', pushedAt: Date.UTC(2024, 0, 1) }])]));
    assert.deepEqual(draft.histogram('tags', 5).bars, [{ going: 1, staying: 0 }]);
    for (const most of [0, 1.5, 1001, NaN]) assert.throws(() => draft.histogram('tags', most), RangeError);
  });
});
