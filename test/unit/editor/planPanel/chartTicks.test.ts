import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chartTicks } from '../../../../src/editor/planPanel/chartTicks.ts';

describe('the numbers at the side of the picture', () => {
  for (const [most, ticks] of [
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [27, [0, 10, 20, 30]],
    [100, [0, 25, 50, 75, 100]],
    [412, [0, 200, 400, 600]],
  ] as const) {
    it(`are ${ticks.join(', ')} for ${most}`, () => assert.deepEqual(chartTicks(most, true), ticks));
  }

  it('are few whole steps from 0 to the first that is not below the highest bar', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 }), (most) => {
        const ticks = chartTicks(most, true);
        assert.equal(ticks[0], 0);
        assert.ok(ticks.length >= 2 && ticks.length <= 5 && ticks.every(Number.isInteger));
        assert.ok(ticks.at(-1)! >= most && (ticks.at(-2)! < most || most === 0));
      }),
      { seed: 6 },
    );
  });
});
