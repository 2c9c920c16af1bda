import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { recordPlaceText, tallyOf } from '../host/recordReport.ts';
import { recordRows } from '../pruning/recordRows.ts';
import type { JournalRecord } from '../pruning/journalRecord.ts';
import { pickRun } from './pickRun.ts';
import type { Services } from './services.ts';

/** `Export Run…`: every tag of a run with its verdict and how it ended, as CSV or JSON by the name of the file. */
export async function exportRun(services: Services, argument?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const entry = await pickRun(services, argument, t('Export Run'), () => true, t('There are no runs yet. Each prune is one.'));
  if (!entry) return;
  const record = await services.runs.journals.read(entry.id);
  const name = `${recordPlaceText(record).replaceAll(/[^\w.-]+/g, '-')}-${entry.id.slice(0, 15)}.csv`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const target = await vscode.window.showSaveDialog({
    // A save dialog in a browser shows no list of file types.
    title: t('Export Run (.csv or .json)'),
    filters: { [t('CSV, for spreadsheets')]: ['csv'], [t('JSON, for programs')]: ['json'] },
    defaultUri: vscode.Uri.joinPath(folder, name),
  });
  if (!target) return;
  const text = target.path.toLowerCase().endsWith('.json') ? jsonText(record) : (await import('../host/csvText.ts')).csvText([...recordRows(record)]);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  const open = t('Open');
  if ((await vscode.window.showInformationMessage(t('Exported the run in {0}.', recordPlaceText(record)), open)) === open) await vscode.window.showTextDocument(target);
}

function jsonText(record: JournalRecord): string {
  const { id, account, policy, startedAt, confirmedAt, planned, ended, left } = record;
  const instants = { startedAt: new Date(startedAt).toISOString(), confirmedAt: new Date(confirmedAt).toISOString() };
  return `${JSON.stringify({ id, account: account.name, api: account.origins.api, policy, ...instants, planned, ended, left, counts: tallyOf(record).counts, tags: [...recordRows(record)] }, undefined, 2)}\n`;
}
