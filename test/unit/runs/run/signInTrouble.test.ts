import assert from 'node:assert/strict';
import { listTags } from '../../../../src/hub/listing/tagListing.ts';
import { FakeClock, noon } from '../../fakeClock.ts';
import { hubClientAt } from '../../hubClientAt.ts';
import { empty, json, jwt, scriptedFetch, text } from '../../scriptedFetch.ts';
import { Journal } from '../../../../src/runs/journal/journal.ts';
import { recordedTags } from '../../../../src/runs/journal/journalRecord.ts';
import { canResume, isOpen } from '../../../../src/runs/resume.ts';
import { FakeRemover } from './fakeRemover.ts';
import { head, readText } from '../journal/journalText.ts';
import { api, batchOf, MemorySink, oldTags, runToEnd } from './runToEnd.ts';

const origin = 'https://hub.docker.com';
const farAway = jwt(noon + 36_000_000);

describe('answers to the sign-in are none to the request that waits for it', () => {
  it('a 404 of the sign-in route makes no tag gone (invariant 6)', async () => {
    const clock = new FakeClock({ hurries: true });
    const { fetch, sent } = scriptedFetch(({ path }) =>
      path.startsWith('/v2/auth/token') ? json({ message: 'object not found' }, 404) : json({ name: 'api' }),
    );
    const { client } = hubClientAt(origin, { clock, fetch });
    const done = await runToEnd(batchOf([api, oldTags(2)]), { remover: client, clock });
    // The look before the first DELETE meets it.
    assert.deepEqual(done.ends, { t1: 'notReached account', t2: 'notReached account' });
    assert.deepEqual(done.stops, ['account']);
    assert.equal(sent.filter(({ method }) => method === 'DELETE').length, 0);
  });

  it('a 404 of a renewal after a short page does not end a listing (invariant 4)', async () => {
    const clock = new FakeClock({ hurries: true });
    let signIns = 0;
    const { fetch } = scriptedFetch(({ path }) => {
      if (path.startsWith('/v2/auth/token')) {
        return ++signIns === 2
          ? json({ message: 'not found' }, 404)
          : json({ access_token: jwt(clock.now() + 600_000, { nth: signIns }) });
      }
      const page = Number(new URL(path, origin).searchParams.get('page'));
      if (page === 3) return json({ message: 'unauthorized' }, 401);
      const results = Array.from({ length: page === 2 ? 99 : 100 }, (_, i) => ({
        name: `p${page}-${i}`,
        last_updated: '2020-01-01T00:00:00Z',
      }));
      return json({
        count: 300,
        next: `${origin}/v2/namespaces/team/repositories/api/tags?page=${page + 1}&page_size=100`,
        results,
      });
    });
    const { client } = hubClientAt(origin, { clock, fetch });
    await assert.rejects(listTags(client, api, { lane: 'background' }), {
      kind: 'incomplete',
      read: 199,
      expected: 300,
    });
  });

  it('a renewal without an answer leaves no tag uncertain, since no DELETE was sent', async () => {
    const clock = new FakeClock({ hurries: true });
    const { fetch, sent } = scriptedFetch(({ path }) => {
      if (path.startsWith('/v2/auth/token')) throw new TypeError('fetch failed');
      return empty();
    });
    const { client } = hubClientAt(origin, { clock, fetch });
    const done = await runToEnd(batchOf([api, oldTags(2)]), { remover: client, clock });
    assert.deepEqual(done.ends, { t1: 'notReached offline', t2: 'notReached offline' });
    assert.deepEqual(done.stops, ['offline']);
    assert.equal(sent.filter(({ method }) => method === 'DELETE').length, 0);
  });
});

describe('a sign-in that cannot be renewed stops the run for what it failed for (invariant 11)', () => {
  const causes: readonly [what: string, answer: () => Response, reason: string][] = [
    ['trouble of the server', () => json({ message: 'try later' }, 503), 'offline'],
    [
      'a web page, such as a gateway shows',
      () => text('<html>Welcome to the hotel</html>', 200, 'text/html'),
      'offline',
    ],
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
    const { fetch } = scriptedFetch(({ method, path }) => {
      if (method !== 'DELETE') {
        return path.includes('/tags?')
          ? json({ count: 0, next: null, results: [] })
          : json({ message: 'not found' }, 404);
      }
      const allowance = (remaining: number) => ({
        date: new Date(clock.now()).toUTCString(),
        'x-ratelimit-limit': '180',
        'x-ratelimit-remaining': String(remaining),
        'x-ratelimit-reset': String(noon / 1000 + 3000),
      });
      return ++deletes === 1 ? empty(204, allowance(2)) : text('error code: 1010', 403, 'text/plain', allowance(0));
    });
    const { client } = hubClientAt(origin, { clock, fetch, token: farAway });
    const done = await runToEnd(batchOf([api, oldTags(20)]), { remover: client, clock });
    assert.deepEqual([deletes, done.stops, clock.now() < noon + 60_000], [2, ['blocked'], true]);
    assert.equal(Object.values(done.ends).filter((kind) => kind === 'notReached blocked').length, 18);
  });
});

describe('D7: a secret storage that fails in the middle of a run', () => {
  /** A prune of 30 tags whose first token is good for ten DELETEs. */
  async function prune(read: (nth: number) => Promise<{ readonly secret: string }>) {
    const clock = new FakeClock({ hurries: true });
    let [signIns, reads, deletes] = [0, 0, 0];
    const { fetch } = scriptedFetch(({ method, path }) => {
      if (path.startsWith('/v2/auth/token')) {
        return json({ access_token: jwt(clock.now() + 3_600_000, { nth: ++signIns }) });
      }
      if (method !== 'DELETE') return json({ name: 'api', count: 0, results: [] });
      if (++deletes > 10 && signIns < 2) return json({ message: 'unauthorized' }, 401);
      return empty();
    });
    const { client } = hubClientAt(origin, { clock, fetch, secrets: { read: () => read(++reads) } });
    const sink = new MemorySink();
    const journal = new Journal(sink, clock);
    const batch = batchOf([api, oldTags(30)]);
    await journal.begin(head, batch);
    const done = await runToEnd(batch, { remover: client, clock, journal });
    await journal.end(done.tally.counts);
    return { done, reads, record: await readText(sink.text) };
  }
  const broken = () => Promise.reject(new Error('the keyring is locked'));

  it('stops the run with the reason `account`; all that is left is not reached, and can be resumed', async () => {
    const { done, record } = await prune((nth) =>
      nth === 1 ? Promise.resolve({ secret: 'dckr_pat_delete' }) : broken(),
    );
    const kinds = Object.groupBy(Object.values(done.ends), (end) => end);
    assert.deepEqual(Object.fromEntries(Object.entries(kinds).map(([end, of]) => [end, of!.length])), {
      removed: 10,
      'notReached account': 20,
    });
    assert.deepEqual(done.tally.stops, [
      { reason: 'account', failure: { kind: 'signInFailed', reason: 'secretStorage' } },
    ]);
    assert.equal([...recordedTags(record)].filter(isOpen).length, 20);
    assert.ok(canResume(record));
  });

  it('at the very start: nothing is reached', async () => {
    const { done } = await prune(broken);
    assert.deepEqual(new Set(Object.values(done.ends)), new Set(['notReached account']));
  });

  it('once: is asked again, and the run goes on', async () => {
    const { done, reads } = await prune((nth) =>
      nth === 2 ? broken() : Promise.resolve({ secret: 'dckr_pat_delete' }),
    );
    assert.deepEqual([new Set(Object.values(done.ends)), reads], [new Set(['removed']), 3]);
  });
});

describe('D7: an error of this program', () => {
  it('while a token is had stops the run once, and fails no tag', async () => {
    const clock = new FakeClock({ hurries: true });
    const { fetch } = scriptedFetch(({ path }) =>
      path.startsWith('/v2/users/login') ? json({ detail: 'code', login_2fa_token: 'x' }, 401) : json({ name: 'api' }),
    );
    const { client } = hubClientAt(origin, {
      clock,
      fetch,
      secret: 'hunter2',
      secrets: { askCode: () => Promise.reject(new TypeError('no dialog')) },
    });
    const done = await runToEnd(batchOf([api, oldTags(20)]), { remover: client, clock });
    assert.deepEqual([new Set(Object.values(done.ends)), done.stops], [new Set(['notReached account']), ['account']]);
  });

  it('that meets tag after tag stops the run after three, and the rest is not reached', async () => {
    const clock = new FakeClock({ hurries: true });
    const remover = new FakeRemover(clock, ({ method }) =>
      method === 'DELETE' ? new TypeError('no function') : undefined,
    ).add(api, oldTags(20));
    const done = await runToEnd(batchOf([api, oldTags(20)]), { remover, clock });
    assert.deepEqual(Object.values(done.ends).filter((end) => end === 'failed').length, 3);
    assert.deepEqual(Object.values(done.ends).filter((end) => end === 'notReached interrupted').length, 17);
    assert.deepEqual(done.outcomes['t1'], {
      kind: 'failed',
      failure: { kind: 'interrupted', words: 'TypeError: no function' },
    });
  });
});
