import assert from 'node:assert/strict';
import { HubError } from '../../../../src/hub/wire/hubError.ts';
import { Journal } from '../../../../src/runs/journal/journal.ts';
import { JournalError, writeLine } from '../../../../src/runs/journal/journalLine.ts';
import { outcomeOf, recordedTags, type JournalRecord } from '../../../../src/runs/journal/journalRecord.ts';
import {
  deleteWholeRepository,
  lookUpDeletion,
  type RepositoryDeletion,
} from '../../../../src/runs/run/repositoryDeletion.ts';
import { prepareResume } from '../../../../src/runs/resume.ts';
import { FakeClock, noon } from '../../fakeClock.ts';
import { head, readText } from '../journal/journalText.ts';
import { api, batchOf, MemorySink, oldTags } from './runToEnd.ts';

const policy = { kind: 'repository' } as const;
const notFound = () => new HubError({ kind: 'notFound', status: 404 });
const timeout = () => new HubError({ kind: 'timeout' });
const lane = 'foreground';

/** A journal of the deletion of `team/api`, which has so many tags. */
async function begun(
  tags = 3,
): Promise<{ readonly sink: MemorySink; readonly journal: Journal; readonly clock: FakeClock }> {
  const sink = new MemorySink();
  const clock = new FakeClock({ hurries: true });
  const journal = new Journal(sink, clock);
  await journal.begin({ ...head, policy }, batchOf([api, oldTags(tags)]));
  return { sink, journal, clock };
}

/** Deletes with these answers: to the DELETE, and to one look-up after the other, the last of them to all that follow. */
async function deleted(
  answer: HubError | undefined,
  ...looks: readonly (HubError | 'there')[]
): Promise<RepositoryDeletion & { readonly asked: number; readonly waited: number; readonly text: string }> {
  const { sink, journal, clock } = await begun();
  let asked = 0;
  let sent = 0;
  const remover = {
    deleteRepository: async () => {
      assert.ok(
        sink.text.includes('"repositoryIntent"'),
        'the intent is on disk before anything is sent (invariant 5)',
      );
      assert.equal(++sent, 1);
      if (answer) throw answer;
    },
    repository: async () => {
      const look = looks[Math.min(asked++, looks.length - 1)];
      if (look !== 'there') throw look!;
    },
  };
  const result = await deleteWholeRepository(api, {
    remover,
    journal,
    clock,
    admission: { lane, signal: new AbortController().signal },
  });
  return { ...result, asked, waited: clock.now() - noon, text: sink.text };
}

function stateOf(record: JournalRecord): string[] {
  return [...recordedTags(record)].map((recorded) => outcomeOf(recorded, record.stops).kind);
}

describe('deleting a whole repository', () => {
  it('C4: is removed only once it cannot be found any more, however Docker Hub answers the DELETE', async () => {
    assert.deepEqual((await deleted(undefined, notFound())).outcome, { kind: 'removed' });
    const slow = await deleted(undefined, 'there', 'there', notFound());
    assert.deepEqual([slow.outcome, slow.asked], [{ kind: 'removed' }, 3]);
    const queued = await deleted(undefined, 'there');
    assert.deepEqual(
      [queued.outcome, queued.waited],
      [{ kind: 'uncertain', failure: { kind: 'queued' } }, 15_000],
      'a 2xx alone is no proof',
    );
    assert.equal((await deleted(undefined, timeout())).outcome.kind, 'uncertain');
  });

  it('C4: a DELETE without an answer is looked up, and never sent again', async () => {
    assert.deepEqual((await deleted(timeout(), notFound())).outcome, { kind: 'removed' });
    assert.deepEqual((await deleted(timeout(), 'there')).outcome, { kind: 'uncertain', failure: { kind: 'timeout' } });
    assert.deepEqual((await deleted(new HubError({ kind: 'server', status: 500 }), 'there')).outcome, {
      kind: 'failed',
      failure: { kind: 'server', status: 500 },
    });
    assert.deepEqual(
      (await deleted(new HubError({ kind: 'server', status: 500 }), timeout())).outcome.kind,
      'uncertain',
    );
  });

  it('C4: a refusal is a failure without any look-up; what somebody else deleted is gone already', async () => {
    const refused = await deleted(new HubError({ kind: 'forbidden', status: 403, serverWords: 'no' }));
    assert.deepEqual(
      [refused.outcome, refused.asked],
      [{ kind: 'failed', failure: { kind: 'forbidden', status: 403, words: 'no' } }, 0],
    );
    assert.deepEqual((await deleted(notFound(), notFound())).outcome, { kind: 'alreadyGone' });
    assert.equal((await deleted(notFound(), 'there')).outcome.kind, 'failed');
  });

  it('C4: sends nothing once it is cancelled, or while the intent is not on disk', async () => {
    const { journal, clock } = await begun();
    const never = { deleteRepository: assert.fail, repository: assert.fail };
    const cancelled = await deleteWholeRepository(api, {
      remover: never,
      journal,
      clock,
      admission: { lane, signal: AbortSignal.abort() },
    });
    assert.deepEqual(cancelled.outcome, { kind: 'notReached', reason: 'cancelled' });
    const full = { intendRepository: () => Promise.reject(new Error('disk full')) };
    await assert.rejects(
      deleteWholeRepository(api, {
        remover: never,
        journal: full,
        clock,
        admission: { lane, signal: new AbortController().signal },
      }),
      /disk full/,
    );
  });

  it('C4: after a kill at any instant its journal says of every tag whether it is done, not done or uncertain', async () => {
    const { sink, journal } = await begun();
    assert.deepEqual(stateOf(await readText(sink.text)), ['notReached', 'notReached', 'notReached']);
    await journal.intendRepository(api);
    const intended = await readText(sink.text);
    assert.deepEqual(stateOf(intended), ['uncertain', 'uncertain', 'uncertain']);
    assert.deepEqual(
      [...recordedTags(intended)].map(({ tag }) => tag.digest),
      oldTags(3).map(({ digest }) => digest),
      'with what restoring needs',
    );
    journal.repositoryOutcome(api, { kind: 'removed' });
    await journal.end(
      { removed: 3, alreadyGone: 0, spared: 0, failed: 0, uncertain: 0, notReached: 0 },
      false,
      'removed',
    );
    const ended = await readText(sink.text);
    assert.deepEqual(
      [stateOf(ended), ended.ended, ended.wholeRepository?.outcome],
      [['removed', 'removed', 'removed'], true, { kind: 'removed' }],
    );
    const bytes = sink.text.slice(0, -1);
    const torn = await readText(bytes.slice(0, bytes.lastIndexOf('"repositoryOutcome"')));
    assert.deepEqual(stateOf(torn), ['uncertain', 'uncertain', 'uncertain']);
  });

  it('C4: a repository without tags has a journal, too', async () => {
    const { sink, journal } = await begun(0);
    await journal.intendRepository(api);
    const record = await readText(sink.text);
    assert.deepEqual(
      [record.ready, record.planned, record.plans.length, record.wholeRepository !== undefined],
      [true, 0, 1, true],
    );
  });

  it('C4: lines about a whole repository in another run, or an outcome without an intent, are damage', async () => {
    const intent = writeLine({ type: 'repositoryIntent', at: noon, repository: api });
    const removed = writeLine({ type: 'repositoryOutcome', at: noon, repository: api, outcome: { kind: 'removed' } });
    const isDamaged = (error: unknown) => error instanceof JournalError && error.reason === 'damaged';
    const { sink } = await begun();
    await assert.rejects(readText(sink.text + removed), isDamaged);
    await assert.rejects(
      readText(
        sink.text + writeLine({ type: 'repositoryIntent', at: noon, repository: { namespace: 'team', name: 'web' } }),
      ),
      isDamaged,
    );
    await assert.rejects(readText(sink.text.replace('{"kind":"repository"}', '{"kind":"picked"}') + intent), isDamaged);
  });

  it('C4: does not go on tag by tag', async () => {
    const { sink, journal } = await begun();
    await journal.intendRepository(api);
    await assert.rejects(prepareResume(await readText(sink.text), {} as never), /does not go on tag by tag/);
  });
});

describe('looking up an interrupted deletion of a repository', () => {
  const lookUp = async (record: JournalRecord, answer: HubError | 'there', now = noon + 1000) =>
    lookUpDeletion(record, {
      remover: { repository: () => (answer === 'there' ? Promise.resolve() : Promise.reject(answer)) },
      admission: { lane },
      now,
    });

  it('C4: gone is removed; still there is uncertain while Docker Hub may be at it, and not done after that', async () => {
    const { sink, journal } = await begun();
    await journal.intendRepository(api);
    const record = await readText(sink.text);
    assert.deepEqual(await lookUp(record, notFound()), { kind: 'removed' });
    assert.deepEqual(await lookUp(record, 'there'), { kind: 'uncertain', failure: { kind: 'interrupted' } });
    assert.deepEqual(await lookUp(record, 'there', noon + 60 * 60_000), { kind: 'notReached', reason: 'interrupted' });
    await assert.rejects(lookUp(record, timeout()), /timeout/);
  });

  it('C4: without an intent nothing was sent, and nothing is asked', async () => {
    const { sink } = await begun();
    const record = await readText(sink.text);
    assert.deepEqual(
      await lookUpDeletion(record, { remover: { repository: assert.fail }, admission: { lane }, now: noon }),
      { kind: 'notReached', reason: 'interrupted' },
    );
  });

  it('C4: one that Docker Hub accepted and still has an hour later has failed', async () => {
    const { sink, journal } = await begun();
    await journal.intendRepository(api);
    journal.repositoryOutcome(api, { kind: 'uncertain', failure: { kind: 'queued' } });
    await journal.end(
      { removed: 0, alreadyGone: 0, spared: 0, failed: 0, uncertain: 3, notReached: 0 },
      false,
      'uncertain',
    );
    assert.deepEqual(await lookUp(await readText(sink.text), 'there', noon + 2 * 60 * 60_000), {
      kind: 'failed',
      failure: { kind: 'queued' },
    });
  });
});
