import type * as vscode from 'vscode';
import type { AccountStore } from '../host/accountStore.ts';
import type { Connections } from '../host/connections.ts';
import type { HubModel } from '../host/hubModel.ts';
import type { NamespaceStore } from '../host/namespaceStore.ts';
import type { TreeNode } from '../host/node.ts';
import type { PolicyStore } from '../host/policyStore.ts';
import type { RunStore } from '../host/runStore.ts';
import type { WorkspaceReferences } from '../host/workspaceReferences.ts';
import type { ReaderThread } from '../references/readerThread.ts';
import type { PlanPanels } from '../views/planPanel/planPanels.ts';
import type { TextDocuments } from '../views/textDocuments.ts';

/** What commands work with; `extension.ts` puts it together. */
export interface Services {
  readonly accounts: AccountStore;
  readonly connections: Connections;
  readonly namespaces: NamespaceStore;
  readonly model: HubModel;
  readonly runs: RunStore;
  readonly policies: PolicyStore;
  readonly references: WorkspaceReferences;
  readonly reader: ReaderThread;
  readonly documents: TextDocuments;
  readonly panels: PlanPanels;
  readonly tree: vscode.TreeView<TreeNode>;
  readonly log: vscode.LogOutputChannel;
}
