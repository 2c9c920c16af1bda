import assert from 'node:assert/strict';

import * as vscode from 'vscode';

describe('the extension in VS Code', () => {
  it('activates and registers its sign-in command', async () => {
    const extension = vscode.extensions.getExtension('pruner-for-docker-hub.docker-hub-pruner');
    assert.ok(extension, 'the extension is not installed');
    await extension.activate();
    const commands = await vscode.commands.getCommands(true);
    assert.ok(commands.includes('dockerHubPruner.signIn'));
  });
});
