import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import * as vscode from 'vscode';

import type { Shown } from './scriptedDialogs.ts';
import { smallWorld, useStage } from './stage.ts';
import { until } from './until.ts';

describe('Show Uses', () => {
  const stage = useStage(smallWorld);
  const folder = (): string => join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'uses');
  const write = async (path: string, text: string): Promise<void> => {
    const file = join(folder(), path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  const rows = ({ items }: Shown): string[] =>
    items.map(({ label, description, kind }) =>
      kind === vscode.QuickPickItemKind.Separator
        ? `-- ${label}`
        : description === undefined
          ? label
          : `${label} | ${description}`,
    );

  /** Waits until VS Code has told of the file that uses a tag. */
  const marked = (tag: string) =>
    until(`a mark on ${tag}`, async () =>
      String((await stage.item(await stage.tag('web', tag))).description).startsWith('used · '),
    );

  /** Waits until the editor shows a file of the test, and says where. */
  const opened = async (path: string): Promise<string> => {
    const editor = await until(`an editor of ${path}`, () => {
      const { activeTextEditor } = vscode.window;
      return activeTextEditor?.document.uri.path.endsWith(`/uses/${path}`) ? activeTextEditor : undefined;
    });
    return `${editor.selection.active.line + 1}:${editor.selection.active.character + 1}`;
  };

  beforeEach(async () => {
    await stage.signIn();
    for (const tag of ['build-1', 'build-2', 'build-3']) {
      await until(
        `no mark on ${tag}`,
        async () => !String((await stage.item(await stage.tag('web', tag))).description).startsWith('used'),
      );
    }
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder(), { recursive: true, force: true });
  });

  it('lists what is in use and what is in doubt, each with its file and line, and opens the file there', async () => {
    const digest = `sha256:${'12'.repeat(32)}`;
    await write('deploy/bad.yaml', 'apiVersion: v1\nkind: Pod\na: {image: "ghcr.io/a/b:1"}\nd: [\n');
    await write(
      'compose.yaml',
      [
        'services:',
        '  a: {image: "ada/web:build-1"}',
        '  b: {image: "ada/web:$TAG"}',
        '  c: {image: "ada/web:${TAG:-build-2}"}',
        '  d: {image: "$IMAGE"}',
        '  e: {image: "ada/api:1"}',
        '',
      ].join('\n'),
    );
    await write(
      'deploy/pod.yaml',
      `apiVersion: v1\nkind: Pod\na:\n  image: ada/web:build-3@${digest}\nb:\n  image: docker.io/ada/web@${digest}\n`,
    );
    for (const tag of ['build-1', 'build-2', 'build-3']) await marked(tag);
    const node = await stage.repository('web');
    await stage.run('showUses', [node], { pick: 'build-3' });
    const list = stage.dialogs.only(/^Uses of ada\/web$/);
    assert.deepEqual(rows(list), [
      '-- In Use',
      'build-1 | uses/compose.yaml:2',
      'build-2 | uses/compose.yaml:4',
      'build-3 @ sha256:121212121212 | uses/deploy/pod.yaml:4',
      'sha256:121212121212 | uses/deploy/pod.yaml:6',
      '-- In Doubt',
      'ada/web:$TAG | uses/compose.yaml:3 · only the environment knows the tag',
      'ada/web:${TAG:-build-2} | uses/compose.yaml:4 · only its default is protected',
      '$IMAGE | uses/compose.yaml:5 · might be another repository',
      "uses/deploy/bad.yaml:5 | can't be read",
    ]);
    assert.equal(list.placeholder, '4 in use, 4 in doubt. Select one to open its file.');
    assert.equal(await opened('deploy/pod.yaml'), '4:10');
    await stage.run('showUses', [node], { pick: '$IMAGE' });
    assert.equal(await opened('compose.yaml'), '5:14');
    await stage.run('showUses', [node], 'leave');
  });

  it('waits for a file that was saved just now', async () => {
    const node = await stage.repository('web');
    await write('Dockerfile', 'FROM ada/web:build-1\n');
    await marked('build-1');
    await stage.run('showUses', [node], 'leave');
    const document = await vscode.workspace.openTextDocument(join(folder(), 'Dockerfile'));
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 19, 0, 20), '2');
    await vscode.workspace.applyEdit(edit);
    await document.save();
    await stage.run('showUses', [node], { pick: 'build-2' });
    assert.deepEqual(rows(stage.dialogs.find(/^Uses of/).at(-1)!).slice(0, 2), [
      '-- In Use',
      'build-2 | uses/Dockerfile:1',
    ]);
  });

  it('takes the repository of a tag, or asks for one; says plainly where nothing is found, and what is no row does nothing', async () => {
    await stage.run('showUses', [await stage.tag('web', 'build-1')]);
    assert.equal(stage.dialogs.said, 'No uses of ada/web found.');
    await stage.run('showUses', [], { pick: 'ada/api' });
    assert.equal(stage.dialogs.only(/^Show Uses$/).placeholder, 'Select a repository');
    assert.equal(stage.dialogs.said, 'No uses of ada/api found.');
    await stage.run('showUses', [{ id: 'nobody@nowhere/x' }], 'leave');
    assert.equal(stage.dialogs.find(/^Show Uses$/).length, 2);
  });

  it('takes names of files and what stands in them as text (invariant 10)', async () => {
    await write(
      '[x](command:y)\u202e/compose.yaml',
      'services:\n  a: {image: "ada/web:build-1"}\n  b: {image: "ada/web:$(sync)"}\n',
    );
    await marked('build-1');
    await stage.run('showUses', [await stage.repository('web')], { pick: 'build-1' });
    const [, used, , doubt] = rows(stage.dialogs.only(/^Uses of/));
    assert.equal(used, 'build-1 | uses/[x] (command:y)\ufffd/compose.yaml:2');
    assert.match(doubt!, /^ada\/web:\$ \(sync\) \| /);
    assert.equal(await opened('[x](command:y)\u202e/compose.yaml'), '2:14');
  });
});
