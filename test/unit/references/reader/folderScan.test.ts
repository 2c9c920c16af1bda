import assert from 'node:assert/strict';
import { FolderScan, type FileSource } from '../../../../src/references/reader/folderScan.ts';
import type { ListedPart } from '../../../../src/references/files/listFolder.ts';
import type { ReadOutcome } from '../../../../src/references/reader/readDiskFiles.ts';
import { ReaderError } from '../../../../src/references/reader/readerThread.ts';

const signal = new AbortController().signal;

/** A folder of texts: `tag` is a reference to `acme/web:tag`, empty nothing. */
class Folder implements FileSource {
  readonly batch: number = 3;
  /** Text and stamp. */
  readonly files = new Map<string, { text: string; stamp: string }>();
  unreadable: string[] = [];
  readonly hostile = new Set<string>();
  hasMore = false;
  failsToList = false;
  /** The files of each reading. */
  readonly batches: string[][] = [];
  readonly environments: string[] = [];
  namespaces: readonly string[] = [];

  set(path: string, text: string, stamp = `${Math.random()}`): void {
    this.files.set(path, { text, stamp });
  }

  async *list(): AsyncGenerator<ListedPart, void> {
    for (const [path, { stamp }] of [...this.files]) {
      yield await Promise.resolve({ paths: [path], stamps: [stamp], unreadable: [], hasMore: false, isLast: false });
      if (this.failsToList) throw new ReaderError('broken', 'no list');
    }
    yield { paths: [], stamps: [], unreadable: this.unreadable, hasMore: this.hasMore, isLast: true };
  }

  async read(
    paths: readonly string[],
    environments: readonly string[],
    namespaces: readonly string[],
  ): Promise<readonly ReadOutcome[]> {
    await Promise.resolve();
    this.batches.push([...paths]);
    this.environments.push(...environments);
    this.namespaces = namespaces;
    if (paths.some((path) => this.hostile.has(path))) throw new ReaderError('tooLong', 'too long');
    return paths.flatMap((path, at): ReadOutcome[] => {
      const file = this.files.get(path);
      if (!file) return [{ at, outcome: 'gone' }];
      if (file.text === 'closed') return [{ at, outcome: 'unreadable', why: 'EACCES' }];
      if (file.text === '') return [];
      return [
        {
          at,
          outcome: {
            references: [
              { image: { registry: 'docker.io', namespace: 'acme', name: 'web', tag: file.text }, line: 1, column: 1 },
            ],
            doubts: [],
          },
        },
      ];
    });
  }

  /** The files that were read since this was asked last. */
  takeRead(): string[] {
    return this.batches.splice(0).flat().sort();
  }
}

function scanOf(folder: Folder) {
  const [told, log] = [[] as string[], [] as string[]];
  const scan = new FolderScan(folder, {
    onFile: (path, outcome) =>
      told.push(
        `${path} ${typeof outcome === 'string' ? outcome : outcome.references.map(({ image }) => image.tag).join() || '-'}`,
      ),
    log: (line) => log.push(line),
  });
  return { scan, log, takeTold: () => told.splice(0).sort() };
}

describe('the scan of a folder', () => {
  let folder: Folder;
  let at: ReturnType<typeof scanOf>;
  beforeEach(() => {
    folder = new Folder();
    at = scanOf(folder);
  });

  it('reads every file once, and tells only of those in which something is', async () => {
    for (const path of ['a', 'b/c', 'd', 'e', 'f']) folder.set(path, path === 'd' ? '1' : '');
    await at.scan.look(signal);
    assert.deepEqual([folder.takeRead(), at.takeTold()], [['a', 'b/c', 'd', 'e', 'f'], ['d 1']]);
    await at.scan.look(signal);
    assert.deepEqual([folder.takeRead(), at.takeTold()], [[], []]);
  });

  it('E11: reads what differs, and forgets what is gone, without being told of a change', async () => {
    for (const path of ['a', 'b', 'c', 'd']) folder.set(path, '1');
    await at.scan.look(signal);
    assert.equal(at.takeTold().length, 4);
    folder.set('a', '2');
    folder.set('b', '');
    folder.files.delete('c');
    folder.set('new', '3');
    folder.takeRead();
    await at.scan.look(signal);
    assert.deepEqual(
      [folder.takeRead(), at.takeTold()],
      [
        ['a', 'b', 'new'],
        ['a 2', 'b -', 'c gone', 'new 3'],
      ],
    );
  });

  it('E11: reads again what had changed just before it was read, since another change might not show', async () => {
    folder.set('a', '1', '');
    await at.scan.look(signal);
    folder.set('a', '2', 'settled');
    await at.scan.look(signal);
    await at.scan.look(signal);
    assert.deepEqual(
      [folder.takeRead(), at.takeTold()],
      [
        ['a', 'a'],
        ['a 1', 'a 2'],
      ],
    );
  });

  it('E11: reads a file again after a hint, and once more at the next look, since the hint may have been early', async () => {
    folder.set('a', '1', 'same');
    await at.scan.look(signal);
    folder.set('a', '2', 'same');
    at.scan.changed('a');
    at.scan.changed('unknown');
    await at.scan.readOn(signal);
    folder.set('a', '3', 'same');
    await at.scan.look(signal);
    assert.deepEqual(
      [folder.takeRead(), at.takeTold()],
      [
        ['a', 'a', 'a'],
        ['a 1', 'a 2', 'a 3'],
      ],
    );
  });

  it('reports what cannot be looked at until it can be, and keeps what was known of it', async () => {
    for (const path of ['sub/a', 'sub/deep/b', 'file', 'sub2/a']) folder.set(path, '1');
    await at.scan.look(signal);
    assert.equal(at.takeTold().length, 4);
    const files = new Map(folder.files);
    folder.files.clear();
    folder.unreadable = ['sub', 'file', 'link'];
    await at.scan.look(signal);
    assert.deepEqual(at.takeTold(), ['file unreadable', 'link unreadable', 'sub unreadable', 'sub2/a gone']);
    await at.scan.look(signal);
    assert.deepEqual(at.takeTold(), []);
    folder.unreadable = [];
    for (const [path, file] of files) folder.files.set(path, file);
    await at.scan.look(signal);
    assert.deepEqual(at.takeTold(), ['file 1', 'link gone', 'sub gone', 'sub2/a 1']);
  });

  it('forgets nothing where the whole folder cannot be listed', async () => {
    folder.set('a/b', '1');
    await at.scan.look(signal);
    folder.files.clear();
    folder.unreadable = [''];
    at.takeTold();
    await at.scan.look(signal);
    assert.deepEqual(at.takeTold(), [' unreadable']);
  });

  it('takes back that a file could not be looked at where nothing is in it after all', async () => {
    folder.unreadable = ['link'];
    await at.scan.look(signal);
    folder.unreadable = [];
    folder.set('link', '');
    await at.scan.look(signal);
    assert.deepEqual(at.takeTold(), ['link -', 'link unreadable']);
  });

  it('tries again what could not be read, although it has not changed', async () => {
    folder.set('a', 'closed', 'same');
    await at.scan.look(signal);
    folder.set('a', '1', 'same');
    await at.scan.look(signal);
    await at.scan.look(signal);
    assert.deepEqual(
      [folder.takeRead(), at.takeTold()],
      [
        ['a', 'a'],
        ['a 1', 'a unreadable'],
      ],
    );
    assert.deepEqual(at.log, ['references in a: EACCES']);
  });

  for (const [what, hostile] of [
    ['one', ['c']],
    ['the first', ['a']],
    ['the last of a batch', ['f']],
    ['several', ['a', 'b', 'e']],
  ] as const) {
    it(`reads every other file of a batch where ${what} takes too long, and that one not again until it changes`, async () => {
      for (const path of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) folder.set(path, '1');
      hostile.forEach((path) => folder.hostile.add(path));
      await at.scan.look(signal);
      assert.deepEqual(
        at.takeTold(),
        ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((path) => `${path} ${folder.hostile.has(path) ? 'unreadable' : '1'}`),
      );
      assert.equal(at.log.length, hostile.length);
      folder.takeRead();
      await at.scan.look(signal);
      assert.deepEqual(folder.takeRead(), []);
      folder.hostile.clear();
      folder.set(hostile[0], '2');
      await at.scan.look(signal);
      assert.deepEqual([folder.takeRead(), at.takeTold()], [[hostile[0]], [`${hostile[0]} 2`]]);
    });
  }

  it('reads files again that a .env file decides: those beside it and below it', async () => {
    for (const path of [
      'compose.yaml',
      'a/compose.yaml',
      'a/b/compose.yaml',
      'ab/compose.yaml',
      'a/notes.txt',
      'a/.env',
    ]) {
      folder.set(path, '');
    }
    await at.scan.look(signal);
    assert.deepEqual([...new Set(folder.environments)], ['a/.env']);
    folder.takeRead();
    folder.set('a/.env', '');
    await at.scan.look(signal);
    assert.deepEqual(folder.takeRead(), ['a/.env', 'a/b/compose.yaml', 'a/compose.yaml']);
    folder.files.delete('a/.env');
    await at.scan.look(signal);
    assert.deepEqual(folder.takeRead(), ['a/b/compose.yaml', 'a/compose.yaml']);
    folder.set('.env', '');
    await at.scan.look(signal);
    assert.deepEqual(folder.takeRead(), [
      '.env',
      'a/b/compose.yaml',
      'a/compose.yaml',
      'ab/compose.yaml',
      'compose.yaml',
    ]);
  });

  it('reads every file again for other namespaces', async () => {
    for (const path of ['a', 'b']) folder.set(path, '1');
    await at.scan.look(signal);
    folder.takeRead();
    at.scan.lookFor(['acme']);
    await at.scan.look(signal);
    assert.deepEqual([folder.takeRead(), folder.namespaces], [['a', 'b'], ['acme']]);
  });

  it('says when there are more files', async () => {
    folder.hasMore = true;
    await at.scan.look(signal);
    assert.equal(at.scan.hasMore, true);
  });

  it('fails where files cannot be listed, and has forgotten and missed nothing the next time', async () => {
    folder.set('a', '1');
    folder.set('b', '1');
    await at.scan.look(signal);
    folder.set('a', '2');
    folder.set('new', '3');
    folder.failsToList = true;
    at.takeTold();
    await assert.rejects(at.scan.look(signal), /no list/);
    assert.deepEqual(at.takeTold(), []);
    folder.failsToList = false;
    await at.scan.look(signal);
    assert.deepEqual(at.takeTold(), ['a 2', 'new 3']);
  });

  it('ends when it is told to', async () => {
    for (let index = 0; index < 100; index++) folder.set(`${index}`, '1');
    const controller = new AbortController();
    const looking = at.scan.look(controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(looking, /enough/);
  });

  it('tells of all that was told that it is gone, once the folder is closed', async () => {
    folder.set('a', '1');
    folder.set('b', '');
    folder.unreadable = ['c'];
    await at.scan.look(signal);
    at.takeTold();
    at.scan.forgetAll();
    assert.deepEqual(at.takeTold(), ['a gone', 'c gone']);
  });
});
