import assert from 'node:assert/strict';
import { ClusterStore } from '../../../../src/editor/references/clusterStore.ts';
import { readPodImages } from '../../../../src/references/parsers/podImages.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

let kept: unknown;

/** A store over a memento that keeps what JSON keeps, as that of VS Code does. */
function storeOf(value?: unknown): ClusterStore {
  kept = value;
  const update = (_: string, next: unknown): Promise<void> => {
    kept = next === undefined ? undefined : JSON.parse(JSON.stringify(next));
    return Promise.resolve();
  };
  return new ClusterStore({ keys: () => [], get: () => kept, update } as never);
}

const pod = (name: string, ...images: string[]) => ({
  metadata: { namespace: 'shop', name },
  spec: { containers: images.map((image) => ({ image })) },
});
const podsOf = (...items: unknown[]) => readPodImages(JSON.stringify({ items }));

describe('what was read from clusters', () => {
  it('C7: is read back with its context and time: names, digests, and what was not understood', async () => {
    const pods = podsOf(
      pod('web', 'acme/web:v1', `acme/web@${digest}`, 'redis', 'quay.io/other/thing:1'),
      pod('odd', 'acme/web:${TAG}'),
    );
    const store = storeOf();
    await store.save([{ context: 'prod', readAt: 5, pods }]);
    const {
      readings: [reading],
      isBroken,
    } = store.load();
    assert.equal(isBroken, false);
    assert.deepEqual([reading!.context, reading!.readAt], ['prod', 5]);
    const images = reading!.pods!.flatMap(({ pod: of, found }) =>
      found.references.map(({ image }) => `${of} ${image.namespace}/${image.name}:${image.tag}@${image.digest}`),
    );
    assert.deepEqual(images.sort(), [
      `shop/web acme/web:undefined@${digest}`,
      'shop/web acme/web:v1@undefined',
      'shop/web library/redis:latest@undefined',
    ]);
    assert.deepEqual(
      reading!.pods!.flatMap(({ found }) => found.doubts),
      pods.flatMap(({ found }) => found.doubts),
    );
  });

  it('C7: is bounded, and what was too much is reported with its time', async () => {
    const store = storeOf();
    const many = podsOf(...Array.from({ length: 6000 }, (_, i) => pod(`p${i}`, `acme/web:v${i}`)));
    const replicas = podsOf(...Array.from({ length: 6000 }, (_, i) => pod(`p${i}`, 'acme/web:v1')));
    await store.save([
      { context: 'big', readAt: 7, pods: many },
      { context: 'replicas', readAt: 6, pods: replicas },
      ...Array.from({ length: 20 }, (_, i) => ({
        context: `c${i}`,
        readAt: -i,
        pods: podsOf(pod('a', 'acme/web:v1')),
      })),
    ]);
    const { readings } = store.load();
    assert.equal(readings.length, 10);
    assert.deepEqual(readings[0], { context: 'big', readAt: 7 });
    assert.equal(readings[1]!.pods!.length, 3, 'the first pods of each image');
    assert.ok(JSON.stringify(kept).length < 10_000);
  });

  for (const [what, value] of Object.entries({
    'a text': 'prod',
    'another version': { version: 2, clusters: [] },
    'no time': { version: 1, clusters: [{ context: 'prod', images: [] }] },
    'no image': { version: 1, clusters: [{ context: 'prod', readAt: 1, images: [['not an image', ['shop/web']]] }] },
    'an image of another registry': {
      version: 1,
      clusters: [{ context: 'prod', readAt: 1, images: [['quay.io/acme/web:v1', ['shop/web']]] }],
    },
    null: null,
  })) {
    it(`C7: reports that it is unknown where it is ${what}`, () =>
      assert.deepEqual(storeOf(value).load(), { readings: [], isBroken: true }));
  }

  it('C7: of what is broken in part, the rest counts', () => {
    const { readings, isBroken } = storeOf({
      version: 1,
      clusters: [
        { context: 'a', readAt: 1, images: [['docker.io/acme/web:v1', ['p']]] },
        { context: 'b', readAt: 1, images: [['::', ['p']]] },
      ],
    }).load();
    assert.deepEqual([readings.map(({ context }) => context), isBroken], [['a'], true]);
  });

  it('C7: is forgotten without a trace', async () => {
    const store = storeOf({ version: 1, clusters: [] });
    await store.save([]);
    assert.equal(kept, undefined);
    assert.deepEqual(store.load(), { readings: [], isBroken: false });
  });
});
