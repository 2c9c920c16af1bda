import assert from 'node:assert/strict';
import { listTags } from '../../../src/hub/tagListing.ts';
import { FakeClock, noon } from '../fakeClock.ts';
import { hubClientAt } from '../hubClientAt.ts';
import { empty, json, jwt, scriptedFetch, text } from '../scriptedFetch.ts';
import { api, batchOf, oldTags, runToEnd } from './runToEnd.ts';

const origin = 'https://hub.docker.com';
const farAway = jwt(noon + 36_000_000);

describe('answers to the sign-in are none to the request that waits for it', () => {
  it('a 404 of the sign-in route makes no tag gone (invariant 6)', async () => {
    const clock = new FakeClock({ hurries: true });
    const { fetch, sent } = scriptedFetch(({ path }) => (path.startsWith('/v2/auth/token') ? json({ message: 'object not found' }, 404) : json({ name: 'api' })));
    const { client } = hubClientAt(origin, { clock, fetch });
    const done = await runToEnd(batchOf([api, oldTags(2)]), { remover: client, clock });
    assert.deepEqual(done.ends, { t1: 'failed', t2: 'notReached account' });
    assert.deepEqual(done.stops, ['account']);
    assert.equal(sent.filter(({ method }) => method === 'DELETE').length, 0);
  });

  it('a 404 of a renewal after a short page does not end a listing (invariant 4)', async () => {
    const clock = new FakeClock({ hurries: true });
    let signIns = 0;
    const { fetch } = scriptedFetch(({ path }) => {
      if (path.startsWith('/v2/auth/token')) return ++signIns === 2 ? json({ message: 'not found' }, 404) : json({ access_token: jwt(clock.now() + 600_000, { nth: signIns }) });
      const page = Number(new URL(path, origin).searchParams.get('page'));
      if (page === 3) return json({ message: 'unauthorized' }, 401);
      const results = Array.from({ length: page === 2 ? 99 : 100 }, (_, i) => ({ name: `p${page}-${i}`, last_updated: '2020-01-01T00:00:00Z' }));
      return json({ count: 300, next: `${origin}/v2/namespaces/team/repositories/api/tags?page=${page + 1}&page_size=100`, results });
    });
    const { client } = hubClientAt(origin, { clock, fetch });
    await assert.rejects(listTags(client, api, { lane: 'background' }), { kind: 'incomplete', read: 199, expected: 300 });
  });

  it('a renewal without an answer leaves no tag uncertain, since no DELETE was sent', async () => {
    const clock = new FakeClock({ hurries: true });
    const { fetch, sent } = scriptedFetch(({ path }) => {
      if (path.startsWith('/v2/auth/token')) throw new TypeError('fetch failed');
      return empty();
    });
    const { client } = hubClientAt(origin, { clock, fetch });
    const done = await runToEnd(batchOf([api, oldTags(2)]), { remover: client, clock });
    assert.deepEqual(done.ends, { t1: 'failed', t2: 'notReached offline' });
    assert.deepEqual(done.stops, ['offline']);
    assert.equal(sent.filter(({ method }) => method === 'DELETE').length, 0);
  });
});

describe('a sign-in that cannot be renewed stops the run for what it failed for (invariant 11)', () => {
  const causes: readonly [what: string, answer: () => Response, reason: string][] = [
    ['trouble of the server', () => json({ message: 'try later' }, 503), 'offline'],
    ['a web page, such as a gateway shows', () => text('<html>Welcome to the hotel</html>', 200, 'text/html'), 'offline'],
    ['429s without an end', () => json({ detail: 'slow down' }, 429, { 'retry-after': '30' }), 'refused'],
    ['a block by Cloudflare', () => text('error code: 1010', 403, 'text/plain'), 'blocked'],
    ['a refusal of the sign-in', () => json({ message: 'forbidden' }, 403), 'account'],
  ];
  for (const [what, answer, reason] of causes) {
    it(what, async () => {
      const clock = new FakeClock({ hurries: true });
      const { fetch } = scriptedFetch(({ path }) => (path.startsWith('/v2/auth/token') ? answer() : empty()));
      const { client } = hubClientAt(origin, { clock, fetch });
      const done = await runToEnd(batchOf([api, oldTags(2)]), { remover: client, clock });
      assert.deepEqual([done.stops, done.ends['t2']], [[reason], `notReached ${reason}`]);
    });
  }
});

describe('a run that stopped', () => {
  it('sends nothing more of what waits for its turn (invariants 7 and 11)', async () => {
    const clock = new FakeClock({ hurries: true });
    let deletes = 0;
    const { fetch } = scriptedFetch(({ method }) => {
      if (method !== 'DELETE') return json({ name: 'api' });
      const allowance = (remaining: number) => ({
        date: new Date(clock.now()).toUTCString(),
        'x-ratelimit-limit': '180',
        'x-ratelimit-remaining': String(remaining),
        'x-ratelimit-reset': String(noon / 1000 + 3000),
      });
      return ++deletes === 1 ? empty(204, allowance(1)) : text('error code: 1010', 403, 'text/plain', allowance(0));
    });
    const { client } = hubClientAt(origin, { clock, fetch, token: farAway });
    const done = await runToEnd(batchOf([api, oldTags(20)]), { remover: client, clock });
    assert.deepEqual([deletes, done.stops, clock.now() < noon + 60_000], [2, ['blocked'], true]);
    assert.equal(Object.values(done.ends).filter((kind) => kind === 'notReached blocked').length, 18);
  });
});
