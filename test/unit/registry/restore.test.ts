import assert from 'node:assert/strict';
import { systemClock } from '../../../src/async/clock.ts';
import { isHubError } from '../../../src/hub/wire/hubError.ts';
import { lookBeforeRestore, restoreTags, type Restorable, type RestoreEvent } from '../../../src/runs/restore.ts';
import type { BatchTag } from '../../../src/retention/plan/batch.ts';
import { useRegistry } from '../../registry/useRegistry.ts';
import { ask, tokenOf } from '../hub-double/ask.ts';
import { registryClientAt } from '../registryClientAt.ts';
import { rejection } from '../scriptedFetch.ts';

const repository = { namespace: 'ann', name: 'app' };

describe('restoring deleted tags from a real registry', () => {
  const registry = useRegistry((world) => {
    world.addAccount({
      name: 'ann',
      password: 'ann-password',
      tokens: [
        { secret: 'admin-pat', scope: 'repo:admin' },
        { secret: 'read-pat', scope: 'repo:read' },
      ],
    });
    world.addAccount({ name: 'two', password: 'two-password', otp: '123456' });
    world.addOrganisation({
      name: 'acme',
      oats: [{ secret: 'dckr_oat_acme', scopes: ['scope-image-pull', 'scope-image-push'] }],
    });
    world.addRepository({ ...repository, isPrivate: true });
  });

  const clientOf = (options: Omit<Parameters<typeof registryClientAt>[2], 'clock'> = {}) =>
    registryClientAt(registry().registryOrigin, registry().hub.origin, { clock: systemClock, ...options });
  const admission = { lane: 'background', signal: new AbortController().signal } as const;
  const deleted = async (...names: string[]): Promise<void> => {
    const { hub } = registry();
    for (const name of names) {
      const { status } = await ask(hub, 'DELETE', `/v2/namespaces/ann/repositories/app/tags/${name}`, {
        token: await tokenOf(hub, 'ann', 'admin-pat'),
      });
      assert.equal(status, 204);
    }
  };
  const look = (tags: readonly BatchTag[], options?: Parameters<typeof clientOf>[0]) =>
    lookBeforeRestore(tags, { restorer: clientOf(options).client, admission });
  const kinds = (found: readonly Restorable[]) =>
    Object.fromEntries(found.map(({ tag, state }) => [tag.name, state.kind]));

  async function restore(
    tags: readonly Restorable[],
    options?: Parameters<typeof clientOf>[0],
  ): Promise<{ outcomes: Record<string, string>; journal: string[]; events: RestoreEvent[]; log: string[] }> {
    const { client, log } = clientOf(options);
    const journal: string[] = [];
    const events: RestoreEvent[] = [];
    const parts = {
      restorer: client,
      clock: systemClock,
      admission,
      journal: { restored: async (_: unknown, tag: string, digest: string) => void journal.push(`${tag} ${digest}`) },
    };
    for await (const event of restoreTags(tags, parts)) events.push(event);
    return {
      outcomes: Object.fromEntries(events.map(({ tag, outcome }) => [tag.name, outcome.kind])),
      journal,
      events,
      log,
    };
  }

  it('worst day hub-feedback#2077: brings back an image and a multi-platform index as they were, and says before and after which', async () => {
    const image = await registry().pushImage('ann/app', 'v1');
    const docker = await registry().pushImage('ann/app', 'v1-docker', { format: 'docker' });
    const index = await registry().pushIndex('ann/app', 'v2');
    const tags = [image, docker, index].map(({ digest }, i) => ({
      repository,
      tag: { name: ['v1', 'v1-docker', 'v2'][i]!, digest },
    }));
    await deleted('v1', 'v1-docker', 'v2');
    assert.equal(await clientOf().client.digestOf(repository, 'v2', admission), undefined);
    const found = await look(tags);
    assert.deepEqual(kinds(found), { v1: 'ready', 'v1-docker': 'ready', v2: 'ready' });
    const { outcomes, journal } = await restore(found);
    assert.deepEqual(outcomes, { v1: 'restored', 'v1-docker': 'restored', v2: 'restored' });
    assert.deepEqual(
      journal,
      tags.map(({ tag }) => `${tag.name} ${tag.digest}`),
    );
    const { client } = clientOf();
    for (const { tag } of tags) assert.equal(await client.digestOf(repository, tag.name, admission), tag.digest);
    const back = await client.manifest(repository, index.digest, admission);
    assert.deepEqual(Buffer.from(back.bytes), Buffer.from(index.bytes));
    // Its platforms are what a pull needs next.
    for (const { digest } of (JSON.parse(Buffer.from(back.bytes).toString()) as { manifests: { digest: string }[] })
      .manifests) {
      assert.equal(await client.digestOf(repository, digest, admission), digest);
    }
    assert.deepEqual(kinds(await look(tags)), { v1: 'there', 'v1-docker': 'there', v2: 'there' });
  });

  it('reads each digest once, however many names it had', async () => {
    const { digest } = await registry().pushImage('ann/app', 'a', { content: 'same' });
    for (const name of ['b', 'c']) await registry().pushImage('ann/app', name, { content: 'same' });
    await deleted('a', 'b', 'c');
    const found = await look(['a', 'b', 'c'].map((name) => ({ repository, tag: { name, digest } })));
    const { outcomes, log } = await restore(found);
    assert.deepEqual(outcomes, { a: 'restored', b: 'restored', c: 'restored' });
    assert.equal(
      log.filter((line) => line.startsWith('GET /v2/ann/app/manifests/') && line.includes(' 200 ')).length,
      1,
      log.join('\n'),
    );
  });

  it('tells what cannot be restored: no digest, a manifest that is gone, and a name that is taken', async () => {
    const { digest } = await registry().pushImage('ann/app', 'old', { content: 'old' });
    await deleted('old');
    const other = await registry().pushImage('ann/app', 'old', { content: 'new' });
    const found = await look([
      { repository, tag: { name: 'old', digest } },
      { repository, tag: { name: 'lost', digest: `sha256:${'0'.repeat(64)}` } },
      { repository, tag: { name: 'nameless' } },
      { repository, tag: { name: 'odd', digest: 'md5:0' } },
    ]);
    assert.deepEqual(kinds(found), { old: 'taken', lost: 'gone', nameless: 'noDigest', odd: 'noDigest' });
    assert.deepEqual(found[0]!.state, { kind: 'taken', digest: other.digest });
  });

  it('takes a name from another image only where that is the one that was seen', async () => {
    const { digest } = await registry().pushImage('ann/app', 'old', { content: 'old' });
    await deleted('old');
    const ready = await look([{ repository, tag: { name: 'old', digest } }]);
    const other = await registry().pushImage('ann/app', 'old', { content: 'new' });
    assert.deepEqual((await restore(ready)).outcomes, { old: 'taken' }, 'it was free when the user looked');
    const taken = await look([{ repository, tag: { name: 'old', digest } }]);
    const third = await registry().pushImage('ann/app', 'old', { content: 'newer' });
    assert.deepEqual((await restore(taken)).outcomes, { old: 'taken' }, 'the user agreed to another one');
    assert.equal(await clientOf().client.digestOf(repository, 'old', admission), third.digest);
    assert.notEqual(third.digest, other.digest);
    assert.deepEqual((await restore(await look([{ repository, tag: { name: 'old', digest } }]))).outcomes, {
      old: 'restored',
    });
    assert.equal(await clientOf().client.digestOf(repository, 'old', admission), digest);
  });

  it('says with which token it may not, and leaves the rest alone', async () => {
    const first = await registry().pushImage('ann/app', 'one');
    const second = await registry().pushImage('ann/app', 'two');
    await deleted('one', 'two');
    const found = await look(
      [
        { repository, tag: { name: 'one', digest: first.digest } },
        { repository, tag: { name: 'two', digest: second.digest } },
      ],
      { secret: 'read-pat' },
    );
    const { events, journal } = await restore(found, { secret: 'read-pat' });
    assert.deepEqual(
      events.map(({ outcome }) => (outcome.kind === 'failed' ? outcome.failure.kind : outcome.kind)),
      ['forbidden', 'notReached'],
    );
    assert.deepEqual(journal, []);
  });

  it('tries a wrong secret once, and asks for no code that a registry cannot take', async () => {
    await registry().pushImage('ann/app', 'one');
    const tags = Array.from({ length: 20 }, (_, i) => ({
      repository,
      tag: { name: `t${i}`, digest: `sha256:${String(i).padStart(64, '0')}` },
    }));
    const wrong = await rejection(look(tags, { secret: 'wrong' }));
    assert.ok(isHubError(wrong, 'wrongSecret'), String(wrong));
    assert.equal(registry().hub.count({ path: '/token' }), 1);
    const twoFactors = await rejection(look(tags, { name: 'two', secret: 'two-password', signInToken: 'jwt' }));
    assert.ok(isHubError(twoFactors, 'needsCode'), String(twoFactors));
    const gone = await rejection(look(tags, { signedOut: () => true }));
    assert.ok(isHubError(gone, 'signedOut'), String(gone));
  });

  it('works with the token of an organization', async () => {
    const ofAcme = { namespace: 'acme', name: 'site' };
    const { digest } = await registry().pushImage('acme/site', 'v1');
    registry().hub.registry!.removeTag('acme/site', 'v1');
    const options = { name: 'acme', secret: 'dckr_oat_acme', kind: 'organization' } as const;
    const { outcomes } = await restore(
      await look([{ repository: ofAcme, tag: { name: 'v1', digest } }], options),
      options,
    );
    assert.deepEqual(outcomes, { v1: 'restored' });
  });

  it('ends when it is cancelled: what was not reached is said', async () => {
    const { digest } = await registry().pushImage('ann/app', 'one');
    await deleted('one');
    const [ready] = await look([{ repository, tag: { name: 'one', digest } }]);
    const cancelled = AbortSignal.abort();
    const events: RestoreEvent[] = [];
    const parts = {
      restorer: clientOf().client,
      clock: systemClock,
      admission: { lane: 'background', signal: cancelled } as const,
      journal: { restored: async () => undefined },
    };
    for await (const event of restoreTags([ready!], parts)) events.push(event);
    assert.deepEqual(
      events.map(({ outcome }) => outcome.kind),
      ['notReached'],
    );
  });
});
