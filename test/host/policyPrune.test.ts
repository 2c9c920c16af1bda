import assert from 'node:assert/strict';

import sinon from 'sinon';
import * as vscode from 'vscode';

import { policyFileName } from '../../src/policies/policyFileName.ts';
import { PolicyStore } from '../../src/editor/policies/policyStore.ts';
import { addRepository, daysAgo, smallWorld, useStage } from './stage.ts';
import { until } from './until.ts';

const { fs } = vscode.workspace;

describe('pruning by a policy', () => {
  const stage = useStage((world) => {
    smallWorld(world);
    addRepository(world, 'ada', 'lib', {
      '1.0.0': 500,
      '1.0.1': 400,
      '1.1.0': 300,
      '1.1.1': 200,
      '2.0.0': 150,
      main: 600,
    });
  });
  const written = new Set<string>();
  const folder = () => vscode.workspace.workspaceFolders![0]!.uri;

  const write = async (name: string, text: string) => {
    written.add(name);
    await fs.writeFile(vscode.Uri.joinPath(folder(), name), new TextEncoder().encode(text));
  };
  const policies = (...list: unknown[]) => write(policyFileName, JSON.stringify({ policies: list }));
  const idOf = async (index: number) => {
    const store = new PolicyStore({ now: () => Date.now() });
    const { sources } = await store.current();
    store.dispose();
    return sources[0]!.policies[index]!.id;
  };
  const versions = { repositories: ['ada/lib'], keepVersions: { majors: 1, minors: 1, patches: 1 } };
  const panels = () =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(
        ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('dockerHubPruner.plan'),
      );

  afterEach(async () => {
    await vscode.window.tabGroups.close(panels());
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const name of written) await fs.delete(vscode.Uri.joinPath(folder(), name)).then(undefined, () => undefined);
    written.clear();
  });

  it('proposes the policy that matches first, says what it keeps, and deletes what it showed', async () => {
    await policies(versions);
    await stage.signIn();
    await stage.run(
      'pruneOldTags',
      [await stage.repository('lib')],
      { pick: /Policy of .*: keeps the last patch/ },
      { pick: 'Delete 4 Tags' },
      { press: 'Delete 4 Tags' },
      { press: 'Show Details' },
    );
    assert.deepEqual(stage.hub.deleted.toSorted(), [
      'ada/lib:1.0.0',
      'ada/lib:1.0.1',
      'ada/lib:1.1.0',
      'ada/lib:1.1.1',
    ]);
    const how = stage.dialogs.only(/Select a Policy or an Age$/);
    assert.match(how.items[0]!.label, /Policy of /);
    const row = stage.dialogs.only(/Plan$/).items.find(({ label }) => label === '$(repo) ada/lib')!;
    assert.equal(row.detail, 'Keep: 1 last versions, 1 not a version');
    assert.match(
      stage.dialogs.only(/^Delete 4 tags in ada\/lib\?$/).detail,
      /^By the policy: keeps the last patch of the last minor of the last major/,
    );
    await until('the report', () => stage.documents().find((text) => text.includes('Tags that no policy keeps')));
  });

  it('acts on the policy that an argument names, on the repositories that it holds for, and believes nothing else of it (invariant 1)', async () => {
    await policies(
      { repositories: ['ada/lib'], olderThan: '10 years' },
      { repositories: ['ada/*', '!ada/web'], tags: ['v*', '[0-9]*'], olderThan: '250 days' },
    );
    await stage.signIn();
    const argument = { policy: await idOf(1), repositories: ['ada/web'], tags: ['*'] };
    await stage.run('pruneOldTags', [argument], { pick: 'Delete 2 Tags' }, { press: 'Delete 2 Tags' });
    assert.deepEqual(stage.hub.deleted.toSorted(), ['ada/api:v1.0', 'ada/api:v1.1']);
    for (const policy of ['nonsense', `${argument.policy}x`, 7, null, { id: argument.policy }]) {
      await stage.run('pruneOldTags', [{ policy }]);
      stage.dialogs.takeError(/^This policy no longer exists/);
    }
    assert.equal(stage.hub.count({ method: 'DELETE' }), 2);
  });

  it('does nothing by a policy while any source has an error', async () => {
    await policies(versions);
    const id = await idOf(0);
    await stage.signIn();
    await stage.set('policies', [{ repositories: ['ada/*'], olderThn: '1 day' }]);
    for (const command of ['pruneOldTags', 'previewPrune']) {
      await stage.run(command, [{ policy: id }]);
      stage.dialogs.takeError(/^Policies are turned off until this is fixed: .*Unknown property "olderThn"/);
    }
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
  });

  describe('C2: where policies change while the question stands open', () => {
    const file = () => vscode.Uri.joinPath(folder(), policyFileName);
    const build = { repositories: ['ada/web'], tags: ['build-*'], olderThan: '90 days' };
    const prune = async (meanwhile: () => unknown) =>
      stage.run(
        'pruneOldTags',
        [{ policy: await idOf(0) }],
        { pick: 'Delete 3 Tags' },
        { meanwhile },
        { press: 'Delete 3 Tags' },
      );
    const refused = (pattern: RegExp) => {
      stage.dialogs.takeError(pattern);
      assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    };

    beforeEach(async () => {
      await policies(build);
      await stage.signIn();
    });

    const refusals: readonly [what: string, change: () => unknown, message: RegExp][] = [
      [
        'protects one of the tags',
        () => policies({ ...build, protect: ['*-2'] }),
        /^The policy of ada\/web was changed in the meantime and now keeps ada\/web:build-2: protected by "\*-2"\. Nothing was deleted\. Create a new plan\.$/,
      ],
      [
        'has a higher age',
        () => policies({ ...build, olderThan: '1 year' }),
        /keeps ada\/web:build-2 and 1 more: younger than 1 year\. Nothing was deleted/,
      ],
      [
        'allows fewer',
        () => policies({ ...build, maxDeletions: 2 }),
        /^The policy of ada\/web was changed in the meantime and now allows 2 tags at once \(maxDeletions\)\. Nothing was deleted/,
      ],
      [
        'allows a smaller share',
        () => policies({ ...build, maxShare: 0.25 }),
        /^Now 3 of 7 tags would be deleted in ada\/web, more than the share that the policy allows \(maxShare\)\. Nothing was deleted/,
      ],
      [
        'comes after another one that matches first',
        () => policies({ repositories: ['ada/*'], keepNewest: 4 }, build),
        /^The policy of ada\/web was changed .* keeps ada\/web:build-2 and 1 more: newest 4\. Nothing was deleted/,
      ],
      [
        'is taken out',
        () => policies({ repositories: ['ada/api'], keepNewest: 1 }),
        /^The policy of ada\/web was removed in the meantime\. Nothing was deleted\. Create a new plan\.$/,
      ],
      [
        'is gone with its file',
        () => fs.delete(file()),
        /^The policy of ada\/web was removed in the meantime\. Nothing was deleted/,
      ],
      [
        'is broken',
        () => write(policyFileName, '{"policies": [{"repositories": ["ada/web"], "olderThn": "90 days"}]}'),
        /^The policies were changed in the meantime and are turned off until this is fixed: .*Unknown property "olderThn".* Nothing was deleted\. Create a new plan\.$/,
      ],
      [
        'is off by an error in the settings',
        () => stage.set('policies', [{ repositories: ['ada/*'], olderThn: '1 day' }]),
        /^The policies were changed in the meantime and are turned off/,
      ],
    ];
    for (const [what, change, message] of refusals) {
      it(`deletes nothing where the policy ${what}`, async () => {
        await prune(change);
        refused(message);
      });
    }

    it('deletes nothing where an editor shows a stricter policy that is not saved yet', async () => {
      await prune(async () => {
        const document = await vscode.workspace.openTextDocument(file());
        await vscode.window.showTextDocument(document);
        const edit = new vscode.WorkspaceEdit();
        edit.replace(
          file(),
          new vscode.Range(0, 0, document.lineCount, 0),
          JSON.stringify({ policies: [{ ...build, keepNewest: 3 }] }),
        );
        await vscode.workspace.applyEdit(edit);
      });
      refused(/keeps ada\/web:build-3: newest 3\. Nothing was deleted/);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    });

    it('deletes nothing where the workspace is not trusted any more', async () => {
      await prune(() => sinon.stub(vscode.workspace, 'isTrusted').value(false));
      sinon.restore();
      refused(/^This workspace is no longer trusted, so its policy of ada\/web doesn't apply\. Nothing was deleted/);
    });

    it('deletes nothing by a policy that was picked in the dialog, where that has become stricter', async () => {
      await stage.run(
        'pruneOldTags',
        [await stage.repository('web')],
        { pick: /Policy of / },
        { pick: 'Delete 3 Tags' },
        { meanwhile: () => policies({ ...build, protect: ['build-1'] }) },
        { press: 'Delete 3 Tags' },
      );
      refused(/keeps ada\/web:build-1: protected by "build-1"/);
    });

    const harmless: readonly [what: string, change: () => unknown][] = [
      ['a comment', () => write(policyFileName, `// old builds\n${JSON.stringify({ policies: [build] })}`)],
      ['the policy of another repository', () => policies(build, { repositories: ['ada/api'], keepNewest: 9 })],
      [
        'a policy that keeps none of the tags',
        () => policies({ ...build, protect: ['latest', 'build-5'], olderThan: '95 days' }),
      ],
      [
        'a laxer policy, which deletes no more than was confirmed',
        () => policies({ ...build, tags: ['*'], olderThan: '1 day' }),
      ],
      [
        'another order, in which a policy comes first that deletes as much',
        () => policies({ repositories: ['*/*'], olderThan: '60 days' }, build),
      ],
    ];
    for (const [what, change] of harmless) {
      it(`deletes what was confirmed where that is only ${what}`, async () => {
        await prune(change);
        assert.deepEqual(stage.hub.deleted.toSorted(), ['ada/web:build-1', 'ada/web:build-2', 'ada/web:build-3']);
      });
    }

    it('deletes by age alone, whatever becomes of the files of policies', async () => {
      await stage.run(
        'pruneOldTags',
        [await stage.repository('web')],
        { pick: '90 days' },
        { pick: 'Delete 3 Tags' },
        { meanwhile: () => policies({ ...build, protect: ['*'] }) },
        { press: 'Delete 3 Tags' },
      );
      assert.equal(stage.hub.deleted.length, 3);
    });
  });

  it('refuses a repository of which too large a share would go, and prunes the others', async () => {
    await policies({ repositories: ['ada/*'], olderThan: '90 days', maxShare: 0.5 });
    await stage.signIn();
    await stage.run('pruneOldTags', [{ policy: await idOf(0) }], { pick: 'Delete 3 Tags' }, { press: 'Delete 3 Tags' });
    assert.ok(
      stage.hub.deleted.every((tag) => tag.startsWith('ada/web:')),
      String(stage.hub.deleted),
    );
    const refused = stage.dialogs.only(/Plan$/).items.find(({ label }) => label === '$(error) ada/lib')!;
    assert.match(
      refused.detail!,
      /^6 of 6 tags would be deleted, more than the 50% that the policy allows \(maxShare\), so nothing of it is deleted\.$/,
    );
    assert.match(
      stage.dialogs.only(/^Delete 3 tags/).detail,
      /Skipped, because too large a share would be deleted: 2 repositories\./,
    );
  });

  it("keeps by age alone what the workspace uses and what else its image is called, and says what it does not understand: production's image stays (island.is#10926)", async () => {
    await write('compose.yaml', 'services:\n  web:\n    image: ada/web:build-2\n  next:\n    image: ada/web:${TAG}\n');
    stage.world.pushTag('ada', 'web', 'shared-old', { pushedAt: daysAgo(300), digest: `sha256:${'7'.repeat(64)}` });
    stage.world.pushTag('ada', 'web', 'shared-new', { pushedAt: daysAgo(5), digest: `sha256:${'7'.repeat(64)}` });
    await stage.signIn();
    const web = await stage.repository('web');
    await until('a use', async () =>
      String((await stage.item(await stage.tag('web', 'build-2'))).description).startsWith('used'),
    );
    await stage.run('pruneOldTags', [web], { pick: '90 days' }, { pick: 'Delete 2 Tags' }, { press: 'Delete 2 Tags' });
    assert.deepEqual(stage.hub.deleted, ['ada/web:build-1', 'ada/web:build-3']);
    const row = stage.dialogs.only(/Plan$/).items.find(({ label }) => label === '$(repo) ada/web')!;
    assert.match(row.detail!, /1 in use/);
    assert.match(row.detail!, /1 same image as a kept tag/);
    assert.match(
      stage.dialogs.only(/^Delete 2 tags/).detail,
      /The tag of "ada\/web:\$\{TAG\}" in compose\.yaml:5 comes from the environment, so it isn't protected\./,
    );
  });

  it('says of picked tags that they are in use, and where', async () => {
    await write('compose.yaml', 'services:\n  web:\n    image: ada/web:build-2\n');
    await stage.signIn();
    await until('a use', async () =>
      String((await stage.item(await stage.tag('web', 'build-2'))).description).startsWith('used'),
    );
    await stage.run('deleteTag', [await stage.tag('web', 'build-2')], 'leave');
    assert.match(stage.dialogs.only(/^Delete 1 tag/).detail, /build-2 is in use: compose\.yaml:3\./);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
  });

  it('leads from the plan into the panel, and from a policy too; nothing is deleted by it', async () => {
    await policies(versions);
    await stage.signIn();
    await stage.run('pruneOldTags', [await stage.repository('web')], { pick: '90 days' }, { pick: 'Open Plan' });
    await until('a panel', () => panels().some(({ label }) => label === 'Prune Plan: ada/web'));
    const file = vscode.Uri.joinPath(folder(), 'plan.json');
    written.add('plan.json');
    await stage.run('exportPlan', [], { saveAs: file });
    const { policy } = JSON.parse(new TextDecoder().decode(await fs.readFile(file))) as { policy: unknown };
    assert.deepEqual(
      policy,
      { repositories: ['ada/web'], olderThan: '90 days' },
      'what may be saved is about what was looked at',
    );
    await stage.run('previewPrune', [{ policy: await idOf(0) }]);
    await until('a panel', () => panels().some(({ label }) => label === 'Prune Plan: ada/lib'));
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
  });
});
