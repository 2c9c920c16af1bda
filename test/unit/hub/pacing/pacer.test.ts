import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Pacer, type Admission, type Lane, type Settle, type Wait } from '../../../../src/hub/pacing/pacer.ts';
import { FakeClock, noon, settled } from '../../fakeClock.ts';
import { rejection } from '../../scriptedFetch.ts';

interface Allowance {
  readonly limit?: number;
  readonly remaining?: number;
  /** Seconds from now on. */
  readonly resetIn?: number;
  readonly retryAfter?: string;
}

/** A pacer under test, with answers made out of what the server would say. */
function makePacer(options: { hurries?: boolean; random?: () => number } = {}) {
  const clock = new FakeClock({ hurries: options.hurries });
  const pacer = new Pacer(clock, options.random ?? (() => 0.5));
  const answer = (status: number, { limit, remaining, resetIn, retryAfter }: Allowance = {}) => {
    const headers = new Headers({ date: new Date(clock.now()).toUTCString() });
    if (limit !== undefined) headers.set('x-ratelimit-limit', String(limit));
    if (remaining !== undefined) headers.set('x-ratelimit-remaining', String(remaining));
    if (resetIn !== undefined) headers.set('x-ratelimit-reset', String(Math.ceil(clock.now() / 1000) + resetIn));
    if (retryAfter !== undefined) headers.set('retry-after', retryAfter);
    return { status, headers };
  };
  const ask = async (allowance: Allowance = {}, status = 200) =>
    (await pacer.admit({ lane: 'background' }))(answer(status, allowance));
  /** Asks for admission and notes the instant of it. */
  const queue = (admission: Partial<Admission> = {}) => {
    const entry: { at?: number; settle?: (answer?: { status: number; headers: Headers }) => void; error?: unknown } =
      {};
    void pacer.admit({ lane: 'background', ...admission }).then(
      (settle) => Object.assign(entry, { at: clock.now() - noon, settle }),
      (error: unknown) => Object.assign(entry, { error }),
    );
    return entry;
  };
  return { clock, pacer, answer, ask, queue };
}

describe('Pacer', () => {
  it('admits at once while nothing is known', async () => {
    const { queue, clock } = makePacer();
    const entries = [queue(), queue(), queue()];
    await settled();
    assert.deepEqual(
      entries.map(({ at }) => at),
      [0, 0, 0],
    );
    assert.equal(clock.slept.length, 0);
  });

  it('admits nothing while Remaining is 0, until the instant of Reset (invariant 7)', async () => {
    const { ask, queue, clock } = makePacer();
    await ask({ limit: 180, remaining: 0, resetIn: 30 });
    const entry = queue();
    await clock.advance(29_999);
    assert.equal(entry.at, undefined);
    await clock.advance(1);
    assert.equal(entry.at, 30_000);
  });

  it('knows how many requests a second the allowance comes to', async () => {
    const { ask, pacer } = makePacer();
    assert.equal(pacer.pace, Infinity);
    await ask({ limit: 180, remaining: 179, resetIn: 60 });
    assert.equal(pacer.pace, 3);
    await ask({ limit: 180, remaining: 100, resetIn: 20 });
    assert.equal(pacer.pace, 3, 'late in a window, its length is still that of the first answer');
  });

  it('counts what is in flight off what remains, so that a burst does not overrun it (invariant 7)', async () => {
    const { ask, queue, clock, answer } = makePacer();
    await ask({ limit: 180, remaining: 3, resetIn: 30 });
    const entries = Array.from({ length: 5 }, () => queue());
    await settled();
    assert.deepEqual(
      entries.map(({ at }) => at),
      [0, 0, 0, undefined, undefined],
    );
    for (const { settle } of entries) settle?.(answer(200, { limit: 180, remaining: 0, resetIn: 30 }));
    await clock.advance(30_000);
    assert.deepEqual(
      entries.map(({ at }) => at),
      [0, 0, 0, 30_000, undefined],
      'one goes to see whether the window is over',
    );
    entries[3]!.settle!(answer(200, { limit: 180, remaining: 179, resetIn: 60 }));
    await settled();
    assert.equal(entries[4]!.at, 30_000);
  });

  it('does not believe a higher count that was overtaken by a lower one', async () => {
    const { ask, queue, answer, clock } = makePacer();
    await ask({ limit: 10, remaining: 9, resetIn: 60 });
    const [slow, quick] = [queue(), queue()];
    await settled();
    quick.settle!(answer(200, { limit: 10, remaining: 0, resetIn: 60 }));
    slow.settle!(answer(200, { limit: 10, remaining: 8, resetIn: 60 }));
    const entry = queue();
    await clock.advance(59_000);
    assert.equal(entry.at, undefined);
  });

  it('is not led astray by a late answer out of the window before', async () => {
    const { ask, queue, answer, clock } = makePacer();
    await ask({ limit: 5, remaining: 2, resetIn: 1 });
    const slow = queue();
    await settled();
    const late = answer(200, { limit: 5, remaining: 0, resetIn: 1 });
    await clock.advance(1_200);
    await ask({ limit: 5, remaining: 1, resetIn: 60 });
    slow.settle!(late);
    const entry = queue();
    await clock.advance(50_000);
    assert.equal(entry.at, undefined, 'the one that is left belongs to the slow request');
    await clock.advance(11_000);
    assert.ok(entry.at !== undefined);
  });

  it('lets no more through a new window than it holds, before its first answer has come', async () => {
    const { ask, queue, answer, clock } = makePacer();
    await ask({ limit: 4, remaining: 0, resetIn: 10 });
    const entries = Array.from({ length: 16 }, () => queue());
    const admitted = () => entries.filter(({ at }) => at !== undefined).length;
    await clock.advance(15_000);
    assert.equal(admitted(), 1, 'one goes to see');
    await clock.advance(600_000);
    assert.equal(admitted(), 1, 'no answer, so nothing is known');
    entries[0]!.settle!(answer(200, { limit: 4, remaining: 3, resetIn: 10 }));
    await settled();
    assert.equal(admitted(), 4);
    for (const remaining of [2, 1, 0]) {
      entries[3 - remaining]!.settle!(answer(200, { limit: 4, remaining, resetIn: 10 }));
    }
    await clock.advance(11_000);
    assert.equal(admitted(), 8, 'the first window began as was reckoned, so this one need not be tried');
    await clock.advance(600_000);
    assert.equal(admitted(), 8, 'no answer, so nothing is known');
  });

  it('is not led astray by a late answer before the new window has had its first', async () => {
    const { ask, queue, answer, clock } = makePacer();
    await ask({ limit: 3, remaining: 1, resetIn: 10 });
    const slow = queue();
    await settled();
    const late = answer(200, { limit: 3, remaining: 0, resetIn: 10 });
    const entries = Array.from({ length: 6 }, () => queue());
    await clock.advance(10_000);
    assert.equal(entries.filter(({ at }) => at !== undefined).length, 1);
    slow.settle!(late);
    await clock.advance(30_000);
    assert.equal(entries.filter(({ at }) => at !== undefined).length, 1);
    entries[0]!.settle!(answer(200, { limit: 3, remaining: 2, resetIn: 30 }));
    await settled();
    assert.equal(entries.filter(({ at }) => at !== undefined).length, 3, 'the two that are left');
  });

  it('goes on where no answer of a new window ever comes', async () => {
    const { ask, queue, clock } = makePacer();
    await ask({ limit: 2, remaining: 0, resetIn: 10 });
    const entries = Array.from({ length: 5 }, () => queue());
    await clock.advance(11_000);
    for (let round = 0; round < 5; round++) {
      for (const { settle } of entries) settle?.();
      await settled();
    }
    assert.equal(entries.filter(({ at }) => at !== undefined).length, 5);
  });

  for (const [name, headers, wait] of [
    ['Retry-After in seconds', { retryAfter: '7' }, 7_000],
    ['Retry-After as an HTTP date', { retryAfter: new Date(noon + 9_000).toUTCString() }, 9_000],
    ['Retry-After in unix time', { retryAfter: String(noon / 1000 + 11) }, 11_000],
    ['X-RateLimit-Reset', { limit: 180, remaining: 0, resetIn: 13 }, 13_000],
    ['nothing', {}, 1_000],
    ['an instant in the past', { retryAfter: String(noon / 1000 - 100) }, 1_000],
    ['a day ahead', { retryAfter: '86400' }, 3_600_000],
  ] as const) {
    it(`waits after a 429 that names ${name}`, async () => {
      const { ask, queue, clock } = makePacer();
      await ask(headers, 429);
      const entry = queue();
      await clock.advance(wait - 1);
      assert.equal(entry.at, undefined);
      await clock.advance(1);
      assert.equal(entry.at, wait);
    });
  }

  it('lets waits grow from 1 s to a minute while 429s name no instant, and begins anew after a success', async () => {
    const { ask, queue, clock, answer } = makePacer({ hurries: true });
    const waits: number[] = [];
    await ask({}, 429);
    for (let i = 0; i < 12; i++) {
      const from = clock.now();
      await ask({}, 429);
      waits.push(clock.now() - from);
    }
    assert.deepEqual(
      waits.map(Math.floor),
      [1_000, 1_500, 2_250, 3_375, 5_062, 7_593, 11_390, 17_085, 25_628, 38_443, 57_665, 60_000],
    );
    await ask({}, 200);
    const from = clock.now();
    await ask({}, 429);
    const entry = queue();
    while (entry.at === undefined) await settled();
    entry.settle!(answer(200));
    assert.equal(clock.now() - from, 1_000);
  });

  it('takes many 429s at once for one refusal', async () => {
    const { queue, answer, clock } = makePacer();
    const entries = Array.from({ length: 6 }, () => queue());
    await settled();
    for (const { settle } of entries) settle!(answer(429));
    const next = queue();
    await clock.advance(1_000);
    assert.equal(next.at, 1_000);
  });

  it('varies waits of its own by a quarter, and never those that the server named', async () => {
    for (const [random, wait] of [
      [0, 750],
      [0.999, 1_249],
    ] as const) {
      const { ask, queue, clock } = makePacer({ random: () => random });
      await ask({}, 429);
      const entry = queue();
      await clock.advance(wait - 1);
      assert.equal(entry.at, undefined);
      await clock.advance(2);
      assert.ok(entry.at !== undefined);
    }
  });

  it('lets the foreground go ahead of the background (invariant 7)', async () => {
    const { ask, queue, clock, answer } = makePacer();
    await ask({ limit: 2, remaining: 0, resetIn: 10 });
    const background = [queue(), queue(), queue()];
    const foreground = [queue({ lane: 'foreground' }), queue({ lane: 'foreground' })];
    await clock.advance(10_000);
    foreground[0]!.settle!(answer(200, { limit: 2, remaining: 1, resetIn: 10 }));
    await settled();
    assert.deepEqual(
      foreground.map(({ at }) => at),
      [10_000, 10_000],
    );
    assert.deepEqual(
      background.map(({ at }) => at),
      [undefined, undefined, undefined],
    );
  });

  it('keeps the order of arrival within a lane', async () => {
    const { ask, pacer, answer, clock } = makePacer();
    await ask({ limit: 180, remaining: 0, resetIn: 1 });
    const order: number[] = [];
    for (let i = 0; i < 5; i++) {
      void pacer.admit({ lane: 'background' }).then((settle) => {
        order.push(i);
        settle(answer(200, { limit: 180, remaining: 179 - i, resetIn: 60 }));
      });
    }
    await clock.advance(1_000);
    assert.deepEqual(order, [0, 1, 2, 3, 4]);
  });

  it('lets what was refused before go ahead of the others of its lane, and not of the other lane', async () => {
    const { ask, pacer, answer, clock } = makePacer();
    await ask({ limit: 180, remaining: 0, resetIn: 1 });
    const order: string[] = [];
    const enter = (who: string, admission: Admission) =>
      void pacer.admit(admission).then((settle) => {
        order.push(who);
        settle(answer(200, { limit: 180, remaining: 180 - order.length, resetIn: 60 }));
      });
    enter('first', { lane: 'background' });
    enter('refused', { lane: 'background', again: true });
    enter('looked at', { lane: 'foreground' });
    await clock.advance(1_000);
    assert.deepEqual(order, ['looked at', 'refused', 'first']);
  });

  it('rejects at once when cancelled before or in the middle of a wait, and lets the others wait on (invariant 8)', async () => {
    const { ask, queue, pacer, clock } = makePacer();
    await ask({ limit: 180, remaining: 0, resetIn: 60 });
    const controller = new AbortController();
    const cancelled = queue({ signal: controller.signal });
    const other = queue();
    await clock.advance(5_000);
    controller.abort('stop');
    await settled();
    assert.equal(cancelled.error, 'stop');
    assert.equal(other.error, undefined);
    assert.equal(await rejection(pacer.admit({ lane: 'foreground', signal: controller.signal })), 'stop');
    await clock.advance(55_000);
    assert.equal(other.at, 60_000);
  });

  it('a cancelled wait costs nothing of the allowance', async () => {
    const { ask, queue, clock } = makePacer();
    await ask({ limit: 9, remaining: 0, resetIn: 10 });
    const controller = new AbortController();
    queue({ signal: controller.signal });
    const other = queue();
    controller.abort();
    await clock.advance(10_000);
    assert.equal(other.at, 10_000);
  });

  it('sets one alarm for all that wait, and none when nobody does any more', async () => {
    const { ask, queue, clock } = makePacer();
    await ask({ limit: 180, remaining: 0, resetIn: 60 });
    const controller = new AbortController();
    for (let i = 0; i < 20; i++) queue({ signal: controller.signal, lane: i % 2 ? 'foreground' : 'background' });
    await settled();
    assert.equal(clock.sleepers, 1);
    controller.abort();
    await settled();
    assert.equal(clock.sleepers, 0);
  });

  it('tells each that waits until when and why, once for each instant', async () => {
    const { ask, queue, answer, clock } = makePacer();
    const open = queue();
    await ask({ limit: 180, remaining: 0, resetIn: 60 });
    const waits: Wait[] = [];
    queue({ onWait: (wait) => waits.push(wait) });
    await settled();
    assert.deepEqual(waits, [{ until: noon + 60_000, why: 'allowance' }]);
    open.settle!(answer(429, { retryAfter: '90' }));
    assert.deepEqual(
      waits.slice(1),
      [{ until: noon + 90_000, why: 'allowance' }],
      'also where only a 429 moved the instant',
    );
    await clock.advance(90_000);
    assert.equal(waits.length, 2);
  });

  it('calls a wait that it made up itself a backoff', async () => {
    const { ask, queue } = makePacer({ hurries: true });
    await ask({}, 429);
    await ask({}, 429);
    const waits: Wait[] = [];
    queue({ onWait: (wait) => waits.push(wait) });
    await settled();
    assert.equal(waits[0]?.why, 'backoff');
  });

  it('takes a second call of what it gave back for none', async () => {
    const { pacer, answer, queue } = makePacer();
    const settle = await pacer.admit({ lane: 'background' });
    settle(answer(200, { limit: 10, remaining: 5, resetIn: 60 }));
    settle(answer(200, { limit: 10, remaining: 0, resetIn: 60 }));
    settle();
    const entries = Array.from({ length: 6 }, () => queue());
    await settled();
    assert.equal(entries.filter(({ at }) => at !== undefined).length, 5);
  });

  for (const [limit, remaining, reset] of [
    ['', 'none', ''],
    ['180', '', String(noon / 1000 + 30)],
    ['180', ' ', String(noon / 1000 + 30)],
    ['Infinity', '0', String(noon / 1000 + 30)],
    ['180', '-Infinity', String(noon / 1000 + 30)],
    ['180', '0', 'Infinity'],
  ] as const) {
    it(`is not held by headers that are no numbers: '${limit}', '${remaining}', '${reset}'`, async () => {
      const { pacer, queue } = makePacer();
      const headers = new Headers({
        'x-ratelimit-limit': limit,
        'x-ratelimit-remaining': remaining,
        'x-ratelimit-reset': reset,
      });
      (await pacer.admit({ lane: 'background' }))({ status: 200, headers });
      const entry = queue();
      await settled();
      assert.equal(entry.at, 0);
    });
  }

  it('leaves nobody waiting for good, whatever servers, clocks and callers do', async () => {
    const number = fc.oneof(
      fc.constantFrom('', '0', '1', '2', '180', '-1', '1e300', '-1e300', '0.5', 'Infinity', 'NaN', 'none'),
      fc.integer({ min: -5, max: 300 }).map(String),
    );
    const instant = fc.oneof(
      fc.integer({ min: -100, max: 100 }).map((s) => String(noon / 1000 + s)),
      number,
      fc.constantFrom(String(noon), String(noon / 1000 + 86_400)),
    );
    const maybe = (text: fc.Arbitrary<string>) => fc.option(text, { nil: undefined, freq: 3 });
    const headers = fc.record({
      date: maybe(
        fc.oneof(
          fc.integer({ min: -5, max: 60 }).map((s) => new Date(noon + s * 1000).toUTCString()),
          fc.constantFrom('never', new Date(0).toUTCString()),
        ),
      ),
      'x-ratelimit-limit': maybe(number),
      'x-ratelimit-remaining': maybe(number),
      'x-ratelimit-reset': maybe(instant),
      'retry-after': maybe(fc.oneof(number, instant)),
    });
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('ask' as const),
          lane: fc.constantFrom<Lane>('foreground', 'background'),
          again: fc.boolean(),
          times: fc.integer({ min: 1, max: 4 }),
        }),
      },
      {
        weight: 5,
        arbitrary: fc.record({
          do: fc.constant('answer' as const),
          which: fc.nat(20),
          status: fc.constantFrom(200, 200, 404, 429),
          headers,
          signedOut: fc.boolean(),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constantFrom('lose' as const, 'unsend' as const, 'cancel' as const),
          which: fc.nat(20),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 300, 1_000, 30_000) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('set' as const),
          ms: fc.constantFrom(-3_600_000, -2_000, 2_000, 3_600_000),
        }),
      },
    );
    const full = {
      'x-ratelimit-limit': '1',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(noon / 1000 + 60),
      date: undefined,
      'retry-after': undefined,
    };
    const dateOfAnotherAge = [
      { do: 'ask' as const, lane: 'foreground' as const, again: false, times: 2 },
      { do: 'answer' as const, which: 0, status: 200 as const, headers: full, signedOut: false },
      {
        do: 'answer' as const,
        which: 0,
        status: 200 as const,
        headers: { ...full, date: new Date(0).toUTCString(), 'x-ratelimit-limit': undefined },
        signedOut: false,
      },
      { do: 'ask' as const, lane: 'foreground' as const, again: false, times: 1 },
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = new FakeClock();
        const pacer = new Pacer(clock, () => 0.5);
        const waiting = new Set<AbortController>();
        const inFlight: Settle[] = [];
        const ask = (admission: Partial<Admission>) => {
          const controller = new AbortController();
          waiting.add(controller);
          void pacer.admit({ lane: 'background', ...admission, signal: controller.signal }).then(
            (settle) => (waiting.delete(controller), inFlight.push(settle)),
            () => waiting.delete(controller),
          );
        };
        for (const event of steps) {
          if (event.do === 'ask') for (let i = 0; i < event.times; i++) ask({ lane: event.lane, again: event.again });
          if (event.do === 'wait') await clock.advance(event.ms);
          if (event.do === 'set') clock.set(clock.now() + event.ms);
          if (event.do === 'cancel') [...waiting][event.which % (waiting.size || 1)]?.abort('cancelled');
          if (event.do === 'answer' || event.do === 'lose' || event.do === 'unsend') {
            const [settle] = inFlight.splice(event.which % (inFlight.length || 1), 1);
            if (event.do !== 'answer') {
              settle?.(event.do === 'unsend' ? 'unsent' : undefined);
            } else {
              settle?.(
                {
                  status: event.status,
                  headers: new Headers(
                    Object.entries(event.headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
                  ),
                },
                event.signedOut,
              );
            }
          }
          await settled();
          assert.ok(
            waiting.size === 0 || inFlight.length > 0 || clock.sleepers === 1,
            'one alarm or an answer is to come',
          );
        }
        for (let hours = 0; hours < 200 && waiting.size + inFlight.length > 0; hours++) {
          for (const settle of inFlight.splice(0)) settle({ status: 200, headers: new Headers() });
          await clock.advance(3_600_000);
        }
        assert.equal(waiting.size, 0);
      }),
      { numRuns: 200, examples: [[dateOfAnotherAge]] },
    );
  });

  it('has at most one refusal a window, and few in all, whatever the latencies, while the headers are true (invariant 7)', async () => {
    const requests = fc.array(
      fc.record({
        after: fc.integer({ min: 0, max: 400 }),
        there: fc.integer({ min: 1, max: 900 }),
        back: fc.integer({ min: 1, max: 900 }),
        lane: fc.constantFrom<Lane>('foreground', 'background'),
      }),
      { minLength: 1, maxLength: 60 },
    );
    // The eighth goes 886 ms before the end of a window and arrives after it, as if windows were a second shorter.
    const slowRequest = [1, 1, 4, 115, 1, 1, 1, 887, 1, 1, 1].map((there, i) => ({
      after: 0,
      there,
      back: i === 7 ? 3 : 1,
      lane: i === 6 ? ('background' as const) : ('foreground' as const),
    }));
    const windows = fc.record({
      limit: fc.integer({ min: 1, max: 12 }),
      seconds: fc.integer({ min: 3, max: 20 }),
      aligned: fc.boolean(),
      skew: fc.integer({ min: -100_000, max: 100_000 }),
      phase: fc.integer({ min: 0, max: 999 }),
    });
    await fc.assert(
      fc.asyncProperty(requests, windows, async (script, { limit, seconds, aligned, skew, phase }) => {
        const clock = new FakeClock({ now: noon + phase });
        const pacer = new Pacer(clock, () => 0.5);
        let window = { used: 0, refused: 0, end: -Infinity };
        let refused = 0;
        let most = 0;
        let answered = 0;
        const serve = () => {
          const now = clock.now() + skew;
          if (now >= window.end) {
            window = {
              used: 0,
              refused: 0,
              end: (aligned ? Math.floor(now / (seconds * 1000)) * seconds * 1000 : now) + seconds * 1000,
            };
          }
          const spent = window.used >= limit;
          if (spent) [refused, most] = [refused + 1, Math.max(most, ++window.refused)];
          else window.used++;
          const headers = {
            date: new Date(now).toUTCString(),
            'x-ratelimit-limit': String(limit),
            'x-ratelimit-remaining': String(limit - window.used),
            'x-ratelimit-reset': String(Math.ceil(window.end / 1000)),
          };
          return { status: spent ? 429 : 200, headers: new Headers(headers) };
        };
        const request = async ({ there, back, lane }: (typeof script)[number]) => {
          const settle = await pacer.admit({ lane });
          await clock.sleep(there);
          const answer = serve();
          await clock.sleep(back);
          settle(answer);
          answered++;
        };
        // The first goes alone, as a run's does: before it nobody can know the allowance.
        void request(script[0]!);
        await clock.advance(2_000);
        for (const step of script.slice(1)) {
          await clock.advance(step.after);
          void request(step);
        }
        for (let i = 0; i < 2 * script.length && answered < script.length; i++) await clock.advance(seconds * 1000);
        assert.equal(answered, script.length, 'some were never admitted');
        // Requests that went to see whether a window is over, within the second that its end was rounded to.
        assert.ok(most <= 1 && refused <= 5, `${refused} refused, ${most} in one window`);
      }),
      { numRuns: 200, examples: [[slowRequest, { limit: 3, seconds: 12, aligned: true, skew: 0, phase: 996 }]] },
    );
  });
});
