import * as vscode from 'vscode';
import type { Outcome } from '../../runs/outcome/outcome.ts';

/** Tells how it ended, once it is over in every way and others may do something with it. */
export async function showRepositoryOutcome(id: string, outcome: Outcome, text: string): Promise<void> {
  const [details, restore] = [vscode.l10n.t('Show Details'), vscode.l10n.t('Restore…')];
  const isDeleting =
    outcome.kind === 'removed' ||
    outcome.kind === 'alreadyGone' ||
    (outcome.kind === 'uncertain' && outcome.failure.kind === 'queued');
  const show = isDeleting ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const picked = await show(text, details, ...(outcome.kind === 'removed' ? [restore] : []));
  if (picked === details) await vscode.commands.executeCommand('dockerHubPruner.showRun', { id });
  if (picked === restore) await vscode.commands.executeCommand('dockerHubPruner.restoreTags', { id });
}
