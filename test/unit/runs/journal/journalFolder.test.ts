import assert from 'node:assert/strict';
import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { Journal } from '../../../../src/runs/journal/journal.ts';
import { JournalFolder, newRunId, type OpenJournal } from '../../../../src/runs/journal/journalFolder.ts';
import { JournalError, writeLine } from '../../../../src/runs/journal/journalLine.ts';
import { FakeClock, noon } from '../../fakeClock.ts';
import { head, realJournal } from './journalText.ts';
import { api, batchOf, oldTags } from '../run/runToEnd.ts';
import { scratchFolder } from './scratchFolder.ts';

const zero = { removed: 0, alreadyGone: 0, spared: 0, failed: 0, uncertain: 0, notReached: 0 };
const clock = new FakeClock();
/** All that needs a journal that is there. */
const ways = ['read', 'summary', 'reopen', 'append'] as const;

/** The id of a run that was begun `hours` after noon. */
const idAt = (hours: number) => `20260115T${String(12 + hours)}0000000Z-0a1b2c`;

async function begin(
  folder: JournalFolder,
  id: string,
  tags = oldTags(2),
): Promise<{ readonly file: OpenJournal; readonly journal: Journal }> {
  const file = await folder.create(id);
  const journal = new Journal(file, clock);
  await journal.begin({ ...head, id }, batchOf([api, tags]));
  return { file, journal };
}

/** Begins a run and ends it. */
async function written(folder: JournalFolder, id: string): Promise<void> {
  const { file, journal } = await begin(folder, id);
  await journal.end({ ...zero, notReached: 2 });
  await file.close(true);
}

const isMissing = (error: unknown) => error instanceof JournalError && error.reason === 'missing';
const hasCode =
  (...codes: string[]) =>
  (error: unknown) =>
    codes.includes((error as NodeJS.ErrnoException).code ?? '');

describe('newRunId', () => {
  it('sorts by time, is the name of a file, and differs for two runs of one instant', () => {
    assert.match(newRunId(noon), /^20260115T120000000Z-[0-9a-f]{6}$/);
    assert.ok(newRunId(noon) < newRunId(noon + 1));
    assert.equal(new Set(Array.from({ length: 50 }, () => newRunId(noon))).size, 50);
  });
});

describe('JournalFolder', () => {
  it('holds nothing where there is no folder, and makes it with the first journal', async () => {
    await using scratch = await scratchFolder();
    const folder = new JournalFolder(join(scratch.path, 'deep', 'runs'));
    assert.deepEqual(await folder.list(), []);
    await folder.trim(5);
    await assert.rejects(folder.read(idAt(0)), isMissing);
    const { file } = await begin(folder, idAt(0));
    assert.deepEqual(await folder.list(), [{ id: idAt(0), open: true }]);
    await file.close(true);
    assert.deepEqual(await folder.list(), [{ id: idAt(0), open: false }]);
  });

  it('lists the newest first', async () => {
    await using scratch = await scratchFolder();
    const folder = new JournalFolder(scratch.path);
    for (const hours of [3, 1, 2]) await written(folder, idAt(hours));
    assert.deepEqual(
      (await folder.list()).map(({ id }) => id),
      [3, 2, 1].map(idAt),
    );
  });

  it('leaves files alone that are not ours: they are neither listed nor trimmed', async () => {
    await using scratch = await scratchFolder();
    const folder = new JournalFolder(scratch.path);
    const others = [
      'notes.jsonl',
      'notes.open.jsonl',
      '.jsonl',
      'a.txt',
      `${idAt(0)}.jsonl.bak`,
      `${idAt(0)}.open`,
      `copy of ${idAt(0)}.jsonl`,
      `${idAt(0)}.part.jsonl`,
    ];
    for (const name of others) await writeFile(join(scratch.path, name), 'mine');
    await written(folder, idAt(1));
    assert.deepEqual(await folder.list(), [{ id: idAt(1), open: false }]);
    await folder.trim(0);
    assert.deepEqual((await readdir(scratch.path)).sort(), others.sort());
  });

  it('takes no id for a path', async () => {
    await using scratch = await scratchFolder();
    const folder = new JournalFolder(join(scratch.path, 'runs'));
    await mkdir(join(scratch.path, 'runs'));
    await writeFile(join(scratch.path, 'precious.jsonl'), 'mine');
    for (const id of ['../precious', 'x', '', '..', `../runs/${idAt(0)}`]) {
      await assert.rejects(folder.create(id), /not the id of a run/);
      await assert.rejects(folder.remove(id), /not the id of a run/);
      for (const use of ways) await assert.rejects(folder[use](id), isMissing);
    }
    assert.equal(await readFile(join(scratch.path, 'precious.jsonl'), 'utf8'), 'mine');
  });

  it('reads a real journal from disk, odd names and all', async () => {
    await using scratch = await scratchFolder();
    const folder = new JournalFolder(scratch.path);
    const file = await folder.create(idAt(0));
    await file.append((await realJournal()).text);
    await file.close(true);
    const record = await folder.read(idAt(0));
    assert.deepEqual([record.ended, record.plans.length, record.planned], [true, 2, 13]);
    const odd = await begin(
      folder,
      idAt(1),
      ['\u2028', 'a\rb', 'c\nd', '\u0085'].map((name, pushedAt) => ({ name, pushedAt })),
    );
    await odd.file.close(false);
    assert.deepEqual([...(await folder.read(idAt(1))).plans[0]!.tags.keys()], ['\u2028', 'a\rb', 'c\nd', '\u0085']);
  });

  it('never begins a journal over another one', async () => {
    await using scratch = await scratchFolder();
    const folder = new JournalFolder(scratch.path);
    const { file } = await begin(folder, idAt(0));
    await assert.rejects(folder.create(idAt(0)), hasCode('EEXIST'));
    await file.close(false);
    assert.equal((await folder.read(idAt(0))).ready, true);
  });

  it('keeps that of a run that did not end open, and removes one that was discarded', async () => {
    await using scratch = await scratchFolder();
    const folder = new JournalFolder(scratch.path);
    await (await begin(folder, idAt(0))).file.close(false);
    await (await begin(folder, idAt(1))).file.discard();
    assert.deepEqual(await folder.list(), [{ id: idAt(0), open: true }]);
    await folder.remove(idAt(0));
    await folder.remove(idAt(0));
    assert.deepEqual(await folder.list(), []);
  });

  describe('goes on with a journal', () => {
    it('that ended or not: it is open until it ends again', async () => {
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      await written(folder, idAt(0));
      const file = await folder.reopen(idAt(0));
      assert.deepEqual(await folder.list(), [{ id: idAt(0), open: true }]);
      await new Journal(file, clock).resume(2, true);
      await file.close(false);
      const again = await folder.reopen(idAt(0));
      const journal = new Journal(again, clock);
      await journal.resume(2, false);
      await journal.end(zero);
      await again.close(true);
      assert.deepEqual(await folder.list(), [{ id: idAt(0), open: false }]);
      const { resumed, ended } = await folder.read(idAt(0));
      assert.deepEqual([resumed, ended], [2, true]);
    });

    it('behind a torn last line, on a line of its own, at every byte of that', async () => {
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      const { file, journal } = await begin(folder, idAt(0));
      const path = join(scratch.path, `${idAt(0)}.open.jsonl`);
      const { size: before } = await stat(path);
      await journal.intend(api, { name: 't1' });
      await file.close(false);
      const whole = await readFile(path);
      for (let size = before; size <= whole.length; size += 5) {
        await writeFile(path, whole);
        await truncate(path, size);
        const reopened = await folder.reopen(idAt(0));
        await new Journal(reopened, clock).resume(2, true);
        await reopened.close(false);
        const record = await folder.read(idAt(0));
        assert.deepEqual(
          [record.resumed, record.plans[0]!.tags.get('t1')!.intended],
          [1, size >= whole.length - 1],
          `at ${size}`,
        );
      }
    });

    it('and adds to one that ended without opening it again', async () => {
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      await written(folder, idAt(0));
      await appendFile(join(scratch.path, `${idAt(0)}.jsonl`), '{"type":"rest');
      const file = await folder.append(idAt(0));
      await new Journal(file, clock).restored(api, 't1', 'sha256:1');
      await file.close(true);
      assert.deepEqual(await folder.list(), [{ id: idAt(0), open: false }]);
      assert.deepEqual(
        [...(await folder.read(idAt(0))).plans[0]!.tags.values()].map(({ restored }) => restored),
        [true, false],
      );
    });

    it('but not with one that is not there, of which it makes none', async () => {
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      for (const use of ways) await assert.rejects(folder[use](idAt(0)), isMissing);
      assert.deepEqual(await readdir(scratch.path), []);
    });

    it('lists and reads while another window opens and ends it', async () => {
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      await written(folder, idAt(0));
      const names = [`${idAt(0)}.jsonl`, `${idAt(0)}.open.jsonl`].map((name) => join(scratch.path, name)) as [
        string,
        string,
      ];
      let over = false;
      let reads = 0;
      const reading = (async () => {
        while (!over) {
          // A folder that is read just when a file in it changes its name may show neither.
          const listed = await folder.list();
          assert.ok(listed.every(({ id }) => id === idAt(0)));
          await Promise.all([folder.read(idAt(0)), folder.summary(idAt(0))]).then(
            ([{ planned }, { state }]) => assert.deepEqual([planned, state], [2, 'ended']),
            (error: unknown) => assert.ok(isMissing(error)),
          );
          reads++;
        }
      })();
      for (let i = 0; i < 200; i++) {
        await rename(...names);
        await rename(names[1], names[0]);
      }
      over = true;
      await reading;
      assert.ok(reads > 0);
    });
  });

  describe('trim', () => {
    it('keeps the newest that ended, and every one that is open', async () => {
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      await (await begin(folder, idAt(0))).file.close(false);
      for (const hours of [1, 2, 3, 4]) await written(folder, idAt(hours));
      await (await begin(folder, idAt(5))).file.close(false);
      await folder.trim(2);
      assert.deepEqual(
        (await folder.list()).map(({ id }) => id),
        [5, 4, 3, 0].map(idAt),
      );
      await folder.trim(0);
      assert.deepEqual(
        (await folder.list()).map(({ id }) => id),
        [5, 0].map(idAt),
      );
    });

    it('refuses a number that would remove what nobody named', async () => {
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      for (const hours of [1, 2]) await written(folder, idAt(hours));
      for (const keep of [-1, NaN, 0.5, Infinity]) await assert.rejects(folder.trim(keep), RangeError);
      assert.equal((await folder.list()).length, 2);
    });
  });

  describe('where it cannot be written', () => {
    it('a file in its place is an error, so that no run begins', async () => {
      await using scratch = await scratchFolder();
      const path = join(scratch.path, 'runs');
      await writeFile(path, 'a file');
      const folder = new JournalFolder(path);
      await assert.rejects(folder.create(idAt(0)), hasCode('EEXIST', 'ENOTDIR'));
      await assert.rejects(folder.list(), hasCode('ENOTDIR'));
      await assert.rejects(new JournalFolder(join(path, 'deeper')).create(idAt(0)), hasCode('ENOTDIR', 'EEXIST'));
    });

    it('a folder that is read-only is one too', async function () {
      // Permissions do not bind root.
      if (process.getuid?.() === 0 || process.platform === 'win32') this.skip();
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      await written(folder, idAt(0));
      await chmod(scratch.path, 0o500);
      try {
        await assert.rejects(folder.create(idAt(1)), hasCode('EACCES'));
        await assert.rejects(folder.reopen(idAt(0)), hasCode('EACCES'));
        assert.equal((await folder.read(idAt(0))).ended, true);
      } finally {
        await chmod(scratch.path, 0o700);
      }
    });

    it('a journal in whose place there is a folder cannot be gone on with', async () => {
      await using scratch = await scratchFolder();
      await mkdir(join(scratch.path, `${idAt(0)}.open.jsonl`));
      const folder = new JournalFolder(scratch.path);
      for (const use of ways) await assert.rejects(folder[use](idAt(0)), hasCode('EISDIR'));
    });

    it('a full disk is told by the append that meets it', async function () {
      // Every write to this device fails with ENOSPC.
      if (process.platform !== 'linux') this.skip();
      await using scratch = await scratchFolder();
      await symlink('/dev/full', join(scratch.path, `${idAt(0)}.open.jsonl`));
      const file = await new JournalFolder(scratch.path).append(idAt(0));
      const journal = new Journal(file, clock);
      await assert.rejects(journal.intend(api, { name: 't1' }), hasCode('ENOSPC'));
      await assert.rejects(journal.end(zero), hasCode('ENOSPC'));
      await file.close(false);
    });
  });

  describe('summary', () => {
    const run = {
      account: head.account,
      policy: head.policy,
      startedAt: noon,
      repository: api,
      repositories: 1,
      planned: 2,
    };

    it('C3: tells a cancelled run that came to no end from an interrupted one, until it is resumed', async () => {
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      const id = idAt(0);
      const { file, journal } = await begin(folder, id);
      const isCancelled = async () => (await folder.summary(id)).cancelled;
      journal.note({ type: 'stopped', stop: { reason: 'offline' } });
      await journal.intend(api, { name: 't1' });
      assert.equal(await isCancelled(), undefined);
      journal.note({ type: 'stopped', stop: { reason: 'cancelled' } });
      journal.outcome(api, 't1', { kind: 'removed' });
      await journal.restored(api, 't1', 'sha256:0');
      assert.equal(await isCancelled(), true);
      await appendFile(join(scratch.path, `${id}.open.jsonl`), '{"type":"resume","at":');
      assert.equal(await isCancelled(), true, 'a torn line is none');
      await file.close(false);
      const again = await folder.reopen(id);
      const resumed = new Journal(again, clock);
      await resumed.resume(1, true);
      assert.equal(await isCancelled(), undefined);
      await resumed.end({ ...zero, removed: 2 });
      await again.close(true);
      assert.equal(await isCancelled(), undefined);
    });

    it('says how a run stands', async () => {
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      const id = idAt(0);
      const { file, journal } = await begin(folder, id);
      assert.deepEqual(await folder.summary(id), { ...run, id, state: 'open', restored: 0 });
      await journal.intend(api, { name: 't1' });
      assert.equal((await folder.summary(id)).state, 'open');
      await appendFile(join(scratch.path, `${id}.open.jsonl`), '{"type":"end"');
      assert.equal((await folder.summary(id)).state, 'open', 'a torn end is none');
      await file.close(false);
      const left = await folder.append(id);
      await new Journal(left, clock).end({ ...zero, uncertain: 1, notReached: 1 }, true);
      await left.close(true);
      assert.deepEqual(await folder.summary(id), {
        ...run,
        id,
        state: 'left',
        counts: { ...zero, uncertain: 1, notReached: 1 },
        endedAt: noon,
        restored: 0,
      });
      const again = await folder.reopen(id);
      const resumed = new Journal(again, clock);
      await resumed.resume(2, true);
      assert.deepEqual(await folder.summary(id), { ...run, id, state: 'open', restored: 0 });
      await resumed.end({ ...zero, removed: 2 });
      await again.close(true);
      const more = await folder.append(id);
      const restoring = new Journal(more, clock);
      for (const tag of ['t1', 't2']) await restoring.restored(api, tag, 'sha256:1');
      await more.close(true);
      assert.deepEqual(await folder.summary(id), {
        ...run,
        id,
        state: 'ended',
        counts: { ...zero, removed: 2 },
        endedAt: noon,
        restored: 2,
      });
    });

    it('agrees with the journal read in full, wherever that is cut off', async function () {
      this.timeout(60_000);
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      const { text } = await realJournal();
      const path = join(scratch.path, `${idAt(0)}.open.jsonl`);
      const first = text.indexOf('\n') + 1;
      for (let length = first; length <= text.length; length += 13) {
        await writeFile(path, text.slice(0, length));
        const [record, summary] = [await folder.read(idAt(0)), await folder.summary(idAt(0))];
        assert.equal(summary.state === 'ended', record.ended, `at ${length}`);
        const { startedAt, planned, account, policy, id } = record;
        assert.deepEqual(
          { startedAt, planned, account, policy, id },
          {
            startedAt: summary.startedAt,
            planned: summary.planned,
            account: summary.account,
            policy: summary.policy,
            id: summary.id,
          },
        );
      }
    });

    it('of a long journal, from its two ends', async () => {
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      const { file, journal } = await begin(folder, idAt(0), oldTags(50_000));
      const path = join(scratch.path, `${idAt(0)}.open.jsonl`);
      assert.deepEqual(
        [(await folder.summary(idAt(0))).planned, (await folder.summary(idAt(0))).state],
        [50_000, 'open'],
      );
      await journal.end({ ...zero, notReached: 50_000 });
      await file.close(false);
      // What stands between the ends is not looked at.
      const { size } = await stat(path);
      assert.ok(size > 4e6);
      const text = await readFile(path, 'utf8');
      await writeFile(path, text.slice(0, 70_000) + 'x'.repeat(size - 140_000) + text.slice(-70_000));
      const { state, counts } = await folder.summary(idAt(0));
      assert.deepEqual([state, counts?.notReached], ['ended', 50_000]);
    });

    it('reads all of it where so many tags were put back that the end does not show', async () => {
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      await written(folder, idAt(0));
      const line = writeLine({
        type: 'restored',
        at: noon,
        repository: api,
        tag: 't1',
        digest: `sha256:${'0'.repeat(64)}`,
      });
      await appendFile(join(scratch.path, `${idAt(0)}.jsonl`), line.repeat(1_000));
      assert.deepEqual(await folder.summary(idAt(0)), {
        ...run,
        id: idAt(0),
        state: 'ended',
        counts: { ...zero, notReached: 2 },
        endedAt: noon,
        restored: 1_000,
      });
      assert.ok(line.length * 1_000 > 64 * 1024);
    });

    it('refuses what it cannot read with the same words as the whole', async () => {
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      const { text } = await realJournal();
      for (const [content, reason] of [
        ['', 'missing'],
        ['{"type":"ru', 'missing'],
        ['nonsense\n', 'missing'],
        [text.slice(20), 'damaged'],
        [`${'x'.repeat(70_000)}\n${text}`, 'damaged'],
        ['{"type":"ready"}\n', 'damaged'],
        ['{"type":"run","version":4}\n', 'newer'],
      ] as const) {
        await writeFile(join(scratch.path, `${idAt(0)}.jsonl`), content);
        for (const use of ['summary', 'read'] as const) {
          await assert.rejects(
            folder[use](idAt(0)),
            (error) => error instanceof JournalError && error.reason === reason,
            `${reason}: ${content.slice(0, 20)}`,
          );
        }
      }
    });

    it('of a hundred runs in a moment', async function () {
      this.timeout(60_000);
      await using scratch = await scratchFolder();
      const folder = new JournalFolder(scratch.path);
      const { text } = await realJournal();
      const long = text.replace(
        /\n(?=[^\n]*\n$)/,
        `\n${writeLine({ type: 'wait', at: noon, until: noon + 1, why: 'backoff' }).repeat(5_000)}`,
      );
      const ids = Array.from({ length: 100 }, (_, i) => `20260115T12000${String(i).padStart(4, '0')}Z-0a1b2c`);
      for (const id of ids) await writeFile(join(scratch.path, `${id}.jsonl`), long);
      const startedAt = performance.now();
      const summaries = await Promise.all(ids.map((id) => folder.summary(id)));
      const took = performance.now() - startedAt;
      assert.ok(summaries.every(({ state }) => state === 'ended'));
      assert.ok(took < 5_000, `${took} ms`);
      await rm(scratch.path, { recursive: true });
    });
  });
});
