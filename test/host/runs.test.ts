import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import * as vscode from 'vscode';

import { interruptedRun } from './interruptedRun.ts';
import { ada, addRepository, daysAgo, labelOf, smallWorld, useStage, type Stage } from './stage.ts';
import { until } from './until.ts';

const ninety = { pick: '90 days' } as const;

/** Prunes `ada/web`, of which three tags go. */
async function pruneWeb(stage: Stage): Promise<void> {
  await stage.run('pruneOldTags', [await stage.repository('web')], ninety, { pick: 'Delete 3 Tags' }, { press: 'Delete 3 Tags' });
}

/** The rows of the view `Runs`. */
async function rows(stage: Stage): Promise<vscode.TreeItem[]> {
  const entries = (await stage.product.runs.getChildren()) ?? [];
  return Promise.all(entries.map(async (entry) => stage.product.runs.getTreeItem(entry)));
}

describe('the history of runs', () => {
  const stage = useStage(smallWorld);

  it('lists each run with its totals, newest first, and opens its report', async () => {
    await stage.signIn();
    assert.deepEqual(await rows(stage), []);
    await pruneWeb(stage);
    await stage.run('deleteTag', [await stage.tag('api', 'v1.0')], { press: 'Delete 1 Tag' });
    const [second, first] = await rows(stage);
    assert.equal(labelOf(first!), 'ada/web');
    assert.match(String(first!.description), /^deleted 3 tags · /);
    assert.equal(labelOf(second!), 'ada/api');
    assert.match(first!.accessibilityInformation!.label, /^Run in ada\/web, deleted 3 tags, just now$/);
    assert.equal(first!.contextValue, 'run restorable');
    await vscode.commands.executeCommand(first!.command!.command, ...(first!.command!.arguments as unknown[]));
    const report = await until('the report', () => stage.documents().find((text) => text.startsWith('Run of ')));
    assert.match(report, /^Run of .* UTC as ada at http:\/\/127\.0\.0\.1:\d+\nTags last pushed before .* UTC \(90 days\)\nEnded after \d+ s\n\nDeleted 3 tags in ada\/web\.\n/);
    assert.match(report, /\nRemoved:\n {2}ada\/web:build-1\n {2}ada\/web:build-[23]\n/);
    assert.match(report, /\nStayed in ada\/web by the plan: 4 tags\n(.*\n)*1 protected by "latest"\n {2}latest\n/);
  });

  it('exports a run as CSV with formulas escaped, and as JSON', async () => {
    stage.world.pushTag(ada.name, 'web', '-danger', { pushedAt: daysAgo(999), digest: `sha256:${'a'.repeat(64)}` });
    await stage.signIn();
    await stage.run('pruneOldTags', [await stage.repository('web')], ninety, { pick: 'Delete 4 Tags' }, { press: 'Delete 4 Tags' });
    const [entry] = (await stage.product.runs.getChildren()) ?? [];
    const folder = vscode.workspace.workspaceFolders![0]!.uri;
    const [csv, json] = ['run.csv', 'run.json'].map((name) => vscode.Uri.joinPath(folder, name)) as [vscode.Uri, vscode.Uri];
    try {
      await stage.run('exportRun', [entry], { saveAs: csv });
      await stage.run('exportRun', [entry], { saveAs: json });
      const lines = (await readFile(csv.fsPath, 'utf8')).split('\r\n');
      assert.equal(lines[0], 'repository,tag,digest,pushed,size,verdict,outcome,reason,words,restored');
      // `-danger` was not deleted: no path takes such a name. A spreadsheet must not take it for a formula either.
      assert.ok(lines.some((line) => line.startsWith(`ada/web,'-danger,sha256:${'a'.repeat(64)},`) && line.includes(',delete,failed,unsafeName,')), lines.join('\n'));
      assert.ok(lines.some((line) => /^ada\/web,build-1,sha256:\w+,\S+Z,50000000,delete,removed,,,false$/.test(line)));
      assert.ok(lines.some((line) => line === 'ada/web,latest,,,,keep,,protected by latest,,false'));
      const exported = JSON.parse(await readFile(json.fsPath, 'utf8')) as { planned: number; counts: { removed: number }; tags: { tag: string; outcome: string }[] };
      assert.deepEqual([exported.planned, exported.counts.removed, exported.tags.length], [4, 3, 8]);
      assert.equal(stage.dialogs.said, 'Exported the run in ada/web.');
    } finally {
      for (const file of [csv, json]) await vscode.workspace.fs.delete(file, { useTrash: false });
    }
  });

  it('keeps as many ended runs as the setting says', async () => {
    await stage.set('keepRuns', 2);
    await stage.signIn();
    for (const tag of ['v1.0', 'v1.1']) await stage.run('deleteTag', [await stage.tag('api', tag)], { press: 'Delete 1 Tag' });
    await pruneWeb(stage);
    assert.deepEqual((await rows(stage)).map((row) => (row.tooltip as string).split('\n').slice(0, 2).join(' ')), ['ada/web deleted 3 tags', 'ada/api deleted 1 tag']);
  });

  it('starts no run whose journal cannot be written', async () => {
    await stage.signIn();
    const storage = stage.product.context.globalStorageUri;
    await vscode.workspace.fs.createDirectory(storage);
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(storage, 'runs'), new TextEncoder().encode('in the way'));
    await pruneWeb(stage);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    stage.dialogs.takeError(/^Nothing was deleted, because the journal of the run cannot be written on this machine\. The system says: ".*" Make room or mend the folder, then try again\.$/);
  });

  it('does not believe what an argument says of a run (invariant 1)', async () => {
    await stage.signIn();
    for (const argument of [{ id: '../../etc/passwd' }, { id: 7 }, 'x', { id: 'nothing' }]) {
      await stage.run('showRun', [argument]);
      stage.dialogs.takeError(/^There is no such run any more\.$/);
    }
  });
});

describe('an interrupted run', () => {
  const stage = useStage((world) => {
    smallWorld(world);
    addRepository(world, ada.name, 'many', Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`build-${i}`, i === 39 ? 1 : 500 - i])));
  });

  it('is listed, and gone on with: what is left goes, what was open is looked up first, and the whole run is accounted for', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web', { removed: ['build-1'], uncertain: ['build-2'] });
    // The DELETE of build-2 had come through.
    stage.world.removeTag(ada.name, 'web', 'build-2');
    const [row] = await rows(stage);
    assert.match(String(row!.description), /^interrupted · /);
    assert.equal(row!.contextValue, 'run resumable restorable interrupted');
    await stage.run('resumeRun', [{ id }]);
    assert.deepEqual(stage.hub.deleted, ['ada/web:build-3']);
    assert.equal(stage.dialogs.said, 'Deleted 3 tags in ada/web.');
    assert.match(String((await rows(stage))[0]!.description), /^deleted 3 tags · /);
    assert.deepEqual(stage.dialogs.find('warning'), [], 'confirmed less than an hour ago');
  });

  it('spares and names what moved, and what a rule of today keeps', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web');
    stage.world.pushTag(ada.name, 'web', 'build-1');
    await stage.set('protect', ['latest', 'build-2']);
    await stage.run('resumeRun', [{ id }], { press: 'Show Details' });
    assert.deepEqual(stage.hub.deleted, ['ada/web:build-3']);
    const report = await until('the report', () => stage.documents().find((text) => text.includes('Gone on with once\n')));
    assert.match(report, /\n1 pushed since the plan, kept, 1 kept: protected by "build-2"\.\n/);
    assert.match(report, /\n1 pushed since the plan, kept\n {2}ada\/web:build-1\n/);
    assert.match(report, /1 kept: protected by "build-2"\n {2}ada\/web:build-2\n/);
  });

  it('is asked about again with the new count when it was confirmed more than an hour ago', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web', { removed: ['build-1'], at: Date.now() - 2 * 3_600_000 });
    await stage.run('resumeRun', [{ id }], 'leave');
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    const modal = stage.dialogs.only(/^Delete 2 tags in ada\/web\?$/);
    assert.ok(modal.modal);
    assert.match(modal.detail, /^What is left of a run of .* that was interrupted: 3 tags were confirmed\.\n/);
    assert.equal((await rows(stage))[0]!.contextValue, 'run resumable restorable interrupted', 'nothing is lost');
    await stage.run('resumeRun', [{ id }], { press: 'Delete 2 Tags' });
    assert.deepEqual([...stage.hub.deleted].sort(), ['ada/web:build-2', 'ada/web:build-3']);
  });

  it('belongs to the account that began it', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web', { account: 'grace' });
    await stage.run('resumeRun', [{ id }]);
    assert.match(stage.dialogs.said, /^This run belongs to grace at http:\/\/127\.0\.0\.1:\d+\. Sign in as grace there, then go on with it\.$/);
    assert.equal(stage.hub.requests.length, 0);
  });

  it('is not gone on with while its list cannot be read; nothing is lost', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web');
    const broken = stage.hub.script({ match: { path: '/tags?' }, times: Infinity, act: { status: 403, body: { message: 'permission denied' } } });
    await stage.run('resumeRun', [{ id }]);
    stage.dialogs.takeError(/permission denied/);
    broken.remove();
    assert.equal((await rows(stage))[0]!.contextValue, 'run resumable restorable interrupted');
    await stage.run('resumeRun', [{ id }]);
    assert.equal(stage.dialogs.said, 'Deleted 3 tags in ada/web.');
  });

  it('can be let be: it ends, and its tags stay', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web', { removed: ['build-1'] });
    await stage.run('leaveRun', [{ id }]);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    const [row] = await rows(stage);
    assert.match(String(row!.description), /^deleted 1 of 3 tags · /);
    await stage.run('leaveRun', []);
    assert.equal(stage.dialogs.said, 'There is no interrupted run.');
    await stage.run('resumeRun', [], { pick: 'ada/web' });
    assert.equal(stage.dialogs.said, 'Deleted 3 tags in ada/web.', 'gone on with after all');
  });

  it('a journal of a newer version or a damaged one is refused with a clear word', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web');
    const file = (await stage.storedFiles()).find((path) => path.includes(id))!;
    const text = await readFile(file, 'utf8');
    for (const [changed, message] of [
      [text.replace('"version":1', '"version":2'), /^A newer version of this extension wrote the journal of this run, and only that can read it\./],
      [text.replace('"type":"plan"', '"type":"plam"'), /^The journal of this run is damaged, and nothing is done with it: Line 2 of the journal cannot be read\.$/],
    ] as const) {
      await vscode.workspace.fs.writeFile(vscode.Uri.file(file), new TextEncoder().encode(changed));
      await stage.run('resumeRun', [{ id }]);
      stage.dialogs.takeError(message);
      assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    }
  });

  it('two at once: the second is told that something is deleted there, also a deletion of the repository', async () => {
    await stage.signIn();
    stage.hub.script({ match: { method: 'DELETE' }, times: Infinity, act: { delayMs: 50 } });
    const running = stage.run('pruneOldTags', [await stage.repository('many')], ninety, { pick: 'Delete 39 Tags' }, { press: 'Delete 39 Tags' });
    await until('some deletes', () => stage.hub.deleted.length >= 3);
    const taken = /^Something else is being deleted in ada\/many at the moment\. Wait for it to end, then try again\.$/;
    await stage.run('deleteTag', [await stage.tag('many', 'build-39')], { press: 'Delete 1 Tag' });
    stage.dialogs.takeError(taken);
    await stage.run('deleteRepository', [await stage.repository('many')]);
    stage.dialogs.takeError(taken);
    await running;
    assert.deepEqual(stage.tagsOf('many'), ['build-39']);
  });

  it('Sign Out during a run asks, then cancels it, and every tag is accounted for', async () => {
    await stage.signIn();
    stage.hub.script({ match: { method: 'DELETE' }, times: Infinity, act: { delayMs: 30 } });
    const running = stage.run('pruneOldTags', [await stage.repository('many')], ninety, { pick: 'Delete 39 Tags' }, { press: 'Delete 39 Tags' });
    await until('some deletes', () => stage.hub.deleted.length >= 3);
    await stage.run('signOut', [await stage.node(ada.name)], 'leave');
    assert.equal((await stage.product.context.secrets.keys()).length, 1, 'still signed in');
    await stage.run('signOut', [await stage.node(ada.name)], { press: 'Cancel It and Sign Out' });
    await running;
    const [modal] = stage.dialogs.find(/^ada is at work in ada\/many\. Sign out all the same\?$/);
    assert.ok(modal!.modal);
    const { length } = stage.hub.deleted;
    assert.ok(length < 39, String(length));
    const [row] = await rows(stage);
    assert.match(String(row!.description), new RegExp(`^deleted ${length} of 39 tags · `));
    assert.match(row!.contextValue!, /resumable/);
  });
});
