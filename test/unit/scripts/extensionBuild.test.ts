import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

import type { Metafile } from 'esbuild';

import { runCommand } from '../../../scripts/childProcesses.ts';
import { buildExtension, filesLoadedWith, modulesTwice, readMetafile } from '../../../scripts/extensionBuild.ts';
import { projectRoot } from '../../../scripts/projectPaths.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../scripts/temporaryFolder.ts';

describe('the build of the extension', () => {
  let folder: TemporaryFolder;
  let metafile: Metafile;

  before(async () => {
    folder = await temporaryFolder('build');
    await buildExtension(folder.path);
    metafile = await readMetafile(folder.path);
  });

  after(() => folder?.[Symbol.asyncDispose]());

  it('has each module once', () => {
    assert.ok(Object.keys(metafile.inputs).length > 100);
    assert.deepEqual(modulesTwice(metafile), []);
  });

  it('loads less than 120 KB at activation, and nothing that reads answers, stored data or journals', async () => {
    const files = filesLoadedWith(metafile, 'extension.cjs');
    const sizes = await Promise.all(files.map(async (name) => (await stat(join(folder.path, name))).size));
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 120_000, `${files.join(', ')}: ${sizes.join(', ')}`);
    const modules = Object.entries(metafile.outputs).flatMap(([path, { inputs }]) =>
      files.some((name) => path.endsWith(`/${name}`)) ? Object.keys(inputs) : [],
    );
    assert.ok(modules.includes('src/editor/extension.ts'));
    assert.deepEqual(
      modules.filter((path) =>
        /node_modules(?!\/@vscode\/l10n\/)|src\/(hub\/(client|listing)|references|retention|runs\/journal\/journalFolder|text\/errorText)/.test(
          path,
        ),
      ),
      [],
    );
  });

  it('has the files that its files require and the page of the plan panel, and no others', async () => {
    const all = (await readdir(folder.path)).sort();
    assert.deepEqual(
      all.filter((name) => !name.endsWith('.cjs')),
      ['meta.json', 'planPanel.css', 'planPanel.js'],
    );
    const written = all.filter((name) => name.endsWith('.cjs'));
    const texts = await Promise.all(written.map((name) => readFile(join(folder.path, name), 'utf8')));
    const required = texts.flatMap((text) => [...text.matchAll(/require\("\.\/([^"]+)"\)/g)].map(([, name]) => name!));
    assert.deepEqual([...new Set(['extension.cjs', 'readerProgram.cjs', ...required])].sort(), written);
    assert.ok(
      texts.every((text) => !/\bimport\(/.test(text)),
      'a late part is not required',
    );
  });

  it("takes VS Code's interface as it is, and makes no copy of it for each module", async () => {
    const text = await readFile(join(folder.path, 'extension.cjs'), 'utf8');
    assert.match(text, /=require\("vscode"\)/);
    assert.doesNotMatch(text, /\(require\("vscode"\)/);
  });

  it('leads to the sources while developing, from late parts as well', async () => {
    await using scratch = await temporaryFolder('build');
    await runCommand(process.execPath, [join(projectRoot, 'esbuild.js'), `--outdir=${scratch.path}`], {
      cwd: projectRoot,
    });
    const names = await readdir(scratch.path);
    for (const [name, source, words] of [
      ['extension.cjs', 'src/editor/extension.ts', 'interrupted runs: '],
      [names.find((file) => /^showLog-.*\.cjs$/.test(file))!, 'src/editor/tree/showLog.ts', 'log.show()'],
    ] as const) {
      const lines = (await readFile(join(scratch.path, name), 'utf8')).split('\n');
      const map = new SourceMap(
        JSON.parse(await readFile(join(scratch.path, `${name}.map`), 'utf8')) as SourceMapPayload,
      );
      const line = lines.findIndex((text) => text.includes(words));
      const entry = map.findEntry(line, lines[line]!.indexOf(words));
      assert.ok('originalSource' in entry, name);
      assert.equal(join(scratch.path, entry.originalSource), join(projectRoot, source));
      const original = (await readFile(join(projectRoot, source), 'utf8')).split('\n')[entry.originalLine];
      assert.ok(original!.includes(words), original);
      assert.equal(lines.at(-2), `//# sourceMappingURL=${name}.map`);
    }
  });
});

describe('the checks of a build', () => {
  const file = (
    inputs: readonly string[],
    imports: Metafile['outputs'][string]['imports'] = [],
  ): Metafile['outputs'][string] => ({
    bytes: 1,
    exports: [],
    imports: [...imports],
    inputs: Object.fromEntries(inputs.map((path) => [path, { bytesInOutput: 1 }])),
  });

  it('follow what is imported, but not what is loaded late or comes from elsewhere', () => {
    const outputs = {
      'dist/main.cjs': file(
        [],
        [
          { path: 'dist/a.cjs', kind: 'import-statement' },
          { path: 'dist/late.cjs', kind: 'dynamic-import' },
          { path: 'vscode', kind: 'import-statement', external: true },
        ],
      ),
      'dist/a.cjs': file([], [{ path: 'dist/b.cjs', kind: 'import-statement' }]),
      'dist/b.cjs': file([]),
      'dist/late.cjs': file([], [{ path: 'dist/a.cjs', kind: 'import-statement' }]),
    };
    assert.deepEqual(filesLoadedWith({ inputs: {}, outputs }, 'main.cjs'), ['main.cjs', 'a.cjs', 'b.cjs']);
    assert.throws(() => filesLoadedWith({ inputs: {}, outputs }, 'none.cjs'), /no file none\.cjs/);
  });

  it('find a module that is in two files', () => {
    assert.deepEqual(
      modulesTwice({
        inputs: {},
        outputs: { 'dist/a.cjs': file(['src/a.ts', 'src/b.ts']), 'dist/b.cjs': file(['src/b.ts']) },
      }),
      ['src/b.ts'],
    );
  });
});
