import * as vscode from 'vscode';
import type { Connections } from '../host/connections.ts';
import { errorText } from '../host/errorText.ts';
import type { HubModel } from '../host/hubModel.ts';
import type { TreeNode } from '../host/node.ts';
import { timeText } from '../host/timeText.ts';
import { HubTree } from './hubTree.ts';

/** The view `dockerHubPruner.repositories`; disposing the result takes it away. */
export function createHubView(model: HubModel, connections: Connections, log: vscode.LogOutputChannel): vscode.Disposable & { readonly view: vscode.TreeView<TreeNode> } {
  const provider = new HubTree(
    model,
    (account) => connections.client(account).now(),
    (error) => log.warn(errorText(error).message),
  );
  const view = vscode.window.createTreeView('dockerHubPruner.repositories', { treeDataProvider: provider, canSelectMany: true, showCollapseAll: true });
  const subscriptions = vscode.Disposable.from(
    view,
    model.onDidWait((wait) => {
      view.message = wait && (wait.why === 'allowance' ? vscode.l10n.t('Waiting for the rate limit of Docker Hub until {0}', timeText(wait.until)) : vscode.l10n.t('Docker Hub does not answer; trying again at {0}', timeText(wait.until)));
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('dockerHubPruner.ageBands')) provider.redraw();
    }),
  );
  return { view, dispose: () => void subscriptions.dispose() };
}
