import assert from 'node:assert/strict';
import { askRegistry } from '../../registry/askRegistry.ts';
import type { ImageManifest, Index } from '../../registry/manifest.ts';
import { anyManifest, mediaTypes } from '../../registry/manifest.ts';
import { useRegistry } from '../../registry/useRegistry.ts';
import { ask, tokenOf } from '../hub-double/ask.ts';
import { askForToken } from './askForToken.ts';

const minute = 60_000;

describe('signatures in a real registry', () => {
  const registry = useRegistry((world) => {
    world.addAccount({ name: 'ann', password: 'pw', tokens: [{ secret: 'admin-pat', scope: 'repo:admin' }] });
    world.addRepository({ namespace: 'ann', name: 'app', isPrivate: true });
  });

  const inRegistry = async (method: string, path: string) => {
    const token = (await askForToken(registry(), 'repository:ann/app:pull', 'ann:admin-pat')).body.token as string;
    return askRegistry(method, `${registry().registryOrigin}/v2/ann/app/${path}`, {
      token,
      headers: { accept: anyManifest },
    });
  };
  const head = async (reference: string): Promise<string | number | undefined> => {
    const { status, headers } = await inRegistry('HEAD', `manifests/${reference}`);
    return status === 200 ? String(headers['docker-content-digest']) : status;
  };
  const manifest = async <T>(reference: string): Promise<T> =>
    JSON.parse((await inRegistry('GET', `manifests/${reference}`)).body.toString()) as T;
  const onHub = async (method: string, path: string) => {
    const { hub } = registry();
    return ask(hub, method, `/v2/namespaces/ann/repositories/app/tags${path}`, {
      token: await tokenOf(hub, 'ann', 'admin-pat'),
    });
  };

  for (const kind of ['image', 'index'] as const) {
    it(`stand at the tags of the ${kind} that they sign, in both forms, and the Hub lists them seconds after it`, async () => {
      const pushedAt = Date.now() - 60 * minute;
      const { image, subject, signatures, digests } = await registry().pushSigned('ann/app', 'v1', { kind, pushedAt });
      const hex = image.digest.slice('sha256:'.length);
      assert.deepEqual([...digests.keys()], ['v1', `sha256-${hex}.sig`, `sha256-${hex}`]);
      assert.equal(subject, image);
      assert.equal(new Set(digests.values()).size, 3);
      for (const [tag, digest] of digests) assert.equal(await head(tag), digest);
      const listed = (await onHub('GET', '?page_size=100')).body.results as {
        name: string;
        digest: string;
        media_type: string;
        tag_last_pushed: string;
        full_size: number;
        images: { size: number }[];
      }[];
      assert.deepEqual(new Map(listed.map(({ name, digest }) => [name, digest])), new Map([...digests].reverse()));
      for (const { name, media_type, tag_last_pushed, full_size, images } of listed) {
        assert.equal(Date.parse(tag_last_pushed), name === 'v1' ? pushedAt : pushedAt + 5_000);
        if (name !== 'v1') {
          assert.equal(media_type, name.endsWith('.sig') ? mediaTypes.oci.manifest : mediaTypes.oci.index);
        }
        assert.equal(full_size, images[0]?.size, 'the size of one image');
      }
      const [sig, fallback] = signatures;
      assert.equal(
        (await manifest<ImageManifest>(sig!.tag)).layers[0]?.mediaType,
        'application/vnd.dev.cosign.simplesigning.v1+json',
      );
      const [referrer] = (await manifest<Index>(fallback!.tag)).manifests;
      const { subject: of, artifactType } = await manifest<ImageManifest>(referrer!.digest);
      assert.deepEqual([of?.digest, artifactType], [image.digest, referrer?.artifactType]);
    });
  }

  it('sign one platform of an index, a signature, and the same digest once more', async () => {
    const { image, subject, signatures } = await registry().pushSigned('ann/app', 'v1', {
      signs: 'platform',
      forms: ['.sig'],
    });
    assert.notEqual(subject.digest, image.digest);
    assert.equal(await head(subject.digest), subject.digest);
    assert.deepEqual(
      signatures.map(({ tag }) => tag),
      [`sha256-${subject.digest.slice(7)}.sig`],
    );
    const [ofSignature] = await registry().sign('ann/app', signatures[0]!, { forms: ['fallback'] });
    assert.equal(ofSignature?.tag, `sha256-${signatures[0]!.digest.slice(7)}`);
    const [again] = await registry().sign('ann/app', subject, { forms: ['.sig'], signer: 'ben' });
    assert.notEqual(again?.digest, signatures[0]!.digest);
    assert.deepEqual(
      registry().tagsIn('ann/app'),
      new Map([
        ['v1', image.digest],
        [again!.tag, again!.digest],
        [ofSignature.tag, ofSignature.digest],
      ]),
    );
  });

  it('lose their names one by one when the Hub deletes the tags; the manifests stay', async () => {
    const { digests } = await registry().pushSigned('ann/app', 'v1');
    const left = new Map(digests);
    for (const [tag, digest] of digests) {
      assert.equal((await onHub('DELETE', `/${tag}`)).status, 204);
      left.delete(tag);
      assert.deepEqual(registry().tagsIn('ann/app'), left);
      assert.deepEqual([await head(tag), await head(digest)], [404, digest]);
    }
  });

  it('are found by tag alone: this registry has no referrers API', async () => {
    const { image } = await registry().pushSigned('ann/app', 'v1');
    assert.equal((await inRegistry('GET', `referrers/${image.digest}`)).status, 404);
  });
});
