import assert from 'node:assert/strict';
import { Pacer } from '../../../../src/hub/pacing/pacer.ts';
import type { RetryAfterForm } from '../../../hub/allowance.ts';
import { FakeClock, noon } from '../../fakeClock.ts';
import { SimulatedAllowance, type RetryAfter } from './simulatedAllowance.ts';

/** A server that tells no allowance and, but for the refusals under test, takes all that comes. */
const rule = { limit: 1_000_000, windowSeconds: 60, sendHeaders: false };

/** Where no time is named, the pacer waits a second of its own (ms). */
const ownWait = 1_000;

/** @returns how long (ms) a listing of 6 pages and then 500 deletes took */
async function run(
  latency: number,
  most: number,
  phase: number,
  alone: ReadonlyMap<number, RetryAfter>,
): Promise<number> {
  const clock = new FakeClock({ now: noon + phase, hurries: true });
  const hub = new SimulatedAllowance(clock, { rule, latency, alone });
  const pacer = new Pacer(clock, () => 0.5);
  const took = (await hub.sendAll(pacer, 6, Math.min(most, 8))) + (await hub.sendAll(pacer, 500, most));
  assert.equal(hub.taken, 506);
  assert.equal(hub.refused, alone.size);
  return took;
}

/** Refusals after so many requests each. */
const at = (ordinals: readonly number[], form: RetryAfterForm, seconds = 0): ReadonlyMap<number, RetryAfter> =>
  new Map(ordinals.map((ordinal) => [ordinal, { form, seconds }]));

describe('G5: lone refusals by a server that tells no allowance', () => {
  const where: Record<string, readonly number[]> = {
    'the first request': [0],
    'one while listing': [3],
    'the last page': [5],
    'the first delete': [6],
    'one while deleting': [200],
    'one late': [450],
    'two in a row': [3, 9],
    'two seconds apart': [3, 150],
    'three, each after some more': [3, 100, 320],
    'three, each after as many': [50, 101, 152],
    'three within few requests': [20, 24, 29],
  };
  const words: Record<string, RetryAfter> = {
    'Retry-After 2': { form: 'seconds', seconds: 2 },
    'Retry-After 0': { form: 'seconds', seconds: 0 },
    'Retry-After as a date': { form: 'http-date', seconds: 2 },
    'Retry-After as a unix time': { form: 'unix', seconds: 2 },
    'X-Retry-After': { form: 'x-retry-after', seconds: 2 },
    'no time named': { form: 'none', seconds: 0 },
  };
  for (const [place, ordinals] of Object.entries(where)) {
    for (const [word, { form, seconds }] of Object.entries(words)) {
      it(`${place}, ${word}: at most 1.2 times as long as without, beside the wait`, async () => {
        for (const phase of [0, 774]) {
          for (const [latency, most] of [
            [100, 10],
            [20, 10],
            [100, 1],
          ] as const) {
            const free = await run(latency, most, phase, new Map());
            const took = await run(latency, most, phase, at(ordinals, form, seconds));
            // A date is rounded up to a second, here and in the server's own `Date`.
            const wait = seconds === 0 ? ownWait : seconds * 1000 + (form === 'seconds' ? 0 : 2_000);
            assert.ok(
              took <= 1.2 * free + ordinals.length * wait,
              `${took} ms at phase ${phase}, ${latency} ms, ${most} in flight; ${free} ms without`,
            );
          }
        }
      });
    }
  }

  it('more than three: what was learned is probed upward within seconds', async () => {
    for (const ordinals of [
      [50, 101, 152, 203, 254],
      [3, 14, 25, 36, 47, 58],
    ]) {
      const free = await run(100, 10, 0, new Map());
      const took = await run(100, 10, 0, at(ordinals, 'seconds', 2));
      assert.ok(took <= 1.2 * free + ordinals.length * 2_000 + 20_000, `${took} ms, ${free} ms without`);
    }
  });
});
