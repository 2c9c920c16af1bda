import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RowSelection } from '../../../../../src/editor/planPanel/page/rowSelection.ts';

describe('the selection of rows', () => {
  it('extends from the row that was chosen last, both ways', () => {
    const selection = new RowSelection();
    selection.only(5);
    selection.extendTo(8);
    assert.deepEqual(selection.ranges, [[5, 8]]);
    selection.extendTo(3);
    assert.deepEqual([selection.ranges, selection.size], [[[3, 5]], 3]);
    selection.clear(7);
    selection.extendTo(9);
    assert.deepEqual(selection.ranges, [[7, 9]]);
  });

  it('is the set of rows that were added and not taken out', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 })), (toggled) => {
        const selection = new RowSelection();
        const rows = new Set<number>();
        for (const row of toggled) {
          selection.toggle(row);
          if (!rows.delete(row)) rows.add(row);
        }
        const found = selection.ranges.flatMap(([from, to]) =>
          Array.from({ length: to - from + 1 }, (_, i) => from + i),
        );
        assert.deepEqual(
          found,
          [...rows].sort((a, b) => a - b),
        );
        assert.equal(selection.size, rows.size);
        for (let row = 0; row <= 30; row++) assert.equal(selection.has(row), rows.has(row));
        selection.ranges.forEach(([from], index) =>
          assert.ok(index === 0 || from > selection.ranges[index - 1]![1] + 1, 'ranges that touch are one'),
        );
      }),
      { seed: 6 },
    );
  });

  it('of all is none where there are no rows', () => {
    const selection = new RowSelection();
    selection.all(0);
    assert.equal(selection.size, 0);
    selection.all(200_000);
    assert.deepEqual(selection.ranges, [[0, 199_999]]);
  });
});
