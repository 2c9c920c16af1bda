import assert from 'node:assert/strict';
import type { RegistryAnswer } from '../../registry/askRegistry.ts';
import { askRegistry } from '../../registry/askRegistry.ts';
import type { Index } from '../../registry/manifest.ts';
import { anyManifest, mediaTypes } from '../../registry/manifest.ts';
import { digestOf } from '../../registry/registryPusher.ts';
import { useRegistry } from '../../registry/useRegistry.ts';
import { ask, tokenOf } from '../hub-double/ask.ts';
import { askForToken } from './askForToken.ts';

describe('a real registry beside the Docker Hub double', () => {
  const registry = useRegistry((world) => {
    world.addAccount({
      name: 'ann',
      password: 'pw',
      tokens: [
        { secret: 'admin-pat', scope: 'repo:admin' },
        { secret: 'read-pat', scope: 'repo:read' },
      ],
    });
    world.addRepository({ namespace: 'ann', name: 'app', isPrivate: true });
  });

  const address = (reference: string, repository = 'ann/app'): string =>
    `${registry().registryOrigin}/v2/${repository}/manifests/${reference}`;
  const tokenWith = async (secret: string): Promise<string> =>
    (await askForToken(registry(), 'repository:ann/app:pull,push', `ann:${secret}`)).body.token as string;
  const get = async (reference: string): Promise<RegistryAnswer> =>
    askRegistry('GET', address(reference), { token: await tokenWith('read-pat'), headers: { accept: anyManifest } });
  const put = (reference: string, mediaType: string, body: Uint8Array, token: string): Promise<RegistryAnswer> =>
    askRegistry('PUT', address(reference), { token, headers: { 'content-type': mediaType }, body });
  const deleteTag = async (tag: string): Promise<void> => {
    const { hub } = registry();
    const { status } = await ask(hub, 'DELETE', `/v2/namespaces/ann/repositories/app/tags/${tag}`, {
      token: await tokenOf(hub, 'ann', 'admin-pat'),
    });
    assert.equal(status, 204);
  };
  const listed = async (tag: string): Promise<{ status: number; body: Record<string, unknown> }> => {
    const { hub } = registry();
    return ask(hub, 'GET', `/v2/namespaces/ann/repositories/app/tags/${tag}`, {
      token: await tokenOf(hub, 'ann', 'admin-pat'),
    });
  };

  it('sends who has no token to the token service of the Hub', async () => {
    await registry().pushImage('ann/app', 'v1');
    const refused = await askRegistry('GET', address('v1'));
    assert.equal(refused.status, 401);
    assert.equal(
      refused.headers['www-authenticate'],
      `Bearer realm="${registry().hub.origin}/token",service="registry.docker.io",scope="repository:ann/app:pull"`,
    );
  });

  for (const format of ['oci', 'docker'] as const) {
    it(`gives a pushed ${format} image by tag and by digest, with its bytes, and the Hub lists it`, async () => {
      const pushed = await registry().pushImage('ann/app', 'v1', { format, pushedAt: Date.UTC(2025, 0, 2) });
      for (const reference of ['v1', pushed.digest]) {
        const { status, headers, body } = await get(reference);
        assert.deepEqual(
          [status, headers['content-type'], headers['docker-content-digest']],
          [200, mediaTypes[format].manifest, pushed.digest],
        );
        assert.deepEqual(body, pushed.bytes);
        assert.equal(digestOf(body), pushed.digest);
      }
      const { digest, media_type, tag_last_pushed } = (await listed('v1')).body;
      assert.deepEqual(
        { digest, media_type, tag_last_pushed },
        {
          digest: pushed.digest,
          media_type: mediaTypes[format].manifest,
          tag_last_pushed: '2025-01-02T00:00:00.000000Z',
        },
      );
    });
  }

  it('makes the same digest of the same content, and another of another', async () => {
    const [one, two, three] = [
      await registry().pushImage('ann/app', 'one', { content: 'same' }),
      await registry().pushImage('ann/app', 'two', { content: 'same' }),
      await registry().pushImage('ann/app', 'three'),
    ];
    assert.equal(one.digest, two.digest);
    assert.notEqual(one.digest, three.digest);
  });

  it('loses a name, not its manifest, when the Hub deletes the tag; other names of the digest stay', async () => {
    const { digest, bytes } = await registry().pushImage('ann/app', 'gone', { content: 'same' });
    await registry().pushImage('ann/app', 'stays', { content: 'same' });
    assert.deepEqual([...registry().tagsIn('ann/app')].sort(), [
      ['gone', digest],
      ['stays', digest],
    ]);
    await deleteTag('gone');
    assert.deepEqual([...registry().tagsIn('ann/app')], [['stays', digest]]);
    assert.equal((await get('gone')).status, 404);
    assert.deepEqual([(await get(digest)).status, (await get('stays')).status], [200, 200]);
    assert.deepEqual((await get(digest)).body, bytes);
    assert.equal((await listed('gone')).status, 404);
  });

  it('takes the same bytes back under the old name with the same digest, and the Hub lists it with a new push date', async () => {
    const { digest, mediaType, bytes } = await registry().pushImage('ann/app', 'v1', {
      pushedAt: Date.UTC(2025, 0, 2),
    });
    await deleteTag('v1');
    const before = Date.now();
    const back = await put('v1', mediaType, bytes, await tokenWith('admin-pat'));
    assert.deepEqual([back.status, back.headers['docker-content-digest']], [201, digest]);
    assert.deepEqual((await get('v1')).body, bytes);
    const row = (await listed('v1')).body;
    assert.equal(row['digest'], digest);
    assert.ok(Date.parse(String(row['tag_last_pushed'])) >= before, String(row['tag_last_pushed']));
  });

  it('shows a push of somebody else on the Hub once, also of the digest that the tag had', async () => {
    const { mediaType, bytes, digest } = await registry().pushImage('ann/app', 'v1', {
      pushedAt: Date.UTC(2025, 0, 2),
    });
    assert.equal((await listed('v1')).body['tag_last_pushed'], '2025-01-02T00:00:00.000000Z');
    await put('v1', mediaType, bytes, await tokenWith('admin-pat'));
    assert.notEqual((await listed('v1')).body['tag_last_pushed'], '2025-01-02T00:00:00.000000Z');
    registry().hub.world.pushTag('ann', 'app', 'v1', { pushedAt: '2025-03-04T00:00:00.000000Z', digest });
    assert.equal((await listed('v1')).body['tag_last_pushed'], '2025-03-04T00:00:00.000000Z');
  });

  it('gives an index back with its children as they are, after its tag was deleted and put back', async () => {
    const { digest, mediaType, bytes, children } = await registry().pushIndex('ann/app', 'multi');
    await deleteTag('multi');
    assert.equal((await put('multi', mediaType, bytes, await tokenWith('admin-pat'))).status, 201);
    const index = await get('multi');
    assert.deepEqual(
      [index.status, index.headers['content-type'], index.headers['docker-content-digest']],
      [200, mediaTypes.oci.index, digest],
    );
    assert.deepEqual(index.body, bytes);
    const { manifests } = JSON.parse(index.body.toString()) as Index;
    assert.deepEqual(
      manifests.map(({ platform }) => platform),
      [
        { architecture: 'amd64', os: 'linux' },
        { architecture: 'arm64', os: 'linux', variant: 'v8' },
        { architecture: 'unknown', os: 'unknown' },
      ],
    );
    assert.deepEqual(
      manifests.map((child) => child.digest),
      children.map((child) => child.digest),
    );
    for (const child of children) assert.deepEqual((await get(child.digest)).body, child.bytes);
    const images = (await listed('multi')).body['images'] as { digest: string; architecture: string }[];
    assert.deepEqual(
      images.map(({ architecture, digest: of }) => [architecture, of]),
      manifests.map((child) => [child.platform?.architecture, child.digest]),
    );
  });

  it('refuses the PUT of a token that may only read, and what no secret stands behind', async () => {
    const { bytes, mediaType } = await registry().pushImage('ann/app', 'v1');
    const refused = await put('v2', mediaType, bytes, await tokenWith('read-pat'));
    assert.equal(refused.status, 401);
    assert.match(refused.headers['www-authenticate'] ?? '', /error="insufficient_scope"/);
    assert.equal((await put('v2', mediaType, bytes, 'forged')).status, 401);
    assert.equal((await get('v2')).status, 404);
    assert.equal((await askForToken(registry(), 'repository:ann/app:pull', 'ann:wrong')).status, 401);
  });

  it('refuses tokens that ran out, are for another service, or are for another repository', async () => {
    const { hub } = registry();
    await registry().pushImage('ann/app', 'v1');
    const pull = async (token: string): Promise<number> =>
      (await askRegistry('GET', address('v1'), { token, headers: { accept: anyManifest } })).status;
    assert.equal(await pull(await tokenWith('read-pat')), 200);
    hub.world.addRepository({ namespace: 'ann', name: 'other' });
    assert.equal(
      await pull((await askForToken(registry(), 'repository:ann/other:pull', 'ann:read-pat')).body.token),
      401,
    );
    const elsewhere = hub.registry?.token({
      subject: 'ann',
      audience: 'elsewhere',
      access: [{ type: 'repository', name: 'ann/app', actions: ['pull'] }],
      lifeSeconds: 60,
    });
    assert.equal(await pull(elsewhere ?? ''), 401);
    hub.options.registryTokenLifeSeconds = -90;
    assert.equal(await pull(await tokenWith('read-pat')), 401);
  });

  it('loses a repository with its manifests when the Hub deletes it', async () => {
    const { hub } = registry();
    const { digest } = await registry().pushImage('ann/app', 'v1');
    const { status } = await ask(hub, 'DELETE', '/v2/namespaces/ann/repositories/app', {
      token: await tokenOf(hub, 'ann', 'admin-pat'),
    });
    assert.equal(status, 202);
    hub.world.addRepository({ namespace: 'ann', name: 'app' });
    assert.deepEqual([(await get('v1')).status, (await get(digest)).status], [404, 404]);
  });

  it('behaves as the notes say: DELETE of a tag is refused, DELETE of a digest takes the manifest and its tags', async () => {
    const { digest } = await registry().pushImage('ann/app', 'v1');
    const token = (await askForToken(registry(), 'repository:ann/app:pull,push,delete', 'ann:admin-pat')).body
      .token as string;
    assert.equal((await askRegistry('DELETE', address('v1'), { token })).status, 400);
    assert.equal((await get('v1')).status, 200);
    assert.equal((await askRegistry('DELETE', address(digest), { token })).status, 202);
    assert.deepEqual([(await get('v1')).status, (await get(digest)).status], [404, 404]);
  });
});
