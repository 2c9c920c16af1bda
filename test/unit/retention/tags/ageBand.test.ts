import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AgeSyntaxError } from '../../../../src/retention/tags/age.ts';
import { ageBand, AgeBandsError, parseAgeBands } from '../../../../src/retention/tags/ageBand.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 15, 12);
const BANDS = { aging: 30 * DAY, old: 90 * DAY, stale: 366 * DAY };

describe('ageBand', () => {
  it('puts a tag exactly at a bound into the older band', () => {
    const expected = [
      [0, 'fresh'],
      [30 * DAY - 1, 'fresh'],
      [30 * DAY, 'aging'],
      [90 * DAY - 1, 'aging'],
      [90 * DAY, 'old'],
      [366 * DAY - 1, 'old'],
      [366 * DAY, 'stale'],
      [NOW, 'stale'],
    ] as const;
    for (const [age, band] of expected) assert.equal(ageBand(NOW - age, NOW, BANDS), band);
  });

  it('takes a date in the future for fresh (invariant 2)', () => {
    assert.equal(ageBand(NOW + 1000 * DAY, NOW, BANDS), 'fresh');
  });

  it('takes a missing or unreadable date for unknown (invariant 2)', () => {
    for (const pushedAt of [undefined, NaN, -Infinity]) assert.equal(ageBand(pushedAt, NOW, BANDS), 'unknown');
  });

  it('never makes an older tag younger', () => {
    const order = ['fresh', 'aging', 'old', 'stale'];
    fc.assert(
      fc.property(fc.integer(), fc.nat(), (pushedAt, earlier) => {
        assert.ok(
          order.indexOf(ageBand(pushedAt - earlier, NOW, BANDS)) >= order.indexOf(ageBand(pushedAt, NOW, BANDS)),
        );
      }),
    );
  });
});

describe('parseAgeBands', () => {
  it('fills in 30 days, 90 days and 1 year', () => {
    assert.deepEqual(parseAgeBands({}), BANDS);
    assert.deepEqual(parseAgeBands({ old: '60d', stale: undefined }), { ...BANDS, old: 60 * DAY });
  });

  const refused: [Parameters<typeof parseAgeBands>[0], AgeBandsError['key'], AgeBandsError['reason']][] = [
    [{ aging: 30 }, 'aging', 'type'],
    [{ old: null }, 'old', 'type'],
    [{ stale: ['1 year'] }, 'stale', 'type'],
    [{ old: '2025-01-01' }, 'old', 'date'],
    [{ stale: '6m' }, 'stale', 'age'],
    [{ aging: '0 days' }, 'aging', 'age'],
    [{ aging: '' }, 'aging', 'age'],
    [{ aging: '90 days' }, 'old', 'order'],
    [{ old: '2 years' }, 'stale', 'order'],
    [{ old: '12 months', stale: '372 days' }, 'stale', 'order'],
  ];
  for (const [texts, key, reason] of refused) {
    it(`refuses ${JSON.stringify(texts)}: ${reason} of ${key}`, () => {
      assert.throws(
        () => parseAgeBands(texts),
        (error) =>
          error instanceof AgeBandsError &&
          error.key === key &&
          error.reason === reason &&
          error.message.includes(`"${key}"`),
      );
    });
  }

  it('hands on what is wrong with the age', () => {
    assert.throws(
      () => parseAgeBands({ old: '90' }),
      (error) =>
        error instanceof AgeBandsError && error.cause instanceof AgeSyntaxError && error.cause.reason === 'form',
    );
  });
});
