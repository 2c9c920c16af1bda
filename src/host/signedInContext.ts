import * as vscode from 'vscode';
import type { AccountStore } from './accountStore.ts';
import type { HubModel } from './hubModel.ts';

/**
 * Keeps the context key `dockerHubPruner.signedIn` true while an account is signed in at the configured servers, and lets the model forget what
 * it knows of an account that was signed in or out, in this window or another one.
 */
export function signedInContext(model: HubModel, accounts: AccountStore): vscode.Disposable {
  const update = async () => {
    let signedIn = false;
    try {
      signedIn = (await model.accounts()).length > 0;
    } catch {
      // Settings that are wrong: the tree shows what is the matter, which it can only while it counts as signed in.
      signedIn = true;
    }
    await vscode.commands.executeCommand('setContext', 'dockerHubPruner.signedIn', signedIn);
  };
  void update();
  return vscode.Disposable.from(
    accounts.onDidChange(({ id }) => {
      void update();
      model.forget(id);
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('dockerHubPruner.apiUrl') && !event.affectsConfiguration('dockerHubPruner.registryUrl')) return;
      void update();
      model.refresh();
    }),
  );
}
