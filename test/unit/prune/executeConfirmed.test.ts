import assert from 'node:assert/strict';
import { ChangedError } from '../../../src/prune/changedError.ts';
import { BusyError } from '../../../src/prune/busyError.ts';
import { TakenError } from '../../../src/prune/takenError.ts';
import { compileProtect } from '../../../src/retention/policy/protect.ts';
import { StorageError } from '../../../src/runs/storageError.ts';
import { PruneStage } from './pruneStage.ts';

const ages = { latest: 400, old: 200, older: 300, young: 10 };

describe('a prune without an editor', () => {
  it('lists, plans, checks and executes, and leaves a journal that says how every tag ended', async () => {
    await using stage = await PruneStage.open();
    const web = stage.add('web', ages);
    const planned = await stage.plan([web]);
    assert.deepEqual(
      planned.batch.plans.map(({ going }) => going.map(({ name }) => name)),
      [['older', 'old']],
    );
    const { id, tally } = await stage.execute(planned);
    assert.equal(tally.counts.removed, 2);
    assert.deepEqual(stage.tags(web), ['latest', 'young']);
    assert.equal(stage.events.filter(({ type }) => type === 'outcome').length, 2);
    const record = await stage.journals.read(id);
    assert.deepEqual([record.ended, record.policy], [true, { kind: 'olderThan', age: '90 days' }]);
    assert.equal(await stage.claims.isRunning(id), false);
  });

  it('keeps a tag that is pushed again before the check, and accounts for it', async () => {
    await using stage = await PruneStage.open();
    const web = stage.add('web', ages);
    const { tally } = await stage.execute(await stage.plan([web]), {
      meanwhile: () => stage.hub.world.pushTag('team', 'web', 'old', { pushedAt: stage.clock.now() }),
    });
    assert.deepEqual([tally.counts.removed, tally.counts.spared], [1, 1]);
    assert.deepEqual(stage.tags(web), ['latest', 'old', 'young']);
  });

  for (const [what, change] of [
    [
      'a tag has come into use',
      (stage: PruneStage) => (stage.uses = { tags: new Map([['old', 'a.yaml:1']]), digests: new Map() }),
    ],
    [
      'the settings protect a tag',
      (stage: PruneStage) => (stage.limits = { protect: compileProtect(['old']), maxDeletions: 0 }),
    ],
    ['the settings allow fewer tags', (stage: PruneStage) => (stage.limits = { ...stage.limits, maxDeletions: 1 })],
  ] as const) {
    it(`deletes nothing and leaves no journal where ${what} since the plan`, async () => {
      await using stage = await PruneStage.open();
      const web = stage.add('web', ages);
      const planned = await stage.plan([web]);
      await assert.rejects(stage.execute(planned, { meanwhile: () => change(stage) }), ChangedError);
      assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
      assert.deepEqual(await stage.journals.list(), []);
    });
  }

  it('skips a repository in which a run is in progress, and refuses to begin a second one', async () => {
    await using stage = await PruneStage.open();
    const [web, api] = [stage.add('web', ages), stage.add('api', ages)];
    const planned = await stage.plan([web]);
    await stage.claims.withRepositories(stage.account, [web], async () => {
      const { unread, batch } = await stage.plan([web, api]);
      assert.deepEqual(
        unread.map(({ repository, error }) => [repository, error instanceof BusyError]),
        [[web, true]],
      );
      assert.deepEqual(batch.total, 2);
      await assert.rejects(stage.execute(planned), (error) => {
        assert.ok(error instanceof TakenError);
        assert.deepEqual(error.repositories, [web]);
        return true;
      });
    });
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
  });

  it('deletes nothing where the journal cannot be written', async () => {
    await using stage = await PruneStage.open();
    const web = stage.add('web', ages);
    const journals = Object.create(stage.journals, {
      create: { value: () => Promise.reject(new Error('ENOSPC')) },
    }) as typeof stage.journals;
    await assert.rejects(stage.execute(await stage.plan([web]), { ports: { journals } }), StorageError);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    assert.deepEqual(await stage.claims.busy(stage.account, [web]), [], 'the repository is free again');
  });
});
