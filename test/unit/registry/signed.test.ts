import assert from 'node:assert/strict';
import { systemClock, type Clock } from '../../../src/async/clock.ts';
import { listTags } from '../../../src/hub/listing/tagListing.ts';
import { Journal } from '../../../src/runs/journal/journal.ts';
import { JournalFolder, newRunId } from '../../../src/runs/journal/journalFolder.ts';
import { outcomeOf, recordedTags, type JournalRecord } from '../../../src/runs/journal/journalRecord.ts';
import { lookBeforeRestore, restoreTags } from '../../../src/runs/restore.ts';
import { run } from '../../../src/runs/run/run.ts';
import { Tally } from '../../../src/runs/outcome/tally.ts';
import { makeBatch, type Batch } from '../../../src/retention/plan/batch.ts';
import { checkPolicy } from '../../../src/retention/policy/checkPolicy.ts';
import { planByPolicy } from '../../../src/retention/plan/policyPlan.ts';
import { compileProtect } from '../../../src/retention/policy/protect.ts';
import type { Tag } from '../../../src/retention/tags/tag.ts';
import type { Script } from '../../hub/script.ts';
import { askRegistry } from '../../registry/askRegistry.ts';
import { anyManifest, type ImageManifest, type Index } from '../../registry/manifest.ts';
import type { PushedIndex } from '../../registry/registryPusher.ts';
import { useRegistry } from '../../registry/useRegistry.ts';
import { ask, tokenOf } from '../hub-double/ask.ts';
import { hubClientAt } from '../hubClientAt.ts';
import { scratchFolder } from '../runs/journal/scratchFolder.ts';
import { registryClientAt } from '../registryClientAt.ts';
import { askForToken } from './askForToken.ts';

const repository = { namespace: 'ann', name: 'app' };
const day = 86_400_000;
/** Pauses after a failure, which take half a minute by the clock, pass at once. */
const hastyClock: Clock = { now: () => Date.now(), sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 5), signal) };
const restoring = { lane: 'background', signal: new AbortController().signal } as const;

/** A run of one batch, as far as its end. */
interface Pruned {
  readonly batch: Batch;
  /** `kind`, or `kind reason` of a kept one, by tag. */
  readonly ends: Readonly<Record<string, string>>;
  /** Its journal, read back from disk. */
  readonly record: JournalRecord;
  /** `DELETE tag`, and its `answer`, in the order in which the client sent and got them. */
  readonly traffic: readonly string[];
}

describe('pruning signed images of a real registry', function () {
  // Each test pushes some thirty manifests.
  this.timeout(60_000);
  const registry = useRegistry((world) => {
    world.addAccount({ name: 'ann', password: 'ann-password', tokens: [{ secret: 'admin-pat', scope: 'repo:admin' }] });
    world.addRepository({ ...repository, isPrivate: true });
  });

  const at = (days: number): number => Date.now() - days * day;
  let token: string;
  let hubToken: string;
  beforeEach(async () => {
    token = (await askForToken(registry(), 'repository:ann/app:pull', 'ann:admin-pat')).body.token as string;
    hubToken = await tokenOf(registry().hub, 'ann', 'admin-pat');
  });
  const onHub = async (method: string, tag: string): Promise<number> =>
    (await ask(registry().hub, method, `/v2/namespaces/ann/repositories/app/tags/${tag}`, { token: hubToken })).status;
  /** The digest of a tag or a digest, or the status of an answer that has none. */
  const head = async (reference: string): Promise<string | number> => {
    const { status, headers } = await askRegistry(
      'HEAD',
      `${registry().registryOrigin}/v2/ann/app/manifests/${reference}`,
      { token, headers: { accept: anyManifest } },
    );
    return status === 200 ? String(headers['docker-content-digest']) : status;
  };
  const manifest = async (digest: string): Promise<Buffer> => {
    const { status, body } = await askRegistry('GET', `${registry().registryOrigin}/v2/ann/app/manifests/${digest}`, {
      token,
      headers: { accept: anyManifest },
    });
    assert.equal(status, 200, digest);
    return body;
  };

  /** What is pushed before each test: digests by tag. */
  interface Pushed {
    /** One image with two tags, signed in both forms. */
    readonly image: ReadonlyMap<string, string>;
    /** A multi-platform image, signed in both forms, and a signature at the digest of its first platform. */
    readonly index: ReadonlyMap<string, string>;
    readonly children: PushedIndex['children'];
    /** A protected multi-platform image, signed in the same three ways. */
    readonly kept: ReadonlyMap<string, string>;
    /** Signatures whose image no tag has. */
    readonly orphans: ReadonlyMap<string, string>;
    readonly fresh: ReadonlyMap<string, string>;
  }

  async function push(): Promise<Pushed> {
    const fixture = registry();
    // One after the other: the fixture reads what the registry writes.
    const ofGone = await fixture.pushSigned('ann/app', 'gone', { kind: 'image', pushedAt: at(320) });
    const image = await fixture.pushSigned('ann/app', 'build-1', { kind: 'image', pushedAt: at(300) });
    // Younger than all signatures of the image.
    const again = await fixture.pushImage('ann/app', 'build-1-again', { content: 'build-1', pushedAt: at(150) });
    const index = await signedIndex('build-2', 290);
    const kept = await signedIndex('v1.0.0', 280);
    const fresh = await fixture.pushSigned('ann/app', 'latest', { kind: 'image', pushedAt: at(1) });
    assert.equal(again.digest, image.image.digest);
    assert.equal(await onHub('DELETE', 'gone'), 204);
    const orphans = new Map([...ofGone.digests].slice(1));
    const made = {
      image: new Map([...image.digests, ['build-1-again', again.digest]]),
      index: index.digests,
      children: index.children,
      kept: kept.digests,
      orphans,
      fresh: fresh.digests,
    };
    fixture.hub.requests.length = 0;
    return made;
  }

  async function signedIndex(
    tag: string,
    days: number,
  ): Promise<{ readonly digests: ReadonlyMap<string, string>; readonly children: PushedIndex['children'] }> {
    const fixture = registry();
    const index = await fixture.pushIndex('ann/app', tag, { pushedAt: at(days) });
    const whole = await fixture.sign('ann/app', index, { signedAt: at(days - 1) });
    // Signed anew two days ago, which makes the image no younger.
    const platform = await fixture.sign('ann/app', index.children[0]!, { forms: ['.sig'], signedAt: at(2) });
    return {
      digests: new Map([
        [tag, index.digest],
        ...[...whole, ...platform].map((each) => [each.tag, each.digest] as const),
      ]),
      children: index.children,
    };
  }

  async function prune(policy: Record<string, unknown>, scripts: readonly Script[] = []): Promise<Pruned> {
    const { hub } = registry();
    const traffic: string[] = [];
    const watched: typeof fetch = async (input, init) => {
      const tag =
        init?.method === 'DELETE' ? decodeURIComponent(new URL(input).pathname.split('/').at(-1)!) : undefined;
      if (tag !== undefined) traffic.push(`DELETE ${tag}`);
      const answer = await fetch(input, init);
      if (tag !== undefined) traffic.push(`answer ${tag}`);
      return answer;
    };
    const { client } = hubClientAt(hub.origin, {
      clock: systemClock,
      fetch: watched,
      name: 'ann',
      secret: 'admin-pat',
    });
    const { signal } = new AbortController();
    const listing = await listTags(client, repository, { lane: 'background', signal });
    const now = client.now();
    const { plan } = planByPolicy({
      ...listing,
      policy: checkPolicy({ repositories: ['*/*'], ...policy }, now),
      now,
      protect: compileProtect(['v*']),
    });
    const batch = makeBatch([plan], { maxDeletions: 0 });
    await using folder = await scratchFolder();
    const journals = new JournalFolder(folder.path);
    const file = await journals.create(newRunId(now));
    const journal = new Journal(file, systemClock);
    await journal.begin({ id: file.id, account: client.account, policy: { kind: 'policies' } }, batch);
    for (const script of scripts) hub.script(script);
    const tally = new Tally();
    const ends: Record<string, string> = {};
    for await (const event of run(batch, { remover: client, journal, clock: hastyClock, signal, random: () => 0 })) {
      tally.add(event);
      if (event.type !== 'outcome') continue;
      const { tag, outcome } = event;
      assert.ok(!(tag.name in ends), `${tag.name} has two outcomes`);
      ends[tag.name] = outcome.kind === 'spared' && outcome.reason ? `spared ${outcome.reason.kind}` : outcome.kind;
    }
    await journal.end(tally.counts);
    await file.close(true);
    hub.clearScripts();
    return { batch, ends, record: await journals.read(file.id), traffic };
  }

  /** Looks by tag into the registry and into the Hub's list: these are left with their digests, and those are gone from both. */
  async function assertLeft(
    left: readonly ReadonlyMap<string, string>[],
    gone: readonly ReadonlyMap<string, string>[],
  ): Promise<void> {
    const expected = new Map(left.flatMap((each) => [...each]));
    const looks: [tag: string, inRegistry: string | number, onHub: number][] = [...expected].map(([tag, digest]) => [
      tag,
      digest,
      200,
    ]);
    for (const tag of gone.flatMap((each) => [...each.keys()])) looks.push([tag, 404, 404]);
    assert.deepEqual(
      await Promise.all(looks.map(async ([tag]) => [tag, await head(tag), await onHub('GET', tag)])),
      looks,
    );
    assert.deepEqual(registry().tagsIn('ann/app'), new Map([...expected].sort()));
    assert.deepEqual(
      [...registry().hub.world.repository('ann', 'app')!.tags.keys()].sort(),
      [...expected.keys()].sort(),
    );
  }

  /** No DELETE of an attachment was sent before that of each tag of its subject was answered; by the client's order, and by the server's. */
  function assertBehind(traffic: readonly string[], attachments: Iterable<string>, subjects: readonly string[]): void {
    const arrived = registry()
      .hub.requests.filter(({ method }) => method === 'DELETE')
      .map(({ path }) => path.split('/').at(-1)!);
    for (const attachment of attachments) {
      assert.ok(traffic.includes(`DELETE ${attachment}`), attachment);
      for (const subject of subjects) {
        assert.ok(
          traffic.indexOf(`DELETE ${attachment}`) > traffic.lastIndexOf(`answer ${subject}`),
          `${attachment} before the answer for ${subject}: ${traffic.join('\n')}`,
        );
        assert.ok(arrived.indexOf(attachment) > arrived.lastIndexOf(subject), `${attachment} before ${subject}`);
      }
    }
  }

  const others = (digests: ReadonlyMap<string, string>, ...tags: readonly string[]): string[] =>
    [...digests.keys()].filter((tag) => !tags.includes(tag));
  const slowly = (tag: string): Script => ({ match: { method: 'DELETE', tag }, act: { delayMs: 150 } });

  it('A5, A8: deletes images and what is attached to them, and nothing that belongs to an image that is kept', async () => {
    const { image, index, kept, orphans, fresh } = await push();
    // Whatever could overtake the last tag of an image gets the time for it.
    const { batch, ends, traffic } = await prune(
      { olderThan: '90 days' },
      ['build-1', 'build-1-again', 'build-2'].map(slowly),
    );
    assert.deepEqual(Object.keys(ends).sort(), [...image.keys(), ...index.keys()].sort());
    assert.deepEqual(new Set(Object.values(ends)), new Set(['removed']));
    assert.deepEqual([batch.total, batch.attachments, batch.units], [8, 5, 3]);
    assertBehind(traffic, others(image, 'build-1', 'build-1-again'), ['build-1', 'build-1-again']);
    assertBehind(traffic, others(index, 'build-2'), ['build-2']);
    await assertLeft([kept, orphans, fresh], [image, index]);
    // What is kept can still be verified: by tag, and by what its fallback index points at.
    for (const tag of others(kept, 'v1.0.0')) {
      const stands = JSON.parse((await manifest(kept.get(tag)!)).toString()) as ImageManifest & Partial<Index>;
      const referrers = stands.manifests ?? [];
      assert.equal(referrers.length, tag.includes('.') ? 0 : 1, tag);
      for (const { digest } of referrers) assert.equal(await head(digest), digest);
    }
  });

  it('keeps the signatures of an image with one tag that is kept, and deletes the other tag alone', async () => {
    const { image, index, kept, orphans, fresh } = await push();
    const { ends } = await prune({ olderThan: '200 days', keepAliases: false });
    assert.deepEqual(Object.keys(ends).sort(), ['build-1', ...index.keys()].sort());
    await assertLeft(
      [new Map([...image].filter(([tag]) => tag !== 'build-1')), kept, orphans, fresh],
      [new Map([['build-1', '']]), index],
    );
  });

  it('A3: keepNewest counts images, and keeps each with its signatures', async () => {
    const { image, index, kept, orphans, fresh } = await push();
    const { ends } = await prune({ olderThan: '90 days', keepNewest: 2 });
    assert.deepEqual(Object.keys(ends).sort(), [...index.keys()].sort());
    await assertLeft([image, kept, orphans, fresh], [index]);
  });

  it('deletes orphans only where the policy says so, and never a signature of what is kept', async () => {
    const { image, index, kept, orphans, fresh } = await push();
    const { batch } = await prune({ olderThan: '310 days', orphanedAttachments: true });
    assert.deepEqual([batch.total, batch.attachments, batch.units], [2, 2, 2]);
    await assertLeft([image, index, kept, fresh], [orphans]);
    await prune({ olderThan: '90 days', orphanedAttachments: true });
    await assertLeft([kept, fresh], [image, index, orphans]);
  });

  it('restores all of it, byte for byte, with the platforms of an index', async () => {
    const { image, index, children, kept, orphans, fresh } = await push();
    const before = new Map<string, Buffer>();
    for (const digest of [...image.values(), ...index.values(), ...children.map((child) => child.digest)]) {
      before.set(digest, await manifest(digest));
    }
    const { record } = await prune({ olderThan: '90 days' });
    await assertLeft([kept, orphans, fresh], [image, index]);
    const { client } = registryClientAt(registry().registryOrigin, registry().hub.origin, { clock: systemClock });
    const deleted = [...recordedTags(record)]
      .filter((tag) => outcomeOf(tag, record.stops).kind === 'removed')
      .map(({ tag }) => ({ repository, tag }));
    const found = await lookBeforeRestore(deleted, { restorer: client, admission: restoring });
    assert.deepEqual(new Set(found.map(({ state }) => state.kind)), new Set(['ready']));
    const restored = new Map<string, string>();
    const journal = { restored: async (_: unknown, tag: string, digest: string) => void restored.set(tag, digest) };
    for await (const { tag, outcome } of restoreTags(found, {
      restorer: client,
      clock: systemClock,
      admission: restoring,
      journal,
    })) {
      assert.equal(outcome.kind, 'restored', tag.name);
    }
    assert.deepEqual(new Map([...restored].sort()), new Map([...image, ...index].sort()));
    await assertLeft([image, index, kept, orphans, fresh], []);
    for (const [digest, bytes] of before) {
      assert.equal(await head(digest), digest);
      assert.deepEqual(await manifest(digest), bytes);
    }
    const { manifests } = JSON.parse((await manifest(index.get('build-2')!)).toString()) as Index;
    assert.deepEqual(
      manifests.map(({ digest }) => digest),
      children.map(({ digest }) => digest),
    );
  });

  it('B1: restores an image whose row has no digest, and keeps and deletes its signatures with it', async () => {
    const { image, index, kept, orphans, fresh } = await push();
    const { tags } = registry().hub.world.repository('ann', 'app')!;
    for (const tag of ['build-1', 'build-1-again', 'build-2', 'v1.0.0']) {
      const { digest: _, ...row } = tags.get(tag)!;
      tags.set(tag, row);
    }
    const { record } = await prune({ olderThan: '90 days' });
    // At the digest of an index that no row tells, signatures belong to nothing that is known; that of its platform is known.
    const ofIndex = new Map([...index].slice(1, 3));
    const ofPlatform = new Map([...index].slice(3));
    await assertLeft([kept, orphans, fresh, ofIndex], [image, new Map([...index].slice(0, 1)), ofPlatform]);
    const { client } = registryClientAt(registry().registryOrigin, registry().hub.origin, { clock: systemClock });
    const found = await lookBeforeRestore(
      [...recordedTags(record)].map(({ tag }) => ({ repository, tag })),
      { restorer: client, admission: restoring },
    );
    assert.deepEqual(
      new Map(found.map(({ tag, state }) => [tag.name, state.kind])),
      new Map(
        [...image.keys(), ...index.keys()]
          .filter((tag) => !ofIndex.has(tag))
          .map((tag) => [tag, tag === 'build-2' ? 'noDigest' : 'ready']),
      ),
    );
    const journal = { restored: async () => undefined };
    const ready = found.filter(({ state }) => state.kind === 'ready');
    for await (const { tag, outcome } of restoreTags(ready, {
      restorer: client,
      clock: systemClock,
      admission: restoring,
      journal,
    })) {
      assert.equal(outcome.kind, 'restored', tag.name);
    }
    await assertLeft([image, kept, orphans, fresh, ofIndex, ofPlatform], [new Map([...index].slice(0, 1))]);
  });

  describe('an image whose DELETE fails', () => {
    for (const status of [403, 500]) {
      it(`with ${status} keeps all that is attached to it`, async () => {
        const { image, index, kept, orphans, fresh } = await push();
        const { ends, record } = await prune({ olderThan: '90 days' }, [
          { match: { method: 'DELETE', tag: 'build-2' }, times: Infinity, act: { status, body: { message: 'no' } } },
        ]);
        assert.equal(ends['build-2'], 'failed');
        for (const tag of others(index, 'build-2')) assert.equal(ends[tag], 'spared attachedTo', tag);
        for (const tag of image.keys()) assert.equal(ends[tag], 'removed', tag);
        assert.ok(
          !registry().hub.requests.some(
            ({ method, path }) =>
              method === 'DELETE' && others(index, 'build-2').some((tag) => path.endsWith(`/${tag}`)),
          ),
        );
        assert.deepEqual(
          new Map([...recordedTags(record)].map((tag) => [tag.tag.name, outcomeOf(tag, record.stops).kind])),
          new Map(
            Object.entries(ends)
              .map(([tag, end]) => [tag, end.split(' ')[0]])
              .toSorted() as [string, string][],
          ),
        );
        await assertLeft([index, kept, orphans, fresh], [image]);
      });
    }

    it('under one of two names keeps its signatures, and a second run deletes all of it', async () => {
      const { image, index, kept, orphans, fresh } = await push();
      const { ends, traffic } = await prune({ olderThan: '90 days' }, [
        { match: { method: 'DELETE', tag: 'build-1' }, times: Infinity, act: { status: 403, body: { message: 'no' } } },
      ]);
      assert.deepEqual([ends['build-1'], ends['build-1-again']], ['failed', 'removed']);
      const left = new Map([...image].filter(([tag]) => tag !== 'build-1-again'));
      await assertLeft([left, kept, orphans, fresh], [index, new Map([['build-1-again', '']])]);
      assert.ok(!traffic.some((line) => others(left, 'build-1').some((tag) => line.endsWith(tag))));
      await prune({ olderThan: '90 days' });
      await assertLeft([kept, orphans, fresh], [image, index]);
    });
  });

  describe('sizes', () => {
    /** What the registry itself says of a manifest: bytes of its configuration and layers. */
    const bytesOf = async (digest: string): Promise<number> => {
      const { config, layers } = JSON.parse((await manifest(digest)).toString()) as ImageManifest;
      return layers.reduce((sum, { size }) => sum + size, config.size);
    };
    const sum = async (digests: Iterable<string>): Promise<number> =>
      (await Promise.all([...new Set(digests)].map(bytesOf))).reduce((a, b) => a + b, 0);
    const list = async (): Promise<readonly Tag[]> =>
      (
        await listTags(
          hubClientAt(registry().hub.origin, { clock: systemClock, name: 'ann', secret: 'admin-pat' }).client,
          repository,
          restoring,
        )
      ).tags;
    const judged = (tags: readonly Tag[], storageSize?: number): Batch => {
      const now = Date.now();
      const { plan } = planByPolicy({
        repository,
        tags,
        policy: checkPolicy({ repositories: ['*/*'], olderThan: '90 days' }, now),
        now,
        asOf: now,
        protect: compileProtect(['v*']),
        ...(storageSize !== undefined && { storageSize }),
      });
      return makeBatch([plan], { maxDeletions: 0 });
    };

    it('of an index are the sum of its images, its attestation among them', async () => {
      const { children, index } = await push();
      const tag = (await list()).find(({ name }) => name === 'build-2')!;
      assert.deepEqual([tag.size, tag.isSizePartial], [await sum(children.map(({ digest }) => digest)), undefined]);
      const row = registry().hub.world.repository('ann', 'app')!.tags.get('build-2')!;
      assert.deepEqual([row.digest, row.images?.length], [index.get('build-2'), 3]);
      assert.notEqual(row.full_size, tag.size);
    });

    it('may free each digest once, however many tags have it, and nothing that a kept tag has', async () => {
      const { image, index, children } = await push();
      const fixture = registry();
      const [, used] = children;
      const arm64 = { architecture: 'arm64', os: 'linux', variant: 'v8' };
      // Another index of which nothing is new.
      const other = await fixture.pushIndex('ann/app', 'build-2-arm64', {
        content: 'build-2',
        platforms: [arm64],
        pushedAt: at(140),
      });
      assert.notEqual(other.digest, index.get('build-2'));
      assert.equal(other.children[0]!.digest, used!.digest);
      const { reclaimable } = judged(await list());
      const manifests = async (digest: string): Promise<string[]> =>
        (JSON.parse((await manifest(digest)).toString()) as Partial<Index>).manifests?.map(
          ({ digest: child }) => child,
        ) ?? [digest];
      const deleted = (await Promise.all([...image.values(), ...index.values()].map(manifests))).flat();
      assert.deepEqual(reclaimable, { low: await sum(deleted), high: await sum(deleted), isPartial: false });
      // Now a kept tag has one of the platforms.
      await fixture.pushImage('ann/app', 'v2-arm64', { content: 'build-2', platform: arm64, pushedAt: at(1) });
      const tags = await list();
      assert.equal(tags.find(({ name }) => name === 'v2-arm64')?.digest, used!.digest);
      assert.equal(judged(tags).reclaimable.low, (await sum(deleted)) - (await bytesOf(used!.digest)));
    });

    it('never exceed what the repository stores', async () => {
      await push();
      const tags = await list();
      const free = judged(tags).reclaimable.high;
      for (const storageSize of [free - 1, Math.floor(free / 3), 1, 0]) {
        const { low, high } = judged(tags, storageSize).reclaimable;
        assert.deepEqual([low, high], [storageSize, storageSize]);
      }
      assert.equal(judged(tags, free + 1).reclaimable.high, free);
    });
  });
});
