import assert from 'node:assert/strict';

import sinon from 'sinon';
import * as vscode from 'vscode';

import { startHub } from '../hub/hub.ts';
import { smallWorld, useStage } from './stage.ts';
import { until } from './until.ts';

describe('settings that cannot be used', () => {
  const stage = useStage(smallWorld);

  const bad: readonly (readonly [key: string, value: unknown, message: RegExp])[] = [
    ['olderThan', '90', /^The setting dockerHubPruner\.olderThan is not usable: "90" is no age\. Write such as "45 days"/],
    ['olderThan', 90, /^The setting dockerHubPruner\.olderThan is not usable: must be a text$/],
    ['olderThan', '0 days', /olderThan is not usable: "0 days" is too young/],
    ['protect', ['v[1'], /^The setting dockerHubPruner\.protect is not usable: "v\[1" cannot be used, at character 2/],
    ['protect', 'latest', /protect is not usable: must be a list of texts/],
    ['protect', ['latest', 7], /protect is not usable: must be a list of texts/],
    ['maxDeletions', -1, /^The setting dockerHubPruner\.maxDeletions is not usable: must be a whole number, 0 or more$/],
    ['maxDeletions', '10', /maxDeletions is not usable: must be a whole number/],
    ['maxDeletions', 1.5, /maxDeletions is not usable: must be a whole number/],
    ['apiUrl', 'hub.docker.com', /^The setting dockerHubPruner\.apiUrl holds "hub\.docker\.com", which is no web address/],
    ['apiUrl', 'http://hub.docker.com', /^The setting dockerHubPruner\.apiUrl holds "http:\/\/hub\.docker\.com"\. Only https/],
    ['apiUrl', 'https://hub.docker.com/v2', /^The setting dockerHubPruner\.apiUrl holds .* Give the server only/],
    ['apiUrl', 17, /^The setting dockerHubPruner\.apiUrl is not usable: must be a text$/],
    ['registryUrl', 'ftp://registry', /^The setting dockerHubPruner\.registryUrl holds "ftp:\/\/registry"\. Only https/],
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
    const text = JSON.stringify(Object.fromEntries(Object.entries(settings).map(([key, value]) => [`dockerHubPruner.${key}`, value])));
    try {
      await stage.signIn();
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
      await until('the settings of the workspace', () => vscode.workspace.getConfiguration('dockerHubPruner').get('maxDeletions') === 7);
      assert.deepEqual(await stage.labels(await stage.node('ada', 'ada')), ['api', 'web']);
      await stage.run('pruneOldTags', [await stage.repository('web')], 'leave');
      assert.equal(stage.dialogs.only(/How Old/).kind, 'list');
      await stage.run('pruneOldTags', [await stage.repository('web')], { pick: '90 days' }, 'leave');
      assert.equal(stage.dialogs.find(/How Old/).at(-1)!.items[0]!.label, '90 days');
      assert.equal(evil.requests.length, 0);
    } finally {
      await vscode.workspace.fs.delete(file);
      await until('no settings of the workspace', () => vscode.workspace.getConfiguration('dockerHubPruner').get('maxDeletions') === 0);
      await evil.close();
    }
  });
});
