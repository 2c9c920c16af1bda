import * as vscode from 'vscode';
import type { RunEntry } from '../../prune/runEntry.ts';
import type { RunStore } from './runStore.ts';
import { RunsTree } from './runsTree.ts';

/** Gives the view `dockerHubPruner.runs` its rows, and its icon the number of interrupted runs, until the result is disposed. */
export function fillRunsView(
  view: vscode.TreeView<RunEntry>,
  runs: RunStore,
): vscode.Disposable & { readonly rows: RunsTree } {
  // A notification fades; who comes back later sees the number on the icon.
  let updates = 0;
  const updateBadge = async (): Promise<void> => {
    const update = ++updates;
    const interrupted = (await runs.unended()).filter(({ running }) => !running).length;
    // Looks overtake one another; the last one counts.
    if (update !== updates) return;
    const tooltip =
      interrupted === 1 ? vscode.l10n.t('1 interrupted run') : vscode.l10n.t('{0} interrupted runs', interrupted);
    view.badge = interrupted > 0 ? { value: interrupted, tooltip } : undefined;
  };
  const subscriptions = vscode.Disposable.from(
    // Where the folder cannot be read, its rows say so.
    runs.onDidChange(() => void updateBadge().catch(() => undefined)),
    // Other windows have runs as well, and tell nobody.
    view.onDidChangeVisibility(({ visible }) => visible && runs.changed()),
  );
  // It may have become visible before this was loaded.
  if (view.visible) void updateBadge().catch(() => undefined);
  return { rows: new RunsTree(runs), dispose: () => void subscriptions.dispose() };
}
