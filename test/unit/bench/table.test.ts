import assert from 'node:assert/strict';
import { atMost, type CaseResult } from '../../bench/benchCase.ts';
import { markdownTable } from '../../bench/table.ts';

const base: CaseResult = {
  name: 'one',
  title: 'a case',
  runs: [2_000],
  measured: 2_000,
  ideal: 1_600,
  origin: 8_000,
  requests: 12,
  refusals: 0,
  marks: [],
};

/** The cells of the only result. */
function cellsOf(result: CaseResult): string[] {
  return markdownTable([result])
    .split('\n')[2]!
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe('the table of the benchmark', () => {
  it('puts a figure beside its references', () => {
    const marks = [
      atMost('time', 1.3, 1.25, 'at most 1.30 × the ideal'),
      atMost('count', 0, 0, 'every tag listed', false),
    ];
    assert.deepEqual(cellsOf({ ...base, marks }), [
      'one: a case',
      'at most 1.30 × the ideal',
      '2.00 s',
      '1.60 s',
      '8.00 s',
      '1.25',
      '0.25',
      '12',
      '0',
      'reached',
    ]);
  });

  it('names what was missed and by how much, also where the table does not ask for it', () => {
    const marks = [
      atMost('time', 1.1, 1.25, 'at most 1.10 × the ideal'),
      atMost('count', 0, 3, 'every tag listed', false),
    ];
    assert.equal(
      cellsOf({ ...base, marks }).at(-1),
      'missed: at most 1.10 × the ideal (1.25); missed: every tag listed (3)',
    );
  });

  it('says what could not be judged, and never calls that reached', () => {
    const cells = cellsOf({
      ...base,
      origin: 'no program',
      marks: [atMost('time', 0.25, undefined, "at most 1/4 of the origin's time")],
    });
    assert.deepEqual([cells[4], cells[6], cells[9]], ['no program', '–', 'not judged']);
    const marks = [
      atMost('time', 0.25, undefined, "at most 1/4 of the origin's time"),
      atMost('count', 0, 0, 'no 429'),
    ];
    assert.equal(cellsOf({ ...base, marks }).at(-1), "reached; not judged: at most 1/4 of the origin's time");
  });

  it('has rows of one width, and the notes below', () => {
    const lines = markdownTable([base, { ...base, name: 'a longer name', note: 'and more' }]).split('\n');
    assert.equal(new Set(lines.slice(0, 4).map(({ length }) => length)).size, 1);
    assert.equal(lines.at(-1), '- a longer name: and more');
  });
});
