import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';

import sinon from 'sinon';
import * as vscode from 'vscode';

import { WorkspaceReferences } from '../../src/editor/references/workspaceReferences.ts';
import { ReaderThread } from '../../src/references/reader/readerThread.ts';
import { watchLoop } from './loopWatch.ts';
import { MemoryFiles } from './memoryFiles.ts';
import { until } from './until.ts';

/** With the variable the long form: as many files as are looked into. */
const asked = process.env['PRUNER_HOST_FILES'];
const files = Number(asked ?? 400);
const web = { namespace: 'acme', name: 'web' };

describe('the scan of the workspace for references', () => {
  const extension = (): vscode.Extension<unknown> =>
    vscode.extensions.getExtension('pruner-for-docker-hub.docker-hub-pruner')!;
  const folder = (): string => join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'scan');
  const outside = (): string => join(dirname(vscode.workspace.workspaceFolders![0]!.uri.fsPath), 'pruner-scan-outside');
  const log: string[] = [];
  let reader: ReaderThread;
  let made: WorkspaceReferences | undefined;

  const write = async (path: string, text: string): Promise<void> => {
    const file = join(folder(), path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  const scan = (maxFiles?: number): WorkspaceReferences =>
    (made = new WorkspaceReferences(reader, (line) => log.push(line), maxFiles));
  const tags = (references: WorkspaceReferences): string[] =>
    [...references.usesOf(web).tags].map(([tag, place]) => `${tag} ${place}`).sort();
  const kinds = async (references: WorkspaceReferences): Promise<string[]> =>
    (await references.unsure([web])).map((doubt) => `${doubt.kind}${'place' in doubt ? ` ${doubt.place.text}` : ''}`);

  beforeEach(() => {
    log.length = 0;
    reader = new ReaderThread(join(extension().extensionPath, 'dist', 'readerProgram.cjs'));
  });

  afterEach(async () => {
    made?.dispose();
    reader[Symbol.dispose]();
    await rm(folder(), { recursive: true, force: true });
    await rm(outside(), { recursive: true, force: true });
  });

  it('is unfinished until it is ready; what is about the repositories is told then, and nothing else', async () => {
    await write(
      'compose.yaml',
      'services:\n  a: {image: "acme/web:1"}\n  b: {image: "acme/web:$T"}\n  c: {image: "acme/other:$T"}\n',
    );
    const references = scan();
    assert.deepEqual(await kinds(references), ['unfinished']);
    await references.ready();
    assert.deepEqual(await kinds(references), ['unresolved scan/compose.yaml:3']);
    assert.deepEqual(tags(references), ['1 scan/compose.yaml:2']);
    assert.deepEqual(await references.unsure([{ namespace: 'acme', name: 'none' }]), []);
    assert.deepEqual(log, []);
  });

  it('waits for what was saved just now', async () => {
    await write('Dockerfile', 'FROM acme/web:1\n');
    const references = scan();
    await references.ready();
    const document = await vscode.workspace.openTextDocument(join(folder(), 'Dockerfile'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 15), '.5');
    await vscode.workspace.applyEdit(edit);
    await document.save();
    await references.ready();
    assert.deepEqual(tags(references), ['1.5 scan/Dockerfile:1']);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('can be waited for no longer', async () => {
    const references = scan();
    const controller = new AbortController();
    const waiting = references.ready(controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(waiting, /^Error: enough$/);
    await assert.rejects(references.ready(controller.signal), /^Error: enough$/);
  });

  it('tells files that are too large, and those beyond what is looked into', async () => {
    await write('large.json', `{"image": "${'x'.repeat(21 * 1024 * 1024)}"}`);
    await write('a/Dockerfile', 'FROM acme/web:2');
    const references = scan();
    await references.ready();
    assert.deepEqual(await kinds(references), ['unreadable scan/large.json']);
    assert.deepEqual(tags(references), ['2 scan/a/Dockerfile:1']);
    references.dispose();
    await write('b/Dockerfile', 'FROM acme/web:3');
    const fewer = scan(1);
    await fewer.ready();
    assert.equal((await kinds(fewer))[0], 'tooManyFiles');
  });

  for (const [what, left, prepare] of [
    ['below a symbolic link to a folder', [[], []], async () => symlink(outside(), join(folder(), 'linked'))],
    [
      'that a symbolic link names',
      [['2 scan/linked/Dockerfile:1'], ['unreadable scan/linked/Dockerfile']],
      async () => {
        await mkdir(join(folder(), 'linked'));
        await symlink(join(outside(), 'Dockerfile'), join(folder(), 'linked/Dockerfile'));
      },
    ],
  ] as const) {
    it(`E11: is current at once for a file ${what}`, async () => {
      await mkdir(folder(), { recursive: true });
      await mkdir(outside(), { recursive: true });
      await writeFile(join(outside(), 'Dockerfile'), 'FROM acme/web:1\n');
      await prepare();
      const references = scan();
      await references.ready();
      assert.deepEqual(tags(references), ['1 scan/linked/Dockerfile:1']);
      await writeFile(join(outside(), 'Dockerfile'), 'FROM acme/web:2\n');
      await references.ready();
      assert.deepEqual(tags(references), ['2 scan/linked/Dockerfile:1']);
      await rm(join(outside(), 'Dockerfile'));
      await references.ready();
      // What a link named that leads to nothing now counts on, and the link is reported.
      assert.deepEqual([tags(references), await kinds(references)], left);
    });
  }

  it('E11: is current at once for files that come and go, several times in a row', async () => {
    const references = scan();
    for (let round = 1; round <= 5; round++) {
      await write(`round/${round}/Dockerfile`, `FROM acme/web:${round}\n`);
      await rm(join(folder(), `round/${round - 1}`), { recursive: true, force: true });
      await references.ready();
      assert.deepEqual(tags(references), [`${round} scan/round/${round}/Dockerfile:1`]);
    }
  });

  it('reads files again for a namespace that is new, and reports a link that leads to nothing until it does', async () => {
    await mkdir(folder(), { recursive: true });
    await symlink('missing.yaml', join(folder(), 'link.yaml'));
    const references = scan();
    await references.ready(undefined, ['Acme']);
    assert.deepEqual(await kinds(references), ['unreadable scan/link.yaml']);
    await write('missing.yaml', 'image: acme/web:1\n');
    references.lookFor(['other']);
    await references.ready();
    assert.deepEqual([await kinds(references), tags(references)], [[], ['1 scan/link.yaml:1']]);
  });

  describe('of other folders', () => {
    const beside = (): string => join(dirname(vscode.workspace.workspaceFolders![0]!.uri.fsPath), 'pruner-scan-beside');
    /** As VS Code would give them: adding one would start the extension host anew. */
    const useFolders = (...uris: vscode.Uri[]): void => {
      folders = sinon
        .stub(vscode.workspace, 'workspaceFolders')
        .value(uris.map((uri, index) => ({ uri, name: `folder${index}`, index })));
    };
    let folders: sinon.SinonStub | undefined;

    afterEach(async () => {
      folders?.restore();
      folders = undefined;
      await rm(beside(), { recursive: true, force: true });
    });

    for (const above of ['node_modules/web', '.git/worktrees/web']) {
      it(`E12: reads files that are created later in a workspace folder below ${above}`, async () => {
        const root = join(beside(), above);
        await mkdir(join(root, 'node_modules'), { recursive: true });
        await writeFile(join(root, 'Dockerfile'), 'FROM acme/web:1\n');
        await writeFile(join(root, 'node_modules/Dockerfile'), 'FROM acme/web:none\n');
        useFolders(vscode.Uri.file(root));
        const references = scan();
        await references.ready();
        await mkdir(join(root, 'later'));
        await writeFile(join(root, 'later/Dockerfile'), 'FROM acme/web:2\n');
        await references.ready();
        assert.deepEqual([...references.usesOf(web).tags.keys()].sort(), ['1', '2']);
      });
    }

    it('goes over a file that takes too long, and tells it', async () => {
      reader[Symbol.dispose]();
      reader = new ReaderThread(join(extension().extensionPath, 'dist', 'readerProgram.cjs'), { job: 1500 });
      // Where the extension itself does not look: its own thread would have it, too, and keep the tests after this one waiting.
      await mkdir(beside(), { recursive: true });
      await writeFile(join(beside(), 'bad.yaml'), `image: ${'['.repeat(900_000)}`);
      await writeFile(join(beside(), 'Dockerfile'), 'FROM acme/web:2');
      useFolders(vscode.Uri.file(beside()));
      const references = scan();
      await references.ready();
      assert.match((await kinds(references)).join('\n'), /^unreadable \S*bad\.yaml$/);
      assert.deepEqual([...references.usesOf(web).tags.keys()], ['2']);
      assert.match(log.join('\n'), /bad\.yaml: tooLong/);
    });

    it('looks into virtual folders through VS Code: each file once it has changed, links without end, and what cannot be read', async () => {
      const files = new MemoryFiles();
      const registered = vscode.workspace.registerFileSystemProvider('pruner-memory', files);
      try {
        files.write('/ws/Dockerfile', 'FROM acme/web:1');
        files.write('/ws/a/compose.yaml', 'services: {a: {image: "acme/web:$TAG"}}');
        files.write('/ws/.env', 'TAG=2');
        files.write('/ws/node_modules/Dockerfile', 'FROM acme/web:none');
        files.write('/ws/closed/Dockerfile', 'FROM acme/web:none');
        files.loops.add('/ws/a/loop');
        files.closed.add('/ws/closed');
        useFolders(vscode.Uri.parse('pruner-memory:/ws'));
        const references = scan();
        await references.ready();
        const found = () => [...references.usesOf(web).tags.keys()].sort();
        assert.deepEqual(found(), ['1', '2']);
        assert.equal((await references.unsure([web])).map(({ kind }) => kind).join(), 'unreadable');
        files.write('/ws/.env', 'TAG=3');
        files.write('/ws/later/Dockerfile', 'FROM acme/web:4');
        files.files.delete('/ws/Dockerfile');
        await references.ready();
        assert.deepEqual(found(), ['3', '4']);
      } finally {
        registered.dispose();
      }
    });
  });

  it(`leaves the extension host responsive: ${files.toLocaleString('en')} files (longest task)`, async function () {
    this.timeout(asked === undefined ? 30_000 : 9 * 60_000);
    const manifest = (index: number): string =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web-${index}, labels: {app: web}}\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n      - name: web\n        image: acme/web:v${index}\n        ports: [{containerPort: 80}]\n        env:\n        - {name: A, value: "${'x'.repeat(300)}"}\n      - name: side\n        image: envoyproxy/envoy:v1.30\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web-${index}}\nspec: {ports: [{port: 80}]}\n`;
    for (let index = 0; index < files; index += 100) {
      await Promise.all(
        Array.from({ length: Math.min(100, files - index) }, (_, offset) => {
          const number = index + offset;
          return number % 10 === 0
            ? write(`f${index}/${number}.Dockerfile`, `ARG V=v${number}\nFROM acme/web:$V\nRUN make\n`)
            : write(`f${index}/d${number}.yaml`, manifest(number));
        }),
      );
    }
    // The watchers of VS Code have their say before.
    await until(
      'quiet',
      async () => (await vscode.workspace.findFiles('scan/**/*', null, files + 1)).length === files,
      120_000,
    );
    const stop = watchLoop();
    const startedAt = performance.now();
    const references = scan();
    while ((await kinds(references)).includes('unfinished')) await references.ready();
    const ms = performance.now() - startedAt;
    const uses = references.usesOf(web);
    const { longestTaskMs, longestCpuMs, longestGcMs, p99Ms } = stop();
    console.log(
      `      ${ms.toFixed(0)} ms in all; longest task ${longestTaskMs} ms (${longestCpuMs ?? '?'} ms of the processor), garbage collection at most ${longestGcMs} ms, 99% below ${p99Ms} ms`,
    );
    assert.equal(uses.tags.size, files);
    assert.deepEqual(await kinds(references), []);
  });
});
