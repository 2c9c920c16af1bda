import * as vscode from 'vscode';
import { addNamespace } from './commands/addNamespace.ts';
import { cancelRun } from './commands/cancelRun.ts';
import { registerCommand, type CommandAction } from './commands/command.ts';
import { copyReference } from './commands/copyReference.ts';
import { deleteRepository } from './commands/deleteRepository.ts';
import { deleteTag } from './commands/deleteTag.ts';
import { exportRun } from './commands/exportRun.ts';
import { filterTags } from './commands/filterTags.ts';
import { leaveRun } from './commands/leaveRun.ts';
import { loadMore } from './commands/loadMore.ts';
import { offerInterrupted } from './commands/offerInterrupted.ts';
import { openOnDockerHub } from './commands/openOnDockerHub.ts';
import { pruneOldTags } from './commands/pruneOldTags.ts';
import { refresh } from './commands/refresh.ts';
import { refreshBranch } from './commands/refreshBranch.ts';
import { removeNamespace } from './commands/removeNamespace.ts';
import { removeRun } from './commands/removeRun.ts';
import { restoreTags } from './commands/restoreTags.ts';
import { resumeRun } from './commands/resumeRun.ts';
import type { Services } from './commands/services.ts';
import { showLog } from './commands/showLog.ts';
import { showRun } from './commands/showRun.ts';
import { signInCommand } from './commands/signIn.ts';
import { signOut } from './commands/signOut.ts';
import { sortTags } from './commands/sortTags.ts';
import { AccountStore } from './host/accountStore.ts';
import { askCode } from './host/askCode.ts';
import { Connections } from './host/connections.ts';
import { HubModel } from './host/hubModel.ts';
import { createLog } from './host/log.ts';
import { NamespaceStore } from './host/namespaceStore.ts';
import { RunStore } from './host/runStore.ts';
import { signedInContext } from './host/signedInContext.ts';
import { AgeDecorations } from './views/ageDecorations.ts';
import { createHubView } from './views/hubView.ts';
import { createRunsView } from './views/runsView.ts';
import { TextDocuments } from './views/textDocuments.ts';
import { rowCommands } from './views/treeItem.ts';

const commands: Record<string, CommandAction> = {
  'dockerHubPruner.signIn': signInCommand,
  'dockerHubPruner.signOut': signOut,
  'dockerHubPruner.refresh': refresh,
  'dockerHubPruner.refreshBranch': refreshBranch,
  'dockerHubPruner.pruneOldTags': pruneOldTags,
  'dockerHubPruner.deleteRepository': deleteRepository,
  'dockerHubPruner.deleteTag': deleteTag,
  'dockerHubPruner.copyReference': copyReference,
  'dockerHubPruner.openOnDockerHub': openOnDockerHub,
  'dockerHubPruner.addNamespace': addNamespace,
  'dockerHubPruner.removeNamespace': removeNamespace,
  'dockerHubPruner.filterTags': filterTags,
  'dockerHubPruner.sortTags': sortTags,
  'dockerHubPruner.cancelRun': cancelRun,
  'dockerHubPruner.resumeRun': resumeRun,
  'dockerHubPruner.restoreTags': restoreTags,
  'dockerHubPruner.leaveRun': leaveRun,
  'dockerHubPruner.removeRun': removeRun,
  'dockerHubPruner.showRun': showRun,
  'dockerHubPruner.exportRun': exportRun,
  'dockerHubPruner.showLog': showLog,
  [rowCommands.loadMore]: loadMore,
};

/** Builds the objects, registers them, and returns; nothing is read from the network before a view is opened or a command runs. */
export function activate(context: vscode.ExtensionContext): void {
  const log = createLog();
  const accounts = new AccountStore(context.secrets);
  const connections = new Connections({
    accounts,
    askCode: (account, previous) => askCode(account.name, previous),
    userAgent: `${context.extension.id}/${(context.extension.packageJSON as { version: string }).version} (VS Code ${vscode.version})`,
    log: (line) => log.debug(line),
  });
  const namespaces = new NamespaceStore(context.globalState);
  const runs = new RunStore(context.globalStorageUri, connections.clock);
  const model = new HubModel({ accounts, connections, namespaces });
  const documents = new TextDocuments();
  const tree = createHubView(model, connections, log);
  const services: Services = { accounts, connections, namespaces, model, runs, documents, tree: tree.view, log };
  context.subscriptions.push(
    log,
    accounts,
    model,
    runs,
    tree,
    createRunsView(runs),
    documents.register(),
    vscode.window.registerFileDecorationProvider(new AgeDecorations()),
    signedInContext(model, accounts),
    ...Object.entries(commands).map(([id, action]) => registerCommand(services, id, action)),
  );
  // After this has returned: looking for interrupted runs is no part of activation.
  setImmediate(() => void offerInterrupted(services).catch((error: unknown) => log.error(`interrupted runs: ${String(error)}`)));
}
