import assert from 'node:assert/strict';
import { inSlices } from '../../../src/async/inSlices.ts';
import type { Sliced } from '../../../src/async/sliced.ts';

/** Works on for so long (ms, by the clock that `inSlices` goes by), yielding all the time. */
function* busy(ms: number): Sliced<string> {
  const end = performance.now() + ms;
  while (performance.now() < end) yield;
  return 'done';
}

/** Counts the turns that others have until it is told to stop. */
function countTurns(): { readonly stop: () => number } {
  let [turns, on] = [0, true];
  const tick = () => {
    turns++;
    if (on) setImmediate(tick);
  };
  setImmediate(tick);
  return { stop: () => ((on = false), turns) };
}

describe('inSlices', () => {
  it('gives what the work comes to, and lets others have their turn meanwhile', async () => {
    const turns = countTurns();
    assert.equal(await inSlices(busy(100)), 'done');
    assert.ok(turns.stop() >= 3);
  });

  it('does short work without a break', async () => {
    const turns = countTurns();
    let steps = 0;
    const short = function* (): Sliced<number> {
      for (; steps < 3; steps++) yield;
      return steps;
    };
    const doing = inSlices(short());
    assert.equal(steps, 3);
    assert.equal(await doing, 3);
    assert.equal(turns.stop(), 0);
  });

  it('ends at the next break when it is cancelled, and lets the work put things in order', async () => {
    const controller = new AbortController();
    let [steps, ended] = [0, false];
    const endless = function* (): Sliced<void> {
      try {
        for (;;) {
          steps++;
          yield;
        }
      } finally {
        ended = true;
      }
    };
    setImmediate(() => controller.abort(new Error('enough')));
    await assert.rejects(inSlices(endless(), controller.signal), /enough/);
    assert.ok(ended && steps > 0);
  });

  it('throws what the work throws', async () => {
    const failing = function* (): Sliced<void> {
      throw new Error('no');
    };
    await assert.rejects(inSlices(failing()), /no/);
  });
});
