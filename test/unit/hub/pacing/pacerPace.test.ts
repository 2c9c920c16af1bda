import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Pacer, type Wait } from '../../../../src/hub/pacing/pacer.ts';
import type { RateLimit, RetryAfterForm } from '../../../hub/allowance.ts';
import { FakeClock, noon, settled } from '../../fakeClock.ts';
import { SimulatedAllowance } from './simulatedAllowance.ts';

interface Case {
  readonly requests: number;
  readonly rule: RateLimit;
  readonly latency: number;
  readonly retryAfter?: RetryAfterForm;
  /** Reach: times the ideal, and refusals in all. */
  readonly ratio: number;
  readonly refusals: number;
}

/** The earliest instant (ms) at which any client could be done: windows of waiting, and the last window's requests ten at a time. */
function ideal(requests: number, { limit, windowSeconds }: RateLimit, latency: number): number {
  const windows = Math.ceil(requests / limit) - 1;
  return windows * windowSeconds * 1000 + Math.ceil((requests - windows * limit) / 10) * latency;
}

/** Times are simulated, so they are the same on every machine. */
describe('the pace of a Pacer', () => {
  const cases: Record<string, Case> = {
    'the real server: 180 a minute, 100 ms': {
      requests: 410,
      rule: { limit: 180, windowSeconds: 60 },
      latency: 100,
      ratio: 1.01,
      refusals: 0,
    },
    '100 in 6 s, 20 ms': {
      requests: 555,
      rule: { limit: 100, windowSeconds: 6 },
      latency: 20,
      ratio: 1.03,
      refusals: 2,
    },
    '300 in 15 s, 100 ms': {
      requests: 1070,
      rule: { limit: 300, windowSeconds: 15 },
      latency: 100,
      ratio: 1.03,
      refusals: 2,
    },
    'the same, aligned to the clock': {
      requests: 1070,
      rule: { limit: 300, windowSeconds: 15, alignedToClock: true },
      latency: 100,
      ratio: 1.03,
      refusals: 4,
    },
    'no allowance to speak of': {
      requests: 2000,
      rule: { limit: 1_000_000, windowSeconds: 60 },
      latency: 100,
      ratio: 1.02,
      refusals: 0,
    },
    'a word of when to come back, and no other': {
      requests: 555,
      rule: { limit: 100, windowSeconds: 6, sendHeaders: false },
      latency: 20,
      ratio: 1.3,
      refusals: 25,
    },
    'not a word': {
      requests: 555,
      rule: { limit: 100, windowSeconds: 6, sendHeaders: false },
      latency: 20,
      retryAfter: 'none',
      ratio: 1.45,
      refusals: 30,
    },
    'a word of when to come back, few at a time': {
      requests: 200,
      rule: { limit: 5, windowSeconds: 3, sendHeaders: false },
      latency: 100,
      ratio: 1.3,
      refusals: 40,
    },
    'not a word, few at a time': {
      requests: 200,
      rule: { limit: 5, windowSeconds: 3, sendHeaders: false },
      latency: 100,
      retryAfter: 'none',
      ratio: 1.45,
      refusals: 100,
    },
    'not a word, 180 a minute': {
      requests: 555,
      rule: { limit: 180, windowSeconds: 60, sendHeaders: false },
      latency: 100,
      retryAfter: 'none',
      ratio: 1.45,
      refusals: 40,
    },
  };
  for (const [name, { requests, rule, latency, retryAfter, ratio, refusals }] of Object.entries(cases)) {
    it(`${name}: at most ${ratio} times the ideal, ${refusals} refusals`, async () => {
      for (const phase of [0, 137, 368, 501, 774, 999]) {
        const clock = new FakeClock({ now: noon + phase, hurries: true });
        const hub = new SimulatedAllowance(clock, { rule, latency, retryAfter, skew: -3_600_345 });
        const took = await hub.sendAll(new Pacer(clock, () => phase / 1000), requests);
        assert.equal(hub.taken, requests);
        assert.ok(hub.refused <= refusals, `${hub.refused} refusals at phase ${phase}`);
        assert.ok(
          took <= ratio * ideal(requests, rule, latency),
          `${took} ms at phase ${phase}, the ideal is ${ideal(requests, rule, latency)}`,
        );
      }
    });
  }

  for (const [name, rule, latency, requests] of [
    ['300 in 15 s', { limit: 300, windowSeconds: 15 }, 100, 540],
    ['100 in 6 s', { limit: 100, windowSeconds: 6 }, 20, 270],
    ['180 a minute, aligned to the clock', { limit: 180, windowSeconds: 60, alignedToClock: true }, 100, 340],
  ] as const) {
    it(`two clients on one allowance do not fight: ${name}`, async () => {
      for (const phase of [0, 137, 501, 774]) {
        const clock = new FakeClock({ now: noon + phase, hurries: true });
        const hub = new SimulatedAllowance(clock, { rule, latency });
        const times = await Promise.all(
          [37, 0].map((after) => clock.sleep(after).then(() => hub.sendAll(new Pacer(clock, () => 0.5), requests))),
        );
        const [faster, slower] = times.sort((a, b) => a - b) as [number, number];
        assert.ok(slower <= 1.2 * faster, `${slower} and ${faster} ms at phase ${phase}`);
        assert.ok(
          slower <= 1.1 * ideal(2 * requests, rule, latency),
          `${slower} ms at phase ${phase}, the ideal is ${ideal(2 * requests, rule, latency)}`,
        );
        assert.ok(hub.refused <= 20, `${hub.refused} refusals at phase ${phase}`);
      }
    });
  }

  describe('where the headers mislead, one request a window is refused to see, not a burst', () => {
    const roundedDown = (headers: Headers) =>
      headers.set('x-ratelimit-reset', String(Number(headers.get('x-ratelimit-reset')) - 1));
    for (const [name, misstate, skew] of [
      ['no Date, and a local clock an hour ahead', (headers: Headers) => headers.delete('date'), -3_600_000],
      ['no Date, and a local clock five seconds ahead', (headers: Headers) => headers.delete('date'), -5_000],
      ['a Reset rounded down', roundedDown, -345],
    ] as const) {
      it(name, async () => {
        const rule = { limit: 180, windowSeconds: 60 };
        for (const phase of [0, 137, 501, 774]) {
          const clock = new FakeClock({ now: noon + phase, hurries: true });
          const hub = new SimulatedAllowance(clock, { rule, latency: 100, skew, misstate });
          const took = await hub.sendAll(new Pacer(clock, () => 0.5), 1000);
          assert.ok(hub.refused <= 6, `${hub.refused} refusals at phase ${phase}`);
          assert.ok(took <= 1.03 * ideal(1000, rule, 100), `${took} ms at phase ${phase}`);
        }
      });
    }

    it('answers that were on their way when others were refused do not call for more', async () => {
      const rule = { limit: 25, windowSeconds: 10, sendHeaders: false };
      for (const phase of [0, 137, 501, 774]) {
        const clock = new FakeClock({ now: noon + phase, hurries: true });
        const latencies = fc.sample(fc.integer({ min: 20, max: 400 }), { numRuns: 500, seed: phase });
        let sent = 0;
        const hub = new SimulatedAllowance(clock, {
          rule,
          latency: () => latencies[sent++ % latencies.length]!,
          retryAfter: 'none',
        });
        await hub.sendAll(new Pacer(clock, () => 0.5), 100);
        // Those that were in flight together, and then one at a time after 1, 1.5, 2.25 s, and so on.
        assert.ok(hub.maxRefused <= 9 + 4, `${hub.maxRefused} refusals in one window at phase ${phase}`);
      }
    });
  });

  it('answers that overtake one another are not taken for those of another client', async () => {
    const rule = { limit: 180, windowSeconds: 60 };
    for (const phase of [0, 137, 501, 774]) {
      const clock = new FakeClock({ now: noon + phase, hurries: true });
      const latencies = fc.sample(fc.integer({ min: 20, max: 200 }), { numRuns: 500, seed: phase });
      let sent = 0;
      const hub = new SimulatedAllowance(clock, { rule, latency: () => latencies[sent++ % latencies.length]! });
      const took = await hub.sendAll(new Pacer(clock, () => 0.5), 1079);
      assert.ok(
        took <= 1.01 * ideal(1079, rule, 110),
        `${took} ms at phase ${phase}, the ideal is ${ideal(1079, rule, 110)}`,
      );
      assert.equal(hub.refused, 0);
    }
  });

  it('a client that joins late, and one that ends early, leave the other no slower than alone on half of the allowance', async () => {
    const clock = new FakeClock({ hurries: true });
    const rule = { limit: 180, windowSeconds: 60 };
    const hub = new SimulatedAllowance(clock, { rule, latency: 100 });
    const [long, short] = await Promise.all([
      hub.sendAll(new Pacer(clock), 700),
      clock.sleep(90_000).then(() => hub.sendAll(new Pacer(clock), 120)),
    ]);
    assert.ok(long <= 1.1 * ideal(820, rule, 100), `${long} ms`);
    assert.ok(short <= 2 * 60_000, `${short} ms`);
  });

  it('keeps a small part of each window for the person who is browsing, and only while somebody is', async () => {
    const left: number[] = [];
    for (const browses of [false, true]) {
      const clock = new FakeClock({ hurries: true });
      const hub = new SimulatedAllowance(clock, { rule: { limit: 180, windowSeconds: 60 }, latency: 100 });
      const pacer = new Pacer(clock);
      await hub.send(pacer, browses ? 'foreground' : 'background');
      const run = hub.sendAll(pacer, 300);
      await clock.sleep(30_000);
      left.push(180 - hub.taken);
      const startedAt = clock.now();
      await hub.send(pacer, 'foreground');
      assert.equal(clock.now() - startedAt < 1_000, browses, 'what is looked at is there at once');
      await run;
      assert.equal(hub.refused, 0);
    }
    assert.deepEqual(left, [0, 10]);
  });

  describe('with a clock that is not to be trusted', () => {
    /** An allowance that is used up for 30 s, and one request that waits for it. */
    async function waiting(change: (clock: FakeClock) => void | Promise<void>) {
      const clock = new FakeClock();
      const pacer = new Pacer(clock, () => 0.5);
      const settle = await pacer.admit({ lane: 'background' });
      const headers = {
        date: new Date(noon).toUTCString(),
        'x-ratelimit-limit': '180',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(noon / 1000 + 30),
      };
      settle({ status: 200, headers: new Headers(headers) });
      const waits: Wait[] = [];
      let admitted = false;
      void pacer.admit({ lane: 'background', onWait: (wait) => waits.push(wait) }).then(() => (admitted = true));
      await settled();
      await change(clock);
      return { clock, waits, admitted: () => admitted };
    }

    it('set back by an hour: the wait is as long as it was', async () => {
      let local = noon;
      let fire = (): void => undefined;
      const slept: number[] = [];
      const pacer = new Pacer({
        now: () => local,
        sleep: (ms) => {
          slept.push(ms);
          return new Promise((resolve) => (fire = resolve));
        },
      });
      const headers = new Headers({
        date: new Date(noon).toUTCString(),
        'x-ratelimit-limit': '180',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(noon / 1000 + 30),
      });
      (await pacer.admit({ lane: 'background' }))({ status: 200, headers });
      let admitted = false;
      void pacer.admit({ lane: 'background' }).then(() => (admitted = true));
      local -= 3_600_000;
      fire();
      await settled();
      assert.deepEqual([slept, admitted], [[30_000], true]);
    });

    it('a laptop that slept for an hour: what waits goes on at once', async () => {
      const { clock, admitted } = await waiting((clock) => clock.set(noon + 3_600_000));
      await clock.advance(0);
      assert.equal(admitted(), true);
    });

    it('tells the local instant at which the wait ends', async () => {
      const { waits } = await waiting(() => undefined);
      assert.deepEqual(waits, [{ until: noon + 30_000, why: 'allowance' }]);
    });
  });

  for (const [name, reset, bound] of [
    ['a day ahead', noon / 1000 + 86_400, 3_600_000],
    ['in the past', noon / 1000 - 100, 0],
    ['in milliseconds', noon + 60_000, 3_600_000],
  ] as const) {
    it(`a Reset ${name} holds nobody longer than ${bound / 60_000} min`, async () => {
      const clock = new FakeClock();
      const pacer = new Pacer(clock, () => 0.5);
      const headers = new Headers({
        date: new Date(noon).toUTCString(),
        'x-ratelimit-limit': '180',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(reset),
      });
      (await pacer.admit({ lane: 'background' }))({ status: 200, headers });
      const waits: Wait[] = [];
      let admittedAt = Infinity;
      void pacer
        .admit({ lane: 'background', onWait: (wait) => waits.push(wait) })
        .then(() => (admittedAt = clock.now() - noon));
      await clock.advance(bound);
      assert.equal(admittedAt, bound);
      assert.equal(waits.length, bound > 0 ? 1 : 0, 'a wait is told');
    });
  }
});
