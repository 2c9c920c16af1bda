import assert from 'node:assert/strict';
import process from 'node:process';
import { Journal } from '../../../../src/runs/journal/journal.ts';
import { readLine, type JournalLine } from '../../../../src/runs/journal/journalLine.ts';
import { outcomeOf } from '../../../../src/runs/journal/journalRecord.ts';
import type { JournalSink } from '../../../../src/runs/journal/journalSink.ts';
import { makeBatch } from '../../../../src/retention/plan/batch.ts';
import { checkPolicy } from '../../../../src/retention/policy/checkPolicy.ts';
import type { RepositoryName } from '../../../../src/retention/tags/repositoryName.ts';
import { planByPolicy } from '../../../../src/retention/plan/policyPlan.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { FakeClock, noon, settled } from '../../fakeClock.ts';
import { FakeRemover } from '../run/fakeRemover.ts';
import { begun, head, readText, realJournal } from './journalText.ts';
import { api, batchOf, MemorySink, oldTags, runToEnd } from '../run/runToEnd.ts';
import { planByAge } from '../../retention/plan/planByAge.ts';

/** A sink whose every append waits to be let go; `appends` holds what each was given. */
class HeldSink implements JournalSink {
  readonly appends: string[] = [];
  readonly #waiting: PromiseWithResolvers<void>[] = [];

  append(text: string): Promise<void> {
    this.appends.push(text);
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  /** Lets the earliest append go on. */
  async release(error?: Error): Promise<void> {
    const waiting = this.#waiting.shift()!;
    if (error) waiting.reject(error);
    else waiting.resolve();
    await settled();
  }

  /** The types of the lines of an append. */
  types(append: number): string[] {
    return this.appends[append]!.trimEnd()
      .split('\n')
      .map((line) => readLine(line)!.type);
  }
}

/** A journal in front of a sink from which nothing comes back by itself, its plans taken down. */
async function held(count: number) {
  const sink = new HeldSink();
  const clock = new FakeClock({ hurries: true });
  const journal = new Journal(sink, clock);
  const tags = oldTags(count);
  const batch = batchOf([api, tags]);
  const beginning = journal.begin(head, batch);
  await settled();
  await sink.release();
  await beginning;
  const remover = new FakeRemover(clock).add(api, tags);
  return { sink, clock, journal, tags, batch, remover };
}

const zero = { removed: 0, alreadyGone: 0, spared: 0, failed: 0, uncertain: 0, notReached: 0 };

describe('Journal', () => {
  describe('begins with the plans', () => {
    it('a first line that says which run it is, then each plan, then that all are there', async () => {
      const { sink } = await begun(
        batchOf(
          [api, oldTags(2)],
          [{ namespace: 'team', name: 'web' }, oldTags(1)],
          [{ namespace: 'team', name: 'nothing' }, []],
        ),
      );
      assert.deepEqual(
        sink.lines.map(({ type }) => type),
        ['run', 'plan', 'going', 'plan', 'going', 'ready'],
      );
      const { account, ...rest } = head;
      const { origins, ...who } = account;
      assert.deepEqual(sink.lines[0], {
        type: 'run',
        version: 3,
        at: noon,
        account: who,
        origins,
        ...rest,
        repository: api,
        repositories: 2,
        planned: 3,
      });
      const { digest } = oldTags(1)[0]!;
      assert.deepEqual(sink.lines[4], { type: 'going', tags: [['t1', digest, 1_000_000, null]] });
    });

    it('in lines of at most 100 tags or names, and of bounded length however long the names are', async () => {
      const long = Array.from({ length: 300 }, (_, i) => ({ name: `${i}-${'n'.repeat(5000)}`, pushedAt: i }));
      const young = Array.from({ length: 12_345 }, (_, i) => ({ name: `young${i}`, pushedAt: noon - i }));
      const plan = planByAge({
        repository: api,
        tags: [...oldTags(950), ...long, ...young, { name: 'main', pushedAt: 5 }],
        asOf: noon,
        cutoff: noon - 1e9,
        protect: compileProtect(['main']),
      });
      const { sink } = await begun(makeBatch([plan], { maxDeletions: 0 }));
      for (const line of sink.text.split('\n')) assert.ok(line.length < 48 * 1024, String(line.length));
      const going = sink.lines.filter((line) => line.type === 'going');
      assert.ok(going.every(({ tags }) => tags.length <= 100));
      assert.equal(going.flatMap(({ tags }) => tags).length, 1250);
      const staying = sink.lines.filter((line) => line.type === 'staying');
      assert.ok(staying.every(({ names }) => names.length <= 100));
      assert.equal(
        staying.reduce((sum, { count }) => sum + count, 0),
        12_346,
        'all are counted',
      );
      assert.equal(staying.flatMap(({ names }) => names).length, 10_001, 'so many are named for a reason');
      const record = await readText(sink.text);
      assert.deepEqual(
        record.plans[0]!.kept.map(({ reason, count, names }) => [reason.kind, count, names.length]),
        [
          ['younger', 12_345, 10_000],
          ['protected', 1, 1],
        ],
      );
    });

    it('and streams them: no append is much longer than 256 KB, none waits for the end', async () => {
      const sizes: number[] = [];
      const journal = new Journal({ append: async (text) => void sizes.push(text.length) }, new FakeClock());
      await journal.begin(head, batchOf([api, oldTags(20_000)]));
      assert.ok(sizes.length > 5 && Math.max(...sizes) < 300 * 1024, String(sizes));
    });

    it('200,000 tags in 150 bytes each, and reads them again', async function () {
      this.timeout(60_000);
      const batch = batchOf([api, oldTags(200_000)]);
      const appends: string[] = [];
      const journal = new Journal({ append: async (text) => void appends.push(text) }, new FakeClock());
      await journal.begin(head, batch);
      const text = appends.join('');
      assert.ok(text.length < 150 * 200_000, String(text.length));
      const record = await readText(text);
      assert.equal(record.plans[0]!.tags.size, 200_000);
      assert.deepEqual(record.plans[0]!.tags.get('t200000')!.tag, batch.plans[0]!.going[199_999]);
    });

    it('C1: each plan of a run by policies with where its policy was written, and no other one', async () => {
      const source = { key: 'file:///w/.docker-hub-prune.jsonc', label: 'w' };
      const web = { namespace: 'team', name: 'web' };
      const policy = checkPolicy({ repositories: ['*/*'], keepNewest: 1 }, noon);
      const plan = (repository: RepositoryName) =>
        planByPolicy({ repository, tags: oldTags(2), policy, now: noon, asOf: noon, protect: compileProtect([]) }).plan;
      const batch = makeBatch([plan(api), plan(web)], { maxDeletions: 0 });
      for (const kind of ['policies', 'picked'] as const) {
        const sink = new MemorySink();
        await new Journal(sink, new FakeClock()).begin(
          { ...head, policy: { kind }, sourceOf: ({ name }) => (name === 'api' ? source : undefined) },
          batch,
        );
        assert.deepEqual(
          (await readText(sink.text)).plans.map((each) => each.source),
          kind === 'policies' ? [source, undefined] : [undefined, undefined],
        );
      }
    });

    it('not at all for a batch of which nothing goes', async () => {
      await assert.rejects(begun(batchOf([api, []])), /nothing goes/);
    });
  });

  describe('intent before act (invariant 5)', () => {
    it('no DELETE is sent before its intent is on disk', async () => {
      const { sink, clock, journal, batch, remover } = await held(3);
      const controller = new AbortController();
      const running = runToEnd(batch, { remover, clock, journal, signal: controller.signal });
      await settled();
      assert.deepEqual(sink.types(1), ['intent']);
      assert.equal(remover.count('DELETE'), 0);
      await clock.sleep(3_600_000);
      assert.equal(remover.count('DELETE'), 0, 'a disk that hangs');
      await sink.release();
      assert.deepEqual(
        remover.calls.filter((call) => call.startsWith('DELETE')),
        ['DELETE t1'],
      );
      controller.abort();
      const done = await running;
      assert.deepEqual(done.ends, { t1: 'removed', t2: 'notReached cancelled', t3: 'notReached cancelled' });
    });

    it('a stop does not wait for a disk that hangs, and nothing is sent (invariant 8)', async () => {
      const { clock, journal, batch, remover } = await held(3);
      const controller = new AbortController();
      const running = runToEnd(batch, { remover, clock, journal, signal: controller.signal });
      await settled();
      controller.abort();
      assert.deepEqual((await running).ends, {
        t1: 'notReached cancelled',
        t2: 'notReached cancelled',
        t3: 'notReached cancelled',
      });
      assert.equal(remover.count('DELETE'), 0);
    });

    it('a disk that is full stops the run: the tag is not reached, and nothing more is sent', async () => {
      const clock = new FakeClock({ hurries: true });
      const tags = oldTags(40);
      const batch = batchOf([api, tags], [{ namespace: 'team', name: 'web' }, oldTags(5)]);
      const remover = new FakeRemover(clock).add(api, tags);
      let room = 12;
      let sentWhenFull: number | undefined;
      const sink: JournalSink = {
        append: async () => {
          if (room-- > 0) return;
          sentWhenFull ??= remover.count('DELETE');
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        },
      };
      const journal = new Journal(sink, clock);
      await journal.begin(head, batch);
      const done = await runToEnd(batch, { remover, clock, journal });
      assert.deepEqual(done.tally.stops, [
        { reason: 'storage', failure: { kind: 'storage', words: 'ENOSPC: no space left on device, write' } },
      ]);
      assert.ok(sentWhenFull! > 0);
      assert.equal(remover.count('DELETE'), sentWhenFull, 'no DELETE after it');
      assert.equal(done.tally.counts.removed, sentWhenFull);
      assert.equal(done.tally.counts.notReached, 45 - sentWhenFull!);
      await assert.rejects(journal.end(done.tally.counts), /ENOSPC/);
      assert.equal(room, -1, 'nothing is written behind a line that may be torn');
    });

    it('once a line could not be written every later call fails alike, also for an intent that was on disk', async () => {
      const { sink, journal, tags } = await held(2);
      const first = journal.intend(api, tags[0]!);
      await settled();
      await sink.release();
      await first;
      const second = journal.intend(api, tags[1]!);
      await settled();
      await Promise.all([assert.rejects(second, /gone/), sink.release(new Error('gone'))]);
      journal.outcome(api, 't1', { kind: 'removed' });
      for (const call of [
        () => journal.intend(api, tags[0]!),
        () => journal.intend(api, tags[1]!),
        () => journal.resume(1, true),
        () => journal.restored(api, 't1', 'sha256:0'),
        () => journal.end(zero),
      ]) {
        await assert.rejects(call(), /gone/);
      }
      assert.equal(sink.appends.length, 3);
    });

    it('intents of one turn share one flush; those that come meanwhile share the next', async () => {
      const { sink, journal, tags } = await held(30);
      const early = tags.slice(0, 10).map((tag) => journal.intend(api, tag));
      await settled();
      assert.equal(sink.types(1).length, 10);
      const late = tags.slice(10).map((tag) => journal.intend(api, tag));
      await settled();
      assert.equal(sink.appends.length, 2, 'one at a time');
      await sink.release();
      await Promise.all(early);
      assert.equal(sink.types(2).length, 20);
      let done = false;
      const all = Promise.all(late).then(() => (done = true));
      await settled();
      assert.equal(done, false, 'their own flush is not over');
      await sink.release();
      await all;
      assert.equal(sink.appends.length, 3);
    });

    it('an intent does not wait for lines that came after it', async () => {
      const { sink, journal, tags } = await held(3);
      const first = journal.intend(api, tags[0]!);
      await settled();
      const second = journal.intend(api, tags[1]!);
      await settled();
      await sink.release();
      await first;
      const third = journal.intend(api, tags[2]!);
      await settled();
      await sink.release();
      await second;
      assert.equal(sink.appends.length, 4, 'the third is on its way, and the second did not wait for it');
      await sink.release();
      await third;
    });

    it('a tag has one intent for all its DELETEs until it has an outcome', async () => {
      const { sink, journal } = await begun(batchOf([api, oldTags(1)]));
      const tag = oldTags(1)[0]!;
      await journal.intend(api, tag);
      await journal.intend(api, tag);
      assert.equal(sink.lines.filter(({ type }) => type === 'intent').length, 1);
      journal.note({
        type: 'outcome',
        repository: api,
        tag,
        outcome: { kind: 'uncertain', failure: { kind: 'network' } },
      });
      await journal.intend(api, tag);
      assert.deepEqual(
        sink.lines.slice(-3).map(({ type }) => type),
        ['intent', 'outcome', 'intent'],
      );
    });

    it('names that only together read alike are different tags', async () => {
      const { sink, journal } = await begun(batchOf([api, oldTags(1)]));
      await journal.intend({ namespace: 'team', name: 'a' }, { name: 'b:c' });
      await journal.intend({ namespace: 'team', name: 'a:b' }, { name: 'c' });
      await journal.intend({ namespace: 'team/a', name: 'b' }, { name: 'c' });
      await journal.intend({ namespace: 'team', name: 'a/b' }, { name: 'c' });
      assert.equal(sink.lines.filter(({ type }) => type === 'intent').length, 4);
    });
  });

  describe('C3: a stop is on disk at once (invariant 8)', () => {
    /** A run whose DELETEs hang from the second on, once some of them are on their way. */
    async function hanging(sink: MemorySink) {
      const clock = new FakeClock({ hurries: true });
      const tags = oldTags(60);
      const journal = new Journal(sink, clock);
      await journal.begin(head, batchOf([api, tags]));
      const hung = Promise.withResolvers<void>();
      const remover = new FakeRemover(clock, ({ method, tag }) =>
        method === 'DELETE' && tag !== 't1' ? hung.promise : undefined,
      ).add(api, tags);
      const controller = new AbortController();
      const running = runToEnd(batchOf([api, tags]), { remover, clock, journal, signal: controller.signal });
      for (let i = 0; i < 50 && remover.count('DELETE') < 5; i++) await settled();
      assert.ok(remover.count('DELETE') >= 5);
      return { running, controller, answer: hung.resolve };
    }

    it('C3: a cancel, while every DELETE hangs: what is read after a crash is a cancelled run', async () => {
      const sink = new MemorySink();
      const { running, controller, answer } = await hanging(sink);
      controller.abort();
      await settled();
      const record = await readText(sink.text);
      assert.deepEqual([record.stops, record.ended], [[{ reason: 'cancelled' }], false]);
      const states = [...record.plans[0]!.tags.values()].map((recorded) => outcomeOf(recorded, record.stops));
      assert.ok(states.some(({ kind }) => kind === 'uncertain'));
      assert.ok(
        states.every(
          (outcome) =>
            outcome.kind === 'uncertain' ||
            outcome.kind === 'removed' ||
            (outcome.kind === 'notReached' && outcome.reason === 'cancelled'),
        ),
      );
      answer();
      await running;
    });

    it('C3: any other stop, of the run or of a repository, without a line behind it', async () => {
      for (const stop of [
        { reason: 'offline' },
        { reason: 'takenOver' },
        { reason: 'missingRight', repository: api },
      ] as const) {
        const { journal, sink } = await begun(batchOf([api, oldTags(2)]));
        journal.note({ type: 'stopped', stop });
        await settled();
        assert.deepEqual((await readText(sink.text)).stops, [stop]);
      }
    });

    it('C3: with the outcomes that came before it, and in their order', async () => {
      const { journal, sink } = await begun(batchOf([api, oldTags(2)]));
      const [tag] = oldTags(1) as [{ name: string }];
      await journal.intend(api, tag);
      journal.note({ type: 'outcome', repository: api, tag, outcome: { kind: 'removed' } });
      journal.note({ type: 'stopped', stop: { reason: 'cancelled' } });
      await settled();
      assert.deepEqual(
        sink.lines.slice(-3).map(({ type }) => type),
        ['intent', 'outcome', 'stop'],
      );
    });

    it('C3: torn in the middle it counts as not written, and the run as interrupted', async () => {
      const { journal, sink } = await begun(batchOf([api, oldTags(2)]));
      await journal.intend(api, oldTags(1)[0]!);
      const before = sink.text.length;
      journal.note({ type: 'stopped', stop: { reason: 'cancelled' } });
      await settled();
      for (let length = before + 1; length < sink.text.length - 1; length += 3) {
        const record = await readText(sink.text.slice(0, length));
        assert.deepEqual(
          [record.stops, outcomeOf(record.plans[0]!.tags.get('t1')!, record.stops).kind],
          [[], 'uncertain'],
        );
      }
    });

    it('C3: a disk that is full or hangs does not hold the cancel up, and nothing goes unhandled', async () => {
      const unhandled: unknown[] = [];
      const onUnhandled = (error: unknown) => void unhandled.push(error);
      process.on('unhandledRejection', onUnhandled);
      try {
        for (const append of [() => Promise.reject(new Error('ENOSPC')), () => new Promise<void>(() => undefined)]) {
          const sink = new MemorySink();
          const { running, controller, answer } = await hanging(sink);
          sink.append = append;
          controller.abort();
          await settled();
          answer();
          const done = await running;
          assert.deepEqual(done.tally.stops, [{ reason: 'cancelled' }]);
        }
        await settled();
        assert.deepEqual(unhandled, []);
      } finally {
        process.off('unhandledRejection', onUnhandled);
      }
    });
  });

  describe('holds', () => {
    it("each DELETE's intent before it", async () => {
      const { deletes } = await realJournal();
      assert.ok(deletes.length > 10);
      for (const { tag, written } of deletes) {
        const last = written
          .trimEnd()
          .split('\n')
          .map((line) => readLine(line)!)
          .findLast((line) => 'tag' in line && line.tag === tag);
        assert.equal(last?.type, 'intent', tag);
      }
    });

    it('a line for every outcome but those that were not reached, unless their intent has to be taken back', async () => {
      const { sink, journal } = await begun(batchOf([api, oldTags(3)]));
      const [intended, not] = oldTags(2) as [{ name: string }, { name: string }];
      await journal.intend(api, intended);
      for (const tag of [intended, not]) {
        journal.note({ type: 'outcome', repository: api, tag, outcome: { kind: 'notReached', reason: 'cancelled' } });
      }
      await journal.end({ ...zero, notReached: 2 });
      assert.deepEqual(
        sink.lines
          .filter(({ type }) => type === 'outcome')
          .map((line) => (line as Extract<JournalLine, { type: 'outcome' }>).tag),
        ['t1'],
      );
    });

    it('a wait once, however many requests wait for it', async () => {
      const { sink, journal } = await begun(batchOf([api, oldTags(1)]));
      for (const until of [noon + 5, noon + 5, noon + 9]) {
        journal.note({ type: 'waiting', wait: { until, why: 'allowance' } });
      }
      await journal.end(zero);
      assert.deepEqual(
        sink.lines.filter(({ type }) => type === 'wait').map((line) => (line as { until: number }).until),
        [noon + 5, noon + 9],
      );
    });

    it('whatever the names hold, a line of its own, and reads the same', async () => {
      const names = [
        '\u2028',
        '\u2029x',
        'a\nb',
        'c\r\nd',
        '"',
        '\\',
        '\0',
        '\u0085',
        '\ud800',
        '\u{1f600}',
        '{"type":"end"}',
        '__proto__',
        'constructor',
        '../../..',
        '\u202e',
        '',
        'x'.repeat(1_000_000),
      ];
      const repository = { namespace: '\u2028', name: '__proto__' };
      const tags = names.map((name, i) => ({ name, pushedAt: i, digest: `sha256:${i}\u2028` }));
      const { sink, journal } = await begun(batchOf([repository, tags]));
      for (const tag of tags) await journal.intend(repository, tag);
      for (const tag of tags) {
        journal.note({
          type: 'outcome',
          repository,
          tag,
          outcome: { kind: 'failed', failure: { kind: 'rejected', words: `\u2029 ${tag.name.slice(0, 300)}` } },
        });
      }
      await journal.end({ ...zero, failed: tags.length });
      const record = await readText(sink.text);
      assert.deepEqual(
        [...record.plans[0]!.tags.values()].map(({ tag, intended, outcome }) => [tag, intended, outcome?.kind]),
        tags.map((tag) => [tag, true, 'failed']),
      );
      assert.equal(record.ended, true);
    });

    it('no field but those of its format: no secret that an object carries along gets in (invariant 9)', async () => {
      const secret = 'dckr_pat_this-is-secret';
      const carrying = { secret, password: secret, headers: { authorization: `Bearer ${secret}` } };
      const sink = new MemorySink();
      const journal = new Journal(sink, new FakeClock());
      const tag = { ...oldTags(1)[0]!, ...carrying };
      const repository = { ...api, ...carrying };
      const { account, policy } = head;
      await journal.begin(
        {
          ...head,
          ...carrying,
          account: { ...account, ...carrying, origins: { ...account.origins, ...carrying } },
          policy: { ...policy, ...carrying },
        },
        batchOf([repository, [tag]]),
      );
      await journal.resume(1, true);
      await journal.intend(repository, tag);
      journal.note({
        type: 'stopped',
        stop: { reason: 'account', repository, failure: { kind: 'unauthorized', ...carrying }, ...carrying },
      });
      journal.note({ type: 'waiting', wait: { until: noon + 1, why: 'backoff', ...carrying } });
      journal.note({
        type: 'outcome',
        repository,
        tag,
        outcome: { kind: 'spared', reason: { kind: 'protected', pattern: 'x', ...carrying }, ...carrying },
      });
      await journal.restored(repository, 't1', 'sha256:1');
      await journal.end({ ...zero, ...carrying, spared: 1 });
      assert.deepEqual(
        sink.lines.map(({ type }) => type),
        ['run', 'plan', 'going', 'ready', 'resume', 'intent', 'stop', 'wait', 'outcome', 'restored', 'end'],
      );
      assert.ok(!sink.text.includes(secret) && !/secret|password|authorization/.test(sink.text));
    });

    it('nothing that could not be read again: such a line stops the run', async () => {
      await assert.rejects(
        new Journal(new MemorySink(), new FakeClock({ now: NaN })).begin(head, batchOf([api, oldTags(1)])),
      );
      const { sink, journal } = await begun(batchOf([api, oldTags(1)]));
      const before = sink.text;
      journal.note({ type: 'waiting', wait: { until: Infinity, why: 'allowance' } });
      await assert.rejects(journal.intend(api, oldTags(1)[0]!));
      assert.equal(sink.text, before);
    });

    it('a date or size that is no number as one that is unknown', async () => {
      const { sink } = await begun(batchOf([api, [{ name: 'odd', pushedAt: Infinity, size: NaN }]]));
      assert.deepEqual(sink.lines[2], { type: 'going', tags: [['odd', null, null, null]] });
    });
  });
});
