import assert from 'node:assert/strict';
import sinon from 'sinon';
import { Throttle } from '../../../src/async/throttle.ts';

describe('Throttle', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => (clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })));
  afterEach(() => clock.restore());

  /** What was told, with the instant of each. */
  function teller(ms: number): {
    readonly at: number[];
    readonly heard: number[];
    readonly teller: Throttle;
    said: number;
  } {
    const all = {
      at: [] as number[],
      heard: [] as number[],
      said: 0,
      teller: new Throttle(ms, () => (all.at.push(performance.now()), all.heard.push(all.said))),
    };
    return all;
  }

  it('tells 10,000 outcomes in ten seconds a hundred times, the first and the last among them', async () => {
    const told = teller(100);
    for (let i = 1; i <= 10_000; i++) {
      told.said = i;
      told.teller.request();
      await clock.tickAsync(1);
    }
    await clock.tickAsync(1000);
    assert.ok(told.at.length >= 100 && told.at.length <= 101, `${told.at.length} times`);
    for (const [i, at] of told.at.entries()) if (i > 0) assert.ok(at - told.at[i - 1]! >= 100);
    assert.deepEqual([told.heard[0], told.heard.at(-1)], [1, 10_000]);
  });

  it('tells 10,000 that come at one instant twice', async () => {
    const told = teller(100);
    for (told.said = 1; told.said < 10_000; told.said++) told.teller.request();
    await clock.tickAsync(1000);
    assert.deepEqual(told.heard, [1, 10_000]);
  });

  it('tells at once what somebody waits for, and then nothing more for a while', async () => {
    const told = teller(100);
    told.teller.request();
    await clock.tickAsync(10);
    told.teller.request();
    told.teller.flush();
    assert.deepEqual(told.at, [0, 10]);
    told.teller.request();
    await clock.tickAsync(1000);
    assert.deepEqual(told.at, [0, 10, 110]);
  });

  it('tells nothing once it is disposed', async () => {
    const told = teller(100);
    told.teller.request();
    told.teller.request();
    told.teller[Symbol.dispose]();
    await clock.tickAsync(1000);
    assert.deepEqual(told.at, [0]);
  });
});
