import assert from 'node:assert/strict';
import type { Hub } from '../../hub/hub.ts';
import { startHub } from '../../hub/hub.ts';
import { ask, tokenOf } from './ask.ts';
import { pushMany, smallWorld } from './smallWorld.ts';

describe('the Docker Hub double: lists', () => {
  let hub: Hub;
  const names = (answer: { body: { results: { name: string }[] } }) => answer.body.results.map(({ name }) => name);

  beforeEach(async () => {
    hub = await startHub({ world: smallWorld() });
  });
  afterEach(() => hub.close());

  it('pages tags by ten, by a hundred at most, newest first, with links on its own origin', async () => {
    const path = '/v2/namespaces/ann/repositories/app/tags';
    pushMany(hub.world, 'ann', 'app', 248);
    const token = await tokenOf(hub, 'ann', 'admin-pat');
    assert.equal((await ask(hub, 'GET', path, { token })).body.results.length, 10);
    const seen: string[] = [];
    const sizes: number[] = [];
    let next: string | null = `${hub.origin}${path}?page_size=1000`;
    while (next !== null) {
      const page = await ask(hub, 'GET', next.slice(hub.origin.length), { token });
      assert.equal(page.body.count, 250);
      assert.equal(page.body.previous === null, sizes.length === 0);
      seen.push(...names(page));
      sizes.push(page.body.results.length);
      next = page.body.next;
      assert.ok(next === null || next.startsWith(`${hub.origin}${path}?page=`));
    }
    assert.deepEqual(sizes, [100, 100, 50]);
    assert.deepEqual([seen[0], seen[247], seen[248], seen[249]], ['t0248', 't0001', 'v2', 'v1']);
    assert.equal(new Set(seen).size, 250);
    assert.equal((await ask(hub, 'GET', `${path}?page=4&page_size=100`, { token })).status, 404);
  });

  it('puts undated tags last, and honours ordering and name', async () => {
    hub.world.pushTag('ann', 'app', 'ancient', { pushedAt: null });
    hub.world.pushTag('ann', 'app', 'v10', { pushedAt: '2024-02-01T00:00:00Z' });
    const list = async (query: string) =>
      names(await ask(hub, 'GET', `/v2/namespaces/ann/repositories/app/tags${query}`));
    assert.deepEqual(await list(''), ['v2', 'v10', 'v1', 'ancient']);
    assert.deepEqual(await list('?ordering=last_updated'), ['v1', 'v10', 'v2', 'ancient']);
    assert.deepEqual(await list('?ordering=-name&name=v'), ['v2', 'v10', 'v1']);
  });

  it('shifts rows when a tag goes while someone pages', async () => {
    pushMany(hub.world, 'ann', 'app', 20);
    const page = (number: number) =>
      ask(hub, 'GET', `/v2/namespaces/ann/repositories/app/tags?page=${number}&page_size=5`);
    assert.equal(names(await page(1))[4], 't0016');
    hub.world.removeTag('ann', 'app', 't0018');
    assert.equal(names(await page(2))[0], 't0014');
  });

  it('refuses a signed-out caller past the first thousand rows', async () => {
    pushMany(hub.world, 'ann', 'app', 1100);
    const path = '/v2/namespaces/ann/repositories/app/tags?page_size=100&page=';
    assert.equal((await ask(hub, 'GET', `${path}10`)).status, 200);
    const refused = await ask(hub, 'GET', `${path}11`);
    assert.equal(refused.status, 403);
    assert.deepEqual(refused.body, {
      message: 'pagination offset too large for anonymous requests; sign in to page further',
      errinfo: {},
    });
    assert.equal((await ask(hub, 'GET', `${path}11`, { token: await tokenOf(hub, 'ann', 'read-pat') })).status, 200);
  });

  it('lists repositories by name, only those that the caller may see', async () => {
    const list = async (namespace: string, token?: string) =>
      names(await ask(hub, 'GET', `/v2/namespaces/${namespace}/repositories`, token === undefined ? {} : { token }));
    assert.deepEqual(await list('ann'), ['app']);
    assert.deepEqual(await list('ann', await tokenOf(hub, 'ann', 'read-pat')), ['app', 'private']);
    assert.deepEqual(await list('ann', await tokenOf(hub, 'ann', 'public-pat')), ['app']);
    assert.deepEqual(await list('ann', await tokenOf(hub, 'bob', 'bob-pat')), ['app']);
    assert.deepEqual(await list('acme', await tokenOf(hub, 'bob', 'bob-pat')), ['secret', 'web']);
    assert.deepEqual(await list('acme', await tokenOf(hub, 'acme', 'full-oat')), ['secret', 'web']);
    assert.deepEqual(await list('acme', await tokenOf(hub, 'acme', 'listless-oat')), ['web']);
  });

  it('orders and filters repositories, and says 400 to an ordering that it does not know', async () => {
    hub.world.addRepository({ namespace: 'ann', name: 'apple', pullCount: 7 });
    hub.world.pushTag('ann', 'apple', 'latest', { pushedAt: '2020-01-01T00:00:00Z' });
    const list = (query: string) => ask(hub, 'GET', `/v2/namespaces/ann/repositories?${query}`);
    assert.deepEqual(names(await list('ordering=-last_updated')), ['app', 'apple']);
    assert.deepEqual(names(await list('ordering=-pull_count&name=pp')), ['apple', 'app']);
    assert.deepEqual(names(await list('name=apple')), ['apple']);
    const refused = await list('ordering=size');
    assert.equal(refused.status, 400);
    assert.equal(refused.body.text, 'Invalid ordering value');
    assert.ok(Array.isArray(refused.body.fields.ordering));
  });

  it('moves last_updated of the repository on a push', async () => {
    const row = async () => (await ask(hub, 'GET', '/v2/namespaces/ann/repositories/app')).body;
    assert.equal((await row()).last_updated, '2024-02-01T00:00:00.000000Z');
    hub.world.pushTag('ann', 'app', 'v3', { pushedAt: '2025-05-05T05:05:05.123456789Z' });
    assert.equal((await row()).last_updated, '2025-05-05T05:05:05.123456789Z');
  });

  it("tells the account's permissions and the immutable rules in the detail", async () => {
    hub.world.setImmutable('acme', 'web', { enabled: true, rules: ['^v'] });
    const detail = async (identifier: string, secret: string) =>
      (await ask(hub, 'GET', '/v2/namespaces/acme/repositories/web', { token: await tokenOf(hub, identifier, secret) }))
        .body;
    const ann = await detail('ann', 'read-pat');
    assert.deepEqual(ann.permissions, { read: true, write: true, admin: true });
    assert.deepEqual(ann.immutable_tags_settings, { enabled: true, rules: ['^v'] });
    assert.deepEqual((await detail('bob', 'bob-pat')).permissions, { read: true, write: false, admin: false });
  });

  it('hides private repositories behind 404', async () => {
    const bob = await tokenOf(hub, 'bob', 'bob-pat');
    for (const path of [
      '/v2/namespaces/ann/repositories/private',
      '/v2/namespaces/ann/repositories/private/tags',
      '/v2/namespaces/ann/repositories/private/tags/v1',
    ]) {
      const hidden = await ask(hub, 'GET', path, { token: bob });
      assert.equal(hidden.status, 404, path);
      assert.deepEqual(hidden.body, { message: 'object not found', errinfo: {} });
      assert.equal((await ask(hub, 'GET', path, { token: await tokenOf(hub, 'ann', 'read-pat') })).status, 200, path);
    }
  });

  it('shows one tag, and HEAD tells whether there is one', async () => {
    const path = '/v2/namespaces/ann/repositories/app/tags';
    assert.equal((await ask(hub, 'GET', `${path}/v1`)).body.last_updated, '2024-01-01T00:00:00.000000Z');
    assert.equal((await ask(hub, 'HEAD', `${path}/v1`)).status, 200);
    assert.equal((await ask(hub, 'HEAD', `${path}/v9`)).status, 404);
    assert.equal((await ask(hub, 'HEAD', path)).status, 200);
    hub.world.addRepository({ namespace: 'ann', name: 'empty' });
    assert.equal((await ask(hub, 'HEAD', '/v2/namespaces/ann/repositories/empty/tags')).status, 404);
    assert.equal((await ask(hub, 'GET', '/v2/namespaces/ann/repositories/empty/tags')).body.count, 0);
  });

  it('lists organisations without the personal namespace, to users only', async () => {
    const token = await tokenOf(hub, 'ann', 'read-pat');
    const { body } = await ask(hub, 'GET', '/v2/user/orgs?page_size=100', { token });
    assert.deepEqual(
      body.results.map((row: { orgname: string }) => row.orgname),
      ['acme'],
    );
    assert.equal((await ask(hub, 'GET', '/v2/user/orgs')).status, 401);
    assert.equal(
      (await ask(hub, 'GET', '/v2/user/orgs', { token: await tokenOf(hub, 'acme', 'full-oat') })).status,
      403,
    );
    assert.deepEqual((await ask(hub, 'GET', '/v2/repositories/namespaces', { token })).body.namespaces, [
      'ann',
      'acme',
    ]);
  });

  it('serves legacy paths with the slash, redirects without it, and refuses organisation tokens there', async () => {
    assert.equal((await ask(hub, 'GET', '/v2/repositories/ann/app/')).body.name, 'app');
    assert.deepEqual(names(await ask(hub, 'GET', '/v2/repositories/ann/')), ['app']);
    const moved = await ask(hub, 'GET', '/v2/repositories/ann/app?x=1');
    assert.equal(moved.status, 301);
    assert.equal(moved.headers.get('location'), `${hub.origin}/v2/repositories/ann/app/?x=1`);
    const refused = await ask(hub, 'GET', '/v2/repositories/acme/', { token: await tokenOf(hub, 'acme', 'full-oat') });
    assert.equal(refused.status, 403);
    assert.equal(refused.body.message, 'token issued from organization access token is not allowed');
    assert.equal((await ask(hub, 'GET', '/v2/nowhere')).body, '404: Page Not Found');
  });
});
