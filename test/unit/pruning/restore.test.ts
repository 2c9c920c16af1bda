import assert from 'node:assert/strict';
import { HubError } from '../../../src/hub/hubError.ts';
import { lookBeforeRestore, restoreTags, type Restorable, type RestoreEvent, type TagRestorer } from '../../../src/pruning/restore.ts';
import { FakeClock } from '../fakeClock.ts';

const repository = { namespace: 'ann', name: 'app' };
const digestOf = (name: string) => `sha256:${Buffer.from(name).toString('hex').padStart(64, '0')}`;
const admission = { lane: 'background', signal: new AbortController().signal } as const;

/** A registry that keeps every manifest and at first no name. */
class FakeRestorer implements TagRestorer {
  readonly names = new Map<string, string>();
  readonly puts: string[] = [];

  async digestOf(_: unknown, reference: string): Promise<string | undefined> {
    return reference.startsWith('sha256:') ? reference : this.names.get(reference);
  }

  async manifest(_: unknown, digest: string) {
    return { digest, mediaType: 'application/vnd.oci.image.manifest.v1+json', bytes: new Uint8Array() };
  }

  async putTag(_: unknown, name: string, { digest }: { readonly digest: string }): Promise<void> {
    this.puts.push(name);
    this.names.set(name, digest);
  }
}

const ready = (name: string): Restorable => ({ repository, tag: { name, digest: digestOf(name) }, state: { kind: 'ready' } });

describe('restoreTags', () => {
  it('tells also of the tag whose return the journal cannot take down, and then sends nothing more', async () => {
    const restorer = new FakeRestorer();
    const events: RestoreEvent[] = [];
    const journal = {
      restored: async (_: unknown, name: string) => {
        if (name === 'two') throw new Error('disk full');
      },
    };
    await assert.rejects(async () => {
      for await (const event of restoreTags(['one', 'two', 'three'].map(ready), { restorer, journal, clock: new FakeClock(), admission })) events.push(event);
    }, /disk full/);
    assert.deepEqual(events.map(({ tag, outcome }) => `${tag.name} ${outcome.kind}`), ['one restored', 'two restored']);
    assert.deepEqual(restorer.puts, ['one', 'two']);
  });
});

describe('lookBeforeRestore', () => {
  it('tells how far it has come, tags that cannot be looked up included', async () => {
    const restorer = new (class extends FakeRestorer {
      override async digestOf(of: unknown, reference: string): Promise<string | undefined> {
        if (reference === 'odd') throw new HubError({ kind: 'unsafeName' });
        return super.digestOf(of, reference);
      }
    })();
    const dones: number[] = [];
    const tags = ['one', 'odd', 'two'].map(ready);
    const found = await lookBeforeRestore(tags, { restorer, admission, onLook: (done) => dones.push(done) });
    assert.deepEqual([found.map(({ state }) => state.kind), dones], [['ready', 'unknown', 'ready'], [1, 2, 3]]);
  });
});
