import * as vscode from 'vscode';
import type { Tally } from '../../runs/outcome/tally.ts';
import { runLines, runSummary } from '../../text/runReport.ts';
import type { RunServices } from './runServices.ts';

/** Shows how a run ended, once it is over in every way and others may do something with it. */
export async function showSummary(services: RunServices, id: string, tally: Tally, place: string): Promise<void> {
  const [details, restore] = [vscode.l10n.t('Show Details'), vscode.l10n.t('Restore…')];
  const summary = runSummary(tally, place);
  services.log.info(summary);
  const show = tally.clean ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const picked = await show(summary, details, ...(tally.removed.length > 0 ? [restore] : []));
  if (picked === restore) await vscode.commands.executeCommand('dockerHubPruner.restoreTags', { id });
  // What the journal could not take is known here only.
  if (picked === details && tally.stops.some(({ reason }) => reason === 'storage')) {
    await services.documents.show(vscode.l10n.t('Run report.txt'), runLines(tally, place));
  } else if (picked === details) {
    await vscode.commands.executeCommand('dockerHubPruner.showRun', { id });
  }
}
