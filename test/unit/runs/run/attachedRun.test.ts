import assert from 'node:assert/strict';
import fc from 'fast-check';
import { prepareResume } from '../../../../src/runs/resume.ts';
import { checkPolicy } from '../../../../src/retention/policy/checkPolicy.ts';
import { makeBatch, type Batch } from '../../../../src/retention/plan/batch.ts';
import { planPicked } from '../../../../src/retention/plan/plan.ts';
import { planByPolicy } from '../../../../src/retention/plan/policyPlan.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { noUses } from '../../../../src/retention/plan/uses.ts';
import { outcomeOf, recordedTags } from '../../../../src/runs/journal/journalRecord.ts';
import { Journal } from '../../../../src/runs/journal/journal.ts';
import { run } from '../../../../src/runs/run/run.ts';
import { FakeClock, noon } from '../../fakeClock.ts';
import { imagesOf } from '../../retention/plan/imagesOf.ts';
import { FakeRemover, refusal, reset, type Call, type Fault } from './fakeRemover.ts';
import { head, readText } from '../journal/journalText.ts';
import { api, MemorySink, runToEnd } from './runToEnd.ts';

const DAY = 86_400_000;
const policy = checkPolicy({ repositories: ['*/*'], olderThan: '90 days' }, noon);

function digestOf(text: string): string {
  return `sha256:${Buffer.from(text).toString('hex').padEnd(64, '0')}`;
}

function image(name: string, days: number, more: Partial<Tag> = {}): Tag {
  return { name, digest: digestOf(name), pushedAt: noon - days * DAY, ...more };
}

function attached(subject: string, days: number, suffix = '.sig'): Tag {
  return {
    name: subject.replace(':', '-') + suffix,
    digest: digestOf(`${suffix}${subject.slice(7, 27)}`),
    pushedAt: noon - days * DAY,
  };
}

const sig = (name: string, suffix = '.sig'): Tag => attached(digestOf(name), 99, suffix);

function judge(tags: readonly Tag[]): Batch {
  return makeBatch(
    [
      planByPolicy({
        repository: api,
        tags,
        policy,
        now: noon,
        asOf: noon,
        protect: compileProtect([]),
        inDateOrder: true,
      }).plan,
    ],
    { maxDeletions: 0 },
  );
}

function setUp(
  tags: readonly Tag[],
  script?: (call: Call, remover: FakeRemover) => Fault | Promise<Fault>,
  latency?: (call: Call) => number,
) {
  const clock = new FakeClock({ hurries: true });
  const remover: FakeRemover = new FakeRemover(clock, (call) => script?.(call, remover), latency).add(api, tags);
  return { clock, remover, parts: { remover, clock } };
}

describe('a run with attachments (invariant 13)', () => {
  const tags = [
    image('v1', 120),
    sig('v1'),
    sig('v1', '.att'),
    image('v2', 110),
    sig('v2'),
    image('new', 1),
    sig('new'),
  ];

  it('deletes each only once the DELETE of the last tag of its image was answered', async () => {
    const two = [...tags, image('v1-alias', 100, { digest: digestOf('v1') }), attached(sig('v1').digest!, 98)];
    const answered: string[] = [];
    const { remover, parts } = setUp(
      two,
      ({ method, tag }) => {
        if (method !== 'DELETE') return;
        const of = new Map([
          [sig('v1').name, ['v1', 'v1-alias']],
          [sig('v1', '.att').name, ['v1', 'v1-alias']],
          [sig('v2').name, ['v2']],
          [attached(sig('v1').digest!, 0).name, [sig('v1').name]],
        ]);
        for (const holder of of.get(tag) ?? []) assert.ok(answered.includes(holder), `${tag} before ${holder}`);
      },
      ({ tag }) => (tag === 'v1-alias' ? 5_000 : 100),
    );
    const done = await runToEnd(
      judge(two),
      parts,
      (event) => void (event.type === 'outcome' && answered.push(event.tag.name)),
    );
    assert.equal(done.tally.counts.removed, 7);
    assert.deepEqual([...remover.tagsOf(api).keys()], ['new', sig('new').name]);
  });

  for (const [what, fault, end] of [
    ['is refused', () => refusal(400), 'failed'],
    ['gets no answer', () => refusal(502), 'failed'],
  ] as const) {
    it(`keeps them where the DELETE of their image ${what}`, async () => {
      const { remover, parts } = setUp(tags, ({ method, tag }) =>
        method === 'DELETE' && tag === 'v1' ? fault() : undefined,
      );
      const done = await runToEnd(judge(tags), parts);
      assert.deepEqual([done.ends['v1'], done.ends['v2'], done.ends[sig('v2').name]], [end, 'removed', 'removed']);
      assert.deepEqual(done.outcomes[sig('v1').name], { kind: 'spared', reason: { kind: 'attachedTo', of: 'v1' } });
      assert.ok(['v1', sig('v1').name, sig('v1', '.att').name].every((name) => remover.tagsOf(api).has(name)));
    });
  }

  it('leaves them open where nobody knows whether their image is gone', async () => {
    let sent = false;
    const { remover, parts } = setUp(tags, ({ method, tag }) => {
      if (tag !== 'v1' || (method !== 'DELETE' && !sent)) return;
      sent = true;
      return method === 'DELETE' ? reset() : refusal(403);
    });
    const done = await runToEnd(judge(tags), parts);
    assert.deepEqual(
      [done.ends['v1'], done.ends[sig('v1').name], done.ends[sig('v2').name]],
      ['uncertain', 'notReached serverTrouble', 'removed'],
    );
    assert.ok(remover.tagsOf(api).has(sig('v1').name));
  });

  it('keeps them where their image was pushed again, or under another name, since the plan', async () => {
    const { remover, parts } = setUp(tags, ({ method, tag }, hub) => {
      if (method === 'DELETE' && tag === 'v1') {
        hub.tagsOf(api).set('stable', image('stable', 0, { digest: digestOf('v2') }));
      }
    });
    remover.tagsOf(api).set('v1', image('v1', 0));
    const done = await runToEnd(judge(tags), parts);
    assert.equal(done.ends['v1'], 'spared');
    assert.deepEqual(done.outcomes[sig('v1').name], { kind: 'spared', reason: { kind: 'attachedTo', of: 'v1' } });

    const again = setUp(tags);
    again.remover.tagsOf(api).set('stable', image('stable', 0, { digest: digestOf('v2') }));
    const other = await runToEnd(judge(tags), again.parts);
    assert.deepEqual([other.ends['v1'], other.ends['v2']], ['removed', 'removed']);
    assert.deepEqual(other.outcomes[sig('v2').name], { kind: 'spared', reason: { kind: 'attachedTo', of: 'stable' } });
    assert.ok(again.remover.tagsOf(api).has(sig('v2').name));
  });

  it('does not reach them where it stops before', async () => {
    const controller = new AbortController();
    const { parts } = setUp(tags);
    const done = await runToEnd(
      judge(tags),
      { ...parts, signal: controller.signal },
      (event) => void (event.type === 'outcome' && controller.abort(new DOMException('Cancelled', 'AbortError'))),
    );
    assert.equal(done.ends['v1'], 'removed');
    assert.ok(
      [sig('v1').name, sig('v1', '.att').name].every(
        (name) => done.ends[name] === 'notReached cancelled' || done.ends[name] === 'removed',
      ),
    );
    assert.equal(done.ends[sig('v2').name], 'notReached cancelled');
  });

  it('deletes what was picked alone, and what was picked with its image behind it', async () => {
    const { remover, parts } = setUp(tags);
    const batch = makeBatch(
      [planPicked({ repository: api, tags: [sig('new'), sig('v1'), image('v1', 120)], asOf: noon })],
      { maxDeletions: 0 },
    );
    await runToEnd(batch, parts);
    assert.deepEqual(remover.deleted.toSorted(), [sig('new').name, sig('v1').name, 'v1'].sort());
    assert.ok(remover.deleted.indexOf(sig('v1').name) > remover.deleted.indexOf('v1'));
  });

  it('never leaves an unsigned image, whatever fails when', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 3), fc.constantFrom(400, 403, 404, 500, 502)), { maxLength: 8 }),
        fc.integer({ min: 0, max: 40 }),
        async (faults, stopAt) => {
          const many = Array.from({ length: 6 }, (_, i) => [
            image(`b${i}`, 120 - i),
            sig(`b${i}`),
            attached(sig(`b${i}`).digest!, 90, ''),
          ]).flat();
          let requests = 0;
          const controller = new AbortController();
          const { remover, parts } = setUp([...many, image('new', 1)], ({ method }) => {
            if (++requests === stopAt) controller.abort(new DOMException('Cancelled', 'AbortError'));
            const fault =
              method === 'DELETE'
                ? faults.find(([left], at) => left === requests % 4 && at === requests % faults.length)
                : undefined;
            return fault && refusal(fault[1]);
          });
          await runToEnd(judge([...many, image('new', 1)]), { ...parts, signal: controller.signal });
          const left = remover.tagsOf(api);
          for (let i = 0; i < 6; i++) {
            if (left.has(`b${i}`)) assert.ok(left.has(sig(`b${i}`).name), `b${i} without its signature`);
            if (left.has(sig(`b${i}`).name)) {
              assert.ok(
                left.has(attached(sig(`b${i}`).digest!, 0, '').name),
                'a signature without what is attached to it',
              );
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a run with attachments that is resumed', () => {
  const tags = [
    image('v1', 120, { images: imagesOf(digestOf('amd64'), digestOf('arm64')) }),
    sig('v1'),
    attached(digestOf('amd64'), 98),
    image('v2', 110),
    sig('v2'),
    image('new', 1),
  ];

  /** Runs until so many tags have ended, and reads the journal as a crash leaves it. */
  async function crashed(
    batch: Batch,
    remover: FakeRemover,
    clock: FakeClock,
    ends: number,
    kind: 'policies' | 'picked',
  ) {
    const sink = new MemorySink();
    const journal = new Journal(sink, clock);
    await journal.begin({ ...head, policy: { kind } }, batch);
    let ended = 0;
    for await (const event of run(batch, {
      remover,
      clock,
      journal,
      signal: new AbortController().signal,
      concurrency: 1,
      random: () => 0.5,
    })) {
      if (event.type === 'outcome' && ++ended === ends) break;
    }
    return readText(sink.text);
  }

  async function resumed(remover: FakeRemover, record: Awaited<ReturnType<typeof readText>>, uses = noUses) {
    const admission = { lane: 'background', signal: new AbortController().signal } as const;
    const list = async () => ({
      repository: api,
      tags: [...remover.tagsOf(api).values()],
      asOf: noon,
      inDateOrder: true,
    });
    return prepareResume(record, {
      remover,
      list,
      admission,
      deletionRules: async () => ({}),
      usesOf: () => uses,
      policiesOf: () => [policy],
      protect: compileProtect([]),
      maxDeletions: 0,
    });
  }

  const picked = () =>
    makeBatch([planPicked({ repository: api, tags: tags.filter(({ name }) => name !== 'new'), asOf: noon })], {
      maxDeletions: 0,
    });

  for (const [kind, batchOf] of [
    ['policies', () => judge(tags)],
    ['picked', picked],
  ] as const) {
    it(`deletes what is left of what was attached to images that are gone by then (${kind})`, async () => {
      const { clock, remover } = setUp(tags);
      const record = await crashed(batchOf(), remover, clock, 1, kind);
      assert.ok(!remover.tagsOf(api).has('v1') && remover.tagsOf(api).has(sig('v1').name));
      const { batch } = await resumed(remover, record);
      const left = [...remover.tagsOf(api).keys()].filter((name) => name !== 'new');
      assert.deepEqual(batch.plans[0]!.going.map(({ name }) => name).sort(), left.sort());
      await runToEnd(batch, { remover, clock });
      assert.deepEqual([...remover.tagsOf(api).keys()], ['new']);
    });

    it(`deletes it where its image may have been deleted when no answer came, and is gone (${kind})`, async () => {
      let sent = false;
      const lost = ({ method, tag }: Call): Fault => {
        if (tag !== 'v1' || (method !== 'DELETE' && !sent)) return;
        sent = true;
        return method === 'DELETE' ? { after: reset() } : refusal(403);
      };
      const { clock, remover } = setUp(tags, lost);
      const record = await crashed(batchOf(), remover, clock, tags.length, kind);
      assert.ok(!remover.tagsOf(api).has('v1') && remover.tagsOf(api).has(sig('v1').name));
      const stands = new Map(
        [...recordedTags(record)].map((recorded) => [recorded.tag.name, outcomeOf(recorded, record.stops).kind]),
      );
      assert.deepEqual([stands.get('v1'), stands.get(sig('v1').name)], ['uncertain', 'notReached']);
      const again = setUp([]).remover.add(api, [...remover.tagsOf(api).values()]);
      const { batch } = await resumed(again, record);
      await runToEnd(batch, { remover: again, clock });
      assert.deepEqual([...again.tagsOf(api).keys()], ['new']);
    });

    it(`keeps it where another tag has that image by now, or it is in use (${kind})`, async () => {
      const { clock, remover } = setUp(tags);
      const record = await crashed(batchOf(), remover, clock, 1, kind);
      const used = { tags: new Map<string, string>(), digests: new Map([[digestOf('v1'), 'deploy.yaml:1']]) };
      const byUse = await resumed(remover, record, used);
      assert.ok(!byUse.batch.plans[0]!.going.some(({ name }) => name === sig('v1').name));
      remover.tagsOf(api).set('stable', image('stable', 0, { digest: digestOf('v1') }));
      const { batch } = await resumed(remover, record);
      assert.ok(!batch.plans[0]!.going.some(({ name }) => name === sig('v1').name));
    });

    it(`keeps it where the DELETE of its image had failed (${kind})`, async () => {
      const { clock, remover } = setUp(tags, ({ method, tag }) =>
        method === 'DELETE' && tag === 'v1' ? refusal(400) : undefined,
      );
      // The last outcome of a crash reaches the disk with the next intent only.
      const record = await crashed(batchOf(), remover, clock, 4, kind);
      const { batch } = await resumed(remover, record);
      const going = batch.plans[0]!.going.map(({ name }) => name);
      assert.ok(!going.includes('v1') && !going.includes(sig('v1').name), going.join());
    });
  }
});
