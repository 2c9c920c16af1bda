import * as vscode from 'vscode';
import { registerCommand, type CommandAction } from './commands/command.ts';
import type { LateServices } from './commands/createServices.ts';
import { lookForInterrupted } from './commands/lookForInterrupted.ts';
import { AccountStore } from './host/accountStore.ts';
import { setDisplayLanguage } from './host/displayLanguage.ts';
import { Late } from './host/late.ts';
import { createLog } from './host/log.ts';
import type { TreeNode } from './host/node.ts';
import type { RunEntry } from './host/runEntry.ts';
import { whenPoliciesAreThere } from './host/policyAttention.ts';
import { signedInContext } from './host/signedInContext.ts';
import { AgeDecorations } from './views/ageDecorations.ts';
import { LatePolicyLenses } from './views/latePolicyLenses.ts';
import { LateTree } from './views/lateTree.ts';
import { planPanelType } from './views/planPanel/planPanelType.ts';
import { rowCommands } from './views/rowCommands.ts';
import { TextDocuments } from './views/textDocuments.ts';

const commands: Record<string, () => Promise<CommandAction>> = {
  'dockerHubPruner.signIn': async () => (await import('./commands/signIn.ts')).signInCommand,
  'dockerHubPruner.signOut': async () => (await import('./commands/signOut.ts')).signOut,
  'dockerHubPruner.refresh': async () => (await import('./commands/refresh.ts')).refresh,
  'dockerHubPruner.refreshBranch': async () => (await import('./commands/refreshBranch.ts')).refreshBranch,
  'dockerHubPruner.pruneOldTags': async () => (await import('./commands/pruneOldTags.ts')).pruneOldTags,
  'dockerHubPruner.previewPrune': async () => (await import('./commands/previewPrune.ts')).previewPrune,
  'dockerHubPruner.exportPlan': async () => (await import('./commands/exportPlan.ts')).exportPlan,
  'dockerHubPruner.deleteRepository': async () => (await import('./commands/deleteRepository.ts')).deleteRepository,
  'dockerHubPruner.deleteTag': async () => (await import('./commands/deleteTag.ts')).deleteTag,
  'dockerHubPruner.copyReference': async () => (await import('./commands/copyReference.ts')).copyReference,
  'dockerHubPruner.openOnDockerHub': async () => (await import('./commands/openOnDockerHub.ts')).openOnDockerHub,
  'dockerHubPruner.addNamespace': async () => (await import('./commands/addNamespace.ts')).addNamespace,
  'dockerHubPruner.removeNamespace': async () => (await import('./commands/removeNamespace.ts')).removeNamespace,
  'dockerHubPruner.filterTags': async () => (await import('./commands/filterTags.ts')).filterTags,
  'dockerHubPruner.sortTags': async () => (await import('./commands/sortTags.ts')).sortTags,
  'dockerHubPruner.showUses': async () => (await import('./commands/showUses.ts')).showUses,
  'dockerHubPruner.readClusterImages': async () => (await import('./commands/readClusterImages.ts')).readClusterImages,
  'dockerHubPruner.cancelRun': async () => (await import('./commands/cancelRun.ts')).cancelRun,
  'dockerHubPruner.resumeRun': async () => (await import('./commands/resumeRun.ts')).resumeRun,
  'dockerHubPruner.restoreTags': async () => (await import('./commands/restoreTags.ts')).restoreTags,
  'dockerHubPruner.leaveRun': async () => (await import('./commands/leaveRun.ts')).leaveRun,
  'dockerHubPruner.removeRun': async () => (await import('./commands/removeRun.ts')).removeRun,
  'dockerHubPruner.showRun': async () => (await import('./commands/showRun.ts')).showRun,
  'dockerHubPruner.exportRun': async () => (await import('./commands/exportRun.ts')).exportRun,
  'dockerHubPruner.showLog': async () => (await import('./commands/showLog.ts')).showLog,
  [rowCommands.loadMore]: async () => (await import('./commands/loadMore.ts')).loadMore,
};

/**
 * Registers, and returns. What commands and views work with is loaded when the first of them is used, each command when it runs; nothing is
 * read from the network before.
 */
export function activate(context: vscode.ExtensionContext): void {
  setDisplayLanguage(vscode.env.language, vscode.l10n.bundle);
  const log = createLog();
  const accounts = new AccountStore(context.secrets);
  const documents = new TextDocuments();
  const late: Late<LateServices> = new Late(async () => {
    const { createServices } = await import('./commands/createServices.ts');
    return createServices({ context, log, accounts, documents, tree, runsView });
  });
  const services = async () => (await late.get()).services;
  const hubTree = new LateTree<TreeNode>(async () => (await late.get()).hubTree);
  const runsTree = new LateTree<RunEntry>(async () => (await late.get()).runsTree);
  const policyLenses = new LatePolicyLenses(async () => (await late.get()).policyLenses);
  const tree = vscode.window.createTreeView('dockerHubPruner.repositories', {
    treeDataProvider: hubTree,
    canSelectMany: true,
    showCollapseAll: true,
  });
  const runsView = vscode.window.createTreeView('dockerHubPruner.runs', { treeDataProvider: runsTree });
  context.subscriptions.push(
    log,
    accounts,
    late,
    tree,
    hubTree,
    runsView,
    runsTree,
    documents.register(),
    policyLenses,
    policyLenses.register(),
    whenPoliciesAreThere(
      context.globalStorageUri,
      () => void late.get().catch((error: unknown) => log.error(`policies: ${String(error)}`)),
    ),
    vscode.window.registerFileDecorationProvider(new AgeDecorations()),
    signedInContext(accounts),
    vscode.window.registerWebviewPanelSerializer(planPanelType, {
      deserializeWebviewPanel: async (panel, state) =>
        (await import('./commands/restorePlanPanel.ts')).restorePlanPanel(await services(), panel, state),
    }),
    ...Object.entries(commands).map(([id, load]) => registerCommand({ services, log }, id, load)),
  );
  // After this has returned: looking for interrupted runs is no part of activation.
  setImmediate(
    () =>
      void lookForInterrupted(context.globalStorageUri, services).catch((error: unknown) =>
        log.error(`interrupted runs: ${String(error)}`),
      ),
  );
}
