import type * as vscode from 'vscode';
import type { RunEntry } from '../../prune/runEntry.ts';
import type { RunStore } from './runStore.ts';
import { runItem } from './runItem.ts';

/** The list of runs over their journals. */
export class RunsTree implements vscode.TreeDataProvider<RunEntry> {
  readonly onDidChangeTreeData: vscode.Event<void>;
  readonly #runs: RunStore;

  constructor(runs: RunStore) {
    this.#runs = runs;
    this.onDidChangeTreeData = runs.onDidChange;
  }

  getChildren(entry?: RunEntry): Promise<RunEntry[]> {
    return entry ? Promise.resolve([]) : this.#runs.entries();
  }

  getTreeItem(entry: RunEntry): vscode.TreeItem {
    return runItem(entry, Date.now());
  }
}
