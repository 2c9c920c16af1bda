import * as vscode from 'vscode';

export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('dockerHubPruner.signIn', () => vscode.window.showInformationMessage('Hello')),
    vscode.window.registerTreeDataProvider('dockerHubPruner.repositories', { getChildren: () => [], getTreeItem: (x: vscode.TreeItem) => x }),
  );
}
