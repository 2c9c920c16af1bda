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
      /^The setting dockerHubPruner\.olderThan is not usable: "90" is no age\. Write such as "45 days"/,
    ],
    ['olderThan', 90, /^The setting dockerHubPruner\.olderThan is not usable: must be a text$/],
    ['olderThan', '0 days', /olderThan is not usable: "0 days" is too young/],
    ['protect', ['v[1'], /^The setting dockerHubPruner\.protect is not usable: "v\[1" cannot be used, at character 2/],
    ['protect', 'latest', /protect is not usable: must be a list of texts/],
    ['protect', ['latest', 7], /protect is not usable: must be a list of texts/],
    [
      'maxDeletions',
      -1,
      /^The setting dockerHubPruner\.maxDeletions is not usable: must be a whole number, 0 or more$/,
    ],
    ['maxDeletions', '10', /maxDeletions is not usable: must be a whole number/],
    ['maxDeletions', 1.5, /maxDeletions is not usable: must be a whole number/],
    [
      'apiUrl',
      'hub.docker.com',
      /^The setting dockerHubPruner\.apiUrl holds "hub\.docker\.com", which is no web address/,
    ],
    [
      'apiUrl',
      'http://hub.docker.com',
      /^The setting dockerHubPruner\.apiUrl holds "http:\/\/hub\.docker\.com"\. Only https/,
    ],
    ['apiUrl', 'https://hub.docker.com/v2', /^The setting dockerHubPruner\.apiUrl holds .* Give the server only/],
    ['apiUrl', 17, /^The setting dockerHubPruner\.apiUrl is not usable: must be a text$/],
    [
      'registryUrl',
      'ftp://registry',
      /^The setting dockerHubPruner\.registryUrl holds "ftp:\/\/registry"\. Only https/,
    ],
    ['registryUrl', ['x'], /^The setting dockerHubPruner\.registryUrl is not usable: must be a text$/],
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
      stage.dialogs.takeError(/dockerHubPruner\.apiUrl holds "nonsense"/);
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
    stage.dialogs.takeError(/dockerHubPruner\.protect is not usable/);
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
      assert.equal(stage.dialogs.only(/How Old/).kind, 'list');
      await stage.run('pruneOldTags', [await stage.repository('web')], { pick: '90 days' }, 'leave');
      assert.equal(stage.dialogs.find(/How Old/).at(-1)!.items[0]!.label, '90 days');
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
        assert.equal(stage.dialogs.only(/How Old/).items[0]!.label, '90 days');
        const row = stage.dialogs.only(/Plan$/).items.find(({ label }) => label === '$(repo) ada/web')!;
        assert.match(row.detail!, /1 protected by "latest"/);
        assert.match(row.detail!, /1 over the cap/);
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
          /^The setting dockerHubPruner\.protect is not usable: The patterns of the user and of the workspace have more than 5,000 characters/,
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
          { pick: 'Open the Whole List' },
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
