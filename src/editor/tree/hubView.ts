import * as vscode from 'vscode';
import type { Connections } from '../accounts/connections.ts';
import { errorText } from '../../text/errorText.ts';
import type { HubModel } from './hubModel.ts';
import type { TreeNode } from './node.ts';
import { timeText } from '../../text/timeText.ts';
import type { WorkspaceReferences } from '../references/workspaceReferences.ts';
import { HubTree } from './hubTree.ts';

/** What the rows are made of. */
export interface HubViewParts {
  readonly model: HubModel;
  readonly connections: Connections;
  readonly references: WorkspaceReferences;
}

/** Gives the view `dockerHubPruner.repositories` its rows, and tells in it what they wait for, until the result is disposed. */
export function fillHubView(
  view: vscode.TreeView<TreeNode>,
  { model, connections, references }: HubViewParts,
  log: vscode.LogOutputChannel,
): vscode.Disposable & { readonly rows: HubTree } {
  const rows = new HubTree(
    model,
    references,
    (account) => connections.client(account).now(),
    (error) => log.warn(errorText(error).message),
  );
  const subscriptions = vscode.Disposable.from(
    model.onDidWait((wait) => {
      view.message =
        wait &&
        (wait.why === 'allowance'
          ? vscode.l10n.t("Waiting for Docker Hub's rate limit until {0}", timeText(wait.until))
          : vscode.l10n.t("Docker Hub doesn't answer; trying again at {0}", timeText(wait.until)));
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('dockerHubPruner.ageBands')) rows.redraw();
    }),
  );
  return { rows, dispose: () => void subscriptions.dispose() };
}
