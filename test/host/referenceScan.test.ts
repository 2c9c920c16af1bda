import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';

import * as vscode from 'vscode';

import { WorkspaceReferences } from '../../src/host/workspaceReferences.ts';
import { ReaderThread } from '../../src/references/readerThread.ts';
import { watchLoop } from './loopWatch.ts';
import { until } from './until.ts';

/** With the variable the long form: as many files as are looked into. */
const asked = process.env['PRUNER_HOST_FILES'];
const files = Number(asked ?? 400);
const web = { namespace: 'acme', name: 'web' };

describe('the scan of the workspace for references', () => {
  const extension = (): vscode.Extension<unknown> => vscode.extensions.getExtension('pruner-for-docker-hub.docker-hub-pruner')!;
  const folder = (): string => join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'scan');
  const log: string[] = [];
  let reader: ReaderThread;
  let made: WorkspaceReferences | undefined;

  const write = async (path: string, text: string): Promise<void> => {
    const file = join(folder(), path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  const scan = (mostFiles?: number): WorkspaceReferences => (made = new WorkspaceReferences(reader, (line) => log.push(line), mostFiles));
  const tags = (references: WorkspaceReferences): string[] => [...references.usesOf(web).tags].map(([tag, place]) => `${tag} ${place}`).sort();
  const kinds = async (references: WorkspaceReferences): Promise<string[]> => (await references.unsure([web])).map((doubt) => `${doubt.kind}${'place' in doubt ? ` ${doubt.place.text}` : ''}`);

  beforeEach(() => {
    log.length = 0;
    reader = new ReaderThread(join(extension().extensionPath, 'dist', 'readerProgram.cjs'));
  });

  afterEach(async () => {
    made?.dispose();
    reader[Symbol.dispose]();
    await rm(folder(), { recursive: true, force: true });
  });

  it('is unfinished until it is ready; what is about the repositories is told then, and nothing else', async () => {
    await write('compose.yaml', 'services:\n  a: {image: "acme/web:1"}\n  b: {image: "acme/web:$T"}\n  c: {image: "acme/other:$T"}\n');
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
    await write('large.yaml', `image: acme/web:1 #${'x'.repeat(1_000_000)}`);
    await write('a/Dockerfile', 'FROM acme/web:2');
    const references = scan();
    await references.ready();
    assert.deepEqual(await kinds(references), ['unreadable scan/large.yaml']);
    assert.deepEqual(tags(references), ['2 scan/a/Dockerfile:1']);
    references.dispose();
    const fewer = scan(1);
    await fewer.ready();
    assert.equal((await kinds(fewer))[0], 'tooManyFiles');
  });

  it('goes over a file that takes too long, and tells it', async () => {
    reader[Symbol.dispose]();
    reader = new ReaderThread(join(extension().extensionPath, 'dist', 'readerProgram.cjs'), { job: 1500 });
    await write('bad.yaml', `image: ${'['.repeat(900_000)}`);
    await write('Dockerfile', 'FROM acme/web:2');
    const references = scan();
    await references.ready();
    assert.deepEqual(await kinds(references), ['unreadable scan/bad.yaml']);
    assert.deepEqual(tags(references), ['2 scan/Dockerfile:1']);
    assert.match(log.join('\n'), /bad\.yaml: tooLong/);
  });

  it(`leaves the extension host responsive: ${files.toLocaleString('en')} files (longest task)`, async function () {
    this.timeout(asked === undefined ? 30_000 : 9 * 60_000);
    const manifest = (index: number): string =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web-${index}, labels: {app: web}}\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n      - name: web\n        image: acme/web:v${index}\n        ports: [{containerPort: 80}]\n        env:\n        - {name: A, value: "${'x'.repeat(300)}"}\n      - name: side\n        image: envoyproxy/envoy:v1.30\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web-${index}}\nspec: {ports: [{port: 80}]}\n`;
    for (let index = 0; index < files; index += 100) {
      await Promise.all(
        Array.from({ length: Math.min(100, files - index) }, (_, offset) => {
          const number = index + offset;
          return number % 10 === 0 ? write(`f${index}/${number}.Dockerfile`, `ARG V=v${number}\nFROM acme/web:$V\nRUN make\n`) : write(`f${index}/d${number}.yaml`, manifest(number));
        }),
      );
    }
    // The watchers of VS Code have their say before.
    await until('quiet', async () => (await vscode.workspace.findFiles('scan/**/*', null, files + 1)).length === files, 120_000);
    const stop = watchLoop();
    const startedAt = performance.now();
    const references = scan();
    while ((await kinds(references)).includes('unfinished')) await references.ready();
    const ms = performance.now() - startedAt;
    const uses = references.usesOf(web);
    const { longestTaskMs, longestCpuMs, longestGcMs, p99Ms } = stop();
    console.log(`      ${ms.toFixed(0)} ms in all; longest task ${longestTaskMs} ms (${longestCpuMs ?? '?'} ms of the processor), garbage collection at most ${longestGcMs} ms, 99% below ${p99Ms} ms`);
    assert.equal(uses.tags.size, files);
    assert.deepEqual(await kinds(references), []);
  });
});
