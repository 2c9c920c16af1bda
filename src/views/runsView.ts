import * as vscode from 'vscode';
import type { RunEntry } from '../host/runEntry.ts';
import type { RunStore } from '../host/runStore.ts';
import { RunsTree } from './runsTree.ts';

/** The view `dockerHubPruner.runs`; disposing the result takes it away. */
export function createRunsView(runs: RunStore): vscode.Disposable {
  const view: vscode.TreeView<RunEntry> = vscode.window.createTreeView('dockerHubPruner.runs', { treeDataProvider: new RunsTree(runs) });
  return vscode.Disposable.from(
    view,
    // Other windows have runs as well, and tell nobody.
    view.onDidChangeVisibility(({ visible }) => visible && runs.changed()),
  );
}
