import * as vscode from 'vscode';
import { registerCommand, type CommandAction } from './command.ts';
import type { LazyServices } from './createServices.ts';
import { lookForInterrupted } from './runs/lookForInterrupted.ts';
import { AccountStore } from './accounts/accountStore.ts';
import { setDisplayLanguage } from '../text/displayLanguage.ts';
import { Lazy } from './ui/lazy.ts';
import { createLog } from './log.ts';
import type { TreeNode } from './tree/node.ts';
import type { RunEntry } from '../prune/runEntry.ts';
import { onFirstPolicy } from './policies/onFirstPolicy.ts';
import { signedInContext } from './accounts/signedInContext.ts';
import { AgeDecorations } from './tree/ageDecorations.ts';
import { LazyPolicyLenses } from './policies/lazyPolicyLenses.ts';
import { LazyTree } from './ui/lazyTree.ts';
import { planPanelType } from './planPanel/planPanelType.ts';
import { rowCommands } from './tree/rowCommands.ts';
import { TextDocuments } from './ui/textDocuments.ts';

const commands: Record<string, () => Promise<CommandAction>> = {
  'dockerHubPruner.signIn': async () => (await import('./signIn/signIn.ts')).signInCommand,
  'dockerHubPruner.signOut': async () => (await import('./signIn/signOut.ts')).signOut,
  'dockerHubPruner.refresh': async () => (await import('./refresh.ts')).refresh,
  'dockerHubPruner.refreshBranch': async () => (await import('./tree/refreshBranch.ts')).refreshBranch,
  'dockerHubPruner.pruneOldTags': async () => (await import('./prune/pruneOldTags.ts')).pruneOldTags,
  'dockerHubPruner.previewPrune': async () => (await import('./prune/previewPrune.ts')).previewPrune,
  'dockerHubPruner.exportPlan': async () => (await import('./planPanel/exportPlan.ts')).exportPlan,
  'dockerHubPruner.deleteRepository': async () => (await import('./prune/deleteRepository.ts')).deleteRepository,
  'dockerHubPruner.deleteTag': async () => (await import('./prune/deleteTag.ts')).deleteTag,
  'dockerHubPruner.copyReference': async () => (await import('./tree/copyReference.ts')).copyReference,
  'dockerHubPruner.openOnDockerHub': async () => (await import('./tree/openOnDockerHub.ts')).openOnDockerHub,
  'dockerHubPruner.addNamespace': async () => (await import('./tree/addNamespace.ts')).addNamespace,
  'dockerHubPruner.removeNamespace': async () => (await import('./tree/removeNamespace.ts')).removeNamespace,
  'dockerHubPruner.filterTags': async () => (await import('./tree/filterTags.ts')).filterTags,
  'dockerHubPruner.sortTags': async () => (await import('./tree/sortTags.ts')).sortTags,
  'dockerHubPruner.showUses': async () => (await import('./tree/showUses.ts')).showUses,
  'dockerHubPruner.readClusterImages': async () =>
    (await import('./references/readClusterImages.ts')).readClusterImages,
  'dockerHubPruner.cancelRun': async () => (await import('./runs/cancelRun.ts')).cancelRun,
  'dockerHubPruner.resumeRun': async () => (await import('./runs/resumeRun.ts')).resumeRun,
  'dockerHubPruner.restoreTags': async () => (await import('./runs/restoreTags.ts')).restoreTags,
  'dockerHubPruner.leaveRun': async () => (await import('./runs/dismissRun.ts')).dismissRun,
  'dockerHubPruner.removeRun': async () => (await import('./runs/removeRun.ts')).removeRun,
  'dockerHubPruner.showRun': async () => (await import('./runs/showRun.ts')).showRun,
  'dockerHubPruner.exportRun': async () => (await import('./runs/exportRun.ts')).exportRun,
  'dockerHubPruner.showLog': async () => (await import('./tree/showLog.ts')).showLog,
  [rowCommands.loadMore]: async () => (await import('./tree/loadMore.ts')).loadMore,
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
  const late: Lazy<LazyServices> = new Lazy(async () => {
    const { createServices } = await import('./createServices.ts');
    return createServices({ context, log, accounts, documents, tree, runsView });
  });
  const services = async () => (await late.get()).services;
  const hubTree = new LazyTree<TreeNode>(async () => (await late.get()).hubTree);
  const runsTree = new LazyTree<RunEntry>(async () => (await late.get()).runsTree);
  const policyLenses = new LazyPolicyLenses(async () => (await late.get()).policyLenses);
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
    onFirstPolicy(
      context.globalStorageUri,
      () => void late.get().catch((error: unknown) => log.error(`policies: ${String(error)}`)),
    ),
    vscode.window.registerFileDecorationProvider(new AgeDecorations()),
    signedInContext(accounts),
    vscode.window.registerWebviewPanelSerializer(planPanelType, {
      deserializeWebviewPanel: async (panel, state) =>
        (await import('./planPanel/restorePlanPanel.ts')).restorePlanPanel(await services(), panel, state),
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
