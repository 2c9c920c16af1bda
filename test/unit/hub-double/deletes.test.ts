import assert from 'node:assert/strict';
import type { Hub } from '../../hub/hub.ts';
import { startHub } from '../../hub/hub.ts';
import { ask, tokenOf } from './ask.ts';
import { smallWorld } from './smallWorld.ts';

describe('the Docker Hub double: deletes', () => {
  let hub: Hub;
  let now: number;
  const tag = (namespace: string, name: string, tagName: string) =>
    `/v2/namespaces/${namespace}/repositories/${name}/tags/${tagName}`;

  beforeEach(async () => {
    now = Date.UTC(2026, 0, 1);
    hub = await startHub({ world: smallWorld(() => now), now: () => now });
  });
  afterEach(() => hub.close());

  it('deletes a tag with 204 on both paths, then answers 404, and leaves tags of the same digest', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    for (const name of ['one', 'two', 'three']) hub.world.pushTag('ann', 'app', name, { digest });
    const token = await tokenOf(hub, 'ann', 'admin-pat');
    const first = await ask(hub, 'DELETE', tag('ann', 'app', 'one'), { token });
    assert.deepEqual([first.status, first.body], [204, '']);
    assert.equal((await ask(hub, 'DELETE', tag('ann', 'app', 'one'), { token })).status, 404);
    assert.equal((await ask(hub, 'DELETE', '/v2/repositories/ann/app/tags/two/', { token })).status, 204);
    assert.equal((await ask(hub, 'GET', tag('ann', 'app', 'three'))).body.digest, digest);
    assert.deepEqual(hub.deleted, ['ann/app:one', 'ann/app:two']);
    assert.equal(hub.count({ method: 'DELETE' }), 3);
    assert.equal(hub.count({ method: 'DELETE', tag: 'one' }), 2);
    assert.equal(hub.count({ path: /\/tags\/two\/$/ }), 1);
  });

  it('redirects a legacy DELETE without the slash and deletes nothing', async () => {
    const moved = await ask(hub, 'DELETE', '/v2/repositories/ann/app/tags/v1', {
      token: await tokenOf(hub, 'ann', 'admin-pat'),
    });
    assert.equal(moved.status, 301);
    assert.equal(moved.headers.get('location'), `${hub.origin}/v2/repositories/ann/app/tags/v1/`);
    assert.deepEqual(hub.deleted, []);
  });

  it("says which right is missing: the token's scope or the account's role", async () => {
    const remove = async (path: string, identifier: string, secret: string) =>
      ask(hub, 'DELETE', path, { token: await tokenOf(hub, identifier, secret) });
    for (const secret of ['read-pat', 'write-pat']) {
      const refused = await remove(tag('ann', 'app', 'v1'), 'ann', secret);
      assert.equal(refused.status, 403);
      assert.deepEqual(refused.body, { message: 'access denied: insufficient scope', errinfo: {} });
    }
    for (const path of [tag('acme', 'web', 'v1'), '/v2/namespaces/acme/repositories/web']) {
      const refused = await remove(path, 'bob', 'bob-pat');
      assert.deepEqual([refused.status, refused.body.message], [403, 'permission denied']);
    }
    assert.equal(
      (await remove(tag('acme', 'web', 'v1'), 'acme', 'listless-oat')).body.message,
      'access denied: insufficient scope',
    );
    assert.equal((await ask(hub, 'DELETE', tag('ann', 'app', 'v1'))).status, 401);
    assert.deepEqual(hub.deleted, []);
    assert.equal((await remove(tag('acme', 'secret', 'v1'), 'acme', 'full-oat')).status, 204);
    assert.equal((await remove(tag('ann', 'app', 'v1'), 'ann', 'pw')).status, 204);
  });

  it('refuses to delete immutable tags, by rule and all of them', async () => {
    const token = await tokenOf(hub, 'ann', 'admin-pat');
    hub.world.setImmutable('ann', 'app', { enabled: true, rules: ['^v1$'] });
    const refused = await ask(hub, 'DELETE', tag('ann', 'app', 'v1'), { token });
    assert.equal(refused.status, 403);
    assert.match(refused.body.message, /immutable/);
    assert.equal((await ask(hub, 'DELETE', tag('ann', 'app', 'v2'), { token })).status, 204);
    hub.world.setImmutable('acme', 'web', { enabled: true, rules: [] });
    assert.equal((await ask(hub, 'DELETE', tag('acme', 'web', 'v2'), { token })).status, 403);
    hub.world.setImmutable('acme', 'web', { enabled: false, rules: ['.*'] });
    assert.equal((await ask(hub, 'DELETE', tag('acme', 'web', 'v2'), { token })).status, 204);
  });

  it('deletes a repository with 202, at once or after a while', async () => {
    const token = await tokenOf(hub, 'ann', 'admin-pat');
    assert.equal((await ask(hub, 'DELETE', '/v2/namespaces/ann/repositories/app', { token })).status, 202);
    assert.equal((await ask(hub, 'GET', '/v2/namespaces/ann/repositories/app', { token })).status, 404);
    hub.options.repositoryDeletionDelayMs = 60_000;
    assert.equal((await ask(hub, 'DELETE', '/v2/repositories/acme/web/', { token })).status, 202);
    const list = async () =>
      (await ask(hub, 'GET', '/v2/namespaces/acme/repositories', { token })).body.results.map(
        (row: { name: string }) => row.name,
      );
    assert.deepEqual(await list(), ['secret', 'web']);
    now += 60_000;
    assert.deepEqual(await list(), ['secret']);
    assert.deepEqual(hub.deletedRepositories, ['ann/app', 'acme/web']);
  });
});
