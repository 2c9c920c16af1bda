import * as vscode from 'vscode';
import { policyFileName } from '../../policies/policyFileName.ts';
import { isUserSettings } from './userSettingsFile.ts';

/**
 * Calls `load` once, as soon as there are policies to say something of: a policy file in a workspace folder, or one that is opened, or the user's
 * settings with policies in them. Until then, nothing of what reads policies need be loaded.
 * @param globalStorage see `isUserSettings`
 */
export function onFirstPolicy(globalStorage: vscode.Uri, load: () => void): vscode.Disposable {
  const { workspace } = vscode;
  const watcher = workspace.createFileSystemWatcher(`**/${policyFileName}`);
  const subscriptions: vscode.Disposable[] = [watcher];
  let over = false;
  const end = () => {
    over = true;
    for (const subscription of subscriptions) subscription.dispose();
  };
  const found = () => {
    if (over) return;
    end();
    load();
  };
  const look = (document: vscode.TextDocument) => {
    const isThere =
      document.uri.path.endsWith(`/${policyFileName}`) ||
      (isUserSettings(document, globalStorage) && document.getText().includes('dockerHubPruner.policies'));
    if (isThere) found();
  };
  const lookIn = (folders: readonly vscode.WorkspaceFolder[] = []) => {
    for (const folder of folders) {
      void workspace.fs.stat(vscode.Uri.joinPath(folder.uri, policyFileName)).then(found, () => undefined);
    }
  };
  subscriptions.push(
    watcher.onDidCreate(found),
    watcher.onDidChange(found),
    workspace.onDidOpenTextDocument(look),
    workspace.onDidChangeTextDocument(({ document }) => look(document)),
    workspace.onDidChangeWorkspaceFolders(({ added }) => lookIn(added)),
  );
  for (const document of workspace.textDocuments) look(document);
  lookIn(workspace.workspaceFolders);
  return { dispose: end };
}
