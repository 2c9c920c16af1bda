import assert from 'node:assert/strict';
import { ideal, type IdealInput } from '../../bench/ideal.ts';

const base: IdealInput = { requests: 0, signedIn: true, latencyMs: 100, inFlight: 10, startedAt: 0 };

describe('the ideal that the benchmark measures against', () => {
  it('is a round trip for each ten requests without an allowance, and one for the sign-in', () => {
    // 0.1 s + 205 × 0.1 s
    assert.deepEqual(ideal({ ...base, requests: 2041 }), { ms: 20_600, windows: 1 });
    assert.deepEqual(ideal({ ...base, requests: 2041, signedIn: false }), { ms: 20_500, windows: 1 });
  });

  it('is a round trip for each eight pages of a listing', () => {
    assert.equal(ideal({ ...base, requests: 100, inFlight: 8 }).ms, 100 + 13 * 100);
  });

  it('waits for all windows but the first, and takes the rest of the requests in the last', () => {
    // 180 + 180 + 49, of which the last 49 take five round trips.
    assert.deepEqual(ideal({ ...base, requests: 409, allowance: { limit: 180, windowSeconds: 60 } }), {
      ms: 100 + 2 * 60_000 + 500,
      windows: 3,
    });
  });

  it('needs no window more when the allowance is used to the last request', () => {
    const allowance = { limit: 180, windowSeconds: 60 };
    assert.deepEqual(ideal({ ...base, requests: 360, allowance }), { ms: 100 + 60_000 + 1_800, windows: 2 });
    assert.deepEqual(ideal({ ...base, requests: 361, allowance }), { ms: 100 + 2 * 60_000 + 100, windows: 3 });
  });

  it('begins at the first request where windows do, whatever the time of day', () => {
    const allowance = { limit: 100, windowSeconds: 6 };
    assert.equal(ideal({ ...base, latencyMs: 20, requests: 150, allowance, startedAt: 4_321 }).ms, 20 + 6_000 + 100);
  });

  it('has a shorter first window where windows follow the clock', () => {
    const allowance = { limit: 300, windowSeconds: 15, alignedToClock: true };
    // Signed in at 5.1 s of a window: 9.9 s are left of it. 300 + 300 + 300 + 172, of which the last take 18 round trips.
    assert.deepEqual(ideal({ ...base, requests: 1_072, allowance, startedAt: 150_000 + 5_000 }), {
      ms: 100 + 9_900 + 2 * 15_000 + 1_800,
      windows: 4,
    });
  });

  it('cannot send the whole allowance in a window that is nearly over', () => {
    const allowance = { limit: 300, windowSeconds: 15, alignedToClock: true };
    // 250 ms are left: three round trips begin in them, 30 requests; 300 in the next window, and 10 in the one after it.
    assert.deepEqual(ideal({ ...base, signedIn: false, requests: 340, allowance, startedAt: 14_750 }), {
      ms: 250 + 15_000 + 100,
      windows: 3,
    });
  });

  it('is never shorter than the latency allows, however large the allowance is', () => {
    assert.equal(
      ideal({ ...base, signedIn: false, requests: 1_000, allowance: { limit: 1_000_000, windowSeconds: 60 } }).ms,
      10_000,
    );
  });

  it('is only the waiting where answers take no time', () => {
    assert.deepEqual(ideal({ ...base, latencyMs: 0, requests: 50, allowance: { limit: 20, windowSeconds: 1 } }), {
      ms: 2_000,
      windows: 3,
    });
  });
});
