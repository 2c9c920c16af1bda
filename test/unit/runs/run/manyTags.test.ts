import { nothingReclaimable } from '../../../../src/retention/plan/reclaimable.ts';
import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HubError } from '../../../../src/hub/wire/hubError.ts';
import { Journal } from '../../../../src/runs/journal/journal.ts';
import type { JournalSink } from '../../../../src/runs/journal/journalSink.ts';
import { run } from '../../../../src/runs/run/run.ts';
import type { RunEvent } from '../../../../src/runs/outcome/runEvent.ts';
import { Tally } from '../../../../src/runs/outcome/tally.ts';
import type { KeepVerdict, Plan } from '../../../../src/retention/plan/plan.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { FakeClock, noon } from '../../fakeClock.ts';
import { head, readText } from '../journal/journalText.ts';
import { api, batchOf, memoryJournal, MemorySink, oldTags } from './runToEnd.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A Docker Hub that deletes at once, or never answers a DELETE. */
function swiftRemover(answers = true) {
  return {
    deletes: 0,
    parallelism: (most: number) => most,
    async deleteTag(_repository: unknown, _tag: unknown, { beforeSend }: { beforeSend?: () => void }) {
      beforeSend?.();
      this.deletes++;
      if (!answers) await new Promise(() => undefined);
    },
    tag: () => Promise.reject(new HubError({ kind: 'notFound', status: 404 })),
    tagPage: async () => ({ rows: [{ name: 'newest', pushedAt: noon }] }),
    repository: async () => ({}),
  };
}

/** Bytes in use once nothing is left over. */
function heap(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** A run, event by event. */
function running(count: number, remover = swiftRemover()) {
  const controller = new AbortController();
  const clock = new FakeClock();
  return {
    remover,
    controller,
    events: run(batchOf([api, oldTags(count)]), {
      remover,
      clock,
      journal: memoryJournal(clock),
      signal: controller.signal,
    }),
  };
}

describe('a run of many tags', () => {
  it('lets others have their turn while it accounts for tags that are not reached', async () => {
    const { controller, events, remover } = running(20_000);
    controller.abort();
    let [inTurn, most, ended] = [0, 0, 0];
    let on = true;
    const tick = () => {
      inTurn = 0;
      if (on) setImmediate(tick);
    };
    setImmediate(tick);
    for await (const event of events) {
      most = Math.max(most, ++inTurn);
      if (event.type === 'outcome') ended++;
    }
    on = false;
    assert.deepEqual([ended, remover.deletes], [20_000, 0]);
    assert.ok(most <= 200, `${most} events in one turn`);
  });

  it('writes nothing of tags that are not reached, but why', async () => {
    const controller = new AbortController();
    const clock = new FakeClock();
    const sink = new MemorySink();
    const batch = batchOf([api, oldTags(5000)]);
    const journal = new Journal(sink, clock);
    await journal.begin(head, batch);
    const before = sink.lines.length;
    const tally = new Tally();
    for await (const event of run(batch, { remover: swiftRemover(), clock, journal, signal: controller.signal })) {
      tally.add(event);
      if (tally.ended === 10) controller.abort();
    }
    await journal.end(tally.counts);
    const { removed, notReached } = tally.counts;
    assert.equal(removed + notReached, 5000);
    assert.ok(removed < 30);
    const kinds = sink.lines.slice(before).map(({ type }) => type);
    assert.deepEqual(
      kinds.filter((type) => type !== 'intent' && type !== 'outcome'),
      ['stop', 'end'],
    );
    assert.equal(kinds.filter((type) => type === 'outcome').length, removed);
  });

  it('has no promise for a tag that is far from its turn', async () => {
    const { remover, events, controller } = running(20_000, swiftRemover(false));
    let promises = 0;
    const hook = createHook({ init: (_, type) => void (type === 'PROMISE' && promises++) });
    hook.enable();
    const first = await events.next();
    const second = events.next();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    hook.disable();
    assert.equal((first.value as RunEvent).type, 'repository');
    // The first tag goes alone.
    assert.equal(remover.deletes, 1);
    assert.ok(promises < 500, `${promises} promises`);
    controller.abort();
    void second;
  });

  it('keeps of a deleted tag what its account needs', async function () {
    this.timeout(60_000);
    const step = 10_000;
    const clock = new FakeClock();
    const sink: JournalSink = { append: async () => undefined };
    // As a listing has them: texts that were put together shrink when they are first read as a whole.
    const batch = batchOf([api, JSON.parse(JSON.stringify(oldTags(3 * step))) as Tag[]]);
    const tally = new Tally();
    const kept: number[] = [];
    for await (const event of run(batch, {
      remover: swiftRemover(),
      clock,
      journal: new Journal(sink, clock),
      signal: new AbortController().signal,
    })) {
      tally.add(event);
      if (event.type === 'outcome' && tally.ended % step === 0) kept.push(heap());
    }
    const perTag = (kept[2]! - kept[0]!) / (2 * step);
    if (process.env['PRUNER_SHOW_COST']) {
      console.log(`      ${perTag.toFixed(0)} bytes of memory kept for each deleted tag`);
    }
    assert.equal(tally.counts.removed, 3 * step);
    // An object of two references and its place in a list; the tag and the repository are the plan's.
    assert.ok(perTag < 120, `${perTag} bytes`);
  });
});

describe('a journal of many tags', () => {
  const repository = api;
  const younger = Object.freeze({ kind: 'younger' } as const);

  function planOf(going: number, staying: number): Plan {
    const [plan] = batchOf([api, oldTags(going)]).plans;
    const kept = oldTags(staying).map((tag): KeepVerdict => ({
      tag: { ...tag, name: `k${tag.name}` },
      verdict: 'keep',
      reason: younger,
    }));
    return { ...plan!, staying: kept, verdicts: [...plan!.verdicts, ...kept] };
  }

  it('is begun in pieces, and reads as what it was', async () => {
    const plan = planOf(5000, 30_000);
    const pieces: number[] = [];
    let text = '';
    const sink: JournalSink = { append: async (piece) => void ((text += piece), pieces.push(piece.length)) };
    await new Journal(sink, new FakeClock()).begin(head, {
      plans: [plan],
      asOf: plan.asOf,
      total: 5000,
      attachments: 0,
      units: 5000,
      reclaimable: nothingReclaimable,
    });
    assert.ok(pieces.every((length) => length < 300 * 1024) && pieces.length >= 3, pieces.join());
    const record = await readText(text);
    assert.deepEqual(
      [record.ready, record.planned, record.plans[0]!.tags.size, record.plans[0]!.staying],
      [true, 5000, 5000, 30_000],
    );
    assert.deepEqual(
      record.plans[0]!.kept.map(({ reason, count, names }) => [reason, count, names.length]),
      [[younger, 30_000, 10_000]],
    );
  });

  it('is left in the middle when the user leaves it, and then reads as one of which nothing was done', async () => {
    const plan = planOf(20_000, 0);
    const controller = new AbortController();
    let text = '';
    const sink: JournalSink = {
      append: async (piece) => {
        text += piece;
        controller.abort(new Error('left'));
      },
    };
    const begin = new Journal(sink, new FakeClock()).begin(
      head,
      { plans: [plan], asOf: plan.asOf, total: 20_000, attachments: 0, units: 20_000, reclaimable: nothingReclaimable },
      controller.signal,
    );
    await assert.rejects(begin, /left/);
    const record = await readText(text);
    assert.equal(record.ready, false);
    assert.ok(record.plans[0]!.tags.size < 20_000);
  });

  it('takes down many events at once as it does one by one', async () => {
    const batch = batchOf([api, oldTags(3000)]);
    const events = batch.plans[0]!.going.map((tag): RunEvent => ({
      type: 'outcome',
      repository,
      tag,
      outcome: { kind: 'spared', reason: { kind: 'overCap' } },
    }));
    const texts: string[] = [];
    for (const all of [true, false]) {
      const sink = new MemorySink();
      const journal = new Journal(sink, new FakeClock());
      await journal.begin(head, batch);
      await journal.resume(0, false);
      if (all) await journal.noteAll(events);
      else for (const event of events) journal.note(event);
      await journal.end(new Tally().counts);
      texts.push(sink.text);
    }
    assert.equal(texts[0], texts[1]);
  });

  it('says so when many events cannot be written down', async () => {
    const batch = batchOf([api, oldTags(3000)]);
    const events = batch.plans[0]!.going.map((tag): RunEvent => ({
      type: 'outcome',
      repository,
      tag,
      outcome: { kind: 'spared' },
    }));
    await assert.rejects(
      new Journal({ append: () => Promise.reject(new Error('full')) }, new FakeClock()).noteAll(events),
      /full/,
    );
  });
});
