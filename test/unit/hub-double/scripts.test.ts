import assert from 'node:assert/strict';
import type { Hub } from '../../hub/hub.ts';
import { startHub } from '../../hub/hub.ts';
import type { ScriptAct } from '../../hub/script.ts';
import { ask, tokenOf } from './ask.ts';
import { pushMany, smallWorld } from './smallWorld.ts';

describe('the Docker Hub double: scripts', () => {
  let hub: Hub;
  const list = '/v2/namespaces/ann/repositories/app/tags';
  const always = (act: ScriptAct) => hub.script({ times: Infinity, act });

  beforeEach(async () => {
    hub = await startHub({ world: smallWorld() });
  });
  afterEach(() => hub.close());

  it('acts on what matches, after skip, on each Nth, so often, until removed', async () => {
    const script = hub.script({
      match: { method: 'GET', path: '/tags/', tag: 'v1' },
      skip: 1,
      every: 2,
      times: 2,
      act: { status: 503, body: { message: 'busy' } },
    });
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++) statuses.push((await ask(hub, 'GET', `${list}/v1`)).status);
    assert.deepEqual(statuses, [200, 200, 503, 200, 503, 200, 200]);
    assert.equal(script.hits, 2);
    assert.equal((await ask(hub, 'GET', `${list}/v2`)).status, 200);
    const removed = always({ status: 500 });
    removed.remove();
    assert.equal((await ask(hub, 'GET', list)).status, 200);
  });

  it('composes what only changes the true answer', async () => {
    hub.script({ act: { mutate: (world) => world.pushTag('ann', 'app', 'v3') } });
    hub.script({ act: { transform: (body) => ({ ...body, count: 999 }) } });
    const { body } = await ask(hub, 'GET', list);
    assert.equal(body.count, 999);
    assert.equal(body.results[0].name, 'v3');
  });

  it('changes the world between two requests without the client seeing it', async () => {
    hub.script({
      match: { tag: 'v1' },
      act: {
        when: 'after',
        mutate: (world, { tag }) => world.pushTag('ann', 'app', tag ?? '', { digest: 'sha256:new' }),
      },
    });
    assert.notEqual((await ask(hub, 'GET', `${list}/v1`)).body.digest, 'sha256:new');
    assert.equal((await ask(hub, 'GET', `${list}/v1`)).body.digest, 'sha256:new');
  });

  it("keeps the world's rows from what a transform does", async () => {
    hub.script({ act: { transform: (row: { name: string }) => Object.assign(row, { name: 'changed' }) } });
    assert.equal((await ask(hub, 'GET', `${list}/v1`)).body.name, 'changed');
    assert.equal((await ask(hub, 'GET', `${list}/v1`)).body.name, 'v1');
  });

  it('resets before or after the effect', async () => {
    const token = await tokenOf(hub, 'ann', 'admin-pat');
    hub.script({ match: { tag: 'v1' }, act: { reset: true } });
    hub.script({ match: { tag: 'v2' }, act: { resetAfterEffect: true } });
    await assert.rejects(ask(hub, 'DELETE', `${list}/v1`, { token }), TypeError);
    await assert.rejects(ask(hub, 'DELETE', `${list}/v2`, { token }), TypeError);
    assert.deepEqual(hub.deleted, ['ann/app:v2']);
    assert.deepEqual(
      hub.requests.filter(({ method }) => method === 'DELETE').map(({ status }) => status),
      [0, 0],
    );
  });

  it('answers another success than the true one after the effect, and leaves refusals as they are', async () => {
    const token = await tokenOf(hub, 'ann', 'admin-pat');
    hub.script({ match: { method: 'DELETE' }, times: 2, act: { succeedAs: { status: 202, body: { queued: true } } } });
    assert.equal((await ask(hub, 'DELETE', `${list}/v2`, { token })).status, 202);
    assert.equal((await ask(hub, 'DELETE', `${list}/v2`, { token })).status, 404);
    assert.deepEqual(hub.deleted, ['ann/app:v2']);
  });

  it('hangs until it is closed', async () => {
    always({ hang: true });
    const hung = ask(hub, 'GET', list);
    const rejected = assert.rejects(hung, TypeError);
    while (hub.requests.length === 0) await new Promise(setImmediate);
    await hub.close();
    await rejected;
  });

  it('ends delays and endless bodies when it is closed', async () => {
    hub.script({ match: { path: 'late' }, act: { delayMs: 3_600_000 } });
    hub.script({ match: { path: 'endless' }, act: { endless: true } });
    const late = assert.rejects(ask(hub, 'GET', '/late'), TypeError);
    const endless = await fetch(`${hub.origin}/endless`);
    while (hub.requests.length < 2) await new Promise(setImmediate);
    await hub.close();
    await late;
    await assert.rejects(endless.text(), TypeError);
  });

  it('carries out what was asked for even if the client does not wait for it', async () => {
    const token = await tokenOf(hub, 'ann', 'admin-pat');
    hub.script({ match: { method: 'DELETE' }, act: { delayMs: 30 } });
    const impatient = new AbortController();
    const asked = fetch(`${hub.origin}${list}/v1`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
      signal: impatient.signal,
    });
    while (hub.count({ method: 'DELETE' }) === 0) await new Promise(setImmediate);
    impatient.abort();
    await assert.rejects(asked);
    while (hub.deleted.length === 0) await new Promise(setImmediate);
    assert.deepEqual(hub.deleted, ['ann/app:v1']);
  });

  it('truncates a body and drips one', async () => {
    hub.script({ act: { truncate: true } });
    await assert.rejects(ask(hub, 'GET', list), TypeError);
    hub.script({ act: { drip: { bytesPerSecond: 100_000 } } });
    const before = performance.now();
    assert.equal((await ask(hub, 'GET', list)).body.count, 2);
    assert.ok(performance.now() - before > 10, 'two kilobytes took no time');
  });

  it('sends what is not JSON', async () => {
    hub.script({ act: { htmlUnder200: true } });
    const page = await ask(hub, 'GET', list);
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type') ?? '', /text\/html/);
    hub.script({ act: { cloudflare: '1010' } });
    const blocked = await ask(hub, 'GET', list);
    assert.deepEqual(
      [blocked.status, blocked.body, blocked.headers.get('server'), blocked.headers.get('x-ratelimit-limit')],
      [403, 'error code: 1010', 'cloudflare', null],
    );
    hub.script({ act: { cloudflare: 'challenge' } });
    assert.match((await ask(hub, 'GET', list)).body, /Just a moment\.\.\./);
  });

  it('sends JSON of wrong types, a 429 and a redirect', async () => {
    hub.script({ act: { wrongTypes: true } });
    const { body } = await ask(hub, 'GET', list);
    assert.deepEqual([typeof body.count, Array.isArray(body.results), typeof body.next], ['string', false, 'number']);
    hub.script({ act: { rateLimited: { form: 'seconds', seconds: 7 } } });
    const refused = await ask(hub, 'GET', list);
    assert.deepEqual(
      [refused.status, refused.headers.get('retry-after'), refused.headers.get('x-ratelimit-remaining')],
      [429, '7', '0'],
    );
    hub.script({ act: { redirect: 'http://127.0.0.1:1/elsewhere', status: 307 } });
    const moved = await ask(hub, 'GET', list);
    assert.deepEqual([moved.status, moved.headers.get('location')], [307, 'http://127.0.0.1:1/elsewhere']);
  });

  it('shuffles a tag list over its pages without losing any', async () => {
    pushMany(hub.world, 'ann', 'app', 28);
    always({ shuffled: true });
    const names: string[] = [];
    for (const page of [1, 2, 3]) {
      names.push(
        ...(await ask(hub, 'GET', `${list}?page=${page}`)).body.results.map((row: { name: string }) => row.name),
      );
    }
    const inOrder = [...(hub.world.repository('ann', 'app')?.tags.keys() ?? [])];
    assert.notDeepEqual(names, inOrder.toReversed());
    assert.deepEqual(names.toSorted(), inOrder.toSorted());
  });
});
