import * as vscode from 'vscode';
import type { RunEntry } from '../host/runEntry.ts';
import type { RunStore } from '../host/runStore.ts';
import { RunsTree } from './runsTree.ts';

/** The view `dockerHubPruner.runs`; disposing the result takes it away. */
export function createRunsView(runs: RunStore): vscode.Disposable {
  const view: vscode.TreeView<RunEntry> = vscode.window.createTreeView('dockerHubPruner.runs', { treeDataProvider: new RunsTree(runs) });
  // A notification fades; who comes back later sees the number on the icon.
  let updates = 0;
  const updateBadge = async (): Promise<void> => {
    const update = ++updates;
    const interrupted = (await runs.unended()).filter(({ running }) => !running).length;
    // Looks overtake one another; the last one counts.
    if (update !== updates) return;
    const tooltip = interrupted === 1 ? vscode.l10n.t('1 interrupted run') : vscode.l10n.t('{0} interrupted runs', interrupted);
    view.badge = interrupted > 0 ? { value: interrupted, tooltip } : undefined;
  };
  return vscode.Disposable.from(
    view,
    // Where the folder cannot be read, its rows say so.
    runs.onDidChange(() => void updateBadge().catch(() => undefined)),
    // Other windows have runs as well, and tell nobody.
    view.onDidChangeVisibility(({ visible }) => visible && runs.changed()),
  );
}
