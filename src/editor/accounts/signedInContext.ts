import * as vscode from 'vscode';
import type { AccountStore } from './accountStore.ts';
import { originsChanged, readOrigins } from '../settings/originSettings.ts';

/** Keeps the context key `dockerHubPruner.signedIn` true while an account is signed in at the configured servers. */
export function signedInContext(accounts: AccountStore): vscode.Disposable {
  const update = async () => {
    let signedIn = false;
    try {
      signedIn = (await accounts.listAt(readOrigins())).length > 0;
    } catch {
      // Settings that are wrong: the tree shows what is the matter, which it can only while it counts as signed in.
      signedIn = true;
    }
    await vscode.commands.executeCommand('setContext', 'dockerHubPruner.signedIn', signedIn);
  };
  void update();
  return vscode.Disposable.from(
    accounts.onDidChange(() => void update()),
    vscode.workspace.onDidChangeConfiguration((event) => originsChanged(event) && void update()),
  );
}
