import fc from 'fast-check';
import { randomPrune, tryPrune } from './randomPrune.ts';

describe('random faults, pushes and cancellations (invariants 3, 5, 6 and 8)', () => {
  it('every planned tag has one outcome, which is true, and nothing goes that should not', async () => {
    await fc.assert(fc.asyncProperty(randomPrune, tryPrune), { numRuns: 40 });
  }).timeout(60_000);
});
