import assert from 'node:assert/strict';

import sinon from 'sinon';
import * as vscode from 'vscode';

import { startHub } from '../hub/hub.ts';
import { smallWorld, useStage } from './stage.ts';
import { until } from './until.ts';

describe('settings that cannot be used', () => {
  const stage = useStage(smallWorld);

  const bad: readonly (readonly [key: string, value: unknown, message: RegExp])[] = [
    [
      'olderThan',
      '90',
      /^The setting dockerHubPruner\.olderThan can't be used: "90" isn't a valid age\. Use, for example, "45 days"/,
    ],
    ['olderThan', 90, /^The setting dockerHubPruner\.olderThan can't be used: must be a string$/],
    ['olderThan', '0 days', /olderThan can't be used: "0 days" is too young/],
    ['protect', ['v[1'], /^The setting dockerHubPruner\.protect can't be used: "v\[1" can't be used, at character 2/],
    ['protect', 'latest', /protect can't be used: must be a list of strings/],
    ['protect', ['latest', 7], /protect can't be used: must be a list of strings/],
    [
      'maxDeletions',
      -1,
      /^The setting dockerHubPruner\.maxDeletions can't be used: must be a whole number, 0 or more$/,
    ],
    ['maxDeletions', '10', /maxDeletions can't be used: must be a whole number/],
    ['maxDeletions', 1.5, /maxDeletions can't be used: must be a whole number/],
    ['apiUrl', 'hub.docker.com', /^The setting dockerHubPruner\.apiUrl is "hub\.docker\.com", which isn't a valid URL/],
    [
      'apiUrl',
      'http://hub.docker.com',
      /^The setting dockerHubPruner\.apiUrl is "http:\/\/hub\.docker\.com"\. Use an https address/,
    ],
    ['apiUrl', 'https://hub.docker.com/v2', /^The setting dockerHubPruner\.apiUrl is .* Enter only the server/],
    ['apiUrl', 17, /^The setting dockerHubPruner\.apiUrl can't be used: must be a string$/],
    [
      'registryUrl',
      'ftp://registry',
      /^The setting dockerHubPruner\.registryUrl is "ftp:\/\/registry"\. Use an https address/,
    ],
    ['registryUrl', ['x'], /^The setting dockerHubPruner\.registryUrl can't be used: must be a string$/],
  ];

  for (const [key, value, message] of bad) {
    it(`are told by name before a prune: ${key} ${JSON.stringify(value)}`, async () => {
      await stage.signIn();
      await stage.set(key, value);
      await stage.run('pruneOldTags', []);
      const error = stage.dialogs.takeError(message);
      assert.ok(error.buttons.includes('Open Settings'));
      assert.equal(stage.hub.requests.length, 0);
    });
  }

  it('are told before a sign-in, and the settings open', async () => {
    await stage.set('apiUrl', 'nonsense');
    const run = sinon.spy(vscode.commands, 'executeCommand');
    try {
      await stage.run('signIn', [], { press: 'Open Settings' });
      stage.dialogs.takeError(/dockerHubPruner\.apiUrl is "nonsense"/);
      assert.ok(run.calledWith('workbench.action.openSettings', 'dockerHubPruner'));
      assert.equal(stage.hub.requests.length, 0);
    } finally {
      run.restore();
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    }
  });

  it('are told before tags are deleted', async () => {
    await stage.signIn();
    const tag = await stage.tag('web', 'build-1');
    await stage.set('protect', ['[']);
    stage.hub.requests.length = 0;
    await stage.run('deleteTag', [tag]);
    stage.dialogs.takeError(/dockerHubPruner\.protect can't be used/);
    assert.equal(stage.hub.requests.length, 0);
  });
});

describe('settings of a workspace', () => {
  const stage = useStage(smallWorld);

  it('name no server and no age', async () => {
    const evil = await startHub({ world: stage.world });
    const folder = vscode.workspace.workspaceFolders![0]!.uri;
    const file = vscode.Uri.joinPath(folder, '.vscode', 'settings.json');
    const settings = { apiUrl: evil.origin, registryUrl: evil.origin, olderThan: '1 day', maxDeletions: 7 };
    const text = JSON.stringify(
      Object.fromEntries(Object.entries(settings).map(([key, value]) => [`dockerHubPruner.${key}`, value])),
    );
    try {
      await stage.signIn();
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
      await until(
        'the settings of the workspace',
        () => vscode.workspace.getConfiguration('dockerHubPruner').get('maxDeletions') === 7,
      );
      assert.deepEqual(await stage.labels(await stage.node('ada', 'ada')), ['api', 'web']);
      await stage.run('pruneOldTags', [await stage.repository('web')], 'leave');
      assert.equal(stage.dialogs.only(/Select a Policy/).kind, 'list');
      await stage.run('pruneOldTags', [await stage.repository('web')], { pick: '90 days' }, 'leave');
      assert.equal(stage.dialogs.find(/Select a Policy/).at(-1)!.items[0]!.label, '90 days');
      assert.equal(evil.requests.length, 0);
    } finally {
      await vscode.workspace.fs.delete(file);
      await until(
        'no settings of the workspace',
        () => vscode.workspace.getConfiguration('dockerHubPruner').get('maxDeletions') === 0,
      );
      await evil.close();
    }
  });

  /** Settings of the workspace, for as long as the work takes. */
  async function withWorkspace(settings: Readonly<Record<string, unknown>>, work: () => Promise<void>): Promise<void> {
    const folder = vscode.workspace.workspaceFolders![0]!.uri;
    const file = vscode.Uri.joinPath(folder, '.vscode', 'settings.json');
    const [key] = Object.keys(settings) as [string];
    const value = (): unknown => vscode.workspace.getConfiguration('dockerHubPruner').inspect(key)?.workspaceValue;
    const text = JSON.stringify(
      Object.fromEntries(Object.entries(settings).map(([name, value]) => [`dockerHubPruner.${name}`, value])),
    );
    try {
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
      await until('the settings of the workspace', () => value() !== undefined);
      await work();
    } finally {
      await vscode.workspace.fs.delete(file);
      await until('no settings of the workspace', () => value() === undefined);
    }
  }

  it("unprotect nothing, raise no cap and set nothing that is the user's own", async () => {
    await stage.set('maxDeletions', 2);
    await stage.signIn();
    await withWorkspace(
      {
        maxDeletions: 1_000_000,
        protect: [],
        olderThan: '1 day',
        keepRuns: 1,
        apiUrl: 'https://evil.test',
        registryUrl: 'https://evil.test',
      },
      async () => {
        await stage.run(
          'pruneOldTags',
          [await stage.repository('web')],
          { pick: '90 days' },
          { pick: 'Delete 2 Tags' },
          'leave',
        );
        assert.equal(stage.dialogs.only(/Select a Policy/).items[0]!.label, '90 days');
        const row = stage.dialogs.only(/Plan$/).items.find(({ label }) => label === '$(repo) ada/web')!;
        assert.match(row.detail!, /1 protected by "latest"/);
        assert.match(row.detail!, /1 over the limit/);
      },
    );
  });

  for (const [name, protect] of [
    ['thousands of them', Array.from({ length: 2000 }, (_, i) => `release-${i}`)],
    ['long ones', Array.from({ length: 8 }, (_, i) => `${'*a'.repeat(490)}${i}`)],
    ['too many braces', [`{${'*a*a*a,'.repeat(100)}b}`]],
  ] as const) {
    it(`that protect by absurd patterns end the prune before anything is asked: ${name}`, async () => {
      await stage.signIn();
      const web = await stage.repository('web');
      await withWorkspace({ protect }, async () => {
        stage.hub.requests.length = 0;
        await stage.run('pruneOldTags', [web]);
        stage.dialogs.takeError(
          /^The setting dockerHubPruner\.protect can't be used: The patterns of the user and the workspace have more than 5,000 characters/,
        );
        assert.equal(stage.hub.requests.length, 0);
      });
    });
  }

  it('that protect by patterns of many stars take no time, and show no link', async () => {
    await stage.signIn();
    await withWorkspace(
      { protect: ['*a*a*a*a*a*a*a*', '?*'.repeat(200), '{build-1,[x](command:workbench.action.quit)}'] },
      async () => {
        await stage.run(
          'pruneOldTags',
          [await stage.repository('web')],
          { pick: '90 days' },
          { pick: 'View All Tags' },
          'leave',
        );
      },
    );
    assert.match(
      stage.dialogs
        .only(/Plan$/)
        .items.map(({ detail }) => detail ?? '')
        .join('\n'),
      /protected by "\{build-1,\[x\] \(command/,
    );
    for (const text of stage.dialogs.texts()) assert.ok(!text.includes(']('), text);
  });
});
