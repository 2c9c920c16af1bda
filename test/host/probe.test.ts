import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as vscode from 'vscode';
import sinon from 'sinon';

describe('probe', () => {
  it('x', async () => {
    const extension = vscode.extensions.getExtension('pruner-for-docker-hub.docker-hub-pruner')!;
    console.log('active', extension.isActive);
    const main = join(extension.extensionPath, 'dist', 'extension.cjs');
    const require = createRequire(main);
    const module = require(main) as { activate(context: vscode.ExtensionContext): void };
    let context: vscode.ExtensionContext | undefined;
    require.cache[main]!.exports = { ...module, activate: (given: vscode.ExtensionContext) => { context = given; module.activate(given); } };
    const spy = sinon.spy(vscode.window, 'createTreeView');
    console.log('same', Object.getOwnPropertyDescriptor(globalThis, 'fetch'));
    const t0 = performance.now();
    await extension.activate();
    console.log('activated', performance.now() - t0, spy.callCount, context?.secrets !== undefined, context?.extensionMode);
    console.log(await vscode.window.createOutputChannel('x', {log: true}));
    for (let i = 0; i < 4; i++) {
      const t = performance.now();
      await vscode.workspace.getConfiguration('dockerHubPruner').update('apiUrl', `http://127.0.0.1:${4000 + i}`, vscode.ConfigurationTarget.Global);
      console.log('update', performance.now() - t, vscode.workspace.getConfiguration('dockerHubPruner').get('apiUrl'));
    }
    for (let i = 0; i < 2; i++) {
      const t = performance.now();
      await Promise.all([
      vscode.workspace.getConfiguration('dockerHubPruner').update('apiUrl', `http://127.0.0.1:${5000 + i}`, vscode.ConfigurationTarget.Global),
      vscode.workspace.getConfiguration('dockerHubPruner').update('registryUrl', `http://127.0.0.1:${4000 + i}`, vscode.ConfigurationTarget.Global),
      ]);
      console.log('update2', performance.now() - t);
    }
    const t2 = performance.now();
    await vscode.workspace.getConfiguration('dockerHubPruner').update('maxDeletions', 3, vscode.ConfigurationTarget.Workspace);
    console.log('workspace', performance.now() - t2);
    const t3 = performance.now();
    await context!.secrets.store('account:x', 'y');
    console.log('store', performance.now() - t3, await context!.secrets.keys());
    await context!.secrets.delete('account:x');
    const fetched = globalThis.fetch;
    globalThis.fetch = (...a) => fetched(...a);
    console.log('fetch ok', globalThis.fetch !== fetched);
    globalThis.fetch = fetched;
    spy.restore();
    for (const [m, k] of [['window', 'showWarningMessage'], ['window', 'createQuickPick'], ['window', 'createInputBox'], ['window', 'withProgress'], ['env', 'openExternal'], ['env', 'clipboard'], ['window', 'createOutputChannel'], ['window', 'setStatusBarMessage'], ['window', 'showTextDocument'],['commands','executeCommand']]) {
      console.log(m, k, JSON.stringify(Object.getOwnPropertyDescriptor((vscode as any)[m!], k!)), Object.isFrozen((vscode as any)[m!]));
    }
    console.log(Object.isFrozen((vscode.env as any).clipboard), vscode.workspace.workspaceFolders?.map(f=>f.uri.toString()));
  });
});
