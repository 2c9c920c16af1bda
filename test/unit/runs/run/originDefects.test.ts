import assert from 'node:assert/strict';
import { listTags } from '../../../../src/hub/listing/tagListing.ts';
import { makeBatch } from '../../../../src/retention/plan/batch.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { generateRepository } from '../../../hub/generate.ts';
import { startHub, type Hub } from '../../../hub/hub.ts';
import type { HubOptions } from '../../../hub/options.ts';
import { FakeClock, noon } from '../../fakeClock.ts';
import { hubClientAt } from '../../hubClientAt.ts';
import { api, runToEnd, type Finished } from './runToEnd.ts';
import { planByAge } from '../../retention/plan/planByAge.ts';

const day = 86_400_000;
const cutoff = noon - 90 * day;

describe('what the origin does badly: every old tag is gone, or named with its reason (invariant 6)', () => {
  let hub: Hub;
  let clock: FakeClock;

  afterEach(() => hub.close());

  /** A server with `old` tags from before the cutoff, 20 younger ones and, at the old end, `undated` ones. */
  async function serve(old: number, options: HubOptions & { undated?: number } = {}): Promise<void> {
    const { undated = 0, ...hubOptions } = options;
    clock = new FakeClock({ hurries: true });
    hub = await startHub({ now: () => clock.now(), ...hubOptions });
    hub.world.addAccount({ name: 'team', tokens: [{ secret: 'dckr_pat_delete', scope: 'repo:admin' }] });
    hub.world.addRepository({ ...api });
    const { tags } = generateRepository({
      ...api,
      names: Array.from({ length: old }, (_, i) => `old-${i + 1}`),
      oldest: noon - 2000 * day,
      newest: cutoff - day,
    });
    for (const [name, row] of tags as Iterable<[string, { last_updated: string | null; digest?: string }]>) {
      hub.world.pushTag('team', 'api', name, { pushedAt: row.last_updated });
    }
    for (let i = 1; i <= 20; i++) hub.world.pushTag('team', 'api', `young-${i}`, { pushedAt: noon - i * day });
    for (let i = 1; i <= undated; i++) hub.world.pushTag('team', 'api', `undated-${i}`, { pushedAt: null });
  }

  /** Lists, plans by age and runs, as one would who confirms the plan. */
  async function prune(signal?: AbortSignal): Promise<Finished & { log: readonly string[] }> {
    const { client, log } = hubClientAt(hub.origin, { clock });
    const { tags, asOf, inDateOrder } = await listTags(client, api, { lane: 'background' });
    const plan = planByAge({ repository: api, tags, cutoff, asOf, inDateOrder, protect: compileProtect(['latest']) });
    return { ...(await runToEnd(makeBatch([plan], { maxDeletions: 0 }), { remover: client, clock, signal })), log };
  }

  /** What is left on the server is what is young, undated or named; what is gone was old. */
  function checkAccounts(done: Finished, old: number): void {
    const left = [...hub.world.repository('team', 'api')!.tags].map(([name]) => name);
    const named = Object.entries(done.ends)
      .filter(([, end]) => end !== 'removed' && end !== 'alreadyGone')
      .map(([name]) => name);
    assert.deepEqual(left.filter((name) => name.startsWith('old-')).sort(), named.sort());
    assert.equal(left.filter((name) => name.startsWith('young-')).length, 20);
    assert.equal(Object.keys(done.outcomes).length, old);
    assert.ok(hub.deleted.every((reference) => reference.startsWith('team/api:old-')));
    assert.equal(new Set(hub.deleted).size, hub.deleted.length);
  }

  const statuses = (status: number) => hub.requests.filter((request) => request.status === status).length;

  it('one null date does not end it, and is kept (hub-feedback#2344)', async () => {
    await serve(150, { undated: 1 });
    const done = await prune();
    checkAccounts(done, 150);
    assert.equal(done.tally.counts.removed, 150);
    assert.ok(hub.world.repository('team', 'api')!.tags.has('undated-1'));
  });

  it('259 tags with a few 503s leave nothing behind', async () => {
    await serve(259);
    hub.script({
      match: { method: 'DELETE' },
      skip: 20,
      every: 17,
      times: 12,
      act: { status: 503, body: { message: 'try later', errinfo: {} } },
    });
    const done = await prune();
    checkAccounts(done, 259);
    assert.deepEqual([done.tally.counts.removed, statuses(503)], [259, 12]);
  });

  it('259 tags with resets, before and after the effect, leave nothing behind, and nothing is deleted twice', async () => {
    await serve(259);
    hub.script({ match: { method: 'DELETE' }, skip: 20, every: 11, times: 6, act: { reset: true } });
    hub.script({ match: { method: 'DELETE' }, skip: 25, every: 13, times: 6, act: { resetAfterEffect: true } });
    hub.script({ match: { method: 'DELETE' }, skip: 30, every: 19, times: 3, act: { htmlUnder200: true } });
    const done = await prune();
    checkAccounts(done, 259);
    assert.equal(done.tally.counts.removed, 259);
  });

  it('a token that is revoked in the middle of 300 deletes is renewed once', async () => {
    await serve(300);
    hub.script({ match: { method: 'DELETE' }, skip: 100, act: { mutate: () => hub.expireTokens() } });
    const done = await prune();
    checkAccounts(done, 300);
    assert.equal(done.tally.counts.removed, 300);
    assert.equal(hub.count({ method: 'POST' }), 2);
    assert.ok(statuses(401) >= 1 && statuses(401) <= 6);
  });

  it('tokens that expire in the course of 300 slow deletes are renewed before they are refused', async () => {
    await serve(300);
    hub.script({ match: { method: 'DELETE' }, times: Infinity, act: { mutate: () => clock.set(clock.now() + 5_000) } });
    const done = await prune();
    checkAccounts(done, 300);
    assert.deepEqual([done.tally.counts.removed, statuses(401), hub.count({ method: 'POST' })], [300, 0, 3]);
  });

  it('a secret that is revoked in the middle is tried once, and the rest is named', async () => {
    await serve(300);
    hub.script({
      match: { method: 'DELETE' },
      skip: 100,
      act: { mutate: (world) => void world.revoke('dckr_pat_delete') },
    });
    const done = await prune();
    checkAccounts(done, 300);
    assert.deepEqual(done.stops, ['account']);
    assert.ok(done.tally.counts.removed >= 100 && done.tally.counts.removed <= 107);
    assert.equal(hub.count({ method: 'POST' }), 2, 'one wrong attempt towards the lock-out');
  });

  it('a 429 on one list request of 1,200 tags leaves none of them', async () => {
    await serve(1200);
    hub.script({ match: { method: 'GET', path: 'page=3' }, act: { rateLimited: { form: 'unix', seconds: 45 } } });
    const done = await prune();
    checkAccounts(done, 1200);
    assert.equal(done.tally.counts.removed, 1200);
  });

  for (const form of ['seconds', 'http-date', 'unix', 'x-retry-after', 'none'] as const) {
    it(`worst day hub-tool#214: 429s during deletes are waited for: ${form}`, async () => {
      await serve(300, { rateLimit: { limit: 80, windowSeconds: 60, sendHeaders: false }, retryAfter: form });
      const done = await prune();
      checkAccounts(done, 300);
      assert.equal(done.tally.counts.removed, 300);
      // Where an instant is named, only what was in flight together is refused.
      assert.ok(statuses(429) >= 1 && statuses(429) <= (form === 'none' ? 60 : 4 * 6), String(statuses(429)));
      assert.ok(done.events.some((event) => event.type === 'waiting'));
    });
  }

  for (const alignedToClock of [true, false]) {
    it(`with a true allowance no request is refused at all (invariant 7): windows ${alignedToClock ? 'of the clock' : 'of their own'}`, async () => {
      await serve(300, { rateLimit: { limit: 80, windowSeconds: 60, alignedToClock } });
      const done = await prune();
      checkAccounts(done, 300);
      assert.deepEqual([done.tally.counts.removed, statuses(429)], [300, 0]);
      assert.ok(clock.now() - noon <= 5 * 61_000, `${(clock.now() - noon) / 1000} s`);
    });
  }

  it('locked tags, tags without a right and tags that moved are named, and the others go', async () => {
    await serve(60);
    hub.world.setImmutable('team', 'api', { enabled: true, rules: ['^old-1$'] });
    hub.script({
      match: { method: 'DELETE', tag: 'old-20' },
      act: { status: 403, body: { message: 'permission denied', errinfo: {} } },
    });
    hub.script({ match: { method: 'DELETE', tag: 'old-30' }, act: { status: 503 } });
    hub.script({
      match: { method: 'GET', tag: 'old-30' },
      act: { mutate: (world) => void world.pushTag('team', 'api', 'old-30') },
    });
    hub.script({
      match: { method: 'DELETE', tag: 'old-40' },
      act: { mutate: (world) => void world.removeTag('team', 'api', 'old-40') },
    });
    const done = await prune();
    checkAccounts(done, 60);
    assert.deepEqual(Object.fromEntries(Object.entries(done.ends).filter(([, end]) => end !== 'removed')), {
      'old-1': 'failed',
      'old-20': 'failed',
      'old-30': 'spared',
      'old-40': 'alreadyGone',
    });
    assert.deepEqual(done.outcomes['old-1'], {
      kind: 'failed',
      failure: { kind: 'immutable', status: 403, words: 'tag is immutable and cannot be deleted' },
    });
  });

  it('a block by Cloudflare stops the run, and is no wrong secret (hub-feedback#2502)', async () => {
    await serve(60);
    hub.script({ match: { method: 'DELETE' }, skip: 20, times: Infinity, act: { cloudflare: '1010' } });
    const done = await prune();
    checkAccounts(done, 60);
    assert.deepEqual([done.stops, done.tally.counts.removed], [['blocked'], 20]);
    assert.ok(hub.count({ method: 'DELETE' }) <= 20 + 6);
  });

  it('a token that may not delete costs three requests (nginx-lua#220)', async () => {
    await serve(200);
    hub.world.accounts.get('team')!.tokens[0]!.scope = 'repo:read';
    const done = await prune();
    checkAccounts(done, 200);
    assert.deepEqual([done.stops, hub.count({ method: 'DELETE' })], [['missingRight api'], 3]);
    assert.equal(done.tally.stops[0]!.failure?.words, 'access denied: insufficient scope');
  });

  it('a route that is not served any more costs three requests more, not three a tag', async () => {
    await serve(200);
    hub.script({
      match: { method: 'DELETE', path: '/v2/namespaces/' },
      times: Infinity,
      act: { status: 404, body: '404: Page Not Found', headers: { 'content-type': 'text/plain' } },
    });
    const done = await prune();
    checkAccounts(done, 200);
    assert.equal(done.tally.counts.removed, 200);
    assert.equal(hub.count({ method: 'DELETE' }), 201);
  });

  it('a run that is cancelled in the middle sends nothing more, and what it says is what was done (invariant 8)', async () => {
    await serve(300);
    const controller = new AbortController();
    let sentAtCancel = 0;
    hub.script({ match: { method: 'DELETE' }, times: Infinity, act: { delayMs: 20 } });
    hub.script({
      match: { method: 'DELETE' },
      skip: 50,
      act: { mutate: () => ((sentAtCancel = hub.count({ method: 'DELETE' })), controller.abort()) },
    });
    const done = await prune(controller.signal);
    checkAccounts(done, 300);
    assert.deepEqual(done.stops, ['cancelled']);
    assert.equal(done.tally.counts.removed, hub.deleted.length);
    // One more may have been on its way, on the wire or in the hands of fetch.
    assert.ok(
      hub.count({ method: 'DELETE' }) <= sentAtCancel + 6,
      `${hub.count({ method: 'DELETE' })} after ${sentAtCancel}`,
    );
    assert.equal(done.tally.counts.removed + done.tally.counts.notReached, 300);
  });

  it('neither secret nor token is in the log (invariant 9)', async () => {
    await serve(20);
    hub.script({ match: { method: 'DELETE' }, skip: 3, every: 3, times: 4, act: { status: 503 } });
    const { log, events } = await prune();
    assert.ok(log.length > 20);
    for (const shown of [...log, JSON.stringify(events)]) assert.ok(!/dckr_pat|eyJ/.test(shown), shown);
  });
});
