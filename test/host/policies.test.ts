import assert from 'node:assert/strict';

import sinon from 'sinon';
import * as vscode from 'vscode';

import { askRules } from '../../src/editor/prune/askRules.ts';
import type { PruneRules } from '../../src/prune/pruneRules.ts';
import { savePolicy } from '../../src/editor/policies/savePolicy.ts';
import { policyFileName } from '../../src/policies/policyFileName.ts';
import { PolicySourcesError } from '../../src/policies/policySourcesError.ts';
import { PolicyStore } from '../../src/editor/policies/policyStore.ts';
import { policyText } from '../../src/text/policyText.ts';
import { PolicyCounts } from '../../src/prune/policyCounts.ts';
import { isUserSettings } from '../../src/editor/policies/userSettingsFile.ts';
import { PolicyLenses } from '../../src/editor/policies/policyLenses.ts';
import { parseAge } from '../../src/retention/tags/age.ts';
import { checkPolicy } from '../../src/retention/policy/checkPolicy.ts';
import type { RepositoryName } from '../../src/retention/tags/repositoryName.ts';
import { smallWorld, useStage } from './stage.ts';
import { until } from './until.ts';

const { fs } = vscode.workspace;

describe('policies', () => {
  const stage = useStage(smallWorld);
  let folder: vscode.WorkspaceFolder;
  let file: vscode.Uri;
  let store: PolicyStore;

  beforeEach(() => {
    folder = vscode.workspace.workspaceFolders![0]!;
    file = vscode.Uri.joinPath(folder.uri, policyFileName);
    store = new PolicyStore({ now: () => Date.now() });
  });

  afterEach(async () => {
    sinon.restore();
    store.dispose();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await fs.delete(file, { recursive: true }).then(undefined, () => undefined);
    await until('no diagnostics', () => diagnostics().length === 0);
  });

  const write = (text: string | Uint8Array, uri = file) =>
    fs.writeFile(uri, typeof text === 'string' ? new TextEncoder().encode(text) : text);
  /** Writes the file and opens it; VS Code may still hold what an earlier test had in it. */
  const open = async (text: string, uri = file) => {
    await write(text, uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await until('the file in the editor', () => document.getText() === text);
    return document;
  };
  const read = async () => new TextDecoder().decode(await fs.readFile(file));
  const ours = (uri = file) =>
    vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Pruner for Docker Hub');
  const diagnostics = () =>
    ours().map(
      ({ range, message, severity }) =>
        `${range.start.line + 1}:${range.start.character + 1} ${severity === vscode.DiagnosticSeverity.Warning ? 'warning: ' : ''}${message}`,
    );
  const shows = (pattern: RegExp) =>
    until(`a diagnostic ${String(pattern)}`, () => diagnostics().find((text) => pattern.test(text)));
  const lenses = async (uri = file) =>
    (await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100))
      .map(({ range, command }) => ({ line: range.start.line + 1, title: command?.title ?? '', command }))
      .sort((a, b) => a.line - b.line);
  const titles = async () => (await lenses()).map(({ line, title }) => `${line} ${title}`);
  const policy = (data: Record<string, unknown>) => checkPolicy(data, Date.now());
  const repository = (namespace: string, name: string): RepositoryName => ({ namespace, name });
  const ask = (repositories: readonly RepositoryName[]): Promise<PruneRules | undefined> =>
    askRules(
      { policies: store },
      { repositories, preferred: parseAge('90 days', Date.now()), now: Date.now(), title: 'What may go?' },
    );
  const two =
    '// ours\n{\n  "policies": [\n    {"repositories": ["ada/web"], "tags": ["build-*"], "olderThan": "30 days"},\n    {"repositories": ["ada/*"], "keepNewest": 2}, // the rest\n  ],\n}\n';

  describe('of a file with an error', () => {
    it('show it at its place, in a file that nobody has opened, and go when it is mended', async () => {
      await write('{\n  "policies": [\n    {"repositories": ["ada/web"], "olderThn": "30 days"}\n  ]\n}\n');
      await shows(/^3:35 Unknown property "olderThn"\. Did you mean "olderThan"\?$/);
      await shows(/^3:5 A policy needs at least one of "olderThan", "keepNewest" \(above 0\), and "keepVersions"\.$/);
      await write(two);
      await until('no diagnostics', () => diagnostics().length === 0);
    });

    it('follow what is typed, saved or not', async () => {
      const document = await open(two);
      await vscode.window.showTextDocument(document);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(file, new vscode.Position(3, 4), '{},');
      await vscode.workspace.applyEdit(edit);
      await shows(/^4:5 A policy needs "repositories"/);
      const { errors } = await store.current();
      assert.equal(errors.length, 2, 'what the editor shows counts');
    });

    it('are off, all of them, those of the user too; the error names file and line, and its button goes there', async () => {
      await stage.set('policies', [{ repositories: ['ada/*'], olderThan: '1 year' }]);
      await write('{"policies": [\n{"repositories": ["ada/web"], "olderThan": "soon"}]}');
      const [own] = (await store.current()).sources.flatMap(({ key, policies }) => (key === 'user' ? policies : []));
      await assert.rejects(
        store.find(own!.id),
        (error: unknown) =>
          error instanceof PolicySourcesError &&
          /^Policies are turned off until this is fixed: workspace, \.docker-hub-prune\.jsonc line 2: "soon" isn't a valid age\. Use, for example,/.test(
            error.message,
          ),
      );

      const run = sinon.stub(vscode.commands, 'executeCommand').callThrough();
      stage.dialogs.script({ pick: 'Policies are turned off' });
      assert.equal(await ask([repository('ada', 'web')]), undefined);
      const { items } = stage.dialogs.only(/^What may go/);
      assert.match(items[0]!.detail!, /^workspace, \.docker-hub-prune\.jsonc line 2: "soon" isn't a valid age/);
      assert.ok(!items.some(({ label }) => label.includes('Policy of')), 'only ages are proposed');
      await until('the place', () => vscode.window.activeTextEditor?.document.uri.toString() === file.toString());
      assert.equal(vscode.window.activeTextEditor!.selection.start.line, 1);
      assert.ok(run.calledWith('vscode.open'));

      stage.dialogs.script({ pick: '90 days' });
      assert.equal((await ask([repository('ada', 'web')]))?.kind, 'age');
      await until(
        'a lens',
        async () => (await titles())[0] === '1 Policies are turned off. Fix the errors in this file to use them.',
      );
    });

    it('say so above sound ones where the error is in the settings', async () => {
      await write(two);
      await stage.set('policies', [{ repositories: 'ada/*' }]);
      await until('a lens', async () =>
        /^4 Policies are turned off: your settings: dockerHubPruner\.policies\[0\]\.repositories: "repositories" must be a list/.test(
          (await titles())[0] ?? '',
        ),
      );
      assert.equal((await titles()).length, 2);
    });

    for (const [name, content, message] of [
      ['is too large', `{"policies": []}${' '.repeat(10_000_000)}`, /^1:1 The file is longer than 262,144 characters/],
      [
        'has 10,000 policies',
        `{"policies": [${Array(10_000).fill('{}').join(',')}]}`,
        /There are more than 200 policies/,
      ],
      ['is nested deeply', '['.repeat(100_000), /^1:21 Brackets are nested too deeply/],
      ['is no text', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), /^1:1 The file isn't valid UTF-8/],
    ] as const) {
      it(`that ${name} tell it`, async () => {
        await write(content);
        await shows(message);
        await assert.rejects(store.find('any'), PolicySourcesError);
      });
    }

    it('tell that a folder has its name', async () => {
      await fs.createDirectory(file);
      await until(
        'the error',
        async () =>
          (await store.current()).errors[0]?.message ===
          "This isn't a regular file. A policy file must be a text file.",
      );
    });

    it('with a byte order mark and other line ends is read like any other', async () => {
      await write(`\ufeff${two.replaceAll('\n', '\r\n')}`);
      const { sources, errors } = await store.current();
      assert.deepEqual(errors, []);
      assert.equal(sources[0]!.policies[1]!.range!.start.line, 4);
      await write(`\ufeff{\r\n"policies": [7]}`);
      await shows(/^2:14 A policy must be an object/);
    });

    it('that is written while it is read gives what it held before or after, or nothing', async () => {
      const texts = [two, `{"policies": [{"repositories": ["ada/*"], "keepNewest": 9}]}${' '.repeat(100_000)}`];
      await write(two);
      for (let i = 0; i < 30; i++) {
        const writing = write(texts[i % 2]!);
        const { sources } = await store.current();
        const kept = sources.flatMap(({ policies }) => policies).map(({ policy: { keepNewest } }) => keepNewest);
        assert.ok(['', '0,2', '9'].includes(kept.join()), kept.join());
        await writing;
      }
    });
  });

  it('that can never match are warned about where they stand, and no others', async () => {
    await write(
      '{"policies": [\n{"repositories": ["ada/*", "!ada/api"], "keepNewest": 1},\n{"repositories": ["ada/web"], "keepNewest": 1},\n{"repositories": ["ada/api"], "keepNewest": 1}]}',
    );
    await shows(/^3:18 warning: This policy never applies: policy 1 above matches all its repositories/);
    assert.equal(diagnostics().length, 1);
    assert.deepEqual((await store.current()).errors, []);
  });

  it('that name attachments, or orphans without an age, are warned about where they do, and hold all the same', async () => {
    await write(
      '{"policies": [\n{"repositories": ["ada/web"], "tags": ["build-*", "sha256-*"], "olderThan": "30 days"},\n{"repositories": ["ada/*"], "keepNewest": 1, "orphanedAttachments": true}]}',
    );
    await shows(
      /^2:51 warning: Signatures and other attachments \(sha256-….sig\) are kept and deleted with their image; this pattern selects none of them\. To delete those whose image has no tag, use "orphanedAttachments": true and an age in "olderThan"\.$/,
    );
    await shows(/^3:69 warning: "orphanedAttachments" has no effect without "olderThan"/);
    assert.equal(diagnostics().length, 2);
    const { sources, errors } = await store.current();
    assert.deepEqual([errors, sources.map(({ policies }) => policies.length)], [[], [2]]);
    assert.ok(await store.find(sources[0]!.policies[0]!.id), 'a warning turns nothing off');
  });

  it('of the user come from the user alone (invariant 12)', async () => {
    const settings = vscode.Uri.joinPath(folder.uri, '.vscode', 'settings.json');
    try {
      await write(
        '{"dockerHubPruner.policies": [{"repositories": ["*/*"], "olderThan": "1 day"}], "dockerHubPruner.maxDeletions": 7}',
        settings,
      );
      await until(
        'the settings of the workspace',
        () => vscode.workspace.getConfiguration('dockerHubPruner').get('maxDeletions') === 7,
      );
      assert.deepEqual((await store.current()).sources, []);
    } finally {
      await fs.delete(settings);
      await until(
        'no settings of the workspace',
        () => vscode.workspace.getConfiguration('dockerHubPruner').get('maxDeletions') === 0,
      );
    }
  });

  describe('of a workspace that is not trusted', () => {
    let untrusted: PolicyStore;
    let isTrusted: boolean;

    beforeEach(() => {
      isTrusted = false;
      untrusted = new PolicyStore({ now: () => Date.now(), isTrusted: () => isTrusted });
    });
    afterEach(() => untrusted.dispose());

    it('are shown and not acted on, until it is', async () => {
      await write(two);
      const { sources, untrusted: shown } = await untrusted.current();
      assert.deepEqual([sources, shown.map(({ policies }) => policies.length)], [[], [2]]);
      const { id } = shown[0]!.policies[0]!;
      assert.equal(await untrusted.find(id), undefined);
      const provider = new PolicyLenses({
        store: untrusted,
        counts: new PolicyCounts({
          listings: () => Promise.resolve([]),
          rulesOf: () => assert.fail('nothing is judged'),
        }),
      });
      const found = await provider.provideCodeLenses(await vscode.workspace.openTextDocument(file));
      assert.deepEqual(
        found.map(({ command }) => [command?.title, command?.command]),
        Array(2).fill(['Trust this workspace to use its policies', 'workbench.trust.manage']),
      );
      stage.dialogs.script({ pick: '90 days' });
      await askRules(
        { policies: untrusted },
        {
          repositories: [repository('ada', 'web')],
          preferred: parseAge('90 days', Date.now()),
          now: Date.now(),
          title: 'Untrusted',
        },
      );
      assert.deepEqual(
        stage.dialogs
          .only(/^Untrusted/)
          .items.map(({ label }) => label)
          .slice(0, 3),
        ['$(shield) Trust this workspace to use its policies', 'by age', '90 days'],
      );
      isTrusted = true;
      assert.equal((await untrusted.find(id))?.policy.tags[0], 'build-*');
      provider.dispose();
    });

    it('turn nothing off with their errors, since they do not count', async () => {
      await stage.set('policies', [{ repositories: ['ada/*'], olderThan: '1 year' }]);
      await write('{"policies": 7}');
      const { sources, errors } = await untrusted.current();
      assert.deepEqual([sources.map(({ key }) => key), errors], [['user'], []]);
    });
  });

  describe('have lenses', () => {
    it('that preview and prune, with the count where lists are in memory, and ask nothing', async () => {
      await vscode.window.showTextDocument(await open(two));
      assert.deepEqual(await titles(), ['4 Preview', '4 Prune', '5 Preview', '5 Prune']);
      await stage.signIn();
      await stage.run('pruneOldTags', [await stage.repository('web')], { pick: '90 days' }, 'leave');
      await stage.run('pruneOldTags', [await stage.repository('api')], { pick: '90 days' }, 'leave');
      stage.hub.requests.length = 0;
      // build-1 to build-4 of web are older; of api, the oldest of three goes.
      assert.deepEqual(await titles(), [
        '4 Preview',
        '4 Prune',
        '4 4 of 7 tags in 1 repository',
        '5 Preview',
        '5 Prune',
        '5 1 of 3 tags in 1 repository',
      ]);
      await stage.set('protect', ['build-1', 'latest']);
      await until('another count', async () => (await titles())[2] === '4 3 of 7 tags in 1 repository');
      assert.equal(stage.hub.requests.length, 0);
    });

    it('whose arguments only name the policy as it stands there (invariant 1)', async () => {
      await open(two);
      const [preview, prune] = await lenses();
      assert.deepEqual(
        [preview!.command!.command, prune!.command!.command],
        ['dockerHubPruner.previewPrune', 'dockerHubPruner.pruneOldTags'],
      );
      const [argument] = prune!.command!.arguments as [{ policy: string }];
      assert.deepEqual(Object.keys(argument), ['policy']);
      assert.deepEqual((await store.find(argument.policy))?.policy.repositories, ['ada/web']);
      await write(two.replace('30 days', '1 day'));
      assert.equal(await store.find(argument.policy), undefined, 'another policy has another name');
      assert.equal(await store.find({ repositories: ['*/*'], keepNewest: 1 }), undefined);
    });

    it('that say that a file elsewhere does not count', async () => {
      const elsewhere = vscode.Uri.joinPath(folder.uri, 'deep', policyFileName);
      try {
        await open(two, elsewhere);
        assert.deepEqual(
          (await lenses(elsewhere)).map(({ title }) => title),
          ['Not used: policy files must be at the root of a workspace folder'],
        );
        assert.deepEqual((await store.current()).sources, []);
      } finally {
        await fs.delete(vscode.Uri.joinPath(folder.uri, 'deep'), { recursive: true });
      }
    });
  });

  describe('are proposed', () => {
    it('first, in the words of what they say, then the ages', async () => {
      await write(two);
      stage.dialogs.script({ pick: 'Policy of workspace' });
      const web = repository('ada', 'web');
      const rules = await ask([web]);
      assert.ok(rules?.kind === 'policies');
      assert.deepEqual(rules.policyOf.get(web)?.policy.tags, ['build-*']);
      assert.deepEqual(
        stage.dialogs.only(/^What may go/).items.map(({ label }) => label),
        [
          '$(law) Policy of workspace: build-*, older than 30 days',
          'by age',
          '90 days',
          '30 days',
          '180 days',
          '1 year',
        ],
      );
    });

    it('of each source in a row of its own, for the repositories that they match', async () => {
      await write(two);
      await stage.set('policies', [{ repositories: ['acme/*'], keepVersions: { majors: 2, minors: 3, patches: 1 } }]);
      const all = [repository('ada', 'web'), repository('ada', 'api'), repository('acme', 'site')];
      stage.dialogs.script({ pick: 'Policies of workspace' });
      const rules = await ask(all);
      assert.ok(rules?.kind === 'policies');
      assert.deepEqual([...rules.policyOf.keys()], all.slice(0, 2));
      assert.deepEqual(
        [...rules.policyOf.values()].map(({ policy: { keepNewest } }) => keepNewest),
        [0, 2],
      );
      const rows = stage.dialogs
        .only(/^What may go/)
        .items.slice(0, 2)
        .map(({ label, description }) => [label, description]);
      assert.deepEqual(rows, [
        ['$(law) Policies of workspace', '2 of 3 repositories; the others are skipped'],
        [
          '$(law) Policy of your settings: keeps the last patch of the last 3 minors of the last 2 majors',
          '1 of 3 repositories; the others are skipped',
        ],
      ]);
    });

    it('beside an age that is typed, which is never taken for a row', async () => {
      await write(two);
      stage.dialogs.script({ pick: '45 days', type: '45 days' });
      const rules = await ask([repository('ada', 'web')]);
      assert.ok(rules?.kind === 'age');
      assert.equal(rules.age.text, '45 days');
      stage.dialogs.script({ pick: /is too young/, type: '0 days' }, 'leave');
      assert.equal(await ask([repository('ada', 'web')]), undefined);
    });
  });

  describe('are saved', () => {
    const builds = () => policy({ repositories: ['acme/site'], olderThan: '9 days' });

    it('in a file that is made', async () => {
      stage.dialogs.script({ pick: 'workspace' }, { enter: 'builds' });
      await savePolicy({ policies: store }, builds());
      assert.match(
        await read(),
        /^\/\/ What Pruner for Docker Hub may delete.*\n\{\n +"policies": \[\n +\/\/ builds\n +\{\n/,
      );
      assert.deepEqual(
        (await store.current()).sources[0]!.policies.map(({ policy: { repositories } }) => repositories),
        [['acme/site']],
      );
      assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), file.toString());
      assert.match(
        vscode.window.activeTextEditor.document.lineAt(vscode.window.activeTextEditor.selection.start).text,
        /^ +\{$/,
      );
      assert.equal(stage.dialogs.said, 'Saved the policy in workspace.');
    });

    it('behind all where no other names the same repositories; comments and lines stay', async () => {
      await open(two);
      stage.dialogs.script({ pick: 'workspace' }, { enter: '' });
      await savePolicy({ policies: store }, builds());
      const text = await read();
      assert.ok(text.startsWith(two.slice(0, two.indexOf(' // the rest') + 11)), text);
      assert.deepEqual(
        (await store.current()).sources[0]!.policies.map(({ policy: { repositories } }) => repositories[0]),
        ['ada/web', 'ada/*', 'acme/site'],
      );
    });

    it('before the first that names the same repositories, where the user agrees', async () => {
      await open(two);
      stage.dialogs.script(
        { pick: 'workspace' },
        { enter: '' },
        'leave',
        { pick: 'workspace' },
        { enter: 'all' },
        { press: 'Insert Before' },
      );
      const api = policy({ repositories: ['ada/api'], olderThan: '9 days' });
      await savePolicy({ policies: store }, api);
      assert.equal(await read(), two);
      await savePolicy({ policies: store }, api);
      assert.deepEqual(
        (await store.current()).sources[0]!.policies.map(({ policy: { repositories } }) => repositories[0]),
        ['ada/web', 'ada/api', 'ada/*'],
      );
      assert.match(
        stage.dialogs.find('warning')[0]!.detail,
        /^That policy: keeps the newest 2\. The first policy that matches a repository applies/,
      );
    });

    it('never in a file with an error, which is opened instead', async () => {
      const broken = '{"policies": [{]}';
      await open(broken);
      stage.dialogs.script({ pick: 'workspace' });
      await assert.rejects(savePolicy({ policies: store }, builds()), PolicySourcesError);
      assert.equal(await read(), broken);
      await until('the file', () => vscode.window.activeTextEditor?.document.uri.toString() === file.toString());
    });

    it('in an editor with other changes, which are not saved along', async () => {
      const document = await open(two);
      await vscode.window.showTextDocument(document);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(file, new vscode.Position(0, 0), '// half done\n');
      await vscode.workspace.applyEdit(edit);
      stage.dialogs.script({ pick: 'workspace' }, { enter: '' });
      await savePolicy({ policies: store }, builds());
      assert.equal(await read(), two);
      assert.ok(
        document.isDirty && document.getText().includes('acme/site') && document.getText().startsWith('// half done\n'),
      );
      assert.match(stage.dialogs.said, /^The policy was added to workspace, which has other unsaved changes/);
    });

    it('in the settings of the user', async () => {
      await stage.set('policies', undefined);
      const values = () =>
        vscode.workspace.getConfiguration('dockerHubPruner').inspect<unknown[]>('policies')?.globalValue;
      stage.dialogs.script({ pick: 'your settings' });
      await savePolicy({ policies: store }, builds());
      await until('one policy', () => values()?.length === 1);
      assert.deepEqual(values(), [{ repositories: ['acme/site'], olderThan: '9 days' }]);
      stage.dialogs.script({ pick: 'your settings' }, { press: 'Insert Before' });
      await savePolicy({ policies: store }, policy({ repositories: ['acme/*'], keepNewest: 3 }));
      await until('two policies', () => values()?.length === 2);
      assert.deepEqual(values()![0], { repositories: ['acme/*'], keepNewest: 3 });
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });
  });

  it('of the settings show what is wrong in the file of the settings', async () => {
    await stage.set('policies', [{ repositories: ['ada/*'], olderThan: 'soon' }]);
    await vscode.commands.executeCommand('workbench.action.openSettingsJson');
    const settings = await until('the settings', () =>
      vscode.workspace.textDocuments.find((document) =>
        isUserSettings(document, stage.product.context.globalStorageUri),
      ),
    );
    const [found] = await until('a diagnostic', () => (ours(settings.uri).length > 0 ? ours(settings.uri) : undefined));
    assert.match(found!.message, /^"soon" isn't a valid age\. Use, for example,/);
    assert.equal(settings.getText(found!.range), '"soon"');
  });

  it('of the settings show there what has no effect, too, and hold all the same', async () => {
    await stage.set('policies', [
      { repositories: ['ada/*'], tags: ['*.sig'], olderThan: '30 days' },
      { repositories: ['ada/web'], keepNewest: 1 },
    ]);
    await vscode.commands.executeCommand('workbench.action.openSettingsJson');
    const settings = await until('the settings', () =>
      vscode.workspace.textDocuments.find((document) =>
        isUserSettings(document, stage.product.context.globalStorageUri),
      ),
    );
    const found = await until('two warnings', () => (ours(settings.uri).length === 2 ? ours(settings.uri) : undefined));
    assert.deepEqual(
      found
        .map(({ range, severity, message }) => [
          settings.getText(range).replaceAll(/\s/g, ''),
          severity,
          message.slice(0, 27),
        ])
        .sort(),
      [
        ['"*.sig"', vscode.DiagnosticSeverity.Warning, 'Signatures and other attach'],
        ['["ada/web"]', vscode.DiagnosticSeverity.Warning, 'This policy never applies: '],
      ],
    );
    const { sources, errors } = await store.current();
    assert.deepEqual([errors, sources.map(({ key, policies }) => [key, policies.length])], [[], [['user', 2]]]);
    assert.match(
      sources[0]!.problems.at(-1)!.message,
      /^dockerHubPruner\.policies\[0\]\.tags\[0\]: Signatures and other attachments/,
    );
  });

  it('are told in one line', () => {
    for (const [data, text] of [
      [{ olderThan: '30 days' }, 'older than 30 days'],
      [
        { olderThan: '30 days', agedBy: 'used', tags: ['build-*', 'pr-*'], keepNewest: 10 },
        'build-* pr-*, not pushed or pulled for 30 days, keeps the newest 10',
      ],
      [{ olderThan: '2025-01-31' }, 'last pushed before 2025-01-31'],
      [
        { keepVersions: { majors: 2, minors: 3, patches: 1 } },
        'keeps the last patch of the last 3 minors of the last 2 majors',
      ],
      [{ keepVersions: { majors: 1 } }, 'keeps all versions of the last major'],
      [{ keepVersions: { patches: 2, prereleases: 0 } }, 'keeps the last 2 patches of every minor, no prerelease'],
      [
        {
          keepNewest: 1,
          keepAliases: false,
          keepReferenced: false,
          protect: ['stable*'],
          maxDeletions: 500,
          maxShare: 0.5,
        },
        'keeps the newest 1, deletes aliases of kept tags, deletes tags in use, protects stable*, at most 500 tags at once, at most 50% of a repository',
      ],
    ] as const) {
      assert.equal(policyText(policy({ repositories: ['ada/*'], ...data })), text);
    }
    // Refused where it is read; text all the same.
    const hostile = { ...policy({ repositories: ['ada/*'], keepNewest: 1 }), tags: ['$(trash)', '[a](command:x)'] };
    assert.equal(policyText(hostile), '$ (trash) [a] (command:x), keeps the newest 1');
  });
});
