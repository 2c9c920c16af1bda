import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DiskFolder } from '../../../../src/references/reader/diskFolder.ts';
import { FolderScan } from '../../../../src/references/reader/folderScan.ts';
import { ReaderThread } from '../../../../src/references/reader/readerThread.ts';
import { scratchFolder } from '../../runs/journal/scratchFolder.ts';

const program = new URL('../../../../src/references/reader/readerProgram.ts', import.meta.url);
const signal = new AbortController().signal;

describe('a folder on disk that the thread reads', () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let reader: ReaderThread;
  beforeEach(async () => void (scratch = await scratchFolder()));
  afterEach(async () => {
    reader[Symbol.dispose]();
    await scratch[Symbol.asyncDispose]();
  });

  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(scratch.path, path)), { recursive: true });
    await writeFile(join(scratch.path, path), text);
  };
  const scanned = (root: string, limits?: ConstructorParameters<typeof ReaderThread>[1]) => {
    reader = new ReaderThread(program, limits);
    const tags = new Map<string, string>();
    const scan = new FolderScan(new DiskFolder(reader, () => ({ root, others: [], excludes: [], most: 10_000 })), {
      onFile: (path, outcome) =>
        void (outcome === 'gone'
          ? tags.delete(path)
          : tags.set(
              path,
              typeof outcome === 'string' ? outcome : outcome.references.map(({ image }) => image.tag).join(),
            )),
      log: () => undefined,
    });
    return { scan, tags };
  };

  it('E11: is current after each look, below links too, also where the thread was ended between', async () => {
    await write('ws/a/Dockerfile', 'FROM acme/web:1');
    await write('outside/Dockerfile', 'FROM acme/web:1');
    await symlink('../outside', join(scratch.path, 'ws/linked'));
    const { scan, tags } = scanned(join(scratch.path, 'ws'), { idle: 1 });
    await scan.look(signal);
    assert.deepEqual([...tags].sort(), [
      ['a/Dockerfile', '1'],
      ['linked/Dockerfile', '1'],
    ]);
    // At once, at the same length.
    await write('ws/a/Dockerfile', 'FROM acme/web:2');
    await write('outside/Dockerfile', 'FROM acme/web:3');
    while (reader.isRunning) await new Promise((resolve) => setImmediate(resolve));
    await scan.look(signal);
    assert.deepEqual([...tags].sort(), [
      ['a/Dockerfile', '2'],
      ['linked/Dockerfile', '3'],
    ]);
  });

  it('loses no file beside one that takes too long', async () => {
    for (let index = 0; index < 250; index++) {
      await write(`f${index % 9}/${index}.Dockerfile`, `FROM acme/web:${index}`);
    }
    await write('f5/bad.yaml', `image: ${'['.repeat(900_000)}`);
    const { scan, tags } = scanned(scratch.path, { job: 1500 });
    await scan.look(signal);
    assert.equal(tags.get('f5/bad.yaml'), 'unreadable');
    assert.equal(tags.size, 251);
  });

  it('is listed part by part', async () => {
    await Promise.all(
      Array.from({ length: 2300 }, (_, index) => write(`f${index % 5}/${index}.Dockerfile`, `FROM acme/web:${index}`)),
    );
    const { scan, tags } = scanned(scratch.path);
    await scan.look(signal);
    assert.equal(tags.size, 2300);
  });
});
