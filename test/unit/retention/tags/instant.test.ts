import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { formatInstant, parseInstant } from '../../../../src/retention/tags/instant.ts';

describe('parseInstant', () => {
  it('reads 0 to 9 decimals, cutting what is finer than a millisecond', () => {
    const whole = Date.UTC(2025, 4, 4, 21, 57, 41);
    assert.equal(parseInstant('2025-05-04T21:57:41Z'), whole);
    assert.equal(parseInstant('2025-05-04T21:57:41.6Z'), whole + 600);
    assert.equal(parseInstant('2025-05-04T21:57:41.68Z'), whole + 680);
    assert.equal(parseInstant('2025-05-04T21:57:41.681317Z'), whole + 681);
    assert.equal(parseInstant('2025-05-04T21:57:41.999999999Z'), whole + 999);
  });

  it('reads a numeric offset', () => {
    assert.equal(parseInstant('2025-01-01T01:30:00+01:30'), Date.UTC(2025, 0, 1));
    assert.equal(parseInstant('2024-12-31T19:00:00-05:00'), Date.UTC(2025, 0, 1));
  });

  it('worst day hub-feedback#2344: a null, missing or year-1 date is unknown, not old', () => {
    for (const value of [
      null,
      undefined,
      '',
      '0001-01-01T00:00:00Z',
      '0000-01-01T00:00:00Z',
      '0001-12-31T23:59:59.999999999Z',
      '0002-01-01T00:00:00+00:01',
    ]) {
      assert.equal(parseInstant(value), undefined, JSON.stringify(value));
    }
    assert.notEqual(parseInstant('0002-01-01T00:00:00Z'), undefined);
  });

  it('gives nothing for what is not such an instant', () => {
    const unreadable = [
      0,
      1735689600,
      NaN,
      {},
      [],
      true,
      new Date(0),
      'now',
      '2025-01-01',
      '2025-01-01T00:00:00',
      '2025-01-01 00:00:00Z',
      '2025-01-01T00:00Z',
      '2025-01-01T00:00:00.Z',
      '2025-01-01T00:00:00.0123456789Z',
      '2025-01-01T00:00:00+0100',
      '2025-01-01T00:00:00+24:00',
      '2025-01-01T00:00:00+01:60',
      '2025-01-01T24:00:00Z',
      '2025-01-01T00:60:00Z',
      '2025-01-01T00:00:60Z',
      '2025-00-01T00:00:00Z',
      '2025-13-01T00:00:00Z',
      '2025-01-00T00:00:00Z',
      '2025-02-30T00:00:00Z',
      '2025-02-29T00:00:00Z',
      '2100-02-29T00:00:00Z',
      '2025-04-31T00:00:00Z',
      ' 2025-01-01T00:00:00Z',
      '2025-01-01T00:00:00Z\n',
      '+02025-01-01T00:00:00Z',
      '-2025-01-01T00:00:00Z',
      '12025-01-01T00:00:00Z',
      '٢٠٢٥-01-01T00:00:00Z',
      'Wed, 01 Jan 2025 00:00:00 GMT',
    ];
    for (const value of unreadable) assert.equal(parseInstant(value), undefined, JSON.stringify(value));
    assert.equal(parseInstant('2024-02-29T00:00:00Z'), Date.UTC(2024, 1, 29));
  });

  it('reads back every instant that a Date writes, from the year 2 to 9999', () => {
    const instants = fc.date({
      min: new Date('0002-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(instants, (date) => assert.equal(parseInstant(date.toISOString()), date.getTime())));
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.anything(), (value) => void parseInstant(value)));
  });

  it('reads every date that Docker Hub was recorded to send', () => {
    const recording = new URL('../../../hub/recorded/namespace-dustynv-2025-05.json', import.meta.url);
    type Row = Record<'last_updated' | 'tag_last_pushed' | 'tag_last_pulled', string | null | undefined>;
    const repositories = JSON.parse(readFileSync(recording, 'utf8')) as { tags: Row[] }[];
    const rows = repositories.flatMap(({ tags }) => tags);
    assert.equal(rows.length, 752);
    for (const row of rows) {
      for (const text of [row.last_updated, row.tag_last_pushed, row.tag_last_pulled]) {
        if (typeof text === 'string') assert.equal(parseInstant(text), Date.parse(text), text);
        else assert.equal(parseInstant(text), undefined);
      }
      assert.notEqual(parseInstant(row.tag_last_pushed), undefined);
    }
  });
});

describe('formatInstant', () => {
  it('writes UTC, seconds cut', () => {
    assert.equal(formatInstant(Date.UTC(2025, 0, 1)), '2025-01-01 00:00 UTC');
    assert.equal(formatInstant(Date.UTC(2025, 11, 31, 23, 59, 59, 999)), '2025-12-31 23:59 UTC');
  });

  it('refuses what is not an instant', () => {
    assert.throws(() => formatInstant(NaN), RangeError);
  });
});
