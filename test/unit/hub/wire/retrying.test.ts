import assert from 'node:assert/strict';
import { HubError, type HubErrorKind } from '../../../../src/hub/wire/hubError.ts';
import type { Lane, Wait } from '../../../../src/hub/pacing/pacer.ts';
import { pauseBefore, retrying } from '../../../../src/hub/wire/retrying.ts';
import { FakeClock, noon } from '../../fakeClock.ts';
import { rejection } from '../../scriptedFetch.ts';

const random = () => 0.5;

/** Fails so often with errors of this kind, then succeeds. */
function failing(times: number, kind: HubErrorKind): { attempt: () => Promise<string>; calls: () => number } {
  let calls = 0;
  return {
    attempt: async () => {
      if (++calls <= times) throw new HubError({ kind, status: calls });
      return 'done';
    },
    calls: () => calls,
  };
}

async function tryIt(times: number, kind: HubErrorKind, lane: Lane = 'background') {
  const clock = new FakeClock({ hurries: true });
  const { attempt, calls } = failing(times, kind);
  const result = await retrying({ clock, lane, random }, attempt).catch((error: unknown) => error);
  return { result, calls: calls(), slept: clock.slept };
}

describe('retrying', () => {
  for (const kind of ['server', 'network', 'timeout'] as const) {
    it('tells an attempt whether one before it met a 429, for its admission', async () => {
      const told: boolean[] = [];
      const kinds = ['server', 'rateLimited', 'server'] as const;
      await retrying({ clock: new FakeClock({ hurries: true }), lane: 'background' }, async (again) => {
        const kind = kinds[told.push(again) - 1];
        if (kind) throw new HubError({ kind, status: kind === 'server' ? 503 : 429 });
      });
      assert.deepEqual(told, [false, false, true, true]);
    });

    it(`tries again after ${kind}, with growing pauses`, async () => {
      assert.deepEqual(await tryIt(5, kind), { result: 'done', calls: 6, slept: [1000, 2000, 4000, 8000, 16000] });
    });
  }

  it('gives up after 6 attempts in the background and 3 where a person waits, with the last failure', async () => {
    for (const [lane, attempts] of [
      ['background', 6],
      ['foreground', 3],
    ] as const) {
      const { result, calls } = await tryIt(Infinity, 'server', lane);
      assert.equal(calls, attempts);
      assert.equal((result as HubError).status, attempts);
    }
  });

  it('leaves the waiting after a 429 to the pacer, and ends after 20 of them', async () => {
    assert.deepEqual(await tryIt(20, 'rateLimited'), { result: 'done', calls: 21, slept: [] });
    assert.equal((await tryIt(Infinity, 'rateLimited')).calls, 21);
  });

  for (const kind of [
    'notFound',
    'forbidden',
    'unauthorized',
    'blocked',
    'lockedOut',
    'wrongSecret',
    'malformed',
    'rejected',
  ] as const) {
    it(`does not try again after ${kind}`, async () => assert.equal((await tryIt(Infinity, kind)).calls, 1));
  }

  it('throws a defect of its own at once', async () => {
    const defect = new TypeError('no function');
    assert.equal(
      await rejection(
        retrying({ clock: new FakeClock(), lane: 'background' }, async () => {
          throw defect;
        }),
      ),
      defect,
    );
  });

  it('tells of each pause, and ends at once when cancelled in the middle of one', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const waits: Wait[] = [];
    const { attempt, calls } = failing(Infinity, 'server');
    const end = rejection(
      retrying(
        { clock, lane: 'background', random, signal: controller.signal, onWait: (wait) => waits.push(wait) },
        attempt,
      ),
    );
    await clock.advance(1500);
    controller.abort('stop');
    assert.equal(await end, 'stop');
    assert.deepEqual(waits, [
      { until: noon + 1000, why: 'backoff' },
      { until: noon + 3000, why: 'backoff' },
    ]);
    assert.equal(calls(), 2);
    assert.equal(clock.sleepers, 0);
  });

  it('does not try again what was cancelled while it ran', async () => {
    for (const kind of ['rateLimited', 'server'] as const) {
      const controller = new AbortController();
      let calls = 0;
      const end = retrying(
        { clock: new FakeClock({ hurries: true }), lane: 'background', signal: controller.signal },
        async () => {
          calls++;
          controller.abort('stop');
          throw new HubError({ kind });
        },
      );
      assert.equal(await rejection(end), 'stop');
      assert.equal(calls, 1);
    }
  });

  it('pauses within a quarter of the base, at most about half a minute', () => {
    assert.equal(
      pauseBefore(1, () => 0),
      750,
    );
    assert.ok(pauseBefore(1, () => 0.999) < 1250);
    assert.equal(pauseBefore(100, random), 30_000);
  });
});
