import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { environmentsAbove } from '../../../../src/references/files/environmentsAbove.ts';
import { readDiskFiles, type ReadOutcome } from '../../../../src/references/reader/readDiskFiles.ts';
import { scratchFolder } from '../../runs/journal/scratchFolder.ts';

const canReadAll = process.getuid?.() === 0;

for (const [disk, slowAfter] of [
  ['quick', 60_000],
  ['slow', 0],
] as const) {
  describe(`the reading of files on a ${disk} disk`, () => {
    let folder: Awaited<ReturnType<typeof scratchFolder>>;
    beforeEach(async () => void (folder = await scratchFolder()));
    afterEach(() => folder[Symbol.asyncDispose]());

    const write = async (path: string, text: string | Uint8Array): Promise<void> => {
      await mkdir(dirname(join(folder.path, path)), { recursive: true });
      await writeFile(join(folder.path, path), text);
    };
    const textOf = ({ outcome }: ReadOutcome): string =>
      typeof outcome === 'string'
        ? outcome
        : [
            ...outcome.references.map(({ image }) => `${image.name}:${image.tag}`),
            ...outcome.doubts.map(({ kind, text }) => `? ${kind} ${text}`),
          ].join();
    const read = async (
      paths: readonly string[],
      environments: readonly string[] = [],
    ): Promise<Record<string, string>> => {
      const outcomes = await readDiskFiles({ root: folder.path, paths, environments, namespaces: [], slowAfter });
      return Object.fromEntries(outcomes.map((outcome) => [paths[outcome.at]!, textOf(outcome)]));
    };

    it('tells what was found, and nothing of the other files', async () => {
      await write('Dockerfile', 'FROM acme/web:1');
      await write('a/compose.yaml', 'services: {a: {image: "acme/api:2"}}');
      await write('a.yaml', 'a: 1');
      await write('empty', '');
      await write('a.bin', new Uint8Array(100));
      await write('b/Dockerfile', new Uint8Array([70, 0, 0, 0]));
      assert.deepEqual(await read(['Dockerfile', 'a/compose.yaml', 'a.yaml', 'empty', 'a.bin', 'b/Dockerfile']), {
        Dockerfile: 'web:1',
        'a/compose.yaml': 'api:2',
      });
    });

    it('tells files that are gone, and those that cannot be read', async () => {
      await write('sub/a.yaml', 'a: 1');
      await symlink('long'.repeat(100), join(folder.path, 'link.yaml'));
      await write('b.yaml', 'image: acme/web:1');
      assert.deepEqual(await read(['none.yaml', 'link.yaml', 'sub/a.yaml/b', 'b.yaml']), {
        'none.yaml': 'gone',
        'link.yaml': 'unreadable',
        'sub/a.yaml/b': 'gone',
        'b.yaml': 'web:1',
      });
    });

    (canReadAll ? it.skip : it)('tells files that it may not read', async () => {
      await write('a.yaml', 'image: acme/web:1');
      await chmod(join(folder.path, 'a.yaml'), 0);
      assert.deepEqual(await read(['a.yaml']), { 'a.yaml': 'unreadable' });
    });

    it('tells texts of more than 20 MB, and leaves other files of that size alone', async () => {
      await write('large.sql', 'x'.repeat(9000));
      await write('large.bin', new Uint8Array(1));
      const texts = Buffer.alloc(20 * 1024 * 1024 + 1, 'text ');
      await write('large.json', texts);
      await truncate(join(folder.path, 'large.bin'), 30 * 1024 * 1024);
      assert.deepEqual(await read(['large.sql', 'large.json', 'large.bin']), { 'large.json': 'tooLarge' });
    });

    (process.platform === 'win32' ? it.skip : it)('waits for no pipe that has taken the place of a file', async () => {
      await promisify(execFile)('mkfifo', [join(folder.path, 'a.yaml')]);
      assert.deepEqual(await read(['a.yaml']), {});
    });

    it('gives Compose files the .env files of their folder and those above, of those that it was told of', async () => {
      await write('.env', 'TAG=top');
      await write('a/b/.env', 'TAG=deep');
      await write('c/.env', 'TAG=unknown');
      const compose = 'services: {a: {image: "acme/web:$TAG"}}';
      for (const path of [
        'compose.yaml',
        'a/compose.yaml',
        'a/b/compose.yaml',
        'a/b/c/d/compose.yaml',
        'c/compose.yaml',
      ]) {
        await write(path, compose);
      }
      const found = await read(
        ['compose.yaml', 'a/compose.yaml', 'a/b/compose.yaml', 'a/b/c/d/compose.yaml', 'c/compose.yaml'],
        ['.env', 'a/b/.env', 'none/.env'],
      );
      assert.deepEqual(found, {
        'compose.yaml': 'web:top',
        'a/compose.yaml': 'web:top',
        'a/b/compose.yaml': 'web:deep,web:top',
        'a/b/c/d/compose.yaml': 'web:deep,web:top',
        'c/compose.yaml': 'web:top',
      });
    });
  });
}

describe('.env files above a file', () => {
  it('come nearest first, and only those that there are', () => {
    const environments = new Set(['.env', 'a/.env', 'a/b/c/.env', 'x/.env', 'ab/.env']);
    assert.deepEqual(environmentsAbove('a/b/c/d/e.yaml', environments), ['a/b/c/.env', 'a/.env', '.env']);
    assert.deepEqual(environmentsAbove('e.yaml', environments), ['.env']);
    assert.deepEqual(environmentsAbove('e.yaml', new Set()), []);
  });
});
