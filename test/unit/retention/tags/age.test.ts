import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  AgeSyntaxError,
  type AgeSyntaxReason,
  cutoff,
  formatAge,
  parseAge,
} from '../../../../src/retention/tags/age.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 15, 12);

function assertRefused(text: string, reason: AgeSyntaxReason, now = NOW): void {
  assert.throws(
    () => parseAge(text, now),
    (error) =>
      error instanceof AgeSyntaxError &&
      error.reason === reason &&
      error.text === text &&
      error.message.includes('90 days') &&
      error.message.includes('2025-01-01'),
    `${text}: ${reason}`,
  );
}

describe('parseAge', () => {
  it('reads every unit; a month has 31 days and a year 366, so that nothing goes early', () => {
    const days: Record<string, number> = {
      '1 day': 1,
      '90 days': 90,
      '90 day': 90,
      '90d': 90,
      '2 weeks': 14,
      '1 week': 7,
      '3w': 21,
      '6 months': 186,
      '1 month': 31,
      '6mo': 186,
      '1 year': 366,
      '2 years': 732,
      '2y': 732,
      ' 90 DAYS ': 90,
      '6 Mo': 186,
      '007 days': 7,
      '1\tweek': 7,
    };
    for (const [text, count] of Object.entries(days)) {
      const age = parseAge(text, NOW);
      assert.ok(age.kind === 'span', text);
      assert.equal(age.ms, count * DAY, text);
    }
  });

  it('reads a date as 00:00 UTC', () => {
    assert.deepEqual(parseAge('2025-01-01', NOW), { kind: 'date', text: '2025-01-01', instant: Date.UTC(2025, 0, 1) });
    assert.deepEqual(parseAge(' 2024-02-29 ', NOW), {
      kind: 'date',
      text: '2024-02-29',
      instant: Date.UTC(2024, 1, 29),
    });
  });

  it('refuses a text without anything', () => {
    for (const text of ['', ' ', '\t\n']) assertRefused(text, 'empty');
  });

  it('refuses every other form, the ones that a duration library misreads first', () => {
    const others = [
      '90',
      '6m',
      '6 m',
      '1.5 days',
      '-3 days',
      '+3 days',
      '1e3 days',
      '0x10 days',
      'days',
      '3 fortnights',
      '3 hours',
      '12h',
      '1 year 2 days',
      '90 days ago',
      'P90D',
      '2025-1-1',
      '2025/01/01',
      '01.01.2025',
      '2025-01-01T00:00:00Z',
      '20250101',
      '٣ days',
      '90days!',
      'ninety days',
      '1 mon',
      'NaN days',
    ];
    for (const text of others) assertRefused(text, 'form');
  });

  it('refuses less than a day', () => {
    for (const text of ['0 days', '0d', '00 years']) assertRefused(text, 'zero');
  });

  it('refuses a date to come and one less than a day ago, as a span of less than a day', () => {
    for (const text of ['2026-01-15', '2026-01-16', '2027-01-01', '9999-12-31']) assertRefused(text, 'future');
    assert.equal(parseAge('2026-01-14', NOW).kind, 'date');
    const midnight = Date.UTC(2026, 0, 15);
    assert.equal(parseAge('2026-01-14', midnight).kind, 'date');
    assertRefused('2026-01-14', 'future', midnight - 1);
  });

  it('refuses a day that does not exist', () => {
    for (const text of [
      '2025-02-30',
      '2025-02-29',
      '2025-13-01',
      '2025-00-10',
      '2025-01-00',
      '2025-04-31',
      '0000-00-00',
    ]) {
      assertRefused(text, 'impossible');
    }
  });

  it('refuses what reaches back before 1970', () => {
    for (const text of ['100 years', '1000000 days', '9'.repeat(400) + 'd', '1969-12-31', '0001-01-01']) {
      assertRefused(text, 'tooLarge');
    }
    assert.equal(parseAge('1970-01-01', NOW).kind, 'date');
    assert.equal(cutoff(parseAge('3 days', 3 * DAY), 3 * DAY), 0);
    assertRefused('3 days', 'tooLarge', 3 * DAY - 1);
  });

  it('refuses everything when now is not known', () => {
    assertRefused('90 days', 'tooLarge', NaN);
    assertRefused('2025-01-01', 'future', NaN);
  });

  it('gives a cutoff at least a day before now, or refuses with a reason', () => {
    const texts = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.nat(), fc.constantFrom('d', ' days', 'w', ' months', 'mo', 'Y', ' m', ''))
        .map(([count, unit]) => `${count}${unit}`),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const instant = cutoff(parseAge(text, NOW), NOW);
          assert.ok(instant >= 0 && instant <= NOW - DAY);
        } catch (error) {
          assert.ok(error instanceof AgeSyntaxError);
        }
      }),
    );
  });
});

describe('cutoff', () => {
  it('counts a span back from now and leaves a date alone', () => {
    assert.equal(cutoff(parseAge('90 days', NOW), NOW), NOW - 90 * DAY);
    assert.equal(cutoff(parseAge('90 days', NOW), NOW + DAY), NOW - 89 * DAY);
    assert.equal(cutoff(parseAge('2025-01-01', NOW), NOW + DAY), Date.UTC(2025, 0, 1));
  });
});

describe('formatAge', () => {
  it('writes the canonical form', () => {
    const canonical = {
      '90d': '90 days',
      '1 DAYS': '1 day',
      '1y': '1 year',
      '06 mo': '6 months',
      '2w': '2 weeks',
      ' 2025-01-01': '2025-01-01',
    };
    for (const [text, expected] of Object.entries(canonical)) assert.equal(formatAge(parseAge(text, NOW)), expected);
  });

  it('is read back as the same age', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.constantFrom('d', 'w', 'mo', 'y'), (count, unit) => {
        const age = parseAge(`${count}${unit}`, NOW);
        assert.deepEqual(parseAge(formatAge(age), NOW), age);
      }),
    );
  });
});
