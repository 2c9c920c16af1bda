import assert from 'node:assert/strict';
import type { RetryAfterForm } from '../../hub/allowance.ts';
import type { Hub } from '../../hub/hub.ts';
import { startHub } from '../../hub/hub.ts';
import { ask, tokenOf } from './ask.ts';
import { smallWorld } from './smallWorld.ts';

describe('the Docker Hub double: allowance', () => {
  const start = Date.UTC(2026, 0, 1, 0, 0, 20, 500);
  let hub: Hub;
  let now: number;
  const get = (token?: string) =>
    ask(hub, 'GET', '/v2/namespaces/ann/repositories', token === undefined ? {} : { token });
  const limits = (headers: Headers) =>
    ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}`));

  beforeEach(async () => {
    now = start;
    hub = await startHub({ world: smallWorld(() => now), now: () => now, rateLimit: { limit: 2, windowSeconds: 60 } });
  });
  afterEach(() => hub.close());

  it('counts down, refuses, and begins anew with the next window', async () => {
    const reset = String(start / 1000 + 60.5);
    const first = await get();
    assert.deepEqual(limits(first.headers), ['2', '1', reset]);
    assert.equal(first.headers.get('date'), 'Thu, 01 Jan 2026 00:00:20 GMT');
    assert.deepEqual(limits((await get()).headers), ['2', '0', reset]);
    const refused = await get();
    assert.equal(refused.status, 429);
    assert.equal(
      refused.body.detail,
      'Docker Hub API rate limit exceeded, contact support@docker.com to give us feedback',
    );
    assert.deepEqual(limits(refused.headers), ['2', '0', reset]);
    now += 59_999;
    assert.equal((await get()).status, 429);
    now += 1;
    assert.equal((await get()).status, 200);
  });

  it('aligns windows to the clock on request', async () => {
    hub.options.rateLimit = { limit: 1, windowSeconds: 60, alignedToClock: true };
    assert.equal((await get()).status, 200);
    now = Date.UTC(2026, 0, 1, 0, 0, 59, 999);
    assert.equal((await get()).status, 429);
    now += 1;
    assert.equal((await get()).status, 200);
  });

  it('counts each account apart', async () => {
    hub.options.rateLimit = { limit: 1_000, windowSeconds: 60 };
    const [ann, bob] = [await tokenOf(hub, 'ann', 'read-pat'), await tokenOf(hub, 'bob', 'bob-pat')];
    hub.options.rateLimit = { limit: 1, windowSeconds: 60 };
    assert.deepEqual([(await get(ann)).status, (await get(ann)).status, (await get(bob)).status], [200, 429, 200]);
  });

  it('says when to come back in each form', async () => {
    await get();
    await get();
    const reset = start / 1000 + 60.5;
    const expected: Record<RetryAfterForm, [retryAfter: string | null, xRetryAfter: string | null]> = {
      seconds: ['60', null],
      'http-date': ['Thu, 01 Jan 2026 00:01:21 GMT', null],
      unix: [String(reset), null],
      'x-retry-after': [null, String(reset)],
      none: [null, null],
    };
    for (const [form, headers] of Object.entries(expected)) {
      hub.options.retryAfter = form as RetryAfterForm;
      const refused = await get();
      assert.equal(refused.status, 429);
      assert.deepEqual([refused.headers.get('retry-after'), refused.headers.get('x-retry-after')], headers, form);
    }
  });

  it('leaves the headers out on request', async () => {
    hub.options.rateLimit = { limit: 5, windowSeconds: 60, sendHeaders: false };
    assert.deepEqual(limits((await get()).headers), [null, null, null]);
  });
});
