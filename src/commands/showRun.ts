import * as vscode from 'vscode';
import { recordReport } from '../host/recordReport.ts';
import { pickRun } from './pickRun.ts';
import type { Services } from './services.ts';

/** `Show Run`: the report of a run, out of its journal. */
export async function showRun(services: Services, argument?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const entry = await pickRun(services, argument, t('Show Run'), () => true, t('There are no runs yet. Each prune is one.'));
  if (entry) await services.documents.show(t('Run report.txt'), recordReport(await services.runs.journals.read(entry.id)));
}
