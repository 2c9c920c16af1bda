import assert from 'node:assert/strict';
import { HubError } from '../../../src/hub/wire/hubError.ts';
import { parseListedTag } from '../../../src/hub/listing/tagRow.ts';
import {
  lookBeforeRestore,
  restoreTags,
  type Restorable,
  type RestoreEvent,
  type TagRestorer,
} from '../../../src/runs/restore.ts';
import type { Tag } from '../../../src/retention/tags/tag.ts';
import { FakeClock } from '../fakeClock.ts';

const repository = { namespace: 'ann', name: 'app' };
const digestOf = (name: string) => `sha256:${Buffer.from(name).toString('hex').padStart(64, '0').slice(-64)}`;
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

const ready = (name: string): Restorable => ({
  repository,
  tag: { name, digest: digestOf(name) },
  state: { kind: 'ready' },
});

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
      for await (const event of restoreTags(['one', 'two', 'three'].map(ready), {
        restorer,
        journal,
        clock: new FakeClock(),
        admission,
      })) {
        events.push(event);
      }
    }, /disk full/);
    assert.deepEqual(
      events.map(({ tag, outcome }) => `${tag.name} ${outcome.kind}`),
      ['one restored', 'two restored'],
    );
    assert.deepEqual(restorer.puts, ['one', 'two']);
  });
});

describe('B1: restoring tags whose rows have no digest', () => {
  const listed = (name: string, images: readonly string[]): Tag =>
    parseListedTag({ name, tag_last_pushed: '2021-03-01T10:00:00Z', images: images.map((digest) => ({ digest })) })!;
  const look = async (restorer: TagRestorer, ...tags: readonly Tag[]) =>
    lookBeforeRestore(
      tags.map((tag) => ({ repository, tag })),
      { restorer, admission },
    );

  it('finds those of one image by its digest, and puts it back', async () => {
    const restorer = new FakeRestorer();
    const found = await look(restorer, listed('latest', [digestOf('a')]), listed('1.4.0', [digestOf('a')]));
    assert.deepEqual(
      found.map(({ state }) => state.kind),
      ['ready', 'ready'],
    );
    const outcomes: string[] = [];
    const journal = {
      restored: async (_: unknown, name: string, digest: string) => void outcomes.push(`${name} ${digest}`),
    };
    for await (const { outcome } of restoreTags(found, { restorer, journal, clock: new FakeClock(), admission })) {
      assert.equal(outcome.kind, 'restored');
    }
    assert.deepEqual(outcomes, [`latest ${digestOf('a')}`, `1.4.0 ${digestOf('a')}`]);
    assert.deepEqual([...restorer.names.values()], [digestOf('a'), digestOf('a')]);
  });

  it('says of those of several that nobody knows what they pointed at: no image is put in place of an index', async () => {
    const restorer = new FakeRestorer();
    assert.deepEqual(
      (await look(restorer, listed('1.4.0', [digestOf('a'), digestOf('b')]), listed('1.3.0', []))).map(
        ({ state }) => state.kind,
      ),
      ['noDigest', 'noDigest'],
    );
  });

  it('says of a name that another image has by now that it is taken, and of the same that it is there', async () => {
    const restorer = new FakeRestorer();
    restorer.names.set('latest', digestOf('b')).set('1.4.0', digestOf('a'));
    assert.deepEqual(
      (await look(restorer, listed('latest', [digestOf('a')]), listed('1.4.0', [digestOf('a')]))).map(
        ({ state }) => state,
      ),
      [{ kind: 'taken', digest: digestOf('b') }, { kind: 'there' }],
    );
  });
});

describe('D8: a PUT whose outcome cannot be seen at once', () => {
  type Fault = HubError | undefined;
  const network = () => new HubError({ kind: 'network' });
  const trouble = () => new HubError({ kind: 'server', status: 503 });

  interface Case {
    /** What a look-up after the first PUT meets, the first one first; a last one goes on for ever. */
    readonly looks?: readonly Fault[];
    /** What a PUT is answered with, by its number from 1. */
    readonly put?: (nth: number) => Fault;
    /** Whether PUTs have an effect; default true. */
    readonly hasEffect?: boolean;
    /** When the user cancels. */
    readonly cancel?: 'after the PUT' | 'while it is looked up';
    readonly names?: readonly string[];
    /** Whether nothing answers any more once it was cancelled. */
    readonly isDeadAfterCancel?: boolean;
  }

  async function restore({
    looks = [],
    put = () => undefined,
    hasEffect = true,
    cancel,
    names = ['one'],
    isDeadAfterCancel = false,
  }: Case) {
    const controller = new AbortController();
    const sent: string[] = [];
    let [looked, putCount] = [0, 0];
    const restorer = new (class extends FakeRestorer {
      override async digestOf(
        _: unknown,
        reference: string,
        { signal }: { readonly signal?: AbortSignal } = {},
      ): Promise<string | undefined> {
        signal?.throwIfAborted();
        sent.push(`HEAD ${reference}`);
        if (putCount === 0) return this.names.get(reference);
        if (cancel === 'while it is looked up' && looked === 0) {
          controller.abort(new DOMException('Cancelled', 'AbortError'));
        }
        const fault = looks[Math.min(looked++, looks.length - 1)];
        signal?.throwIfAborted();
        if (controller.signal.aborted && isDeadAfterCancel) throw network();
        if (fault) throw fault;
        return this.names.get(reference);
      }

      override async putTag(of: unknown, name: string, manifest: { readonly digest: string }): Promise<void> {
        sent.push(`PUT ${name}`);
        putCount++;
        if (hasEffect) await super.putTag(of, name, manifest);
        if (cancel === 'after the PUT') controller.abort(new DOMException('Cancelled', 'AbortError'));
        const fault = put(putCount);
        if (fault) throw fault;
      }
    })();
    const lines: string[] = [];
    const journal = { restored: async (_: unknown, name: string) => void lines.push(name) };
    const events: RestoreEvent[] = [];
    const clock = new FakeClock({ hurries: true });
    for await (const event of restoreTags(names.map(ready), {
      restorer,
      journal,
      clock,
      admission: { lane: 'background', signal: controller.signal },
      random: () => 0.5,
    })) {
      events.push(event);
    }
    return {
      ends: events.map(({ outcome }) => outcome.kind),
      outcomes: events.map(({ outcome }) => outcome),
      lines,
      sent,
      clock,
    };
  }

  it('is restored once a later look-up says so, after pauses, and the journal has it', async () => {
    const { ends, lines, sent, clock } = await restore({ looks: [trouble(), network(), undefined] });
    assert.deepEqual(
      [ends, lines, sent],
      [['restored'], ['one'], ['HEAD one', 'PUT one', 'HEAD one', 'HEAD one', 'HEAD one']],
    );
    assert.deepEqual(clock.slept, [1000, 2000]);
  });

  it('is uncertain, and not failed, where no look-up comes to anything, in bounded requests', async () => {
    const { outcomes, lines, sent } = await restore({ looks: [trouble()] });
    assert.deepEqual([outcomes, lines], [[{ kind: 'uncertain', failure: { kind: 'server', status: 503 } }], []]);
    assert.equal(sent.length, 5);
  });

  it('ends the rest where the look-up fails for what meets every request', async () => {
    for (const fault of [network(), new HubError({ kind: 'blocked', status: 403 })]) {
      const { ends, sent } = await restore({ looks: [fault], names: ['one', 'two'] });
      assert.deepEqual(ends, ['uncertain', 'notReached'], fault.kind);
      assert.ok(!sent.includes('PUT two'));
    }
  });

  for (const put of [
    network,
    () => new HubError({ kind: 'timeout' }),
    trouble,
    () => new HubError({ kind: 'server', status: 504 }),
    () => new HubError({ kind: 'malformed', status: 201, reason: 'wrongDigest' }),
    () => new HubError({ kind: 'immutable', status: 403 }),
  ]) {
    const { message } = put();
    it(`is looked up after a PUT that ended with ${message}: restored, or uncertain`, async () => {
      const found = await restore({ put });
      assert.deepEqual(
        [found.ends, found.lines, found.sent.filter((line) => line === 'PUT one').length],
        [['restored'], ['one'], 1],
      );
      const lost = await restore({ put, looks: [trouble()] });
      assert.deepEqual(
        [lost.ends, lost.lines, lost.sent.filter((line) => line === 'PUT one').length],
        [['uncertain'], [], 1],
      );
    });
  }

  it('is sent again only where it was looked up and is not there, three times in all, then failed for certain', async () => {
    const { outcomes, lines, sent } = await restore({ put: network, hasEffect: false });
    assert.deepEqual([outcomes, lines], [[{ kind: 'failed', failure: { kind: 'network' } }], []]);
    assert.deepEqual(sent, ['HEAD one', 'PUT one', 'HEAD one', 'PUT one', 'HEAD one', 'PUT one', 'HEAD one']);
  });

  it('is failed for certain where it was refused', async () => {
    const { outcomes, sent } = await restore({
      put: () => new HubError({ kind: 'forbidden', status: 403 }),
      hasEffect: false,
      names: ['one', 'two'],
    });
    assert.deepEqual(
      [outcomes, sent],
      [
        [{ kind: 'failed', failure: { kind: 'forbidden', status: 403 } }, { kind: 'notReached' }],
        ['HEAD one', 'PUT one'],
      ],
    );
  });

  it('is failed, and says for what, where the registry took it and gives another', async () => {
    const { outcomes } = await restore({ hasEffect: false });
    assert.deepEqual(outcomes, [{ kind: 'failed', failure: { kind: 'malformed', reason: 'notRestored' } }]);
  });

  for (const cancel of ['after the PUT', 'while it is looked up'] as const) {
    it(`is looked up once more when the user cancels ${cancel}: restored, or uncertain; nothing more is put`, async () => {
      const found = await restore({ cancel, names: ['one', 'two'] });
      assert.deepEqual([found.ends, found.lines], [['restored', 'notReached'], ['one']]);
      const lost = await restore({ cancel, names: ['one', 'two'], isDeadAfterCancel: true });
      assert.deepEqual([lost.ends, lost.lines], [['uncertain', 'notReached'], []]);
      for (const { sent } of [found, lost]) {
        assert.deepEqual(
          sent.filter((line) => line.startsWith('PUT')),
          ['PUT one'],
        );
      }
    });
  }

  it('is taken down as restored where a later restore finds it there, for which nothing is put', async () => {
    const restorer = new FakeRestorer();
    for (const name of ['one', 'two']) restorer.names.set(name, digestOf(name));
    const lines: string[] = [];
    const journal = { restored: async (_: unknown, name: string) => void lines.push(name) };
    const tags: Restorable[] = [{ ...ready('one'), state: { kind: 'there' } }, ready('two')];
    const ends: string[] = [];
    for await (const { outcome } of restoreTags(tags, { restorer, journal, clock: new FakeClock(), admission })) {
      ends.push(outcome.kind);
    }
    assert.deepEqual([ends, lines, restorer.puts], [['there', 'there'], ['one', 'two'], []]);
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
    assert.deepEqual(
      [found.map(({ state }) => state.kind), dones],
      [
        ['ready', 'unknown', 'ready'],
        [1, 2, 3],
      ],
    );
  });

  it('puts images back before what is attached to them, whatever the order', async () => {
    const restorer = new FakeRestorer();
    const signature = ready(`${digestOf('v1').replace(':', '-')}.sig`);
    const ofSignature = ready(`${signature.tag.digest!.replace(':', '-')}.sig`);
    const events: RestoreEvent[] = [];
    const parts = {
      restorer,
      journal: { restored: async () => undefined },
      clock: new FakeClock({ hurries: true }),
      admission,
    };
    for await (const event of restoreTags([ofSignature, signature, ready('v0'), ready('v1')], parts)) {
      events.push(event);
    }
    assert.deepEqual(restorer.puts, ['v0', 'v1', signature.tag.name, ofSignature.tag.name]);
    assert.ok(events.every(({ outcome }) => outcome.kind === 'restored'));
  });
});
