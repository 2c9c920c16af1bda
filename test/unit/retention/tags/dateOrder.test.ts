import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DateOrder } from '../../../../src/retention/tags/dateOrder.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';

function orderOf(...rows: readonly (number | undefined | Tag)[]): DateOrder {
  const order = new DateOrder();
  rows.forEach((row, i) => order.add(typeof row === 'object' ? row : { name: `t${i}`, pushedAt: row }));
  return order;
}

describe('DateOrder', () => {
  it('is kept while rows come newest first, and lost for good with the first that does not', () => {
    for (const rows of [[], [5], [undefined], [5, 4, 3], [5, 5, 5], [5, 4, undefined, undefined]]) {
      assert.equal(orderOf(...rows).kept, true, String(rows));
    }
    for (const rows of [
      [1, 2],
      [5, 4, 6, 3],
      [5, undefined, 4],
      [undefined, 1],
      [3, 2, 2.5, 1, 0],
    ]) {
      assert.equal(orderOf(...rows).kept, false, String(rows));
    }
  });

  it('tells the date of the last row', () => {
    assert.equal(orderOf().last, Infinity);
    assert.equal(orderOf(5, 4).last, 4);
    assert.equal(orderOf(5, undefined).last, -Infinity);
  });

  it('takes a date that is no number for an unknown one', () => {
    for (const odd of [NaN, Infinity, -Infinity]) {
      assert.deepEqual([orderOf(5, odd).kept, orderOf(5, odd).last], [true, -Infinity]);
      assert.equal(orderOf(odd, 5).kept, false, `nothing dated may follow ${odd}`);
      assert.equal(orderOf(5, odd, 4, 9).kept, false);
    }
  });

  it('passes over a `latest` in the very first row, and only there', () => {
    const latest = (pushedAt?: number): Tag => ({ name: 'latest', pushedAt });
    for (const date of [1, 9, undefined]) assert.equal(orderOf(latest(date), 5, 4).kept, true);
    assert.equal(orderOf(latest(1)).last, Infinity);
    assert.equal(orderOf(5, latest(9)).kept, false);
    assert.equal(orderOf(5, latest(4), 3).kept, true);
    assert.equal(orderOf({ name: 'LATEST', pushedAt: 1 }, 5).kept, false);
    assert.equal(orderOf(latest(1), latest(7), 8).kept, false);
  });

  it('tells of further rows whether they keep it, without taking them in', () => {
    const date = fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.array(date, { minLength: 1 }).map((dates) => dates.toSorted((a, b) => (b ?? -1) - (a ?? -1))),
        fc.array(date, { maxLength: 4 }),
        (before, further) => {
          const order = orderOf(...before);
          const last = order.last;
          assert.equal(
            order.keeps(further.map((pushedAt, i) => ({ name: `f${i}`, pushedAt }))),
            orderOf(...before, ...further).kept,
          );
          assert.deepEqual([order.kept, order.last], [true, last]);
        },
      ),
    );
  });

  it('is that of a list sorted by date, unknown dates last', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined })), (dates) => {
        const sorted = dates.toSorted((a, b) => (b ?? -1) - (a ?? -1));
        assert.equal(orderOf(...sorted).kept, true);
        assert.equal(
          orderOf(...dates).kept,
          dates.every((date, i) => (date ?? -1) === (sorted[i] ?? -1)),
        );
      }),
    );
  });
});
