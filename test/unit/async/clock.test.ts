import assert from 'node:assert/strict';
import sinon from 'sinon';
import { systemClock } from '../../../src/async/clock.ts';
import { rejection } from '../scriptedFetch.ts';

describe('systemClock', () => {
  let timers: sinon.SinonFakeTimers;
  beforeEach(() => void (timers = sinon.useFakeTimers({ now: 1_000, toFake: ['setTimeout', 'clearTimeout', 'Date'] })));
  afterEach(() => timers.restore());

  it('sleeps as long as it is told to', async () => {
    assert.equal(systemClock.now(), 1_000);
    const sleep = systemClock.sleep(500);
    await timers.tickAsync(500);
    await sleep;
    assert.equal(systemClock.now(), 1_500);
    await Promise.all([systemClock.sleep(-5), timers.tickAsync(0)]);
  });

  it('ends a sleep at once when it is cancelled, and leaves no timer behind', async () => {
    const controller = new AbortController();
    const sleep = rejection(systemClock.sleep(60_000, controller.signal));
    controller.abort('stop');
    assert.equal(await sleep, 'stop');
    assert.equal(await rejection(systemClock.sleep(1, controller.signal)), 'stop');
    assert.equal(timers.countTimers(), 0);
  });

  it('does not wake at once from a sleep that no timer can hold', async () => {
    let awake = false;
    void systemClock.sleep(2 ** 40).then(() => (awake = true));
    await timers.tickAsync(24 * 60 * 60 * 1000);
    assert.equal(awake, false);
  });
});
