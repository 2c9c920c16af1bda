import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, link, mkdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { listFolder, type FolderToList } from '../../../../src/references/files/listFolder.ts';
import { scratchFolder } from '../../runs/journal/scratchFolder.ts';

const canReadAll = process.getuid?.() === 0;
const isWindows = process.platform === 'win32';

describe('the list of a folder on disk', () => {
  let outer: Awaited<ReturnType<typeof scratchFolder>>;
  let root: string;

  beforeEach(async () => {
    outer = await scratchFolder();
    root = join(outer.path, 'workspace');
    await mkdir(root);
  });
  afterEach(() => outer[Symbol.asyncDispose]());

  const write = async (path: string, text = 'x'): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const linkTo = async (path: string, target: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(target, join(root, path));
  };
  const list = async (options: Partial<FolderToList> = {}) => {
    const [files, unreadable, parts] = [new Map<string, string>(), [] as string[], [] as number[]];
    let hasMore = false;
    for await (const part of listFolder({ root, others: [], excludes: [], most: 100, ...options })) {
      part.paths.forEach((path, index) => {
        assert.ok(!files.has(path), `${path} twice`);
        files.set(path, part.stamps[index]!);
      });
      unreadable.push(...part.unreadable);
      parts.push(part.paths.length);
      hasMore = part.hasMore;
    }
    return { paths: [...files.keys()].sort(), files, unreadable: unreadable.sort(), parts, hasMore };
  };
  const pathsOf = async (options?: Partial<FolderToList>) => {
    const { paths, unreadable } = await list(options);
    assert.deepEqual(unreadable, []);
    return paths;
  };

  it('has every file, whatever its name', async () => {
    for (const path of [
      'a',
      '.hidden',
      'Makefile',
      'sub/b.bin',
      'sub/deep/er/ä %#?.txt',
      '.github/workflows/a.yml',
      '.gitlab/x',
      'x.git/a',
    ]) {
      await write(path);
    }
    await mkdir(join(root, 'empty'));
    assert.deepEqual(await pathsOf(), [
      '.github/workflows/a.yml',
      '.gitlab/x',
      '.hidden',
      'Makefile',
      'a',
      'sub/b.bin',
      'sub/deep/er/ä %#?.txt',
      'x.git/a',
    ]);
  });

  it('leaves out node_modules and .git at any depth, and what files.exclude hides, with all that is in it', async () => {
    for (const path of [
      'node_modules/a',
      'b/node_modules/a/c',
      '.git/HEAD',
      'b/.git/HEAD',
      'hidden/a/b',
      'c.tmp',
      'kept',
      'b/kept',
    ]) {
      await write(path);
    }
    assert.deepEqual(await pathsOf({ excludes: ['**/hidden', '**/*.tmp'] }), ['b/kept', 'kept']);
    await write('.git-not/a');
    assert.ok((await pathsOf()).includes('.git-not/a'));
  });

  for (const above of ['node_modules', '.git', 'a/.git/worktrees/b', 'node_modules/node_modules']) {
    it(`E12: lists a folder that lies below ${above}`, async () => {
      const below = join(root, above, 'project');
      await write(`${above}/project/sub/Dockerfile`);
      await write(`${above}/project/node_modules/Dockerfile`);
      assert.deepEqual(await pathsOf({ root: below, excludes: ['**/.git', '**/node_modules'] }), ['sub/Dockerfile']);
    });
  }

  it('E11: follows links to files and to folders, within and to the outside', async () => {
    await write('real/a.yaml');
    await write('../outside/b.yaml');
    await write('../c.env');
    await linkTo('within', 'real');
    await linkTo('deploy', join(root, '../outside'));
    await linkTo('.env', '../c.env');
    await linkTo('named.yaml', 'real/a.yaml');
    assert.deepEqual(await pathsOf(), ['.env', 'deploy/b.yaml', 'named.yaml', 'real/a.yaml']);
  });

  it('lists a folder once that is reached in several ways: as itself, or through one link', async () => {
    await write('z/real/a');
    await write('../outside/sub/b');
    for (const name of ['a', 'b', 'y/c']) await linkTo(name, join(root, 'z/real'));
    for (const name of ['o', 'p', 'y/o']) await linkTo(name, join(root, '../outside'));
    await linkTo('q', '../outside/sub');
    const paths = await pathsOf();
    assert.equal(paths.length, 2, paths.join());
    assert.ok(paths.includes('z/real/a'));
  });

  it('lists a folder also through a link that makes something else of its files', async () => {
    await write('ci/workflows/build.yml');
    await linkTo('.github', 'ci');
    assert.deepEqual(await pathsOf(), ['.github/workflows/build.yml', 'ci/workflows/build.yml']);
  });

  it('comes to an end with cycles of any length', async () => {
    await write('a/file');
    await write('b/c/file');
    await write('../outside/file');
    await linkTo('a/loop', '..');
    await linkTo('a/self', '.');
    await linkTo('b/c/to-a', '../../a');
    await linkTo('a/to-b', '../b');
    await linkTo('out', '../outside');
    await linkTo('../outside/back', join(root, 'b'));
    await linkTo('../outside/itself', '../outside');
    await linkTo('nowhere', 'nowhere');
    await linkTo('ping', 'pong');
    await linkTo('pong', 'ping');
    assert.deepEqual(await pathsOf(), ['a/file', 'b/c/file', 'out/file']);
  });

  it('does not walk the whole machine through a link to a folder above, and reports it', async () => {
    await write('a');
    await write('../sibling/b');
    await linkTo('z:', '/');
    await linkTo('up', '..');
    const { paths, unreadable } = await list();
    assert.deepEqual([paths, unreadable], [['a'], ['up', 'z:']]);
  });

  it('reports links that lead to nothing', async () => {
    await linkTo('deploy/gone.yaml', '/nowhere/at/all');
    assert.deepEqual((await list()).unreadable, ['deploy/gone.yaml']);
  });

  it('reports a folder that is not there, and one that is none', async () => {
    assert.deepEqual((await list({ root: join(root, 'none') })).unreadable, ['']);
    await write('file');
    assert.deepEqual((await list({ root: join(root, 'file') })).unreadable, ['']);
  });

  (canReadAll || isWindows ? it.skip : it)(
    'reports folders that may not be listed or entered, and lists the rest',
    async () => {
      for (const path of ['closed/a', 'listed/a', 'open/a']) await write(path);
      await chmod(join(root, 'closed'), 0o000);
      await chmod(join(root, 'listed'), 0o400);
      try {
        const { paths, unreadable } = await list();
        assert.deepEqual([paths, unreadable], [['open/a'], ['closed', 'listed/a']]);
      } finally {
        for (const path of ['closed', 'listed']) await chmod(join(root, path), 0o700);
      }
    },
  );

  (isWindows ? it.skip : it)('leaves out what is neither file nor folder', async () => {
    await write('a');
    await promisify(execFile)('mkfifo', [join(root, 'pipe')]);
    await linkTo('device', '/dev/null');
    await linkTo('linked-pipe', 'pipe');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve));
    assert.deepEqual(await pathsOf(), ['a']);
    await new Promise((resolve) => server.close(resolve));
  });

  it('leaves out folders that are listed by themselves', async () => {
    await write('a');
    await write('sub/b');
    assert.deepEqual(await pathsOf({ others: [join(root, 'sub')] }), ['a']);
  });

  it('says when there are more; files that are known by name are not left out for others', async () => {
    for (let index = 0; index < 20; index++) await write(`many/${index}.txt`);
    for (const path of ['many/Dockerfile', 'z.yaml', 'many/a/compose.yaml']) await write(path);
    const some = await list({ most: 5 });
    assert.equal(some.hasMore, true);
    assert.equal(some.paths.length, 8);
    assert.deepEqual(
      some.paths.filter((path) => !path.endsWith('.txt')),
      ['many/Dockerfile', 'many/a/compose.yaml', 'z.yaml'],
    );
    assert.equal((await list({ most: 2 })).hasMore, true);
    assert.equal((await list({ most: 20 })).hasMore, false);
  });

  it('comes in parts', async () => {
    await Promise.all(Array.from({ length: 2500 }, (_, index) => write(`f${index % 7}/${index}`)));
    const { paths, parts } = await list({ most: 10_000 });
    assert.equal(paths.length, 2500);
    assert.ok(parts.length >= 3 && parts.every((count) => count <= 1020), parts.join());
  });

  describe('stamps', () => {
    const past = new Date(Date.now() - 100_000);
    const stamp = async (path = 'a') => (await list()).files.get(path);
    /** Writes, and waits until the change is so old that another would show. */
    const settle = async () => {
      while ((await stamp()) === '') await new Promise((resolve) => setImmediate(resolve));
    };

    it('are the same while nothing changes', async () => {
      await write('a');
      await settle();
      assert.equal(await stamp(), await stamp());
      await readFile(join(root, 'a'));
      assert.equal(await stamp(), await stamp());
    });

    it('are none for what has changed just now, since another change might not show', async () => {
      await write('a');
      assert.equal(await stamp(), '');
    });

    for (const [what, change] of [
      ['its text, at the same length', () => write('a', 'y')],
      [
        'its text, with its old time',
        async () => {
          await write('a', 'y');
          await utimes(join(root, 'a'), past, past);
        },
      ],
      [
        'its size, with its old time',
        async () => {
          await write('a', 'xy');
          await utimes(join(root, 'a'), past, past);
        },
      ],
      [
        'the file, by another of the same size and time',
        async () => {
          await write('b', 'y');
          await utimes(join(root, 'b'), past, past);
          await rename(join(root, 'b'), join(root, 'a'));
        },
      ],
      [
        'the file, by a link to another one',
        async () => {
          await write('b', 'y');
          await rm(join(root, 'a'));
          await linkTo('a', 'b');
        },
      ],
      [
        'the file, by another name of an old one',
        async () => {
          await rm(join(root, 'a'));
          await link(join(root, 'old'), join(root, 'a'));
        },
      ],
    ] as const) {
      it(`E11: change with ${what}`, async () => {
        await write('old', 'y');
        await write('a');
        await utimes(join(root, 'a'), past, past);
        await settle();
        const before = await stamp();
        await change();
        assert.notEqual(await stamp(), before);
      });
    }
  });
});
