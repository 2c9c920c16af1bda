import * as vscode from 'vscode';
import type { AccountStore } from './accounts/accountStore.ts';
import { askCode } from './signIn/askCode.ts';
import { ClusterStore } from './references/clusterStore.ts';
import { Connections } from './accounts/connections.ts';
import { HubModel } from './tree/hubModel.ts';
import { keepModelCurrent } from './tree/keepModelCurrent.ts';
import { lookForNamespaces } from './tree/lookForNamespaces.ts';
import { NamespaceStore } from './accounts/namespaceStore.ts';
import type { TreeNode } from './tree/node.ts';
import type { RunEntry } from '../prune/runEntry.ts';
import { RunStore } from './runs/runStore.ts';
import { WorkspaceReferences } from './references/workspaceReferences.ts';
import { plainText } from '../hub/wire/serverWords.ts';
import { ReaderThread } from '../references/reader/readerThread.ts';
import { fillHubView } from './tree/hubView.ts';
import { fillPolicyFiles } from './policies/policyFiles.ts';
import { fillRunsView } from './runs/runsView.ts';
import { PlanPanels } from './planPanel/planPanels.ts';
import type { TextDocuments } from './ui/textDocuments.ts';
import type { PanelServices } from './planPanel/panelServices.ts';

/** What is there since activation. */
export interface Registered {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly accounts: AccountStore;
  readonly documents: TextDocuments;
  readonly tree: vscode.TreeView<TreeNode>;
  readonly runsView: vscode.TreeView<RunEntry>;
}

/** What commands and views work with, and the rows of the views. */
export interface LazyServices extends vscode.Disposable {
  readonly services: PanelServices;
  readonly hubTree: vscode.TreeDataProvider<TreeNode>;
  readonly runsTree: vscode.TreeDataProvider<RunEntry>;
  readonly policyLenses: vscode.CodeLensProvider;
}

/** Builds what activation does without, when the first command runs or the first view is opened. Disposing the result ends it all. */
export function createServices({ context, log, accounts, documents, tree, runsView }: Registered): LazyServices {
  const connections = new Connections({
    accounts,
    askCode: (account, previous) => askCode(account.name, previous),
    userAgent: `${context.extension.id}/${(context.extension.packageJSON as { version: string }).version} (VS Code ${vscode.version})`,
    log: (line) => log.debug(line),
    onListingsChange: () => policies.refresh(),
  });
  const namespaces = new NamespaceStore(context.globalState);
  const runs = new RunStore(context.globalStorageUri, connections.clock);
  const model = new HubModel({ accounts, connections, namespaces });
  const reader = new ReaderThread(vscode.Uri.joinPath(context.extensionUri, 'dist', 'readerProgram.cjs').fsPath);
  const references = new WorkspaceReferences(
    reader,
    (line) => log.warn(plainText(line)),
    undefined,
    new ClusterStore(context.workspaceState),
  );
  const policies = fillPolicyFiles({ accounts, connections, references, globalStorage: context.globalStorageUri });
  const panels = new PlanPanels(context.extensionUri);
  const hub = fillHubView(tree, { model, connections, references }, log);
  const history = fillRunsView(runsView, runs);
  const parts = vscode.Disposable.from(
    model,
    runs,
    policies,
    references,
    hub,
    history,
    keepModelCurrent(model, accounts),
    lookForNamespaces(references, { accounts, namespaces, model }),
    { dispose: () => reader[Symbol.dispose]() },
  );
  return {
    services: {
      accounts,
      connections,
      namespaces,
      model,
      runs,
      policies: policies.store,
      references,
      reader,
      documents,
      panels,
      tree,
      log,
    },
    hubTree: hub.rows,
    runsTree: history.rows,
    policyLenses: policies.lenses,
    dispose: () => void parts.dispose(),
  };
}
