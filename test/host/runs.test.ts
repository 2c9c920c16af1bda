import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { offerInterrupted } from '../../src/editor/runs/offerInterrupted.ts';
import type { PanelServices } from '../../src/editor/planPanel/panelServices.ts';
import { policyFileName } from '../../src/policies/policyFileName.ts';
import { RunStore } from '../../src/editor/runs/runStore.ts';
import { systemClock } from '../../src/async/clock.ts';
import { parseOrigins } from '../../src/hub/wire/origins.ts';
import { Journal } from '../../src/runs/journal/journal.ts';
import { JournalFolder, newRunId } from '../../src/runs/journal/journalFolder.ts';
import { writeLine } from '../../src/runs/journal/journalLine.ts';
import { makeBatch } from '../../src/retention/plan/batch.ts';
import { planPicked } from '../../src/retention/plan/plan.ts';
import { TextDocuments } from '../../src/editor/ui/textDocuments.ts';
import { interruptedRun } from './interruptedRun.ts';
import { ada, addRepository, daysAgo, labelOf, smallWorld, useStage, type Stage } from './stage.ts';
import { until } from './until.ts';

const ninety = { pick: '90 days' } as const;

/** Prunes `ada/web`, of which three tags go. */
async function pruneWeb(stage: Stage): Promise<void> {
  await stage.run(
    'pruneOldTags',
    [await stage.repository('web')],
    ninety,
    { pick: 'Delete 3 Tags' },
    { press: 'Delete 3 Tags' },
  );
}

/** A run that deleted so many tags of `ada/web`, each with a digest. @returns its id */
async function longRun(stage: Stage, count: number): Promise<string> {
  const repository = { namespace: ada.name, name: 'web' };
  const tags = Array.from({ length: count }, (_, i) => ({
    name: `build-${i}`,
    digest: `sha256:${String(i).padStart(64, '0')}`,
    pushedAt: i,
  }));
  const at = Date.now();
  const file = await new JournalFolder(join(stage.product.context.globalStorageUri.fsPath, 'runs')).create(
    newRunId(at),
  );
  const origins = parseOrigins(stage.hub.origin, stage.hub.origin);
  const journal = new Journal(file, systemClock);
  await journal.begin(
    { id: file.id, account: { name: ada.name, kind: 'user', origins }, policy: { kind: 'picked' } },
    makeBatch([planPicked({ repository, tags, asOf: at })], { maxDeletions: 0 }),
  );
  const lines = tags.map(
    ({ name }) =>
      writeLine({ type: 'intent', at, repository, tag: name }) +
      writeLine({ type: 'outcome', at, repository, tag: name, outcome: { kind: 'removed' } }),
  );
  await file.append(lines.join(''));
  await journal.end({ removed: count, alreadyGone: 0, spared: 0, failed: 0, uncertain: 0, notReached: 0 });
  await file.close(true);
  return file.id;
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
    assert.match(
      report,
      /^Run of .* UTC as ada at http:\/\/127\.0\.0\.1:\d+\nTags last pushed before .* UTC \(90 days\)\nEnded after \d+ s\n\nDeleted 3 tags in ada\/web\.\n/,
    );
    assert.match(report, /\nRemoved:\n {2}ada\/web:build-1\n {2}ada\/web:build-[23]\n/);
    assert.match(report, /\nKept in ada\/web by the plan: 4 tags\n(.*\n)*1 protected by "latest"\n {2}latest\n/);
  });

  it('exports a run as CSV with formulas escaped, and as JSON', async () => {
    stage.world.pushTag(ada.name, 'web', '-danger', { pushedAt: daysAgo(999), digest: `sha256:${'a'.repeat(64)}` });
    await stage.signIn();
    await stage.run(
      'pruneOldTags',
      [await stage.repository('web')],
      ninety,
      { pick: 'Delete 4 Tags' },
      { press: 'Delete 4 Tags' },
    );
    const [entry] = (await stage.product.runs.getChildren()) ?? [];
    const folder = vscode.workspace.workspaceFolders![0]!.uri;
    const [csv, json] = ['run.csv', 'run.json'].map((name) => vscode.Uri.joinPath(folder, name)) as [
      vscode.Uri,
      vscode.Uri,
    ];
    try {
      await stage.run('exportRun', [entry], { saveAs: csv });
      await stage.run('exportRun', [entry], { saveAs: json });
      const lines = (await readFile(csv.fsPath, 'utf8')).split('\r\n');
      assert.equal(lines[0], 'repository,tag,kind,attachedTo,digest,pushed,size,verdict,outcome,reason,words,restored');
      // `-danger` was not deleted: no path takes such a name. A spreadsheet must not take it for a formula either.
      assert.ok(
        lines.some(
          (line) =>
            line.startsWith(`ada/web,'-danger,image,,sha256:${'a'.repeat(64)},`) &&
            line.includes(',delete,failed,unsafeName,'),
        ),
        lines.join('\n'),
      );
      assert.ok(
        lines.some((line) => /^ada\/web,build-1,image,,sha256:\w+,\S+Z,100000000,delete,removed,,,false$/.test(line)),
      );
      assert.ok(lines.some((line) => line === 'ada/web,latest,image,,,,,keep,,protected by latest,,false'));
      const exported = JSON.parse(await readFile(json.fsPath, 'utf8')) as {
        planned: number;
        counts: { removed: number };
        tags: { tag: string; outcome: string }[];
      };
      assert.deepEqual([exported.planned, exported.counts.removed, exported.tags.length], [4, 3, 8]);
      assert.equal(stage.dialogs.said, 'Exported the run in ada/web.');
    } finally {
      for (const file of [csv, json]) await vscode.workspace.fs.delete(file, { useTrash: false });
    }
  });

  it('keeps as many ended runs as the setting says', async () => {
    await stage.set('keepRuns', 2);
    await stage.signIn();
    for (const tag of ['v1.0', 'v1.1']) {
      await stage.run('deleteTag', [await stage.tag('api', tag)], { press: 'Delete 1 Tag' });
    }
    await pruneWeb(stage);
    assert.deepEqual(
      (await rows(stage)).map((row) => (row.tooltip as string).split('\n').slice(0, 2).join(' ')),
      ['ada/web deleted 3 tags', 'ada/api deleted 1 tag'],
    );
  });

  it('starts no run whose journal cannot be written', async () => {
    await stage.signIn();
    const storage = stage.product.context.globalStorageUri;
    await vscode.workspace.fs.createDirectory(storage);
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(storage, 'runs'), new TextEncoder().encode('in the way'));
    await pruneWeb(stage);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    stage.dialogs.takeError(
      /^Nothing was changed on Docker Hub, because the record of it can't be written on this machine\. The system says: ".*" Free some space or fix the folder, then try again\.$/,
    );
  });

  it('tells how a run ended also where its journal cannot get its last name', async () => {
    await stage.signIn();
    stage.hub.script({ match: { method: 'DELETE' }, times: Infinity, act: { delayMs: 100 } });
    const running = pruneWeb(stage);
    const open = await until('the journal', async () =>
      (await stage.storedFiles()).find((path) => path.endsWith('.open.jsonl')),
    );
    await vscode.workspace.fs.createDirectory(
      vscode.Uri.joinPath(vscode.Uri.file(open.replace('.open.jsonl', '.jsonl')), 'in the way'),
    );
    await running;
    assert.equal(stage.dialogs.said, 'Deleted 3 tags in ada/web.');
    assert.ok(stage.product.log.some((line) => line.startsWith('The end of the run could not be recorded: ')));
  });

  it('asks which tags to list where a run deleted more than a list can hold', async () => {
    await stage.signIn();
    const id = await longRun(stage, 10_001);
    await stage.run(
      'restoreTags',
      [{ id }],
      { enter: 'build' },
      { enter: 'nothing' },
      { enter: 'build-1000?' },
      'leave',
    );
    const question = stage.dialogs.only(/^Restore Tags Deleted in ada\/web: Which of 10,001 tags\?$/);
    assert.deepEqual(question.told, ['10,001 tags match. Type more of the name.', 'No tags match.']);
    assert.deepEqual(
      stage.dialogs.only(/^Restore Tags Deleted in ada\/web$/).items.map(({ label }) => label),
      ['build-10000'],
    );
    assert.equal(stage.hub.requests.length, 0);
  });

  it('shows no text that would hold VS Code, and says where the rest is', async () => {
    const documents = new TextDocuments();
    await documents.show(
      'Long.txt',
      Array.from({ length: 200_000 }, () => 'a line'),
      'See there.',
    );
    const { uri } = vscode.workspace.textDocuments.find((document) => document.uri.path === '/Long.txt')!;
    const text = documents.provideTextDocumentContent(uri);
    assert.ok(text.length > 999_000 && text.length < 1_001_000, String(text.length));
    assert.ok(text.endsWith('a line\n\nThe rest is too long to show here. See there.'));
  });

  it('removes the record of a run, also of one that cannot be read, and asks before', async () => {
    await stage.signIn();
    await pruneWeb(stage);
    const [entry] = (await stage.product.runs.getChildren()) ?? [];
    await stage.run('removeRun', [entry], 'leave');
    assert.equal((await rows(stage)).length, 1);
    const [file] = await stage.storedFiles();
    await vscode.workspace.fs.writeFile(vscode.Uri.file(file!), new TextEncoder().encode('{"type":"nothing"}\n{}\n'));
    assert.equal(labelOf((await rows(stage))[0]!), "A run that can't be read");
    await stage.run('removeRun', [entry], { press: 'Remove' });
    assert.match(stage.dialogs.find('warning').at(-1)!.detail, /can no longer resume it or restore its tags/);
    assert.deepEqual([await rows(stage), await stage.storedFiles()], [[], []]);
  });

  it('does not believe what an argument says of a run (invariant 1)', async () => {
    await stage.signIn();
    for (const argument of [{ id: '../../etc/passwd' }, { id: 7 }, 'x', { id: 'nothing' }]) {
      await stage.run('showRun', [argument]);
      stage.dialogs.takeError(/^This run no longer exists\.$/);
    }
  });
});

describe('an interrupted run', () => {
  const stage = useStage((world) => {
    smallWorld(world);
    addRepository(
      world,
      ada.name,
      'many',
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`build-${i}`, i === 39 ? 1 : 500 - i])),
    );
  });

  it('is listed, and gone on with: what is left goes, what was open is looked up first, and the whole run is accounted for', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web', { removed: ['build-1'], uncertain: ['build-2'] });
    // The DELETE of build-2 had come through.
    stage.world.removeTag(ada.name, 'web', 'build-2');
    const [row] = await rows(stage);
    assert.match(String(row!.description), /^interrupted · /);
    assert.equal(row!.contextValue, 'run resumable restorable interrupted');
    await stage.run('resumeRun', [{ id }], { press: 'Delete 1 Tag' });
    assert.deepEqual(stage.hub.deleted, ['ada/web:build-3']);
    assert.equal(stage.dialogs.said, 'Deleted 3 tags in ada/web.');
    assert.match(String((await rows(stage))[0]!.description), /^deleted 3 tags · /);
    assert.match(
      stage.dialogs.only('warning').detail,
      /^1 of 3 tags are left from the run on [-\d]{10} [\d:]{5} UTC\.\nTags last pushed before [-\d]{10} [\d:]{5} UTC \(90 days\)\.\n/,
      'asks, and asks once, also right after a crash',
    );
  });

  it('spares and names what moved, and what a rule of today keeps', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web');
    stage.world.pushTag(ada.name, 'web', 'build-1');
    await stage.set('protect', ['latest', 'build-2']);
    await stage.run('resumeRun', [{ id }], { press: 'Delete 1 Tag' }, { press: 'Show Details' });
    assert.match(
      stage.dialogs.only(/^Delete 1 tag/).detail,
      /\nNow kept, although confirmed then: 2 tags \(1 pushed since the plan, 1 protected by "build-2"\)\.\n/,
    );
    assert.deepEqual(stage.hub.deleted, ['ada/web:build-3']);
    const report = await until('the report', () => stage.documents().find((text) => text.includes('Resumed once\n')));
    assert.match(report, /\n1 pushed since the plan, kept, 1 kept: protected by "build-2"\.\n/);
    assert.match(report, /\n1 pushed since the plan, kept\n {2}ada\/web:build-1\n/);
    assert.match(report, /1 kept: protected by "build-2"\n {2}ada\/web:build-2\n/);
    assert.match(report, /\n {7}2 {2}kept\n/);
    assert.match(
      stage.dialogs.said,
      /^Deleted 1 of 3 tags in ada\/web\. 1 pushed since the plan, kept, 1 kept: protected by "build-2"\.$/,
    );
    assert.match(String((await rows(stage))[0]!.description), /^deleted 1 of 3 tags · /);
    assert.match((await rows(stage))[0]!.tooltip as string, /\n2 kept\n/);
  });

  it('is asked about with what is left, and is not changed by an answer that is none', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web', { removed: ['build-1'], at: Date.now() - 2 * 3_600_000 });
    await stage.run('resumeRun', [{ id }], 'leave');
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    const modal = stage.dialogs.only(/^Delete 2 tags in ada\/web\?$/);
    assert.ok(modal.modal);
    assert.match(modal.detail, /^2 of 3 tags are left from the run on \d{4}-\d\d-\d\d \d\d:\d\d UTC\.\n/);
    assert.equal((await rows(stage))[0]!.contextValue, 'run resumable restorable interrupted', 'nothing is lost');
    await stage.run('resumeRun', [{ id }], { press: 'Delete 2 Tags' });
    assert.deepEqual([...stage.hub.deleted].sort(), ['ada/web:build-2', 'ada/web:build-3']);
  });

  it('belongs to the account that began it', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web', { account: 'grace' });
    await stage.run('resumeRun', [{ id }]);
    assert.match(
      stage.dialogs.said,
      /^This run belongs to grace at http:\/\/127\.0\.0\.1:\d+\. Sign in as grace there, then try again\.$/,
    );
    assert.equal(stage.hub.requests.length, 0);
  });

  it('belongs to its servers: where the settings name others, that is what has to change first', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web');
    await stage.set('registryUrl', 'http://127.0.0.1:1');
    await stage.signIn();
    await stage.run('resumeRun', [{ id }]);
    assert.match(
      stage.dialogs.said,
      /^This run belongs to ada at (http:\/\/127\.0\.0\.1:\d+) with the registry \1, and the settings dockerHubPruner\.apiUrl and dockerHubPruner\.registryUrl name other servers\./,
    );
    assert.deepEqual(stage.dialogs.find(/^This run belongs/)[0]!.buttons, ['Open Settings']);
    assert.equal(stage.hub.requests.length, 0);
  });

  it('is not shown as at work once its question was left', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web', { at: Date.now() - 2 * 3_600_000 });
    let state: Promise<string | undefined> = Promise.resolve(undefined);
    const listening = stage.product.runs.onDidChangeTreeData!(
      () => (state = rows(stage).then(([row]) => row!.contextValue)),
    );
    try {
      await stage.run(
        'resumeRun',
        [{ id }],
        { meanwhile: async () => assert.equal((await rows(stage))[0]!.contextValue, 'run running') },
        'leave',
      );
      assert.equal(await state, 'run resumable restorable interrupted', 'what the view showed last');
    } finally {
      listening.dispose();
    }
  });

  it('is asked about again where the user had cancelled it', async () => {
    await stage.signIn();
    stage.hub.script({ match: { method: 'DELETE' }, times: Infinity, act: { delayMs: 30 } });
    const running = stage.run(
      'pruneOldTags',
      [await stage.repository('many')],
      ninety,
      { pick: 'Delete 39 Tags' },
      { press: 'Delete 39 Tags' },
    );
    await until('some deletes', () => stage.hub.deleted.length >= 3);
    (await stage.dialogs.progress(/^Deleting/)).cancel();
    await running;
    const { length } = stage.hub.deleted;
    assert.ok(length < 39, String(length));
    const [entry] = (await stage.product.runs.getChildren()) ?? [];
    await stage.run('resumeRun', [entry], 'leave');
    assert.equal(stage.hub.deleted.length, length);
    await stage.run('resumeRun', [entry], { press: `Delete ${39 - length} Tag` });
    assert.deepEqual(stage.tagsOf('many'), ['build-39']);
  });

  it('C3: that was being cancelled is offered and listed as cancelled, and asks', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web', { uncertain: ['build-1'], cancelled: true });
    const [row] = await rows(stage);
    assert.match(String(row!.description), /^canceled · /);
    const runs = new RunStore(stage.product.context.globalStorageUri, systemClock);
    try {
      await offerInterrupted({
        runs,
        connections: { clock: systemClock },
        log: { warn: assert.fail },
      } as unknown as PanelServices);
    } finally {
      runs.dispose();
    }
    assert.match(
      stage.dialogs.only('warning').title,
      /^A run was canceled, and its window closed before every answer arrived\. Deleted 0 of 3 tags in ada\/web\. .*2 not reached\. The run was canceled\.$/,
    );
    await stage.run('resumeRun', [{ id }], 'leave');
    assert.match(
      stage.dialogs.only(/^Delete 3 tags/).detail,
      /^3 of 3 tags are left from the run on .*, which was canceled\.\n/,
    );
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
  });

  it('C3: a cancel is in the journal while its DELETEs still hang', async () => {
    await stage.signIn();
    stage.hub.script({ match: { method: 'DELETE' }, skip: 3, times: Infinity, act: { delayMs: 1_500 } });
    const running = stage.run(
      'pruneOldTags',
      [await stage.repository('many')],
      ninety,
      { pick: 'Delete 39 Tags' },
      { press: 'Delete 39 Tags' },
    );
    await until('some deletes', () => stage.hub.deleted.length >= 3);
    (await stage.dialogs.progress(/^Deleting/)).cancel();
    const file = (await stage.storedFiles()).find((path) => path.endsWith('.open.jsonl'))!;
    await until('the stop', async () => (await readFile(file, 'utf8')).includes('{"type":"stop",'));
    assert.ok(!(await readFile(file, 'utf8')).includes('{"type":"end",'), 'before the run has ended');
    await running;
  });

  it('of which nothing is left says so and asks nothing', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web', { removed: ['build-1'] });
    await stage.set('protect', ['latest', 'build-*']);
    await stage.run('resumeRun', [{ id }]);
    assert.equal(stage.dialogs.find(/^Nothing is left to delete in ada\/web\.$/).length, 1);
    assert.deepEqual(
      stage.dialogs.find('warning').filter(({ modal }) => modal),
      [],
    );
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    assert.match(stage.dialogs.said, /^Deleted 1 of 3 tags in ada\/web\. 2 kept: protected by "build-\*"\.$/);
  });

  it('is not resumed when something changed while the question stood: the settings, or what is there', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web');
    const yes = { press: 'Delete 3 Tags' } as const;
    await stage.run('resumeRun', [{ id }], { meanwhile: () => stage.set('protect', ['latest', 'build-2']) }, yes);
    stage.dialogs.takeError(
      /^ada\/web:build-2 changed in the meantime: kept: protected by "build-2"\. Nothing was deleted\. Resume the run again/,
    );
    await stage.set('protect', ['latest']);
    await stage.run(
      'resumeRun',
      [{ id }],
      { meanwhile: () => void stage.world.removeTag(ada.name, 'web', 'build-1') },
      yes,
    );
    stage.dialogs.takeError(/^ada\/web:build-1 changed in the meantime: already gone\./);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    assert.equal((await rows(stage))[0]!.contextValue, 'run resumable restorable interrupted', 'nothing is lost');
    // A push in between is nothing that the rules say.
    await stage.run(
      'resumeRun',
      [{ id }],
      { meanwhile: () => void stage.world.pushTag(ada.name, 'web', 'build-3') },
      { press: 'Delete 2 Tags' },
    );
    assert.deepEqual(stage.hub.deleted, ['ada/web:build-2']);
  });

  describe('C1: by the policy file', () => {
    const uri = () => vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, policyFileName);
    const write = (text: string) => vscode.workspace.fs.writeFile(uri(), new TextEncoder().encode(text));
    const policies = (...list: unknown[]) => write(JSON.stringify({ policies: list }));
    const rule = { repositories: ['ada/*'], olderThan: '90 days' };
    const begun = async () =>
      interruptedRun(stage, 'web', { policy: { data: rule, source: { key: uri().toString(), label: 'the folder' } } });

    afterEach(() => vscode.workspace.fs.delete(uri()).then(undefined, () => undefined));

    it('C1: keeps what the file protects by now, and says by which rules', async () => {
      await stage.signIn();
      const id = await begun();
      await policies({ ...rule, protect: ['build-[12]'] });
      await stage.run('resumeRun', [{ id }], { press: 'Delete 1 Tag' });
      assert.deepEqual(stage.hub.deleted, ['ada/web:build-3']);
      const { detail } = stage.dialogs.only(/^Delete 1 tag/);
      assert.match(
        detail,
        /^1 of 3 tags are left from the run on .* UTC\.\nBy the policy: older than 90 days\. Last pushed before .* UTC\.\nThe current policy of .* also applies: older than 90 days, protects build-\[12\]\.\nNow kept, although confirmed then: 2 tags \(2 protected by "build-\[12\]"\)\.\n/,
      );
    });

    for (const [what, arrange, told] of [
      [
        'gone',
        async () => undefined,
        /^The policies of the folder can't be read in this window any more; only the rules of the run apply to ada\/web\.\n/,
      ],
      [
        'broken',
        () => write('{"policies": ['),
        /^Today's policies can't be relied on: .*\.docker-hub-prune\.jsonc.* only the rules of the run apply\.\n/,
      ],
      [
        'silent',
        () => policies({ ...rule, repositories: ['ada/lib'] }),
        /^The policies of the folder no longer cover ada\/web; only the rules of the run apply\.\n/,
      ],
    ] as const) {
      it(`C1: asks, and says so first, where the file is ${what}`, async () => {
        await stage.signIn();
        const id = await begun();
        await arrange();
        await stage.run('resumeRun', [{ id }], { press: 'Delete 3 Tags' });
        assert.match(stage.dialogs.only('warning').detail, told);
        assert.equal(stage.hub.deleted.length, 3);
      });
    }

    it('C1: deletes nothing where the file changes while the question stands, and says what changed', async () => {
      await stage.signIn();
      const id = await begun();
      await policies(rule);
      const yes = { press: 'Delete 3 Tags' } as const;
      await stage.run('resumeRun', [{ id }], { meanwhile: () => policies({ ...rule, protect: ['build-1'] }) }, yes);
      stage.dialogs.takeError(/^ada\/web:build-1 changed in the meantime: kept: protected by "build-1"\./);
      await policies(rule);
      await stage.run('resumeRun', [{ id }], { meanwhile: () => write('nonsense') }, yes);
      stage.dialogs.takeError(/^The rules changed in the meantime\. Now: Today's policies can't be relied on: /);
      await policies(rule);
      await stage.run('resumeRun', [{ id }], { meanwhile: () => policies({ ...rule, keepNewest: 1 }) }, yes);
      stage.dialogs.takeError(
        /^The rules changed in the meantime\. Now: The current policy of .* also applies: older than 90 days, keeps the newest 1\. Nothing was deleted/,
      );
      assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    });

    it('C1: the journal of a real run names the file', async () => {
      await stage.signIn();
      await policies(rule);
      await stage.run(
        'pruneOldTags',
        [await stage.repository('web')],
        { pick: /Policy of / },
        { pick: 'Delete 3 Tags' },
        { press: 'Delete 3 Tags' },
      );
      const [file] = await stage.storedFiles();
      assert.ok(
        (await readFile(file!, 'utf8')).includes(`"source":{"key":${JSON.stringify(uri().toString())},"label":`),
      );
    });
  });

  it('that had come to its end when its window died is no interrupted one', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web', { removed: ['build-1', 'build-2', 'build-3'] });
    const cancelled = await interruptedRun(stage, 'api');
    const folder = new JournalFolder(join(stage.product.context.globalStorageUri.fsPath, 'runs'));
    const file = await folder.append(cancelled);
    await new Journal(file, systemClock).end({
      removed: 0,
      alreadyGone: 0,
      spared: 0,
      failed: 0,
      uncertain: 0,
      notReached: 2,
    });
    await file.close(false);
    const runs = new RunStore(stage.product.context.globalStorageUri, systemClock);
    try {
      await offerInterrupted({
        runs,
        connections: { clock: systemClock },
        log: { warn: assert.fail },
      } as unknown as PanelServices);
      assert.deepEqual(stage.dialogs.find('warning'), []);
      assert.deepEqual(
        (await runs.entries()).map((entry) => [entry.id, entry.state]),
        [id, cancelled]
          .sort()
          .reverse()
          .map((of) => [of, 'ended']),
      );
    } finally {
      runs.dispose();
    }
  });

  it('is offered although another one cannot be read', async () => {
    await stage.signIn();
    await interruptedRun(stage, 'web');
    const folder = vscode.Uri.joinPath(stage.product.context.globalStorageUri, 'runs');
    await vscode.workspace.fs.createDirectory(vscode.Uri.joinPath(folder, '20260115T120000000Z-0a1b2c.open.jsonl'));
    const runs = new RunStore(stage.product.context.globalStorageUri, systemClock);
    const logged: string[] = [];
    try {
      await offerInterrupted({
        runs,
        connections: { clock: systemClock },
        log: { warn: (line: string) => logged.push(line) },
      } as unknown as PanelServices);
      assert.match(stage.dialogs.only('warning').title, /^A run was interrupted\. /);
      assert.match(logged.join(), /^20260115T120000000Z-0a1b2c: .*EISDIR/);
    } finally {
      runs.dispose();
    }
  });

  it('is not gone on with while its list cannot be read; nothing is lost', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web');
    const broken = stage.hub.script({
      match: { path: '/tags?' },
      times: Infinity,
      act: { status: 403, body: { message: 'permission denied' } },
    });
    await stage.run('resumeRun', [{ id }]);
    stage.dialogs.takeError(/permission denied/);
    broken.remove();
    assert.equal((await rows(stage))[0]!.contextValue, 'run resumable restorable interrupted');
    await stage.run('resumeRun', [{ id }], { press: 'Delete 3 Tags' });
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
    await stage.run('resumeRun', [], { pick: 'ada/web' }, { press: 'Delete 2 Tags' });
    assert.equal(stage.dialogs.said, 'Deleted 3 tags in ada/web.', 'gone on with after all, once asked');
  });

  it('a journal of a newer version or a damaged one is refused with a clear word', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web');
    const file = (await stage.storedFiles()).find((path) => path.includes(id))!;
    const text = await readFile(file, 'utf8');
    for (const [changed, message] of [
      [
        text.replace('"version":3', '"version":4'),
        /^The journal of this run was written by a newer version of this extension\./,
      ],
      [
        text.replace('"type":"plan"', '"type":"plam"'),
        /^The journal of this run is damaged and can't be used: Line 2 of the journal cannot be read\.$/,
      ],
    ] as const) {
      await vscode.workspace.fs.writeFile(vscode.Uri.file(file), new TextEncoder().encode(changed));
      await stage.run('resumeRun', [{ id }]);
      stage.dialogs.takeError(message);
      assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    }
  });

  it('two at once: the second is told that something is deleted there, also a deletion of the repository', async () => {
    await stage.signIn();
    // Long enough that the run outlasts two commands.
    stage.hub.script({ match: { method: 'DELETE' }, skip: 8, times: Infinity, act: { delayMs: 1000 } });
    const running = stage.run(
      'pruneOldTags',
      [await stage.repository('many')],
      ninety,
      { pick: 'Delete 39 Tags' },
      { press: 'Delete 39 Tags' },
    );
    await until('some deletes', () => stage.hub.deleted.length >= 3);
    const taken =
      /^Tags are being deleted or restored in ada\/many right now\. Wait for that to finish, then try again\.$/;
    await stage.run('deleteTag', [await stage.tag('many', 'build-39')], { press: 'Delete 1 Tag' });
    stage.dialogs.takeError(taken);
    await stage.run('deleteRepository', [await stage.repository('many')]);
    stage.dialogs.takeError(taken);
    await running;
    assert.deepEqual(stage.tagsOf('many'), ['build-39']);
  });

  it('Sign Out asks also about a run of another window', async () => {
    await stage.signIn();
    const id = await interruptedRun(stage, 'web');
    const other = new RunStore(stage.product.context.globalStorageUri, systemClock);
    try {
      await other.claims.withRun(id, async () => stage.run('signOut', [await stage.node(ada.name)], 'leave'));
      assert.equal((await stage.product.context.secrets.keys()).length, 1, 'still signed in');
      assert.ok(stage.dialogs.only(/^ada is still deleting or restoring tags in ada\/web\. Sign out anyway\?$/).modal);
      await stage.run('signOut', [await stage.node(ada.name)]);
      assert.match(stage.dialogs.said, /^Signed out ada\./, 'nobody is at work any more');
    } finally {
      other.dispose();
    }
  });

  it('is cancelled from its row, too', async () => {
    await stage.signIn();
    stage.hub.script({ match: { method: 'DELETE' }, times: Infinity, act: { delayMs: 30 } });
    const running = stage.run(
      'pruneOldTags',
      [await stage.repository('many')],
      ninety,
      { pick: 'Delete 39 Tags' },
      { press: 'Delete 39 Tags' },
    );
    await until('some deletes', () => stage.hub.deleted.length >= 3);
    const [row] = await rows(stage);
    assert.equal(row!.contextValue, 'run running');
    await stage.run('cancelRun', [{ id: row!.id }]);
    await running;
    assert.match(
      stage.dialogs.said,
      /^Deleted \d+ of 39 tags in ada\/many\. \d+ not reached\. The run was canceled\.$/,
    );
    await stage.run('cancelRun', []);
    assert.equal(stage.dialogs.said, 'No run is in progress.');
  });

  it('Sign Out during a run asks, then cancels it, and every tag is accounted for', async () => {
    await stage.signIn();
    stage.hub.script({ match: { method: 'DELETE' }, times: Infinity, act: { delayMs: 300 } });
    const running = stage.run(
      'pruneOldTags',
      [await stage.repository('many')],
      ninety,
      { pick: 'Delete 39 Tags' },
      { press: 'Delete 39 Tags' },
    );
    await until('some deletes', () => stage.hub.deleted.length >= 3);
    await stage.run('signOut', [await stage.node(ada.name)], 'leave');
    assert.equal((await stage.product.context.secrets.keys()).length, 1, 'still signed in');
    await stage.run('signOut', [await stage.node(ada.name)], { press: 'Stop and Sign Out' });
    await running;
    const [modal] = stage.dialogs.find(/^ada is still deleting or restoring tags in ada\/many\. Sign out anyway\?$/);
    assert.ok(modal!.modal);
    const { length } = stage.hub.deleted;
    assert.ok(length < 39, String(length));
    const [row] = await rows(stage);
    assert.match(String(row!.description), new RegExp(`^deleted ${length} of 39 tags · `));
    assert.match(row!.contextValue!, /resumable/);
  });
});

describe('an interrupted deletion of a repository', () => {
  const stage = useStage((world) => {
    smallWorld(world);
    addRepository(world, ada.name, 'shop', { v1: 100, v2: 1 });
  });
  const repository = { namespace: ada.name, name: 'shop' };

  /** Leaves the journal of a deletion as a window leaves it that died before (`ready`) or after (`intended`) its request. @returns its id */
  const interrupted = async (died: 'ready' | 'intended', at = Date.now()): Promise<string> => {
    const tags = ['v1', 'v2'].map((name, index) => ({
      name,
      digest: `sha256:${String(index).padStart(64, '0')}`,
      pushedAt: index,
    }));
    const file = await new JournalFolder(join(stage.product.context.globalStorageUri.fsPath, 'runs')).create(
      newRunId(at),
    );
    const journal = new Journal(file, { ...systemClock, now: () => at });
    const origins = parseOrigins(stage.hub.origin, stage.hub.origin);
    await journal.begin(
      { id: file.id, account: { name: ada.name, kind: 'user', origins }, policy: { kind: 'repository' } },
      makeBatch([planPicked({ repository, tags, asOf: at })], { maxDeletions: 0 }),
    );
    if (died === 'intended') await journal.intendRepository(repository);
    await file.close(false);
    return file.id;
  };

  it('C4: is looked up: gone is deleted, and nothing more is sent', async () => {
    await stage.signIn();
    const id = await interrupted('intended');
    const [row] = await rows(stage);
    assert.deepEqual(
      [row!.label, row!.contextValue],
      ['Repository ada/shop, 2 tags', 'run resumable restorable interrupted'],
    );
    stage.world.repositories.delete('ada/shop');
    await stage.run('resumeRun', [{ id }]);
    assert.equal(stage.dialogs.said, 'Deleted ada/shop (2 tags).');
    const [after] = await rows(stage);
    assert.deepEqual([after!.label, after!.contextValue], ['Deleted repository ada/shop, 2 tags', 'run restorable']);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
  });

  it('C4: is looked up: still there after the time that Docker Hub takes is not deleted, and nothing more is sent', async () => {
    await stage.signIn();
    const id = await interrupted('intended', Date.now() - 2 * 3_600_000);
    await stage.run('resumeRun', [{ id }]);
    assert.equal(stage.dialogs.said, "ada/shop (2 tags) wasn't deleted: the run was interrupted.");
    const [row] = await rows(stage);
    assert.deepEqual([row!.label, row!.contextValue], ['Repository ada/shop, 2 tags', 'run']);
    assert.match(String(row!.description), /^not deleted · /);
    await stage.run('resumeRun', [{ id }]);
    stage.dialogs.takeError(/^There is no run to resume\.$/);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    assert.deepEqual(stage.tagsOf('shop'), ['v1', 'v2']);
  });

  it('C4: still there a moment later may yet be deleted: it can be looked up again', async () => {
    await stage.signIn();
    const id = await interrupted('intended');
    await stage.run('resumeRun', [{ id }]);
    assert.match(
      stage.dialogs.said,
      /^It is uncertain whether ada\/shop \(2 tags\) was deleted\. .* Docker Hub still lists it\./,
    );
    const [row] = await rows(stage);
    assert.match(row!.contextValue!, /^run resumable\b/);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
  });

  it('C4: is offered as what it is, and not at all where nothing was sent', async () => {
    await stage.signIn();
    const offer = async () => {
      const runs = new RunStore(stage.product.context.globalStorageUri, systemClock);
      await offerInterrupted({
        runs,
        connections: { clock: systemClock },
        log: { warn: assert.fail },
      } as unknown as PanelServices);
      runs.dispose();
    };
    await interrupted('ready');
    await offer();
    assert.equal(stage.dialogs.find('warning').length, 0);
    assert.match(String((await rows(stage))[0]!.description), /^not deleted · /);
    await interrupted('intended');
    await offer();
    const { title, buttons } = stage.dialogs.only('warning');
    assert.equal(
      title,
      'A run was interrupted. It is uncertain whether ada/shop (2 tags) was deleted. The run was interrupted before the answer arrived.',
    );
    assert.deepEqual(buttons, ['Check', 'Show Run', 'Dismiss']);
  });

  it('C4: can be dismissed, shown and exported', async () => {
    await stage.signIn();
    const id = await interrupted('intended');
    await stage.run('leaveRun', [{ id }]);
    const [row] = await rows(stage);
    assert.match(String(row!.description), /^uncertain · /);
    await stage.run('showRun', [{ id }]);
    const report = await until('the report', () => stage.documents().find((text) => text.startsWith('Run of ')));
    assert.match(
      report,
      /\nThe entire repository, with all its tags\nInterrupted and dismissed\n\nIt is uncertain whether ada\/shop \(2 tags\) was deleted\./,
    );
    const json = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'shop.json');
    try {
      await stage.run('exportRun', [{ id }], { saveAs: json });
      const exported = JSON.parse(await readFile(json.fsPath, 'utf8')) as {
        policy: unknown;
        tags: { tag: string; digest: string; outcome: string }[];
      };
      assert.deepEqual(exported.policy, { kind: 'repository' });
      assert.deepEqual(
        exported.tags.map(({ tag, outcome }) => `${tag} ${outcome}`),
        ['v1 uncertain', 'v2 uncertain'],
      );
    } finally {
      await vscode.workspace.fs.delete(json, { useTrash: false });
    }
  });
});
