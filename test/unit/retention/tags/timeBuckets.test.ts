import assert from 'node:assert/strict';
import fc from 'fast-check';
import { timeBuckets } from '../../../../src/retention/tags/timeBuckets.ts';

const DAY = 86_400_000;
const [EARLIEST, LATEST] = [Date.parse('0001-01-01T00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];

function iso(instants: readonly number[]): string[] {
  return instants.map((instant) => new Date(instant).toISOString().slice(0, 10));
}

describe('timeBuckets', () => {
  const from = Date.UTC(2025, 10, 20, 15);
  for (const [until, most, unit, edges] of [
    [from, 1, 'day', ['2025-11-20', '2025-11-21']],
    [from + 2 * DAY, 3, 'day', ['2025-11-20', '2025-11-21', '2025-11-22', '2025-11-23']],
    // 2025-11-17 is a Monday.
    [from + 9 * DAY, 3, 'week', ['2025-11-17', '2025-11-24', '2025-12-01']],
    [from + 70 * DAY, 3, 'month', ['2025-11-01', '2025-12-01', '2026-01-01', '2026-02-01']],
    [from + 200 * DAY, 3, 'quarter', ['2025-10-01', '2026-01-01', '2026-04-01', '2026-07-01']],
    [from + 500 * DAY, 3, 'year', ['2025-01-01', '2026-01-01', '2027-01-01', '2028-01-01']],
    [from + 1000 * DAY, 3, 'years', ['2024-01-01', '2026-01-01', '2028-01-01', '2030-01-01']],
    [from + 4000 * DAY, 3, 'years', ['2025-01-01', '2030-01-01', '2035-01-01', '2040-01-01']],
  ] as const) {
    it(`takes steps of ${unit} for ${(until - from) / DAY} days in ${most} bars`, () => {
      const buckets = timeBuckets(from, until, most);
      assert.deepEqual([buckets.unit, iso(buckets.edges)], [unit, edges]);
    });
  }

  it('knows years before 100', () => {
    assert.deepEqual(iso(timeBuckets(Date.parse('0050-06-01'), Date.parse('0051-06-01'), 2).edges), [
      '0050-01-01',
      '0051-01-01',
      '0052-01-01',
    ]);
  });

  it('gives rising edges around all instants, never more bars than asked for, and the finest that fit', () => {
    const instants = fc.oneof(
      fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2027, 0) }),
      fc.integer({ min: EARLIEST, max: LATEST }),
      fc.constantFrom(EARLIEST, LATEST, 0),
    );
    const finer = { week: 1, month: 7, quarter: 28, year: 90 };
    fc.assert(
      fc.property(instants, instants, fc.integer({ min: 1, max: 1000 }), (a, b, most) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        const { unit, edges } = timeBuckets(first, last, most);
        assert.ok(edges.length >= 2 && edges.length - 1 <= most);
        assert.ok(edges[0]! <= first && last < edges.at(-1)!);
        assert.ok(edges.every((edge, i) => i === 0 || edges[i - 1]! < edge));
        // The first and the last one hold an instant each.
        assert.ok(first < edges[1]! && edges.at(-2)! <= last);
        // The next finer ones would be too many: a week in days, a month in weeks and so on.
        if (unit !== 'years' && unit !== 'day') assert.ok((last - first) / (finer[unit] * DAY) + 2 > most);
      }),
      { numRuns: 500 },
    );
  });

  it('takes from 1 to 1,000 bars', () => {
    for (const most of [0, -1, 1.5, 1001, NaN, Infinity]) assert.throws(() => timeBuckets(0, 0, most), RangeError);
    for (const [first, last] of [
      [NaN, NaN],
      [0, NaN],
      [1, 0],
      [EARLIEST - 1, 0],
      [0, LATEST + 1],
    ] as const) {
      assert.throws(() => timeBuckets(first, last, 5), RangeError);
    }
  });
});
