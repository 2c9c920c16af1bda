import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { bytesOf, csvPieces, jsonPieces } from '../../text/exportPieces.ts';
import { recordPlaceText, tallyOf } from '../../text/recordReport.ts';
import { inSlices } from '../../async/inSlices.ts';
import { pickRun } from './pickRun.ts';
import type { RunServices } from './runServices.ts';
import { withDelayedProgress } from '../ui/withDelayedProgress.ts';

/** `Export Run…`: every tag of a run with its verdict and how it ended, as CSV or JSON by the name of the file. */
export async function exportRun(services: RunServices, argument?: unknown): Promise<void> {
  const entry = await pickRun(
    services,
    argument,
    vscode.l10n.t('Export Run'),
    () => true,
    vscode.l10n.t('There are no runs yet. Each prune adds one.'),
  );
  if (!entry) return;
  const record = await services.runs.journals.read(entry.id);
  const name = `${recordPlaceText(record).replaceAll(/[^\w.-]+/g, '-')}-${entry.id.slice(0, 15)}.csv`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const target = await vscode.window.showSaveDialog({
    // A save dialog in a browser shows no list of file types.
    title: vscode.l10n.t('Export Run (.csv or .json)'),
    filters: { [vscode.l10n.t('CSV, for spreadsheets')]: ['csv'], [vscode.l10n.t('JSON, for programs')]: ['json'] },
    defaultUri: vscode.Uri.joinPath(folder, name),
  });
  if (!target) return;
  await withDelayedProgress(vscode.l10n.t('Exporting the run in {0}', recordPlaceText(record)), async (signal) => {
    const pieces = target.path.toLowerCase().endsWith('.json')
      ? jsonPieces(record, await inSlices(tallyOf(record), signal))
      : csvPieces(record, (await import('../../text/csvText.ts')).csvText);
    await vscode.workspace.fs.writeFile(target, await inSlices(bytesOf(pieces), signal));
  });
  const open = vscode.l10n.t('Open');
  if (
    (await vscode.window.showInformationMessage(
      vscode.l10n.t('Exported the run in {0}.', recordPlaceText(record)),
      open,
    )) === open
  ) {
    await vscode.window.showTextDocument(target);
  }
}
