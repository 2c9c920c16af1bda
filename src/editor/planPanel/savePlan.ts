import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { bytesOf } from '../../text/exportPieces.ts';
import { batchPlaceText } from '../../text/planText.ts';
import { planCsvPieces, planJsonPieces } from '../../text/planExport.ts';
import { reasonText } from '../../text/reasonText.ts';
import { inSlices } from '../../async/inSlices.ts';
import { policyData } from '../../retention/policy/checkPolicy.ts';
import type { SettledDraft } from '../../retention/draft/settledDraft.ts';
import { withDelayedProgress } from '../ui/withDelayedProgress.ts';

/**
 * Asks for a file and writes a plan into it, each tag with its verdict and reasons, as CSV or JSON by the name of the file.
 * @throws Error when it cannot be written; an AbortError when it is cancelled
 */
export async function savePlan(settled: SettledDraft): Promise<void> {
  const place = batchPlaceText(settled.batch);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const target = await vscode.window.showSaveDialog({
    // A save dialog in a browser shows no list of file types.
    title: vscode.l10n.t('Export Plan (.csv or .json)'),
    filters: { [vscode.l10n.t('CSV, for spreadsheets')]: ['csv'], [vscode.l10n.t('JSON, for programs')]: ['json'] },
    defaultUri: vscode.Uri.joinPath(folder, `prune-plan-${place.replaceAll(/[^\w.-]+/g, '-')}.csv`),
  });
  if (!target) return;
  await withDelayedProgress(vscode.l10n.t('Exporting the plan'), async (signal) => {
    const isJson = target.path.toLowerCase().endsWith('.json');
    const pieces = isJson
      ? planJsonPieces(settled, policyData(settled.policy))
      : planCsvPieces(settled, (await import('../../text/csvText.ts')).csvText, reasonText);
    await vscode.workspace.fs.writeFile(target, await inSlices(bytesOf(pieces), signal));
  });
  const open = vscode.l10n.t('Open');
  // Not awaited: the plan is written, whether somebody reads the message or not.
  void vscode.window
    .showInformationMessage(vscode.l10n.t('Exported the plan.'), open)
    .then((picked) => (picked === open ? vscode.window.showTextDocument(target) : undefined));
}
